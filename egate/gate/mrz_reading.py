"""From the lines of the MRZ reader to the evidence of the data page."""

import datetime as dt
from typing import Final

from egate.domain.evidence import CheckResult, TravelDocument
from egate.emrtd.checks import PAGE_CHECKS, CheckId, Outcome
from egate.emrtd.errors import MrzInvalid
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.mrz.parse import Mrz, parse
from egate.ports.devices import MrzLines

WITHOUT_SCANNER: Final = tuple(
    CheckResult(each, Outcome.NOT_SUPPORTED, "the lane has no page scanner") for each in PAGE_CHECKS
)
"""The checks of the page in a lane that takes no pictures of it."""


def read_mrz(document: MrzLines, today: dt.date) -> Mrz | None:
    """Parse ``document``; None when it should be presented again."""
    try:
        mrz = parse(document.lines, today)
        MrzKey.from_mrz(mrz)
    except MrzInvalid:
        return None
    return mrz if mrz.is_valid else None


def optical_checks(mrz: Mrz, today: dt.date) -> tuple[CheckResult, ...]:
    """Return the checks of the MRZ alone, whose check digits are right."""
    digits = CheckResult(CheckId.OPTICAL_MRZ_CHECK_DIGITS, Outcome.SUCCESSFUL)
    return digits, _expiry(mrz, today)


def travel_document(mrz: Mrz) -> TravelDocument:
    """Return the biographical data of ``mrz`` for the record."""
    return TravelDocument(
        document_code=mrz.document_code,
        issuing_state=mrz.issuing_state,
        document_number=mrz.document_number,
        date_of_expiry=mrz.date_of_expiry or "",
        primary_identifier=mrz.primary_identifier,
        secondary_identifier=mrz.secondary_identifier,
        nationality=mrz.nationality,
        date_of_birth=mrz.date_of_birth or "",
        sex=mrz.sex,
    )


def _expiry(mrz: Mrz, today: dt.date) -> CheckResult:
    if mrz.date_of_expiry is None:
        return CheckResult(
            CheckId.OPTICAL_MRZ_EXPIRY, Outcome.UNDETERMINED, "the document says no date of expiry"
        )
    if dt.date.fromisoformat(mrz.date_of_expiry) < today:
        return CheckResult(CheckId.OPTICAL_MRZ_EXPIRY, Outcome.FAILED, "the document has expired")
    return CheckResult(CheckId.OPTICAL_MRZ_EXPIRY, Outcome.SUCCESSFUL)
