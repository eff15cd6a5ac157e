"""What a reading shows of access and of the chip itself, each as a finding with its reason."""

import datetime as dt
from contextlib import suppress

from egate.emrtd.access.access_check import check_access
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_authentication.aa import check_active_authentication
from egate.emrtd.chip_authentication.ca import check_chip_authentication
from egate.emrtd.chip_authentication.ca_offers import offers_pace_cam
from egate.emrtd.chip_authentication.genuineness import Attempt, Mechanism, of_signed_key
from egate.emrtd.chip_authentication.pace_cam import check_pace_cam
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.card_security import CardSecurity
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.security_infos import SecurityInfos
from egate.emrtd.passive_authentication.anchors import TrustAnchors

Finding = tuple[Outcome, str]


def access_result(reading: ChipReading, signed: frozenset[LdsFile] | None) -> CheckResult:
    """Say how the chip was opened, and whether the offer was the signed one (9303-11 §4.2).

    Args:
        reading: what the chip gave.
        signed: the data groups that EF.SOD lists, None when it cannot be read.

    """
    confirmed = _signed_infos(reading, signed)
    outcome, detail = check_access(reading.access, reading.card_access, confirmed)
    milliseconds = max(0, round(reading.access_seconds * 1000))
    return CheckResult(CheckId.ACCESS, outcome, detail, milliseconds)


def _signed_infos(reading: ChipReading, signed: frozenset[LdsFile] | None) -> SecurityInfos | None:
    """Return the SecurityInfos of EF.DG14; of EF.CardSecurity where there is no EF.DG14."""
    dg14 = reading.files.get(LdsFile.EF_DG14)
    card_security = reading.pace_cam.card_security if reading.pace_cam else None
    with suppress(DocumentRejected):
        if dg14 is not None and signed is not None and LdsFile.EF_DG14 in signed:
            return SecurityInfos.of_dg14(dg14)
        if card_security is not None:
            return CardSecurity.parse(card_security).infos
    return None


def chip_authentication(
    reading: ChipReading,
    signed: frozenset[LdsFile] | None,
    anchors: TrustAnchors,
    at: dt.date,
    issuing_state: str | None,
) -> tuple[Attempt, ...]:
    """Say what chip authentication and PACE-CAM showed (9303-11 §6.2, §4.4.3.5).

    PACE-CAM does not stand in for the other: who offers it is in a file without signature,
    and a copy could choose the proof that nobody holds against it.

    Args:
        reading: what the chip gave.
        signed: the data groups that EF.SOD lists, None when it cannot be read.
        anchors: for the signer of EF.CardSecurity.
        at: today, in UTC.
        issuing_state: as in the MRZ, None when it is not known.

    """
    finding = _chip_authentication(reading, signed)
    attempts = [Attempt(Mechanism.CHIP_AUTHENTICATION, *finding)]
    if reading.pace_cam is not None:
        shown = check_pace_cam(reading.pace_cam, anchors, at, issuing_state=issuing_state)
        attempts.append(Attempt(Mechanism.PACE_CAM, shown.outcome, shown.detail))
    return tuple(attempts)


def _chip_authentication(reading: ChipReading, signed: frozenset[LdsFile] | None) -> Finding:
    dg14 = reading.files.get(LdsFile.EF_DG14)
    if dg14 is None:
        return _missing(LdsFile.EF_DG14, reading, signed)
    if reading.chip_authentication is None:
        return Outcome.UNDETERMINED, "not performed"
    is_signed = signed is not None and LdsFile.EF_DG14 in signed
    result = check_chip_authentication(reading.chip_authentication, is_signed=is_signed)
    if result.outcome is Outcome.NOT_SUPPORTED and _is_pace_cam_left_out(reading, dg14):
        # A copy may refuse PACE, and so do some genuine chips (ADR 10): no verdict, but not
        # a document without a proof either.
        return Outcome.UNDETERMINED, f"offered by PACE-CAM only; opened by {reading.access}"
    return result.outcome, result.detail


def _is_pace_cam_left_out(reading: ChipReading, dg14: bytes) -> bool:
    """Whether the chip could have shown its key while PACE opened it, and was opened otherwise."""
    return reading.pace_cam is None and offers_pace_cam(SecurityInfos.of_dg14(dg14))


def active_authentication(reading: ChipReading, signed: frozenset[LdsFile] | None) -> Finding:
    """Say what active authentication showed (9303-11 §6.1).

    Args:
        reading: what the chip gave.
        signed: the data groups that EF.SOD lists, None when it cannot be read.

    """
    dg15 = reading.files.get(LdsFile.EF_DG15)
    if dg15 is None:
        return _missing(LdsFile.EF_DG15, reading, signed)
    answered = reading.challenge_response
    if answered is None:
        return Outcome.UNDETERMINED, "offered and not performed"
    result = check_active_authentication(dg15, answered, reading.files.get(LdsFile.EF_DG14))
    is_signed = signed is not None and LdsFile.EF_DG15 in signed
    return of_signed_key(
        (result.outcome, result.detail), is_signed=is_signed, file=str(LdsFile.EF_DG15)
    )


def _missing(file: LdsFile, reading: ChipReading, signed: frozenset[LdsFile] | None) -> Finding:
    """Say what it means that ``file`` was not read: a copy hides what it cannot do."""
    if signed is None:
        return Outcome.UNDETERMINED, "EF.SOD cannot be read"
    if file in signed:
        return Outcome.FAILED, f"the SOD lists {file}, and the chip does not give it"
    if file in reading.absent:
        return Outcome.FAILED, f"EF.COM lists {file}, and the chip does not give it"
    return Outcome.NOT_SUPPORTED, f"the document has no {file}"
