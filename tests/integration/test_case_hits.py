"""Hits of a case over mutual TLS: who may look, at which case, and how much may come."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from egate.cli.service_identity import create_authority, issue
from egate.ports.case_hits import MAX_HITS, CaseHit, HitMatch, PersonListed
from egate.reporting.gate_client import GateLink, GateUnavailable
from egate.reporting.gate_service import serve_gate
from egate.reporting.identity import Role
from egate.reporting.server import new_server, serving
from egate.wire.v1 import gate_pb2 as wire
from egate.wire.v1 import gate_pb2_grpc as wire_grpc

CROSSING = "0197f000-0000-7000-8000-000000000001"
TEXTS = ("law", "order", "authority", "court", "instruction", "contact", "2026-01-01")
HITS = (
    CaseHit("SLTD", 7, "E-1", "a" * 16, "REFER", HitMatch.DOCUMENT, None, *TEXTS, ""),
    CaseHit(
        "EXIT_BAN",
        8,
        "E-2",
        "b" * 16,
        "REFER_SILENT",
        HitMatch.LIKE_NAME,
        0.875,
        *TEXTS,
        "2027-01-01",
        (PersonListed(("RAHMAN ABDUR", "RAHMAN MD"), "1974-XX-XX", "BGD", "M"),),
    ),
)


class Case:
    """The part of a gate that shows hits."""

    def __init__(self) -> None:
        self.views: list[tuple[str, str]] = []

    def case_hits(self, crossing_id: str, officer_id: str) -> tuple[CaseHit, ...] | None:
        self.views.append((crossing_id, officer_id))
        return HITS if crossing_id == CROSSING else None


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


async def test_a_console_sees_the_hits_of_the_case_it_names(case: Case, console: GateLink) -> None:
    assert await console.case_hits(CROSSING, "SB-1107") == HITS
    assert await console.case_hits(CROSSING.replace("7", "8"), "SB-1107") is None
    assert case.views[0] == (CROSSING, "SB-1107")


@pytest.mark.parametrize("role", ["gate", "centre"])
async def test_others_may_not_look(case: Case, address: str, pki: Path, role: str) -> None:
    link = GateLink(address, issue(pki, role, "BDDAC-A-02"))
    with pytest.raises(GateUnavailable, match=f"a {role} may not do this"):
        await link.case_hits(CROSSING, "SB-1107")
    await link.close()
    assert case.views == []


async def test_who_names_no_officer_sees_nothing(case: Case, console: GateLink) -> None:
    with pytest.raises(GateUnavailable, match="who looks"):
        await console.case_hits(CROSSING, "")
    assert case.views == []


class Flood(wire_grpc.GateServiceServicer):
    """A gate that sends too much."""

    async def GetCaseHits(  # noqa: N802 - the name of the call
        self, request: object, context: object
    ) -> wire.GetCaseHitsResponse:
        return wire.GetCaseHitsResponse(hits=[wire.CaseHit()] * (MAX_HITS + 1))


async def test_a_gate_that_sends_too_many_is_not_believed(pki: Path) -> None:
    server = new_server()
    wire_grpc.add_GateServiceServicer_to_server(Flood(), server)
    async with serving(server, "127.0.0.1:0", issue(pki, "gate", "G-1"), Role.GATE) as address:
        link = GateLink(address, issue(pki, "console", "hall-1"))
        with pytest.raises(GateUnavailable, match="more than the hits of a case"):
            await link.case_hits(CROSSING, "SB-1107")
        await link.close()


def test_nothing_personal_is_in_a_repr() -> None:
    for secret in ("law", "instruction", "RAHMAN", "1974", "BGD"):
        assert secret not in repr(HITS)
