"""What a deviation list does to the checks of whole documents, and what it may never do."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_authentication.genuineness import (
    Attempt,
    Disproven,
    Mechanism,
    NotCopied,
    NotShown,
)
from egate.emrtd.deviation_types import Explanation, Faults, words
from egate.emrtd.deviations import (
    DeviationsOfDocument,
    apply_deviations,
    apply_to_attempts,
    identity_of,
    look_up,
)
from egate.emrtd.evaluation import DocumentEvaluation, evaluate
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.mrz.parse import Mrz
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.deviation_documents import DocumentIdentity
from egate.emrtd.passive_authentication.deviation_list import DeviationDescription, DeviationList
from hardware_mocks.chip.document import Document
from tests.deviation_forge import TYPE, description, deviation, documents, listed, numbers_deviate
from tests.emrtd_passport import TODAY, anchors, page_of, passport, pki, read, with_files
from tests.trust_data import Anchors
from tests.trust_forge import Forge

CSCAS = [Certificate.parse(pki().authorities["BGD"].csca.certificate.raw)]
CRLS = anchors().crls_of("BD")
SOURCE = "the deviation list of BD of 2026-06-01"


def told(*of: tuple[str, int | str | None]) -> tuple[DeviationDescription, ...]:
    return tuple(DeviationDescription(f"{TYPE}{kind}", parameter) for kind, parameter in of)


def announced(document: Document, *of: tuple[str, int | None]) -> DeviationList:
    descriptions = [description(kind, parameter) for kind, parameter in of]
    return numbers_deviate(page_of(document).document_number, *descriptions)


def evaluated(
    document: Document, deviations: DeviationList | None, page: Mrz | None = None
) -> DocumentEvaluation:
    trusted = Anchors(CSCAS, CRLS, {"BD": deviations} if deviations else {})
    return evaluate(page or page_of(document), read(document), trusted, TODAY, lambda: 0.0)


def results(evaluation: DocumentEvaluation) -> dict[CheckId, CheckResult]:
    found = {check.check_id: check for check in evaluation.checks}
    assert len(found) == len(evaluation.checks)
    return found


def test_a_list_that_names_nothing_is_said_to_be_consulted() -> None:
    document = passport("bac-aa-rsa")
    other = listed(deviation(documents(numbers=["OTHER"]), description("2.3")))
    with_list, without = evaluated(document, other), evaluated(document, None)
    assert results(with_list)[CheckId.DEVIATION] == CheckResult(
        CheckId.DEVIATION, Outcome.SUCCESSFUL, f"{SOURCE} does not name the document"
    )
    assert results(without)[CheckId.DEVIATION].outcome is Outcome.NOT_SUPPORTED
    others = [[(c.check_id, c.outcome) for c in e.checks[:-1]] for e in (with_list, without)]
    assert others[0] == others[1]
    assert isinstance(with_list.genuineness, NotCopied)


@pytest.mark.parametrize("parameter", [2, None])
def test_an_announced_failure_is_undetermined(parameter: int | None) -> None:
    document = passport("tampered-dg2")
    found = results(evaluated(document, announced(document, ("2.2", parameter))))
    assert found[CheckId.DG_HASHES].outcome is Outcome.UNDETERMINED
    assert found[CheckId.DG_HASHES].detail == f"DG2 was changed; {SOURCE} says so"
    named = "wrong hash of a data group" + (f" ({parameter})" if parameter else "")
    assert found[CheckId.DEVIATION].outcome is Outcome.UNDETERMINED
    assert found[CheckId.DEVIATION].detail == f"{SOURCE} names the document: {named}"


@pytest.mark.parametrize(
    "of", [("2.2", 1), ("2.2", 20), ("2.1", 2), ("2", None), ("2.3", None), ("1", None), ("9", 2)]
)
def test_another_deviation_excuses_nothing(of: tuple[str, int | None]) -> None:
    document = passport("tampered-dg2")
    evaluation = evaluated(document, announced(document, of))
    found = results(evaluation)
    assert found[CheckId.DG_HASHES].outcome is Outcome.FAILED
    assert found[CheckId.DEVIATION].outcome is Outcome.UNDETERMINED
    assert evaluation.passive_authentication is not None
    assert evaluation.passive_authentication.outcome is Outcome.FAILED


def test_passive_authentication_as_a_whole_follows() -> None:
    document = passport("tampered-dg2")
    authentication = evaluated(document, announced(document, ("2.2", 2))).passive_authentication
    assert authentication is not None
    assert authentication.outcome is Outcome.UNDETERMINED


def test_a_document_that_is_not_named_is_not_excused() -> None:
    document = passport("tampered-dg2")
    other = numbers_deviate("OTHER", description("2.2", 2))
    assert results(evaluated(document, other))[CheckId.DG_HASHES].outcome is Outcome.FAILED


def test_a_list_of_another_state_is_not_asked() -> None:
    document = passport("tampered-dg2")
    trusted = Anchors(CSCAS, CRLS, {"IN": announced(document, ("2.2", 2))})
    evaluation = evaluate(page_of(document), read(document), trusted, TODAY, lambda: 0.0)
    found = results(evaluation)
    assert found[CheckId.DG_HASHES].outcome is Outcome.FAILED
    assert found[CheckId.DEVIATION].outcome is Outcome.NOT_SUPPORTED


@pytest.mark.parametrize("profile", ["expired-signer", "revoked-signer"])
def test_validity_may_be_excused_and_revocation_never(profile: str) -> None:
    document = passport(profile)
    everything = [(kind, None) for kind in ("1", "1.1", "1.2", "1.3", "2", "2.3", "3", "4", "5")]
    found = results(evaluated(document, announced(document, *everything)))
    validity, revocation = found[CheckId.DS_VALIDITY], found[CheckId.DS_REVOCATION]
    if profile == "expired-signer":
        assert validity.outcome is Outcome.UNDETERMINED
    else:
        assert revocation.outcome is Outcome.FAILED


def test_the_page_against_dg1() -> None:
    document = passport("bac-aa-rsa")
    page = replace(page_of(document), sex="X", nationality="UTO", lines=("other",))
    for of, expected in (
        ([("3.1", 7)], Outcome.FAILED),
        ([("3.1", 7), ("3.1", 5)], Outcome.UNDETERMINED),
        ([("3.1", 0)], Outcome.UNDETERMINED),
        ([("3.2", 7), ("3.2", 5)], Outcome.FAILED),
    ):
        found = results(evaluated(document, announced(document, *of), page))
        assert found[CheckId.MRZ_DG1].outcome is expected


def test_a_copy_stays_a_copy_unless_its_data_group_is_announced() -> None:
    document = passport("cloned")
    found = evaluated(document, announced(document, ("2.1", 14)))
    assert isinstance(found.genuineness, Disproven)
    found = evaluated(document, announced(document, ("2.1", 15)))
    assert isinstance(found.genuineness, NotShown)
    assert results(found)[CheckId.ACTIVE_AUTHENTICATION].outcome is Outcome.UNDETERMINED


def test_a_key_that_may_be_compromised_proves_nothing() -> None:
    document = passport("bac-aa-rsa")
    evaluation = evaluated(document, announced(document, ("1.4", None)))
    active = results(evaluation)[CheckId.ACTIVE_AUTHENTICATION]
    assert active.outcome is Outcome.FAILED  # TR-03135-1 §5.8.2.1.4
    assert active.detail == f"the key may be compromised; {SOURCE} says so"
    assert isinstance(evaluation.genuineness, NotShown)
    without = passport("bac")
    found = results(evaluated(without, announced(without, ("1.4", None))))
    assert found[CheckId.ACTIVE_AUTHENTICATION].outcome is Outcome.NOT_SUPPORTED
    cloned = passport("cloned")
    evaluation = evaluated(cloned, announced(cloned, ("1.4", None)))
    assert isinstance(evaluation.genuineness, Disproven)


@pytest.mark.parametrize(
    ("digits", "malformed", "of", "expected"),
    [
        ({"date_of_birth"}, set(), [("3.2", 6)], True),
        ({"date_of_birth"}, set(), [("3.2", 8)], False),
        ({"date_of_birth"}, set(), [("3.1", 6)], False),
        ({"date_of_birth", "composite"}, set(), [("3.2", 6)], True),
        ({"composite"}, set(), [("3.2", 6)], False),
        ({"composite"}, set(), [("3.2", 0)], True),
        ({"date_of_birth", "date_of_expiry"}, set(), [("3.2", 6)], False),
        (set(), {"names"}, [("3.1", 3)], True),
        (set(), {"names"}, [("3", None)], True),
        (set(), {"names"}, [("3.1", 99)], False),
        ({"date_of_birth"}, {"names"}, [("3.2", 6)], False),
        ({"date_of_birth"}, {"names"}, [("3.2", 6), ("3.1", 3)], True),
    ],
)
def test_check_digits_of_the_page(
    digits: set[str], malformed: set[str], of: list[tuple[str, int | None]], expected: object
) -> None:
    faults = Faults(check_digits=frozenset(digits), malformed=frozenset(malformed))
    explanation = Explanation.by(told(*of))
    assert explanation.covers(CheckId.OPTICAL_MRZ_CHECK_DIGITS, faults) is expected


SIGNATURE, PATH, VALIDITY = CheckId.SOD_SIGNATURE, CheckId.CERTIFICATE_PATH, CheckId.DS_VALIDITY
COUNTRY, COM, DG1 = CheckId.COUNTRY, CheckId.COM_SOD, CheckId.MRZ_DG1
CHIP, ACTIVE = CheckId.CHIP_AUTHENTICATION, CheckId.ACTIVE_AUTHENTICATION


@pytest.mark.parametrize(
    ("kind", "parameter", "expected"),
    [
        ("1", None, {VALIDITY, COUNTRY}),
        ("1.1", None, {PATH}),
        ("1.2", None, {PATH, VALIDITY, COUNTRY}),
        ("1.2", 0, {PATH, VALIDITY, COUNTRY}),
        ("1.2", 3, {PATH}),
        ("1.2", 5, {VALIDITY}),
        ("1.2", 6, {COUNTRY}),
        ("1.2", 7, {SIGNATURE}),
        ("1.2", "2.5.29.35", {PATH}),
        ("1.3", 0, {PATH, VALIDITY, COUNTRY}),
        ("1.3", 5, {VALIDITY}),
        ("1.3", 6, {PATH, COUNTRY}),
        ("1.3", "2.5.29.14", {PATH}),
        ("1.4", None, set()),
        ("2", None, {COM}),
        ("2.1", 1, {DG1}),
        ("2.1", 2, set()),
        ("2.1", 14, {CHIP}),
        ("2.1", 15, {ACTIVE}),
        ("2.1", 20, {SIGNATURE}),
        ("2.1", 21, {COM}),
        ("2.1", None, set()),
        ("2.2", 1, set()),
        ("2.3", None, {SIGNATURE}),
        ("2.4", None, {COM}),
        ("3", None, set()),
        ("4", None, set()),
        ("5", None, set()),
        ("77", 1, set()),
    ],
)
def test_what_each_type_explains(
    kind: str, parameter: int | str | None, expected: set[CheckId]
) -> None:
    assert Explanation.by(told((kind, parameter))).checks == expected


def test_nothing_excuses_a_key_that_may_be_compromised() -> None:
    assert not Explanation.by(told(("2.1", 15), ("1.4", None))).checks


def test_chip_authentication_by_pace_cam_is_not_of_dg14() -> None:
    explanation = Explanation.by(told(("2.1", 14)))
    assert explanation.covers(CHIP, Faults())
    assert not explanation.covers(CHIP, Faults(is_pace_cam_failed=True))


def test_an_expired_page_is_excused_by_its_field_alone() -> None:
    for field, expected in ((8, True), (6, False)):
        explanation = Explanation.by(told(("3.1", field)))
        assert explanation.covers(CheckId.OPTICAL_MRZ_EXPIRY, Faults()) is expected


def test_attempts_of_both_mechanisms() -> None:
    failed = [Attempt(mechanism, Outcome.FAILED, "no proof") for mechanism in Mechanism]
    undetermined = [CheckResult(each, Outcome.UNDETERMINED, "announced") for each in (CHIP, ACTIVE)]
    found = apply_to_attempts(failed, undetermined)
    assert [each.outcome for each in found] == [
        Outcome.UNDETERMINED if each is not Mechanism.PACE_CAM else Outcome.FAILED
        for each in Mechanism
    ]
    proven = [Attempt(Mechanism.CHIP_AUTHENTICATION, Outcome.SUCCESSFUL)]
    by_cam = [CheckResult(CHIP, Outcome.FAILED, "PACE-CAM failed")]
    assert list(apply_to_attempts(proven, by_cam)) == proven


def test_states_that_sign_for_one_another() -> None:
    signer = Certificate.parse(Forge(country="GB").signer(country="GB").certificate.raw)
    document = DocumentIdentity("P", ("B0123456",), signer, None)
    british = {"GB": numbers_deviate("B0123456", description("2.3"))}
    for state, expected in (("BMU", 1), ("GBD", 1), ("IND", 0), (None, 1), ("", 0)):
        found = look_up(document, state, Anchors(deviations=british))
        assert len(found.descriptions) == expected
    nobody = DocumentIdentity("P", ("B0123456",), None, None)
    assert look_up(nobody, None, Anchors(deviations=british)) == DeviationsOfDocument()


def test_words_are_few_and_a_date_may_be_missing() -> None:
    many = [description("2.2", group) for group in range(1, 17)]
    found = replace(numbers_deviate("A", *many), signed_at=None)
    document = DocumentIdentity("P", ("A",), None, None)
    check = look_up(document, "BGD", Anchors(deviations={"BD": found})).check
    assert check.detail.startswith("the deviation list of BD names the document: ")
    assert check.detail.count("wrong hash") == 8
    assert words(DeviationDescription("1.2.3")) == "type 1.2.3"


def test_the_date_of_issue_is_of_dg12() -> None:
    def issued(date: bytes) -> object:
        content = b"\x5c\x02\x5f\x26\x5f\x26" + bytes((len(date),)) + date
        return identity_of((), None, b"\x6c" + bytes((len(content),)) + content).issued

    assert issued(b"20240517") == datetime(2024, 5, 17, tzinfo=UTC).date()
    assert issued(b"20240000") is None
    assert identity_of((), None, b"garbage").issued is None
    assert identity_of(()).issued is None


def test_the_date_of_issue_narrows_the_list() -> None:
    dg12 = bytes.fromhex("6C0F5C025F265F2608") + b"20240517"
    year = (datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 12, 31, tzinfo=UTC))
    plain = passport("tampered-dg2")
    named = documents(numbers=[page_of(plain).document_number], issued=year)
    deviations = listed(deviation(named, description("2.2", 2)))
    assert results(evaluated(plain, deviations))[CheckId.DG_HASHES].outcome is Outcome.UNDETERMINED
    reading = read(plain)
    reading = replace(reading, files={**reading.files, LdsFile.EF_DG12: dg12})
    trusted = Anchors(CSCAS, CRLS, {"BD": deviations})
    evaluation = evaluate(page_of(plain), reading, trusted, TODAY, lambda: 0.0)
    assert results(evaluation)[CheckId.DG_HASHES].outcome is Outcome.FAILED
    assert results(evaluation)[CheckId.DEVIATION].outcome is Outcome.SUCCESSFUL


def test_an_unsigned_data_group_is_never_excused() -> None:
    document = with_files(passport("bac-aa-rsa"), {LdsFile.EF_DG11: bytes.fromhex("6B00")})
    reading = read(document)
    reading = replace(reading, files={**reading.files, LdsFile.EF_DG11: bytes.fromhex("6B00")})
    trusted = Anchors(CSCAS, CRLS, {"BD": announced(document, ("2.2", None))})
    evaluation = evaluate(page_of(document), reading, trusted, TODAY, lambda: 0.0)
    check = results(evaluation)[CheckId.DG_HASHES]
    assert (check.outcome, check.detail) == (Outcome.FAILED, "DG11 is not in the SOD")


kinds = st.sampled_from(
    ["1", "1.1", "1.2", "1.3", "1.4", "2", "2.1", "2.2", "2.3", "2.4", "3", "3.1", "3.2", "4", "99"]
)
parts = st.frozensets(st.sampled_from(["composite", "date_of_birth", "sex", "format", "names"]))


@given(
    of=st.lists(st.tuples(kinds, st.none() | st.integers(0, 22)), max_size=6),
    outcomes=st.lists(st.sampled_from(Outcome), min_size=len(CheckId), max_size=len(CheckId)),
    faults=st.builds(Faults, st.frozensets(st.integers(1, 16)), parts, parts, parts, st.booleans()),
)
def test_nothing_becomes_successful(
    of: list[tuple[str, int | None]], outcomes: list[Outcome], faults: Faults
) -> None:
    before = [CheckResult(*each, "reason") for each in zip(CheckId, outcomes, strict=True)]
    deviations = DeviationsOfDocument("the list", told(*of))
    after = apply_deviations(before, deviations, faults)
    assert apply_deviations(after, deviations, faults) == after
    for old, new in zip(before, after, strict=True):
        assert new.check_id is old.check_id
        if new != old:
            change = (old.outcome, new.outcome)
            assert change in _ALLOWED
            assert old.check_id is not CheckId.DS_REVOCATION
            assert "the list says so" in new.detail
    assert _is_silent(of) <= (list(after) == before)


_ALLOWED = {(Outcome.FAILED, Outcome.UNDETERMINED), (Outcome.SUCCESSFUL, Outcome.FAILED)}


def _is_silent(of: Iterable[tuple[str, int | None]]) -> bool:
    return all(kind in ("4", "99") for kind, _ in of)
