"""A lane with a page scanner: whose page it is, what is found on it, and in whose record it is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from egate.domain.policy.obligation import Obligation
from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingRecord, RecordVerdict
from egate.domain.session import model as m
from egate.emrtd.checks import PAGE_CHECKS, CheckId, CheckResult, Outcome
from egate.gate import page_inspection
from egate.optical.mrz_image.reading import MrzImageUnread
from egate.ports.case_images import CaseImageKind
from egate.ports.supervision import OfficerOrder
from tests.emrtd_passport import chip_of, passport
from tests.gate_lane import MRZ, QUICK, Comparison, Hall, Procedure, good_chip, hall
from tests.gate_pages import OTHER_MRZ, REGION, Scanner, numbered
from tests.integration.test_gate_documents import CLOCKS, in_the_field, whole_procedure

PAGE_PICTURES = {kind for kind in CaseImageKind if kind.is_page}
DARK = {
    CheckId.OPTICAL_IR: "the page scanner has no infrared light",
    CheckId.OPTICAL_UV: "the page scanner has no ultraviolet light",
}
LONG_AGO = "the session ended before it"


def demanding(*checks: CheckId) -> Policy:
    return replace(
        QUICK, obligations=QUICK.obligations | dict.fromkeys(checks, Obligation.MANDATORY)
    )


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    made = Scanner()
    yield made
    made.looks.set()  # whatever still looks at a page ends with its test


def lane(
    folder: Path, scanner: Scanner, policy: Policy = QUICK, **how: object
) -> AbstractAsyncContextManager[Hall]:
    ways = (Procedure(), lambda _: Comparison(), scanner.device, scanner.procedures(policy))
    return hall(folder, policy=policy, ways=ways, **how)


async def decided(h: Hall) -> CrossingRecord:
    """Wait for the decision, let an admitted traveller pass, and return the record."""
    before = len(h.centre.records)
    await h.until(lambda: isinstance(h.state, m.Passing | m.AwaitingOfficer))
    if isinstance(h.state, m.Passing):
        await h.until(lambda: h.barrier.now.entry_open)
        await h.walk_through()
    return (await h.records(before + 1))[-1]


def page_checks(record: CrossingRecord) -> list[CheckResult]:
    return [each for each in record.checks if each.check_id in PAGE_CHECKS]


def outcomes(record: CrossingRecord) -> set[Outcome]:
    return {each.outcome for each in page_checks(record)}


def details(record: CrossingRecord) -> set[str]:
    return {each.detail for each in page_checks(record)}


def page_is_known(h: Hall) -> bool:
    session = getattr(h.state, "session", None)
    return session is not None and any(c.check_id in PAGE_CHECKS for c in session.optical)


async def walk_up(h: Hall) -> None:
    await h.walk_up()
    await h.until_state(m.ReadingMrz)


async def test_a_scanner_alone_gives_the_mrz_and_the_checks_of_the_page(
    tmp_path: Path, scanner: Scanner
) -> None:
    async with lane(tmp_path, scanner, demanding(*PAGE_CHECKS), reads_mrz=False) as h:
        await walk_up(h)
        await h.chip_reader.insert(good_chip)
        scanner.scan()
        record = await decided(h)
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    assert record.document.primary_identifier == "ERIKSSON"
    assert outcomes(record) == {Outcome.SUCCESSFUL}
    assert details(record) == {"looked at; score 0.90, required 0.50"}
    assert [step.step for step in record.steps] == ["mrz", "chip", "face", "passage"]


async def test_a_document_that_lies_there_already_begins_the_session(
    tmp_path: Path, scanner: Scanner
) -> None:
    async with lane(tmp_path, scanner, reads_mrz=False) as h:
        scanner.scan()
        await h.walk_up()
        await h.chip_reader.insert(good_chip)
        record = await decided(h)
    assert record.verdict is RecordVerdict.ADMIT, record.findings


async def test_a_page_that_nobody_can_read_is_asked_for_again(
    tmp_path: Path, scanner: Scanner
) -> None:
    async with lane(tmp_path, scanner, reads_mrz=False) as h:
        await walk_up(h)
        scanner.scan(None)
        await h.until(lambda: h.gate.runner.message is m.TravellerMessage.PLACE_DOCUMENT_AGAIN)
        await h.chip_reader.insert(good_chip)
        scanner.scan()
        record = await decided(h)
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    assert record.attempts == 2


async def test_a_page_without_pictures_is_asked_for_again_and_told(
    tmp_path: Path, scanner: Scanner, capfd: pytest.CaptureFixture[str]
) -> None:
    async with lane(tmp_path, scanner, reads_mrz=False) as h:
        await walk_up(h)
        scanner.device.garble("infrared image: torn")
        await h.until(lambda: h.gate.runner.message is m.TravellerMessage.PLACE_DOCUMENT_AGAIN)
        await h.chip_reader.insert(good_chip)
        scanner.scan()
        record = await decided(h)
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    logged = "".join(capfd.readouterr())
    assert "page unusable" in logged
    assert "infrared image: torn" in logged


async def test_nor_is_it_asked_for_for_ever(tmp_path: Path, scanner: Scanner) -> None:
    async with lane(tmp_path, scanner, reads_mrz=False) as h:
        await walk_up(h)
        for _ in range(QUICK.placements):
            scanner.scan(None)
        record = await decided(h)
    assert record.findings == (CheckId.OPTICAL_MRZ_CHECK_DIGITS.value,)
    assert not scanner.inspected


def renamed(mrz: Sequence[str]) -> tuple[str, str]:
    return mrz[0].replace("FARZANA", "FARSANA"), mrz[1]


@pytest.mark.parametrize(
    ("misread", "finding"),
    [(partial(numbered, number="X01234561"), CheckId.ACCESS), (renamed, CheckId.MRZ_DG1)],
    ids=["number", "name"],
)
async def test_a_wrong_mrz_from_a_page_opens_no_door(
    tmp_path: Path,
    scanner: Scanner,
    misread: Callable[[Sequence[str]], Sequence[str]],
    finding: CheckId,
) -> None:
    document = passport("bac")
    pages = scanner.procedures(QUICK)
    ways = (whole_procedure(), lambda _: Comparison(), scanner.device, pages)
    async with hall(tmp_path, policy=QUICK, ways=ways, clocks=CLOCKS, reads_mrz=False) as h:
        await walk_up(h)
        await h.chip_reader.insert(in_the_field(chip_of(document)))
        scanner.scan(misread(document.mrz))
        record = await decided(h)
        assert not h.barrier.now.entry_open
    assert record.verdict is RecordVerdict.REFER
    assert record.findings == (finding.value,)


async def test_a_readers_mrz_counts_where_there_is_a_reader(
    tmp_path: Path, scanner: Scanner
) -> None:
    async with lane(tmp_path, scanner, demanding(CheckId.OPTICAL_UV)) as h:
        await walk_up(h)
        scanner.scan(None)  # nobody can read it, and nobody has to
        await h.present()
        await h.until_state(m.Inspecting)
        record = await decided(h)
    assert record.findings == (CheckId.OPTICAL_UV.value,)
    assert record.attempts == 1
    assert details(record) == {"no MRZ was read from the page"}


async def test_two_lights_that_show_two_mrzs_are_a_forgery(
    tmp_path: Path, scanner: Scanner
) -> None:
    """What was read by the lane's own reader is of one of them."""
    scanner.unread = MrzImageUnread("white and infrared light differ", lights_differ=True)
    async with lane(tmp_path, scanner, demanding(CheckId.OPTICAL_IR)) as h:
        await walk_up(h)
        scanner.scan(None)
        await h.present()
        await h.until_state(m.Inspecting)
        record = await decided(h)
    assert record.verdict is RecordVerdict.REFER
    assert record.findings == (CheckId.OPTICAL_IR.value,)
    (infrared,) = (each for each in record.checks if each.check_id is CheckId.OPTICAL_IR)
    assert infrared.outcome is Outcome.FAILED
    assert infrared.detail == "MRZ: white and infrared light show different characters"
    assert outcomes(record) == {Outcome.FAILED, Outcome.UNDETERMINED}


async def test_a_page_of_another_document_is_never_compared(
    tmp_path: Path, scanner: Scanner
) -> None:
    policy = demanding(CheckId.OPTICAL_UV, CheckId.PORTRAIT)
    async with lane(tmp_path, scanner, policy) as h:
        await walk_up(h)
        scanner.scan(OTHER_MRZ)
        await h.present()
        record = await decided(h)
    assert outcomes(record) == {Outcome.UNDETERMINED}
    assert details(record) == {"the page is of another document"}
    assert [c.detail for c in record.checks if c.check_id is CheckId.PORTRAIT] == [
        "the page is of another document"
    ]
    assert not scanner.inspected


async def test_after_a_page_of_another_document_the_travellers_own_is_waited_for(
    tmp_path: Path, scanner: Scanner
) -> None:
    async with lane(tmp_path, scanner, demanding(CheckId.OPTICAL_UV)) as h:
        await walk_up(h)
        scanner.scan(OTHER_MRZ)
        scanner.scan()
        await h.present()
        record = await decided(h)
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    assert scanner.inspected == [MRZ]


async def test_a_failed_check_that_is_mandatory_is_for_an_officer_who_sees_where(
    tmp_path: Path, scanner: Scanner
) -> None:
    scanner.failed = (CheckId.OPTICAL_UV, CheckId.PATTERN)
    async with lane(tmp_path, scanner, demanding(CheckId.OPTICAL_UV), reads_mrz=False) as h:
        await walk_up(h)
        await h.chip_reader.insert(good_chip)
        scanner.scan()
        record = await decided(h)
        assert h.gate.runner.message is m.TravellerMessage.OFFICER_WILL_HELP
        facts = h.gate.supervision.case(record.crossing_id, "officer-17")
        images = h.gate.supervision.case_images(record.crossing_id, "officer-17")
        assert h.gate.supervision.order(OfficerOrder.RESET, "officer-17")
        await h.until(lambda: not isinstance(h.state, m.AwaitingOfficer))
        assert not h.gate.executor.page_findings(m.SessionId(record.crossing_id))
    found = facts.optical_findings
    assert record.findings == (CheckId.OPTICAL_UV.value,)  # the pattern is only recorded
    assert {each.check_id for each in found if each.outcome is Outcome.FAILED} == {*scanner.failed}
    assert {each.region for each in found} == {REGION}
    assert {each.kind for each in images} == PAGE_PICTURES


async def test_a_failed_check_without_influence_stops_nobody(
    tmp_path: Path, scanner: Scanner
) -> None:
    scanner.failed = PAGE_CHECKS
    async with lane(tmp_path, scanner, reads_mrz=False) as h:
        await walk_up(h)
        scanner.scan()
        await h.until(lambda: page_is_known(h))
        await h.chip_reader.insert(good_chip)
        record = await decided(h)
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    assert outcomes(record) == {Outcome.FAILED}


async def test_a_scanner_without_a_light_does_not_support_its_check(
    tmp_path: Path, scanner: Scanner
) -> None:
    policy = demanding(CheckId.PATTERN)
    async with lane(tmp_path, scanner, policy, reads_mrz=False) as h:
        await walk_up(h)
        await h.chip_reader.insert(good_chip)
        scanner.scan(lights=False)
        record = await decided(h)
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    unsupported = {c.check_id: c.detail for c in record.checks if c.check_id in DARK}
    assert unsupported == DARK
    assert outcomes(record) == {Outcome.SUCCESSFUL, Outcome.NOT_SUPPORTED}


async def test_checks_without_influence_delay_nobody(tmp_path: Path, scanner: Scanner) -> None:
    scanner.looks.clear()  # they would take longer than this test may
    async with lane(tmp_path, scanner, reads_mrz=False) as h:
        await walk_up(h)
        await h.chip_reader.insert(good_chip)
        scanner.scan()
        record = await decided(h)
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    assert outcomes(record) == {Outcome.ABORTED}
    assert details(record) == {LONG_AGO}


async def test_a_check_that_counts_is_not_waited_for_without_end(
    tmp_path: Path, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_inspection, "INSPECTING_SECONDS", 0.05)
    scanner.looks.clear()
    async with lane(tmp_path, scanner, demanding(CheckId.OPTICAL_UV), reads_mrz=False) as h:
        await walk_up(h)
        await h.chip_reader.insert(good_chip)
        scanner.scan()
        record = await decided(h)
    assert record.findings == (CheckId.OPTICAL_UV.value,)
    assert details(record) == {"the page was not inspected in time"}


async def test_after_a_look_without_end_the_next_travellers_page_is_looked_at(
    tmp_path: Path, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanner.looks.clear()
    async with lane(tmp_path, scanner, demanding(CheckId.OPTICAL_UV)) as h:
        with monkeypatch.context() as first:
            first.setattr(page_inspection, "INSPECTING_SECONDS", 0.05)
            await walk_up(h)
            scanner.scan()
            await h.present()
            late = await decided(h)
        assert h.gate.supervision.order(OfficerOrder.RESET, "officer-1")
        await h.until_state(m.Idle)
        await h.beams()
        scanner.looks.set()
        await walk_up(h)
        scanner.scan()
        await h.present()
        record = await decided(h)
    assert late.findings == (CheckId.OPTICAL_UV.value,)
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    assert outcomes(record) == {Outcome.SUCCESSFUL}


async def test_without_a_page_a_check_that_counts_is_for_an_officer(
    tmp_path: Path, scanner: Scanner
) -> None:
    profile = replace(QUICK.profile, face_seconds=0.05)
    policy = replace(demanding(CheckId.OPTICAL_UV), profile=profile)
    async with lane(tmp_path, scanner, policy) as h:
        await walk_up(h)
        await h.present()
        record = await decided(h)
    assert record.findings == (CheckId.OPTICAL_UV.value,)
    assert details(record) == {"no page was scanned in time"}


@pytest.mark.parametrize("leaves", [True, False], ids=["goes back", "is admitted"])
async def test_what_is_found_of_one_traveller_is_never_in_anothers_record(
    tmp_path: Path,
    scanner: Scanner,
    leaves: bool,  # noqa: FBT001
) -> None:
    async with lane(tmp_path, scanner, reads_mrz=False) as h:
        scanner.failed = PAGE_CHECKS
        scanner.looks.clear()
        await walk_up(h)
        scanner.scan(OTHER_MRZ)
        await h.until(lambda: scanner.inspected)
        if leaves:
            await h.go_back()
            await h.until_state(m.Idle)
        else:
            await h.chip_reader.insert(good_chip)
            await decided(h)
        first = (await h.records(1))[0]
        scanner.failed = ()
        await walk_up(h)
        scanner.scan()
        await h.until_state(m.Inspecting)
        scanner.looks.set()  # only now is the first page done with
        await h.until(lambda: page_is_known(h))
        await h.chip_reader.insert(good_chip)
        second = await decided(h)
    assert details(first) == {LONG_AGO}
    assert outcomes(second) == {Outcome.SUCCESSFUL}
    assert scanner.inspected == [OTHER_MRZ, MRZ]


async def test_a_scanner_that_alone_reads_the_mrz_is_missed_like_a_reader(
    tmp_path: Path, scanner: Scanner
) -> None:
    async with lane(tmp_path, scanner, reads_mrz=False) as h:
        scanner.device.fail()
        await h.until_state(m.OutOfService)
        assert h.state.lane.faults == {"mrz_reader"}
        await h.until_state(m.Idle)
        await walk_up(h)
        await h.chip_reader.insert(good_chip)
        scanner.scan()
        record = await decided(h)
    assert record.verdict is RecordVerdict.ADMIT, record.findings


async def test_a_lost_scanner_beside_a_reader_stops_nobody(
    tmp_path: Path, scanner: Scanner
) -> None:
    async with lane(tmp_path, scanner) as h:
        scanner.device.fail()
        await walk_up(h)
        await h.present()
        record = await decided(h)
    assert record.verdict is RecordVerdict.ADMIT, record.findings


async def test_a_page_of_before_a_restart_is_nobodys(tmp_path: Path, scanner: Scanner) -> None:
    async with lane(tmp_path, scanner, reads_mrz=False) as h:
        scanner.looks.clear()
        scanner.failed = PAGE_CHECKS
        await walk_up(h)
        scanner.scan(OTHER_MRZ)
        await h.until(lambda: scanner.inspected)
    scanner.looks.set()
    again = Scanner()
    async with lane(tmp_path, again, demanding(CheckId.OPTICAL_UV)) as h:
        await h.until_state(m.Idle)
        await walk_up(h)
        again.scan()
        await h.present()
        record = await decided(h)
    assert record.verdict is RecordVerdict.ADMIT, record.findings
    assert again.inspected == [MRZ]
