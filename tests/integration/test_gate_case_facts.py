"""What a gate tells its officers of a case, and who has it: a lane, and mutual TLS to it."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from egate.cli.service_identity import create_authority, issue
from egate.domain.optical_finding import Light, OpticalFinding, PageRegion
from egate.domain.session import model as m
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.observability.logging import configure_logging
from egate.ports.case_facts import MAX_OPTICAL_FINDINGS, CaseFacts
from egate.ports.supervision import GateStatus, OfficerOrder
from egate.reporting.gate_client import GateLink, GateUnavailable
from egate.reporting.gate_service import serve_gate
from egate.reporting.identity import Role
from egate.reporting.optical_mapping import decode_findings, encode_findings
from egate.reporting.server import new_server, serving
from egate.reporting.wire_values import RecordMalformed
from egate.wire.v1 import crossing_pb2, gate_pb2, gate_pb2_grpc
from tests.gate_lane import Comparison, Hall, Procedure, hall
from tests.gate_samples import face

ANOTHER = "0197f000-0000-7000-8000-000000000001"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    create_authority(folder)
    return folder


def strangers() -> Comparison:
    comparison = Comparison()
    comparison.evidence = face(similarity=0.1)
    return comparison


@asynccontextmanager
async def lane(folder: Path, comparison: Comparison | None = None) -> AsyncIterator[Hall]:
    compared = comparison or strangers()
    async with hall(folder, ways=(Procedure(), lambda _: compared)) as h:
        yield h


@asynccontextmanager
async def seen(
    h: Hall, pki: Path, role: str = "console", name: str = "h1"
) -> AsyncIterator[GateLink]:
    tls = issue(pki, "gate", "DAC-E-01")
    async with serve_gate(h.gate.supervision, "127.0.0.1:0", tls) as address:
        link = GateLink(address, issue(pki, role, name))
        yield link
        await link.close()


async def refer(h: Hall) -> str:
    await h.walk_up()
    await h.present()
    await h.until_state(m.AwaitingOfficer)
    return h.state.session_id


def kept(h: Hall) -> int:
    return h.database.execute("SELECT count(*) FROM case_record").fetchone()[0]


async def test_the_officer_sees_the_record_that_the_centre_has(tmp_path: Path, pki: Path) -> None:
    log = io.StringIO()
    configure_logging(log)
    async with lane(tmp_path) as h, seen(h, pki) as link:
        case = await refer(h)
        (sent,) = await h.records(1)
        await h.until(lambda: h.gate.supervision.status().outbox_depth == 0)
        facts = await link.case(case, "SB-1107")
        assert facts is not None
        assert facts.record == sent
        assert facts.decided_at == sent.recorded_at
        assert sent.similarity == 0.1
        demanded = facts.thresholds
        profile = h.gate.runner.policy.profile
        assert (demanded.policy_version, demanded.profile) == (sent.policy_version, profile.name)
        assert demanded.min_similarity == profile.min_similarity == sent.threshold
        assert demanded.max_pad_score == profile.max_pad_score
        assert demanded.min_portrait_similarity == 0.45
        assert await link.case(ANOTHER, "SB-1107") is None
        assert h.gate.supervision.order(OfficerOrder.RESET, "SB-1107", case)
        await h.until_state(m.Idle)
        assert await link.case(case, "SB-1107") is None
        assert kept(h) == 0
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    looks = [line for line in lines if line["event"] == "case facts"]
    assert [line["outcome"] for line in looks] == ["shown", "refused", "refused"]
    assert all(sent.document.document_number not in json.dumps(line) for line in lines)


FOUND = OpticalFinding(
    CheckId.OPTICAL_IR,
    Outcome.FAILED,
    "the ink of the MRZ vanishes",
    score=0.04,
    threshold=0.5,
    light=Light.INFRARED,
    region=PageRegion(0.05, 0.8, 0.9, 0.15),
    duration_ms=21,
)
ALL_OF_IT = OpticalFinding(CheckId.OPTICAL_UV, Outcome.NOT_SUPPORTED, "no image under this light")


async def test_the_officer_sees_what_the_page_told_and_where(tmp_path: Path, pki: Path) -> None:
    async with lane(tmp_path) as h, seen(h, pki) as link:
        case = await refer(h)
        assert (await facts_of(link, case)).optical_findings == ()
        found = {case: (FOUND, ALL_OF_IT)}
        h.gate.supervision.cases.has_pages(lambda session: found.get(session, ()))
        assert (await facts_of(link, case)).optical_findings == (FOUND, ALL_OF_IT)


def test_a_record_has_the_score_in_words() -> None:
    words = "the ink of the MRZ vanishes; score 0.04, required 0.50"
    assert FOUND.as_result() == CheckResult(CheckId.OPTICAL_IR, Outcome.FAILED, words, 21)
    assert ALL_OF_IT.as_result().detail == "no image under this light"


@pytest.mark.parametrize(
    ("field", "value"),
    [("score", 1.5), ("score", float("nan")), ("threshold", -0.1), ("light", 9), ("light", 0)],
)
def test_a_finding_that_cannot_be_is_not_believed(field: str, value: float) -> None:
    (message,) = encode_findings([FOUND])
    setattr(message, field, value)
    with pytest.raises(RecordMalformed):
        decode_findings([message])


@pytest.mark.parametrize("side", ["left", "top", "width", "height"])
@pytest.mark.parametrize("value", [1.5, -0.1, float("inf"), 0.99])
def test_a_region_beside_the_page_is_not_believed(side: str, value: float) -> None:
    (message,) = encode_findings([FOUND])
    setattr(message.region, side, value)
    with pytest.raises(RecordMalformed, match="within 0 to 1"):
        decode_findings([message])


def test_more_findings_than_a_page_can_have_are_not_believed() -> None:
    with pytest.raises(RecordMalformed, match="too many"):
        decode_findings(encode_findings([FOUND] * (MAX_OPTICAL_FINDINGS + 1)))


async def test_a_case_outlasts_a_restart_and_who_had_it_takes_it_again(
    tmp_path: Path, pki: Path
) -> None:
    async with lane(tmp_path) as h:
        case = await refer(h)
        (sent,) = await h.records(1)
        assert h.gate.supervision.take_case(case, "SB-1107", "") == "SB-1107"
        sealed = h.database.execute("SELECT sealed FROM case_record").fetchone()[0]
        assert sent.document.document_number.encode() not in sealed
    async with lane(tmp_path) as h, seen(h, pki) as link:
        await h.until_state(m.AwaitingOfficer)
        assert await facts_of(link, case) == CaseFacts(
            sent, (await facts_of(link, case)).thresholds
        )
        assert await link.take_case(case, "SB-2000") == "SB-2000"


async def facts_of(link: GateLink, case: str) -> CaseFacts:
    facts = await link.case(case, "SB-1107")
    assert facts is not None
    return facts


async def test_a_record_of_another_key_is_no_record(tmp_path: Path, pki: Path) -> None:
    async with lane(tmp_path) as h, seen(h, pki) as link:
        case = await refer(h)
        with h.database:
            h.database.execute("UPDATE case_record SET sealed = ?", (bytes(64),))
        assert (await facts_of(link, case)).record is None


async def test_without_a_journal_there_is_no_record_until_it_is_written(
    tmp_path: Path, pki: Path
) -> None:
    comparison = strangers()
    comparison.compares.clear()
    async with lane(tmp_path, comparison) as h, seen(h, pki) as link:
        await h.walk_up()
        await h.present()
        await h.until_state(m.Inspecting)
        await h.until(lambda: h.state.session.chip and h.state.session.background)
        h.database.execute("PRAGMA query_only = ON")
        comparison.compares.set()
        await h.until_state(m.AwaitingOfficer)
        case = h.state.session_id
        assert (await facts_of(link, case)).record is None
        assert (await facts_of(link, case)).decided_at is None
        h.database.execute("PRAGMA query_only = OFF")
        (sent,) = await h.records(1)
        assert (await facts_of(link, case)).record == sent


async def test_the_first_officer_has_the_case_until_another_takes_it_from_them(
    tmp_path: Path, pki: Path
) -> None:
    async with lane(tmp_path) as h, seen(h, pki) as link:
        case = await refer(h)
        watched = link.changes()
        assert (await anext(watched)).case_officer_id == ""
        assert await link.take_case(case, "SB-1107", "SB-3000") == ""
        assert await link.take_case(case, "SB-1107") == "SB-1107"
        assert (await until_had(watched)).case_officer_id == "SB-1107"
        assert await link.take_case(case, "SB-2000") == "SB-1107"
        assert await link.take_case(case, "SB-2000", "SB-3000") == "SB-1107"
        assert await link.take_case(case, "SB-2000", "SB-1107") == "SB-2000"
        assert await link.take_case(case, "SB-1107") == "SB-2000"
        assert (await facts_of(link, case)).officer_id == "SB-2000"
        assert await link.take_case(ANOTHER, "SB-1107") is None
        assert h.gate.supervision.order(OfficerOrder.RESET, "SB-2000", case)
        await h.until_state(m.Idle)
        assert h.gate.supervision.status().case_officer_id == ""
        assert await link.take_case(case, "SB-2000") is None
        await h.go_back()
        await h.chip_reader.remove()
        another = await refer(h)
        assert another != case
        assert h.gate.supervision.status().case_officer_id == ""
        await watched.aclose()


async def until_had(watched: AsyncIterator[GateStatus]) -> GateStatus:
    async for status in watched:
        if status.case_officer_id:
            return status
    raise AssertionError("nobody has the case")


async def test_an_officer_s_own_certificate_is_who_takes(tmp_path: Path, pki: Path) -> None:
    async with lane(tmp_path) as h, seen(h, pki, "officer", "SB-2000") as link:
        case = await refer(h)
        assert await link.take_case(case, "somebody-else") == "SB-2000"


@pytest.mark.parametrize("role", ["gate", "centre"])
async def test_others_may_neither_look_nor_take(tmp_path: Path, pki: Path, role: str) -> None:
    async with lane(tmp_path) as h, seen(h, pki, role, "X-1") as link:
        case = await refer(h)
        for call in (link.case, link.take_case):
            with pytest.raises(GateUnavailable, match=f"a {role} may not do this"):
                await call(case, "SB-1107")
        assert h.gate.supervision.status().case_officer_id == ""


@pytest.mark.parametrize(
    ("crossing", "officer", "fault"),
    [(ANOTHER, "", "who looks"), (ANOTHER, "a\nb", "who looks"), ("1" * 37, "SB-1", "too long")],
)
async def test_what_names_no_officer_or_no_crossing_is_refused(
    tmp_path: Path, pki: Path, crossing: str, officer: str, fault: str
) -> None:
    async with lane(tmp_path) as h, seen(h, pki) as link:
        for call in (link.case, link.take_case):
            with pytest.raises(GateUnavailable, match=fault):
                await call(crossing, officer)


class Newer(gate_pb2_grpc.GateServiceServicer):
    """A gate with a verdict that this version does not know."""

    async def GetCase(  # noqa: N802 - the name of the call
        self, request: object, context: object
    ) -> gate_pb2.GetCaseResponse:
        return gate_pb2.GetCaseResponse(record=crossing_pb2.CrossingRecord(verdict=9))


async def test_a_record_that_is_not_understood_is_not_shown(pki: Path) -> None:
    server = new_server()
    gate_pb2_grpc.add_GateServiceServicer_to_server(Newer(), server)
    async with serving(server, "127.0.0.1:0", issue(pki, "gate", "G-1"), Role.GATE) as address:
        link = GateLink(address, issue(pki, "console", "hall-1"))
        with pytest.raises(GateUnavailable, match="unknown"):
            await link.case(ANOTHER, "SB-1107")
        await link.close()


async def test_nothing_personal_is_in_a_repr(tmp_path: Path) -> None:
    async with lane(tmp_path) as h:
        facts = h.gate.supervision.case(await refer(h), "SB-1107")
        assert facts.record.document.document_number not in repr(facts)
