"""Does a seal belong to the paper it is on? (9303-7 §9.4, 9303-8 appendix A).

A genuine seal can be cut off and put on another document; only what it says about the
document tells.
"""

from datetime import date
from typing import Final

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.mrz.parse import Mrz
from egate.emrtd.passive_authentication import country
from egate.emrtd.passive_authentication.document_signer import Finding
from egate.emrtd.visible_digital_seal.document_type import features_of
from egate.emrtd.visible_digital_seal.feature import FeatureName
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal
from egate.emrtd.visible_digital_seal.sealed_mrz import SealedMrz

_WRONG_DIGIT: Final = "a check digit of the printed MRZ is wrong"
_ANOTHER_MRZ: Final = "the printed MRZ is not the one in the seal"
_SAME_FIELDS: Final = (
    "issuing_state", "document_number", "nationality", "date_of_birth", "sex", "date_of_expiry",
)  # fmt: skip
_TD2_NAME: Final = 31 - 2  # 9303-6 §4.2.2: the field, which may end in the fillers between names
_NUMBERS: Final = frozenset({FeatureName.PASSPORT_NUMBER, FeatureName.DOCUMENT_NUMBER})


def check_mrz(seal: VisibleDigitalSeal, mrz: Mrz, at: date) -> CheckResult:
    """Compare ``seal`` with an MRZ of the paper.

    An MRZ of the format that the seal holds is taken for that of the sealed document and
    compared character by character (``SEAL.MRZ``); one of another format with the same document
    code, too, and compared field by field: the seal of an emergency travel document has a TD2
    whatever the size of its sheet (9303-8 §6.1.3). Any other is taken for that of the passport
    or card to which the sealed document belongs, and compared by number (``SEAL.PASSPORT``).

    Args:
        seal: verified or not; this check says nothing about its signature.
        mrz: as it was read from the paper.
        at: settles the century of two-digit years.

    """
    sealed = SealedMrz.of(seal, at)
    if sealed is not None and sealed.parsed.format is mrz.format:
        return CheckResult(CheckId.SEAL_MRZ, *_compare_lines(sealed, mrz))
    if sealed is not None and sealed.parsed.document_code == mrz.document_code:
        return CheckResult(CheckId.SEAL_MRZ, *_compare_fields(sealed.parsed, mrz))
    return CheckResult(CheckId.SEAL_PASSPORT, *_compare_numbers(seal, sealed, mrz))


def _compare_lines(sealed: SealedMrz, mrz: Mrz) -> Finding:
    if not all(mrz.check_digits.values()):
        return Outcome.FAILED, _WRONG_DIGIT
    # A visa's second line ends early in the seal; what is missing is optional data.
    printed = [line[: len(kept)] for line, kept in zip(mrz.lines, sealed.lines, strict=True)]
    if list(sealed.lines) != printed:
        return Outcome.FAILED, _ANOTHER_MRZ
    return Outcome.SUCCESSFUL, ""


def _compare_fields(sealed: Mrz, printed: Mrz) -> Finding:
    if not all(printed.check_digits.values()):
        return Outcome.FAILED, _WRONG_DIGIT
    same = all(getattr(sealed, name) == getattr(printed, name) for name in _SAME_FIELDS)
    if not same or not _may_be_one_name(sealed, printed):
        return Outcome.FAILED, _ANOTHER_MRZ
    return Outcome.SUCCESSFUL, ""


def _may_be_one_name(one: Mrz, other: Mrz) -> bool:
    """Return whether the names agree as far as the shorter of their fields goes."""
    written = [f"{each.primary_identifier}<<{each.secondary_identifier}" for each in (one, other)]
    shorter, longer = sorted((text.replace(" ", "<").rstrip("<") for text in written), key=len)
    return longer == shorter or (len(shorter) >= _TD2_NAME and longer.startswith(shorter))


def _compare_numbers(seal: VisibleDigitalSeal, sealed: SealedMrz | None, mrz: Mrz) -> Finding:
    numbers = [
        each.value.replace(" ", "<")
        for each in features_of(seal)
        if each.name in _NUMBERS and isinstance(each.value, str)
    ]
    if not numbers:
        return Outcome.UNDETERMINED, "the seal has nothing that this MRZ could be compared with"
    if not all(mrz.check_digits.values()):
        return Outcome.FAILED, "a check digit of the passport's MRZ is wrong"
    if mrz.document_number not in numbers:
        return Outcome.FAILED, "the seal is for a passport with another number"
    if sealed is not None and not _is_of_one_state(sealed.parsed, mrz):
        return Outcome.FAILED, "the seal is for a passport of another State"
    return Outcome.SUCCESSFUL, ""


def _is_of_one_state(sealed: Mrz, passport: Mrz) -> bool:
    """Return whether the holder's State is the passport's, which may be issued for another's."""
    states = (passport.nationality, passport.issuing_state)
    return any(country.is_same_state(sealed.nationality, state) for state in states)
