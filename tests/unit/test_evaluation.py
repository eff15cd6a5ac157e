"""From a reading to its checks: each exactly once, and no copy gets away."""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import replace

import pytest

from egate.emrtd.checks import PAGE_CHECKS, CheckId, Outcome
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.errors import ChipLost
from egate.emrtd.evaluation import DocumentEvaluation, evaluate
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.mrz.check_digit import check_digit
from egate.emrtd.mrz.parse import Mrz, parse
from egate.emrtd.tlv import encode
from hardware_mocks.chip.chip import Chip, Interface
from hardware_mocks.chip.document import Document
from tests.emrtd_passport import TODAY, anchors, page_of, passport, read, with_files

ALL = {
    check_id
    for check_id in CheckId
    if check_id.value.startswith(("OPTICAL.MRZ", "ELECTRONIC", "COMBINED"))
    and check_id not in {*PAGE_CHECKS, CheckId.PORTRAIT}
}
COM_WITHOUT_DG15 = bytes.fromhex("60165F0104303130375F36063034303030305C0461750000")


def evaluated(
    document: Document, page: Mrz | None = None, reading: ChipReading | None = None
) -> DocumentEvaluation:
    reading = reading or read(document)
    return evaluate(page or page_of(document), reading, anchors(), TODAY, time.perf_counter)


def outcomes(evaluation: DocumentEvaluation) -> Mapping[CheckId, Outcome]:
    found = {check.check_id: check.outcome for check in evaluation.checks}
    assert len(found) == len(evaluation.checks)
    assert found.keys() == ALL
    return found


def detail(evaluation: DocumentEvaluation, check_id: CheckId) -> str:
    return next(check.detail for check in evaluation.checks if check.check_id is check_id)


@pytest.mark.parametrize("profile", ["bac-aa-rsa", "bac-aa-ecdsa", "rsa-pss"])
def test_a_genuine_document(profile: str) -> None:
    evaluation = evaluated(passport(profile))
    found = outcomes(evaluation)
    others = {CheckId.CHIP_AUTHENTICATION, CheckId.DEVIATION}
    assert {outcome for name, outcome in found.items() if name not in others} == {
        Outcome.SUCCESSFUL
    }
    assert {found[name] for name in others} == {Outcome.NOT_SUPPORTED}
    assert evaluation.dg1 is not None
    assert evaluation.passive_authentication is not None
    assert evaluation.passive_authentication.signer is not None
    assert evaluation.passive_authentication.signer.country == "BD"
    assert all(check.duration_ms >= 0 for check in evaluation.checks)


@pytest.mark.parametrize(
    ("profile", "failed"),
    [
        ("cloned", {CheckId.ACTIVE_AUTHENTICATION}),
        ("tampered-dg2", {CheckId.DG_HASHES}),
        ("revoked-signer", {CheckId.DS_REVOCATION}),
        ("expired-signer", {CheckId.DS_VALIDITY}),
        ("expired", {CheckId.OPTICAL_MRZ_EXPIRY}),
        ("unknown-signer", set()),
    ],
)
def test_each_fraud_has_its_finding(profile: str, failed: set[CheckId]) -> None:
    found = outcomes(evaluated(passport(profile)))
    assert {name for name, outcome in found.items() if outcome is Outcome.FAILED} == failed
    if profile == "unknown-signer":
        assert found[CheckId.CERTIFICATE_PATH] is Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("second", "finding"),
    [
        ("cloned", CheckId.ACTIVE_AUTHENTICATION),
        ("bac-aa-ecdsa", CheckId.ACTIVE_AUTHENTICATION),
        ("tampered-dg2", CheckId.DG_HASHES),
    ],
)
def test_a_chip_exchanged_between_two_presentations_gains_nothing(
    second: str, finding: CheckId
) -> None:
    genuine = passport("bac-aa-rsa")
    memory = InspectionMemory()
    leaving = Chip(genuine, Interface(), leaves_after=1)
    while (
        LdsFile.EF_DG15 not in memory.files
    ):  # lifted later and later, until all but DG2 was proven
        with pytest.raises(ChipLost):
            read(genuine, leaving, memory=memory)
        leaving = Chip(genuine, Interface(), leaves_after=(leaving.leaves_after or 0) + 4)
    other = replace(passport(second), mrz=genuine.mrz)
    reading = read(genuine, Chip(other, Interface()), memory=memory)
    evaluation = evaluated(genuine, reading=reading)
    assert outcomes(evaluation)[finding] is Outcome.FAILED


def test_no_active_authentication() -> None:
    found = outcomes(evaluated(passport("bac")))
    assert found[CheckId.ACTIVE_AUTHENTICATION] is Outcome.NOT_SUPPORTED


def test_a_copy_that_hides_dg15_from_com_fails() -> None:
    document = with_files(
        passport("bac-aa-rsa"), {LdsFile.EF_COM: COM_WITHOUT_DG15, LdsFile.EF_DG15: None}
    )
    evaluation = evaluated(document)
    found = outcomes(evaluation)
    assert found[CheckId.ACTIVE_AUTHENTICATION] is Outcome.FAILED
    assert found[CheckId.COM_SOD] is Outcome.FAILED
    assert "leaves out" in detail(evaluation, CheckId.COM_SOD)
    assert detail(evaluation, CheckId.ACTIVE_AUTHENTICATION).startswith("the SOD lists EF.DG15")


@pytest.mark.parametrize("signs", [True, False])
def test_a_key_that_the_sod_does_not_vouch_for_says_nothing_of_the_chip(*, signs: bool) -> None:
    """But that it is there says that somebody changed the document."""
    stranger = passport("bac-aa-rsa")
    com = bytes.fromhex("60165F0104303130375F36063034303030305C0461756F00")
    document = with_files(
        passport("bac"),
        {
            LdsFile.EF_DG15: stranger.files[LdsFile.EF_DG15.file_id],
            LdsFile.EF_COM: com,
        },
    )
    key = stranger.active_authentication if signs else None
    evaluation = evaluated(replace(document, active_authentication=key))
    found = outcomes(evaluation)
    assert found[CheckId.ACTIVE_AUTHENTICATION] is Outcome.UNDETERMINED
    assert "vouch" in detail(evaluation, CheckId.ACTIVE_AUTHENTICATION)
    assert found[CheckId.DG_HASHES] is Outcome.FAILED
    assert found[CheckId.COM_SOD] is Outcome.FAILED
    assert "EF.DG15" in detail(evaluation, CheckId.COM_SOD)


def test_what_com_promises_and_the_chip_does_not_give_fails() -> None:
    com = bytes.fromhex("60165F0104303130375F36063034303030305C046175 6F6E".replace(" ", ""))
    found = outcomes(evaluated(with_files(passport("bac"), {LdsFile.EF_COM: com})))
    assert found[CheckId.ACTIVE_AUTHENTICATION] is Outcome.FAILED
    assert found[CheckId.CHIP_AUTHENTICATION] is Outcome.FAILED


def test_active_authentication_that_was_not_performed_is_undetermined() -> None:
    document = passport("bac-aa-rsa")
    reading = read(document, policy=InspectionPolicy(active_authentication=False))
    found = outcomes(evaluated(document, reading=reading))
    assert found[CheckId.ACTIVE_AUTHENTICATION] is Outcome.UNDETERMINED


def test_without_a_readable_sod_nothing_is_proven() -> None:
    document = with_files(passport("bac"), {LdsFile.EF_SOD: b"\x77\x00"})
    found = outcomes(evaluated(document))
    assert found[CheckId.SOD_SIGNATURE] is Outcome.FAILED
    for name in (CheckId.COM_SOD, CheckId.ACTIVE_AUTHENTICATION, CheckId.CHIP_AUTHENTICATION):
        assert found[name] is Outcome.UNDETERMINED


@pytest.mark.parametrize("com", [None, b"\x60\x00"])
def test_without_com_the_lists_cannot_be_compared(com: bytes | None) -> None:
    found = outcomes(evaluated(with_files(passport("bac"), {LdsFile.EF_COM: com})))
    assert found[CheckId.COM_SOD] is Outcome.UNDETERMINED
    assert found[CheckId.DG_HASHES] is Outcome.SUCCESSFUL


CA_INFO = bytes.fromhex("3111300F060A04007F000702020302020201 01".replace(" ", ""))


@pytest.mark.parametrize(
    ("dg14", "outcome"),
    [
        (encode(0x6E, CA_INFO), Outcome.UNDETERMINED),
        (encode(0x6E, b"?"), Outcome.FAILED),
    ],
)
def test_chip_authentication(dg14: bytes, outcome: Outcome) -> None:
    document = passport("bac-aa-ecdsa")
    changed = with_files(document, {LdsFile.EF_DG14: dg14})
    assert outcomes(evaluated(changed))[CheckId.CHIP_AUTHENTICATION] is outcome


def changed_page(document: Document, start: int, text: str) -> Mrz:
    """The page with ``text`` in line 2 and all check digits right again."""
    line = document.mrz[1]
    line = line[:start] + text + line[start + len(text) :]
    for begin, end in ((0, 9), (13, 19), (21, 27), (28, 42)):
        line = line[:end] + check_digit(line[begin:end]) + line[end + 1 :]
    line = line[:43] + check_digit(line[0:10] + line[13:20] + line[21:43])
    return parse((document.mrz[0], line), TODAY)


def test_a_page_that_differs_from_the_chip() -> None:
    document = passport("bac")
    evaluation = evaluated(document, changed_page(document, 20, "X"))
    assert outcomes(evaluation)[CheckId.MRZ_DG1] is Outcome.FAILED
    assert detail(evaluation, CheckId.MRZ_DG1) == "the page and DG1 differ in sex"


def test_optional_data_alone_do_not_make_another_document() -> None:
    document = passport("bac")
    found = outcomes(evaluated(document, changed_page(document, 28, "ZE184226B")))
    assert found[CheckId.MRZ_DG1] is Outcome.UNDETERMINED


@pytest.mark.parametrize("dg1", [encode(0x61, encode(0x5F1F, b"<" * 87)), b"\x61\x00"])
def test_a_dg1_without_mrz(dg1: bytes) -> None:
    document = passport("bac")
    evaluation = evaluated(document, reading=read(with_files(document, {LdsFile.EF_DG1: dg1})))
    assert outcomes(evaluation)[CheckId.MRZ_DG1] is Outcome.FAILED
    assert evaluation.dg1 is None


def test_without_a_page_the_chip_is_still_checked() -> None:
    document = passport("bac")
    evaluation = evaluate(None, read(document), anchors(), TODAY, time.perf_counter)
    found = outcomes(evaluation)
    assert found[CheckId.DG_HASHES] is Outcome.SUCCESSFUL
    for name in (
        CheckId.OPTICAL_MRZ_CHECK_DIGITS,
        CheckId.OPTICAL_MRZ_EXPIRY,
        CheckId.MRZ_DG1,
    ):
        assert found[name] is Outcome.NOT_SUPPORTED


SPECIMEN = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)


@pytest.mark.parametrize(
    ("line_2", "digits", "expiry"),
    [
        (SPECIMEN[1], Outcome.SUCCESSFUL, Outcome.FAILED),
        (SPECIMEN[1][:-1] + "1", Outcome.FAILED, Outcome.FAILED),
        (SPECIMEN[1].replace("F", "Q"), Outcome.FAILED, Outcome.FAILED),
        ("L898902C36UTO7408122F<<<<<<0ZE184226B<<<<<14", Outcome.FAILED, Outcome.UNDETERMINED),
    ],
)
def test_a_page_that_does_not_add_up(line_2: str, digits: Outcome, expiry: Outcome) -> None:
    page = parse((SPECIMEN[0], line_2), TODAY)
    found = outcomes(evaluated(passport("bac"), page))
    assert found[CheckId.OPTICAL_MRZ_CHECK_DIGITS] is digits
    assert found[CheckId.OPTICAL_MRZ_EXPIRY] is expiry
    assert found[CheckId.MRZ_DG1] is Outcome.FAILED


def test_a_document_is_good_on_its_last_day() -> None:
    page, reading = parse(SPECIMEN, TODAY), read(passport("bac"))
    for day, outcome in ((15, Outcome.SUCCESSFUL), (16, Outcome.FAILED)):
        evaluation = evaluate(page, reading, anchors(), dt.date(2012, 4, day), time.perf_counter)
        found = outcomes(evaluation)
        assert found[CheckId.OPTICAL_MRZ_EXPIRY] is outcome
