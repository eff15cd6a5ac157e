"""Pictures at the centre: of referred travellers only, sealed, shown with a trace, gone in time."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from grpc import aio

from egate.central.image_store import ImageStore
from egate.central.images import add_image_service, purge_images, sweep
from egate.central.service import running_centre
from egate.cli.service_identity import issue
from egate.domain.record import CrossingStatus, RecordVerdict
from egate.observability.logging import logger
from egate.ports.case_images import MAX_IMAGES, CaseImage, CaseImageKind, ImageRefused
from egate.ports.reporting import CentreUnavailable
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.identity import Role
from egate.reporting.image_client import ImageClient
from egate.reporting.kept_images import KeptImages
from egate.reporting.server import new_server, serving
from egate.settings import CentralSettings, ImageKeeping, Listen, SettingsError
from egate.wire.v1 import image_pb2 as wire
from egate.wire.v1 import image_pb2_grpc as wire_grpc
from tests.centre_harness import GATE, Centre, record

pytestmark = pytest.mark.asyncio(loop_scope="session")
FACE = b"\xff\xd8\xff\xe0 a face"
ONE = record(1).crossing_id


@dataclass
class Gallery:
    """A centre that takes pictures, and its folder."""

    centre: Centre
    folder: Path
    store: ImageStore

    async def put(
        self,
        content: bytes = FACE,
        crossing_id: str = ONE,
        gate: str = GATE,
        kind: CaseImageKind = CaseImageKind.LIVE_FRAME,
    ) -> None:
        client = ImageClient(self.centre.at.grpc, self.centre.tls("gate", gate))
        async with aclosing(client):
            await client.put(crossing_id, CaseImage(kind, content))

    async def put_raw(self, **changes: object) -> None:
        values = {
            "crossing_id": ONE,
            "kind": 1,
            "sha256": hashlib.sha256(FACE).digest(),
            "content": FACE,
        }
        loaded = credentials.load(self.centre.tls())
        async with open_channel(self.centre.at.grpc, loaded, Role.CENTRE) as channel:
            request = wire.PutImageRequest(**(values | changes))  # type: ignore[arg-type]
            await wire_grpc.ImageServiceStub(channel).PutImage(request, timeout=5)

    async def look(
        self,
        crossing_id: str = ONE,
        role: str = "officer",
        officer_id: str = "",
        *,
        takes_pages: bool = False,
    ) -> list[bytes]:
        loaded = credentials.load(self.centre.tls(role, "SB-1107"))
        async with open_channel(self.centre.at.grpc, loaded, Role.CENTRE) as channel:
            request = wire.GetImagesRequest(
                crossing_id=crossing_id, officer_id=officer_id, takes_pages=takes_pages
            )
            call = wire_grpc.ImageServiceStub(channel).GetImages(request, timeout=5)
            return [answer.image.jpeg async for answer in call]

    def files(self) -> list[Path]:
        return [file for file in self.folder.rglob("*") if file.is_file()]

    async def rows(self) -> int:
        count: int = await self.centre.database.fetchval("SELECT count(*) FROM case_image")
        return count


@pytest_asyncio.fixture(loop_scope="session")
async def gallery(centre: Centre, tmp_path: Path) -> AsyncIterator[Gallery]:
    await centre.database.execute("TRUNCATE case_image, image_look")
    folder = tmp_path / "images"
    settings = CentralSettings(
        listen="127.0.0.1:0",
        page=Listen(listen="127.0.0.1:0"),
        database=centre.address,
        tls=issue(centre.pki, "centre", "gallery"),
        images=ImageKeeping(folder=folder),
    )
    async with running_centre(settings, logger()) as at:
        gallery = Gallery(replace(centre, at=at), folder, ImageStore(folder))
        await gallery.centre.submit(record(1), record(2))
        yield gallery


async def test_a_picture_is_kept_sealed_and_shown_to_officers(gallery: Gallery) -> None:
    await gallery.put()
    await gallery.put(FACE + b"2", kind=CaseImageKind.CHIP_PORTRAIT)
    (first, _) = gallery.files()
    assert b"a face" not in first.read_bytes()
    assert first.parent.parent.parent == gallery.folder
    assert first.name.startswith(first.parent.parent.name + first.parent.name)
    assert await gallery.look() == [FACE, FACE + b"2"]
    assert await gallery.look(role="console", officer_id="SB-2") == [FACE, FACE + b"2"]


async def test_a_console_gets_what_is_kept_and_nothing_where_nothing_is(gallery: Gallery) -> None:
    await gallery.put()
    await gallery.put(FACE + b"2", kind=CaseImageKind.CHIP_PORTRAIT)
    async with gallery.centre.linked() as link:
        kept = KeptImages(link)
        assert await kept.of(ONE, "SB-1107") == (
            CaseImage(CaseImageKind.LIVE_FRAME, FACE),
            CaseImage(CaseImageKind.CHIP_PORTRAIT, FACE + b"2"),
        )
        assert await kept.of(record(2).crossing_id, "SB-1107") == ()
        with pytest.raises(CentreUnavailable, match="who looks"):
            await kept.of(ONE, "")
    looks = await gallery.centre.database.fetch("SELECT officer_id, shown FROM image_look")
    assert sorted(map(tuple, looks)) == [("SB-1107", 0), ("SB-1107", 2)]


class Flood(wire_grpc.ImageServiceServicer):
    """A centre that sends too much."""

    async def GetImages(  # noqa: N802 - the name of the call
        self, request: object, context: object
    ) -> AsyncIterator[wire.GetImagesResponse]:
        for _ in range(MAX_IMAGES + 1):
            yield wire.GetImagesResponse()


async def test_a_centre_that_sends_too_much_is_not_believed(centre: Centre) -> None:
    server = new_server()
    wire_grpc.add_ImageServiceServicer_to_server(Flood(), server)
    tls = issue(centre.pki, "centre", "flood")
    async with serving(server, "127.0.0.1:0", tls, Role.CENTRE) as address:
        flood = replace(centre, at=replace(centre.at, grpc=address))
        async with flood.linked() as link:
            with pytest.raises(CentreUnavailable, match="more than the pictures"):
                await KeptImages(link).of(ONE, "SB-1107")


async def test_every_look_is_written_down(gallery: Gallery) -> None:
    await gallery.put()
    await gallery.look()
    await gallery.look(role="console", officer_id="SB-2")
    with pytest.raises(aio.AioRpcError) as caught:
        await gallery.look(record(2).crossing_id)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    looks = await gallery.centre.database.fetch(
        "SELECT officer_id, peer, shown FROM image_look ORDER BY looked_at"
    )
    assert [tuple(look) for look in looks] == [
        ("SB-1107", "urn:egate:officer:SB-1107", 1),
        ("SB-2", "urn:egate:console:SB-1107", 1),
        ("SB-1107", "urn:egate:officer:SB-1107", 0),
    ]


async def test_sending_one_again_changes_nothing(gallery: Gallery) -> None:
    for _ in range(3):
        await gallery.put()
    assert (len(gallery.files()), await gallery.rows()) == (1, 1)


async def test_one_picture_of_two_crossings_is_one_file(gallery: Gallery) -> None:
    await gallery.put()
    await gallery.put(crossing_id=record(2).crossing_id)
    assert (len(gallery.files()), await gallery.rows()) == (1, 2)


async def test_no_picture_of_an_admitted_traveller_is_taken(gallery: Gallery) -> None:
    admitted = record(3, verdict=RecordVerdict.ADMIT, status=CrossingStatus.COMPLETED)
    await gallery.centre.submit(admitted)
    with pytest.raises(ImageRefused, match="was admitted"):
        await gallery.put(crossing_id=admitted.crossing_id)
    assert (gallery.files(), await gallery.rows()) == ([], 0)


async def test_no_picture_comes_before_its_record_or_from_another_gate(gallery: Gallery) -> None:
    with pytest.raises(ImageRefused, match="no record of this crossing"):
        await gallery.put(crossing_id=record(77).crossing_id)
    with pytest.raises(ImageRefused, match="by this gate"):
        await gallery.put(gate="BDDAC-A-02")
    assert (gallery.files(), await gallery.rows()) == ([], 0)


async def test_of_one_crossing_there_are_twelve_at_most(gallery: Gallery) -> None:
    for number in range(12):
        await gallery.put(FACE + bytes([number]))
    with pytest.raises(ImageRefused, match="12 pictures"):
        await gallery.put(FACE + b"10")
    await gallery.put(FACE + bytes([3]))
    assert await gallery.rows() == 12


async def test_pages_are_kept_with_their_lights_and_for_who_takes_them(gallery: Gallery) -> None:
    page = FACE + bytes(250_000)
    await gallery.put()
    await gallery.put(page, kind=CaseImageKind.PAGE_ULTRAVIOLET)
    async with gallery.centre.linked() as link:
        assert await KeptImages(link).of(ONE, "SB-1107") == (
            CaseImage(CaseImageKind.LIVE_FRAME, FACE),
            CaseImage(CaseImageKind.PAGE_ULTRAVIOLET, page),
        )
    assert await gallery.look() == [FACE]  # a console of before
    looks = await gallery.centre.database.fetch("SELECT shown FROM image_look ORDER BY looked_at")
    assert [shown for (shown,) in looks] == [2, 1]


@pytest.mark.parametrize(
    "changes",
    [
        {"crossing_id": ""},
        {"crossing_id": ONE.upper()},
        {"kind": 0},
        {"kind": 99},
        {"sha256": b""},
        {"sha256": bytes(32)},
        {"content": b""},
        {"content": b"MZ" + FACE, "sha256": hashlib.sha256(b"MZ" + FACE).digest()},
        {"content": FACE + bytes(200_000)},
        {"kind": 5, "content": FACE + bytes(300_000)},
    ],
)
async def test_what_is_no_picture(gallery: Gallery, changes: dict[str, object]) -> None:
    with pytest.raises(aio.AioRpcError) as caught:
        await gallery.put_raw(**changes)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert (gallery.files(), await gallery.rows()) == ([], 0)


async def test_gates_do_not_look_and_consoles_do_not_send(gallery: Gallery) -> None:
    for role, officer, code in (
        ("gate", "x", grpc.StatusCode.PERMISSION_DENIED),
        ("console", "", grpc.StatusCode.INVALID_ARGUMENT),
    ):
        with pytest.raises(aio.AioRpcError) as caught:
            await gallery.look(role=role, officer_id=officer)
        assert caught.value.code() is code
    with pytest.raises(aio.AioRpcError) as caught:
        await gallery.look("' OR 1=1")
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_what_is_too_old_is_gone_and_the_rest_stays(gallery: Gallery) -> None:
    other = record(2).crossing_id
    await gallery.put()  # of both crossings
    await gallery.put(FACE + b"old")
    await gallery.put(crossing_id=other)
    await gallery.put(FACE + b"new", crossing_id=other)
    await gallery.centre.database.execute(
        "UPDATE case_image SET stored_at = now() - interval '31 days' WHERE crossing_id = $1", ONE
    )
    await purge_images(gallery.centre.database, gallery.store, timedelta(days=30))
    assert await gallery.look(other) == [FACE, FACE + b"new"]
    assert len(gallery.files()) == 2
    with pytest.raises(aio.AioRpcError) as caught:
        await gallery.look()
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    await purge_images(gallery.centre.database, gallery.store, timedelta(0))
    assert (gallery.files(), await gallery.rows()) == ([], 0)
    assert await gallery.centre.store.total() == 2  # a lost picture loses no record


async def test_a_file_of_nobody_is_swept(gallery: Gallery) -> None:
    await gallery.put()
    orphan = FACE + b"nobody's"
    gallery.store.put(hashlib.sha256(orphan).digest(), orphan)
    assert len(gallery.files()) == 2
    await sweep(gallery.centre.database, gallery.store)
    assert len(gallery.files()) == 1
    assert await gallery.look() == [FACE]


@pytest.mark.parametrize("spoilt", ["gone", "bits", "another"])
async def test_a_spoilt_file_is_not_shown(gallery: Gallery, spoilt: str) -> None:
    await gallery.put()
    await gallery.put(FACE + b"2")
    file = gallery.folder.joinpath(*parts(FACE))
    match spoilt:
        case "gone":
            file.unlink()
        case "bits":
            file.write_bytes(file.read_bytes()[:-1] + b"\0")
        case "another":
            file.write_bytes(gallery.folder.joinpath(*parts(FACE + b"2")).read_bytes())
    assert await gallery.look() == [FACE + b"2"]


def parts(content: bytes) -> tuple[str, str, str]:
    name = hashlib.sha256(content).hexdigest()
    return name[:2], name[2:4], name


async def test_a_centre_of_no_pictures_lets_them_wait(centre: Centre) -> None:
    client = ImageClient(centre.at.grpc, centre.tls())
    async with aclosing(client):
        with pytest.raises(CentreUnavailable, match="UNIMPLEMENTED"):
            await client.put(ONE, CaseImage(CaseImageKind.LIVE_FRAME, FACE))


async def test_a_folder_that_cannot_be_used_is_told_at_the_start(
    centre: Centre, tmp_path: Path
) -> None:
    (tmp_path / "images").write_text("a file")
    with pytest.raises(SettingsError, match=r"images\.folder"):
        add_image_service(ImageKeeping(folder=tmp_path / "images"), centre.database, new_server())
