"""Inspections as XML: the guideline's words and order, codes that stay, and what is left out."""

from collections import Counter
from dataclasses import replace

import pytest
from lxml import etree

from egate.domain.evidence import InspectedVisa
from egate.domain.inspection_log.logged_check import ProcessState
from egate.domain.inspection_log.mismatches import NAMED
from egate.domain.inspection_log.overall import overall_of
from egate.domain.inspection_log.places import PLACES, LogDomain
from egate.domain.inspection_log.profile import LogProfile
from egate.domain.inspection_log.transaction import STEPS, RecordUntellable, transaction_of
from egate.domain.record import CaptureMode, CrossingStatus, RecordVerdict, StepDuration
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.reporting.inspection_log.elements import RESULTS
from egate.reporting.inspection_log.writer import SCHEMA
from tests.case_samples import record as case_record
from tests.centre_harness import record
from tests.conftest import ROOT
from tests.inspection_log_samples import (
    IN,
    checks_of,
    demo_records,
    log_of,
    personal_texts,
    valid,
)

XSD = "{http://www.w3.org/2001/XMLSchema}"


def words_of(schema_type: str) -> list[str]:
    schema = etree.parse(SCHEMA)
    found = schema.iterfind(f".//{XSD}simpleType[@name='{schema_type}']//{XSD}enumeration")
    return [each.get("value") for each in found]


def one(check: CheckResult, profile: LogProfile = LogProfile.STANDARD) -> etree._Element:
    """Return how ``check`` alone is told."""
    return checks_of(valid(log_of(record(1, checks=(check,)), profile=profile)))[check.check_id]


def test_words_are_those_of_the_guideline() -> None:
    # TR-03135-1 §3.5.2, §3.5.1 and TR-03135-2 §4.3, in their order.
    results = ["successful", "failed", "undetermined", "not supported", "aborted"]
    assert list(RESULTS.values()) == words_of("Result") == results
    states = ["initiated", "running", "terminated", "aborted"]
    assert list(ProcessState) == words_of("State") == states
    assert list(LogProfile) == words_of("Profile") == ["basic", "standard"]


def test_domains_follow_the_guideline() -> None:
    # TR-03135-1 table 6.1: dco, dce, dcc, dcs, biometric, bc, application.
    short = [each.removesuffix("Checks") for each in LogDomain]
    assert short == [
        *("Optical", "Electronic", "Combined", "DigitalSeal"),
        *("Biometric", "Background", "ApplicationSpecific"),
    ]
    chapters = {LogDomain.OPTICAL: "5.5.", LogDomain.ELECTRONIC: "5.6."}
    chapters |= {LogDomain.COMBINED: ("5.7.", "5.8"), LogDomain.DIGITAL_SEAL: "5.9."}  # type: ignore[dict-item]
    for place in PLACES.values():
        assert not place.section or place.section.startswith(chapters[place.domain])


def test_every_word_of_a_record_is_in_the_schema() -> None:
    assert words_of("Verdict") == list(RecordVerdict)
    assert words_of("Status") == list(CrossingStatus)
    for mode in CaptureMode:
        valid(log_of(record(1, capture_mode=mode)))


def test_every_step_of_a_session_is_known() -> None:
    files = (ROOT / "egate" / "domain" / "session").glob("*.py")
    said = "\n".join(file.read_text("utf-8") for file in files)
    assert said.count('StepDuration("') == sum(said.count(f'StepDuration("{s}"') for s in STEPS)


def test_a_demo_of_seventeen_agrees_with_its_verdicts() -> None:
    records = demo_records()
    assert len(records) == 17
    root = valid(log_of(*records))
    wanted = Counter((each.verdict, each.status) for each in records)
    endings = root.iterfind(f"{IN}Statistics/{IN}Ending")
    told = {(e.get("verdict"), e.get("status")): int(e.get("count")) for e in endings}
    assert told == wanted
    for told_of, each in zip(root.iterfind(f"{IN}Transaction"), records, strict=True):
        assert told_of.findtext(f"{IN}Verdict") == each.verdict
        found = {e.get("id") for e in told_of.iter(f"{IN}Check") if e.get("finding") == "true"}
        assert found == set(each.findings)
    failed = root.find(f"{IN}Statistics/{IN}CheckResult[@check='BIOMETRIC.PAD'][@result='failed']")
    assert failed.get("count") == "2"


def test_documents_are_counted_by_state() -> None:
    root = valid(log_of(*demo_records()))
    told = {
        (each.get("issuingState"), each.get("result")): int(each.get("count"))
        for each in root.iter(f"{IN}DocumentResult")
    }
    expected = {("BGD", "failed"): 3, ("UTO", "undetermined"): 1}  # expired, tampered, cloned
    assert expected.items() <= told.items()
    assert sum(told.values()) == 17


@pytest.mark.parametrize("profile", LogProfile)
def test_nothing_personal_of_the_samples_is_told(profile: LogProfile) -> None:
    records = [*demo_records(), case_record(CheckId.WATCHLIST, CheckId.FACE), record(99)]
    log = log_of(*records, profile=profile).decode()
    told = [text for text in personal_texts(records) if text and text in log]
    assert told == []
    # Beside them stands what the guideline wants told.
    assert "BX" not in log
    assert 'serialNumber="5f3a91c2"' in log


def test_a_transaction_in_full() -> None:
    (told,) = valid(log_of(demo_records()[4])).iterfind(f"{IN}Transaction")
    assert [each.tag.removeprefix(IN) for each in told] == [
        *("TransactionId", "Station", "StationNumber", "BorderCrossingPoint", "Direction"),
        *("CaptureMode", "ComponentVersions", "Timing", "State", "Verdict", "Status"),
        *("Document", "UsedLists", "DocumentCheck", "BiometricChecks", "BackgroundChecks"),
        *("ApplicationSpecificChecks", "UserStatistics"),
    ]
    assert told.find(f"{IN}DocumentCheck").get("result") == "failed"
    document = told.find(f"{IN}Document")
    assert [each.tag.removeprefix(IN) for each in document] == [
        *("IssuingState", "DocumentCode", "AccessProtocol", "DocumentSigner", "Csca")
    ]
    hashes = checks_of(told)[CheckId.DG_HASHES]
    assert dict(hashes.attrib) == {
        "id": "ELECTRONIC.PA.DG_HASHES",
        "section": "5.6.4.4.2",
        "state": "terminated",
        "result": "failed",
        "durationMs": "34",
        "finding": "true",
        "errorCode": "20910",
    }
    assert [each.text for each in hashes] == ["a data group was changed", "DG1", "DG2"]


def test_visas_are_told_apart_from_the_document() -> None:
    page = (
        CheckResult(CheckId.OPTICAL_IR, Outcome.SUCCESSFUL, "score 0.91, required 0.50"),
        CheckResult(CheckId.PATTERN, Outcome.FAILED, "score 0.12, required 0.50"),
        CheckResult(CheckId.FACE, Outcome.FAILED, "of no page"),
    )
    visa = InspectedVisa("V", "BGD", "VS0042217", page)
    unlike = InspectedVisa("KARIM", "ERIKSSON", "VS0042218", ())
    root = valid(log_of(replace(demo_records()[0], visas=(visa, unlike))))
    assert b"VS004" not in etree.tostring(root)
    first, second = root.iter(f"{IN}Visa")
    assert (first.findtext(f"{IN}IssuingState"), first.findtext(f"{IN}DocumentCode")) == (
        *("BGD", "V"),
    )
    checked = first.find(f"{IN}DocumentCheck")
    assert checked.get("result") == "failed"
    told = {each.get("id"): each.get("result") for each in checked.iter(f"{IN}Check")}
    assert told == {CheckId.OPTICAL_IR: "successful", CheckId.PATTERN: "failed"}
    assert [each.tag.removeprefix(IN) for each in second] == ["DocumentCheck"]
    assert root.find(f"{IN}Transaction/{IN}DocumentCheck").get("result") == "successful"
    counted = [dict(each.attrib) for each in root.iter(f"{IN}VisaResult")]
    assert counted == [
        {"result": "not supported", "count": "1"},
        {"issuingState": "BGD", "result": "failed", "count": "1"},
    ]


def test_more_visas_than_a_record_may_have_are_not_told() -> None:
    visas = tuple(InspectedVisa("V", "BGD", f"VS{number}", ()) for number in range(9))
    assert len(list(valid(log_of(record(1, visas=visas))).iter(f"{IN}Visa"))) == 8


def test_the_basic_profile_tells_codes_and_no_details() -> None:
    check = CheckResult(CheckId.MRZ_DG1, Outcome.FAILED, "the page and DG1 differ in date_of_birth")
    assert [each.text for each in one(check)] == ["the page and DG1 differ", "date_of_birth"]
    basic = one(check, LogProfile.BASIC)
    assert len(basic) == 0
    assert basic.get("errorCode") == "30211"


@pytest.mark.parametrize(
    ("outcome", "detail", "state", "code"),
    [
        (Outcome.SUCCESSFUL, "", "terminated", None),
        (Outcome.NOT_SUPPORTED, "no face before the camera", "terminated", None),
        (Outcome.FAILED, "no face before the camera", "terminated", "50111"),
        (Outcome.FAILED, "RAHMAN FARZANA 1988", "terminated", "50101"),
        (Outcome.UNDETERMINED, "", "terminated", "50102"),
        (Outcome.ABORTED, "the camera fell down", "aborted", "50103"),
        (Outcome.ABORTED, "the session ended before it", "initiated", "50104"),
        (Outcome.ABORTED, "the time ran out", "aborted", "50106"),
    ],
)
def test_states_and_codes(outcome: Outcome, detail: str, state: str, code: str | None) -> None:
    told = one(CheckResult(CheckId.FACE_CAPTURE, outcome, detail))
    assert (told.get("state"), told.get("result")) == (state, RESULTS[outcome])
    assert told.get("errorCode") == code
    assert "RAHMAN" not in "".join(told.itertext())


@pytest.mark.parametrize(
    ("outcomes", "overall"),
    [  # TR-03135-1 tables 5.2 and 5.6
        ("SUCCESSFUL SUCCESSFUL", "SUCCESSFUL"),
        ("SUCCESSFUL FAILED", "FAILED"),
        ("SUCCESSFUL ABORTED UNDETERMINED", "ABORTED"),
        ("ABORTED FAILED", "FAILED"),
        ("SUCCESSFUL UNDETERMINED", "UNDETERMINED"),
        ("NOT_SUPPORTED SUCCESSFUL", "SUCCESSFUL"),
        ("NOT_SUPPORTED", "NOT_SUPPORTED"),
        ("", "NOT_SUPPORTED"),
    ],
)
def test_overall_results(outcomes: str, overall: str) -> None:
    checks = tuple(
        CheckResult(check_id, Outcome[name])
        for check_id, name in zip(CheckId, outcomes.split(), strict=False)
    )
    assert overall_of(transaction_of(record(1, checks=checks)).checks) is Outcome[overall]


def test_background_checks_tell_nothing_of_why() -> None:
    for check_id in (CheckId.WATCHLIST, CheckId.AUTHORISATION, CheckId.STAY, CheckId.ELIGIBILITY):
        hit = CheckResult(check_id, Outcome.FAILED, "WANTED 8: W-77; stayed 41 days; under 18")
        assert [each.text for each in one(hit)] == ["failed; nothing further is told"]
    assert not {check_id for check_id in NAMED if check_id.startswith("BACKGROUND.")}


def test_what_has_not_its_form_is_left_out() -> None:
    document = replace(demo_records()[0].document, issuing_state="LEE", document_code="MR")  # type: ignore[type-var]
    odd = record(
        1,
        document=document,
        signer="Rahman:Farzana",
        csca_ski="not hexadecimal",
        trust_store_version="RAHMAN",
        policy_version="RAHMAN FARZANA",
        prepared_crossing_id="RAHMAN",
        supersedes="RAHMAN",
        border_crossing_point="RAHMAN",
        fallback_reasons=("RAHMAN",),
        findings=("RAHMAN",),
        steps=(
            StepDuration("rahman", 1.0),
            StepDuration("chip", float("nan")),
            StepDuration("mrz", -1.0),
            StepDuration("face", 2.0),
            StepDuration("face", 3.0),
        ),
    )
    (told,) = valid(log_of(odd)).iterfind(f"{IN}Transaction")
    assert "RAHMAN" not in etree.tostring(told, encoding="unicode").upper()
    assert len(told.find(f"{IN}Document")) == 0
    assert [each.get("seconds") for each in told.iter(f"{IN}Step")] == ["2.000"]


@pytest.mark.parametrize(
    "changes",
    [
        {"crossing_id": "RAHMAN"},
        {"gate_id": "a gate\n"},
        {"occurred_at": UtcSeconds(-1.0)},
        {"recorded_at": UtcSeconds(253_402_300_799.9999)},
    ],
)
def test_a_record_that_cannot_be_told_is_counted(changes: dict[str, object]) -> None:
    odd = record(1, **changes)
    with pytest.raises(RecordUntellable) as refused:
        transaction_of(odd)
    assert "RAHMAN" not in str(refused.value)
    statistics = valid(log_of(odd, b"\xff\xff", record(2))).find(f"{IN}Statistics")
    assert (statistics.get("transactions"), statistics.get("unreadable")) == ("1", "2")


def test_one_transaction_names_the_one_that_it_settles() -> None:
    settled = record(2, supersedes=record(1).crossing_id, capture_mode=CaptureMode.DESK)
    told = valid(log_of(record(1), settled)).findall(f"{IN}Transaction")
    assert told[1].findtext(f"{IN}Supersedes") == told[0].findtext(f"{IN}TransactionId")


def test_a_record_without_checks_or_document_is_told() -> None:
    bare = record(1, document=None, findings=(), steps=(), checks=())
    (told,) = valid(log_of(bare)).iterfind(f"{IN}Transaction")
    assert told.find(f"{IN}DocumentCheck") is None
