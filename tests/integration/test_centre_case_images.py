"""Pictures of a case over mutual TLS: who may look, at which case, and how much may come."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from egate.cli.service_identity import create_authority, issue
from egate.ports.case_images import (
    MAX_IMAGE_BYTES,
    MAX_IMAGES,
    MAX_PAGE_BYTES,
    CaseImage,
    CaseImageKind,
)
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.gate_client import GateLink, GateUnavailable
from egate.reporting.gate_service import serve_gate
from egate.reporting.identity import Role
from egate.reporting.server import new_server, serving
from egate.wire.v1 import gate_pb2 as wire
from egate.wire.v1 import gate_pb2_grpc as wire_grpc

CROSSING = "0197f000-0000-7000-8000-000000000001"
IMAGES = tuple(CaseImage(kind, b"\xff\xd8" + kind.encode()) for kind in CaseImageKind)


class Case:
    """The part of a gate that shows pictures."""

    def __init__(self) -> None:
        self.views: list[tuple[str, str]] = []

    def case_images(self, crossing_id: str, officer_id: str) -> tuple[CaseImage, ...] | None:
        self.views.append((crossing_id, officer_id))
        return IMAGES if crossing_id == CROSSING else None


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    create_authority(folder)
    return folder


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture
async def address(case: Case, pki: Path) -> AsyncIterator[str]:
    async with serve_gate(case, "127.0.0.1:0", issue(pki, "gate", "BDDAC-A-01")) as bound:
        yield bound


@pytest.fixture
async def console(address: str, pki: Path) -> AsyncIterator[GateLink]:
    link = GateLink(address, issue(pki, "console", "hall-1"))
    yield link
    await link.close()


async def test_a_console_sees_the_pictures_of_the_case_it_names(
    case: Case, console: GateLink
) -> None:
    assert await console.case_images(CROSSING, "SB-1107") == IMAGES
    assert case.views == [(CROSSING, "SB-1107")]


async def test_another_case_has_none(console: GateLink) -> None:
    assert await console.case_images(CROSSING.replace("7", "8"), "SB-1107") is None


async def test_an_officers_own_certificate_is_who_looks(
    case: Case, address: str, pki: Path
) -> None:
    link = GateLink(address, issue(pki, "officer", "SB-2000"))
    await link.case_images(CROSSING, "somebody-else")
    await link.close()
    assert case.views == [(CROSSING, "SB-2000")]


@pytest.mark.parametrize("role", ["gate", "centre"])
async def test_others_may_not_look(case: Case, address: str, pki: Path, role: str) -> None:
    link = GateLink(address, issue(pki, role, "BDDAC-A-02"))
    with pytest.raises(GateUnavailable, match=f"a {role} may not do this"):
        await link.case_images(CROSSING, "SB-1107")
    await link.close()
    assert case.views == []


@pytest.mark.parametrize(
    ("crossing", "officer", "fault"),
    [
        (CROSSING, "", "who looks"),
        (CROSSING, "x" * 65, "who looks"),
        (CROSSING, "a\nb", "who looks"),
        ("1" * 37, "SB-1107", "crossing_id: too long"),
    ],
)
async def test_what_names_no_officer_or_no_crossing_is_refused(
    case: Case, console: GateLink, crossing: str, officer: str, fault: str
) -> None:
    with pytest.raises(GateUnavailable, match=fault):
        await console.case_images(crossing, officer)
    assert case.views == []


class Flood(wire_grpc.GateServiceServicer):
    """A gate that sends what it likes."""

    def __init__(self, *images: wire.CaseImage) -> None:
        self._images = images

    async def GetCaseImages(  # noqa: N802 - the name of the call
        self, request: object, context: object
    ) -> AsyncIterator[wire.GetCaseImagesResponse]:
        for image in self._images:
            yield wire.GetCaseImagesResponse(image=image)


async def ask(pki: Path, *images: wire.CaseImage) -> tuple[CaseImage, ...] | None:
    server = new_server()
    wire_grpc.add_GateServiceServicer_to_server(Flood(*images), server)
    tls = issue(pki, "gate", "BDDAC-A-01")
    async with serving(server, "127.0.0.1:0", tls, Role.GATE) as address:
        link = GateLink(address, issue(pki, "console", "hall-1"))
        try:
            return await link.case_images(CROSSING, "SB-1107")
        finally:
            await link.close()


def face(size: int = 3, kind: int = wire.CASE_IMAGE_KIND_PAD_FRAME) -> wire.CaseImage:
    return wire.CaseImage(kind=kind, jpeg=b"\xff\xd8\xff" + bytes(size - 3))


async def test_a_gate_that_sends_too_many_is_not_believed(pki: Path) -> None:
    assert len(await ask(pki, *[face()] * MAX_IMAGES) or ()) == MAX_IMAGES
    with pytest.raises(GateUnavailable, match="more than the pictures of a case"):
        await ask(pki, *[face()] * (MAX_IMAGES + 1))
    with pytest.raises(GateUnavailable, match="more than the pictures of a case"):
        await ask(pki, *[face(kind=99)] * (MAX_IMAGES + 1))


async def test_a_gate_that_sends_too_large_a_picture_is_not_believed(pki: Path) -> None:
    assert await ask(pki, face(MAX_IMAGE_BYTES))
    page = wire.CASE_IMAGE_KIND_PAGE_WHITE
    assert await ask(pki, face(MAX_PAGE_BYTES, page))
    for image in (face(MAX_IMAGE_BYTES + 1), face(MAX_PAGE_BYTES + 1, page)):
        with pytest.raises(GateUnavailable, match="more than the pictures of a case"):
            await ask(pki, image)


async def test_a_console_of_before_pages_gets_none(address: str, pki: Path) -> None:
    loaded = credentials.load(issue(pki, "console", "hall-1"))
    async with open_channel(address, loaded, Role.GATE) as channel:
        request = wire.GetCaseImagesRequest(crossing_id=CROSSING, officer_id="SB-1107")
        call = wire_grpc.GateServiceStub(channel).GetCaseImages(request, timeout=5)
        kinds = [answer.image.kind async for answer in call]
    assert kinds == [1, 2, 3, 4]


async def test_a_picture_of_a_newer_gate_is_left_out(pki: Path) -> None:
    found = await ask(pki, face(kind=99), face())
    assert [each.kind for each in found or ()] == [CaseImageKind.PAD_FRAME]


async def test_a_gate_of_before_pictures_says_so(pki: Path) -> None:
    server = new_server()
    wire_grpc.add_GateServiceServicer_to_server(wire_grpc.GateServiceServicer(), server)
    tls = issue(pki, "gate", "BDDAC-A-01")
    async with serving(server, "127.0.0.1:0", tls, Role.GATE) as address:
        link = GateLink(address, issue(pki, "console", "hall-1"))
        with pytest.raises(GateUnavailable, match=r"(?i)implemented"):
            await link.case_images(CROSSING, "SB-1107")
        await link.close()
