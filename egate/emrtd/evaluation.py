"""From what was read to what is proven: every check of a document, each exactly once."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_authentication.genuineness import (
    Attempt,
    Genuineness,
    Mechanism,
    combined,
    genuineness_of,
)
from egate.emrtd.chip_checks import (
    Finding,
    access_result,
    active_authentication,
    chip_authentication,
)
from egate.emrtd.chip_reading import ChipReading, listed_in_com, listed_in_sod
from egate.emrtd.deviation_types import Faults
from egate.emrtd.deviations import (
    apply_deviations,
    apply_to_attempts,
    identity_of,
    look_up,
    with_deviations,
)
from egate.emrtd.errors import DocumentRejected, MrzInvalid
from egate.emrtd.lds.dg1 import mrz_lines
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.mrz.parse import Mrz, parse
from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.verify import PassiveAuthentication, verify

# What stands in the same place of both, except optional data and the digits over them.
_COMPARED: Final = (
    "format",
    "document_code",
    "issuing_state",
    "document_number",
    "nationality",
    "date_of_birth",
    "date_of_expiry",
    "sex",
    "primary_identifier",
    "secondary_identifier",
)


@dataclass(frozen=True, slots=True)
class DocumentEvaluation:
    """What the gate knows of a document.

    Args:
        checks: every optical, electronic and combined check, each exactly once.
        dg1: the MRZ as the chip has it; None when it cannot be parsed.
        passive_authentication: whether the State signed the data.
        genuineness: whether the chip is no copy.

    """

    checks: tuple[CheckResult, ...]
    dg1: Mrz | None = field(repr=False)
    passive_authentication: PassiveAuthentication
    genuineness: Genuineness


def evaluate(
    mrz: Mrz | None,
    reading: ChipReading,
    anchors: TrustAnchors,
    at: dt.date,
    clock: Callable[[], float],
) -> DocumentEvaluation:
    """Run every check on a document whose chip was read.

    Args:
        mrz: what the page says; None when only the chip was read.
        reading: what the chip gave.
        anchors: the trusted CSCAs and CRLs.
        at: today, in UTC.
        clock: seconds, for the durations.

    """
    data_groups = {
        file.data_group: content
        for file, content in reading.files.items()
        if file.data_group is not None
    }
    authentication = verify(
        reading.files[LdsFile.EF_SOD],
        data_groups,
        anchors,
        at,
        issuing_state=mrz.issuing_state if mrz else None,
        clock=clock,
    )
    dg1 = parsed_dg1(reading.files[LdsFile.EF_DG1], at)
    signed = listed_in_sod(reading.files[LdsFile.EF_SOD])

    def timed(check_id: CheckId, find: Callable[[], Finding]) -> CheckResult:
        began = clock()
        outcome, detail = find()
        return CheckResult(check_id, outcome, detail, _milliseconds(clock() - began))

    attempts: list[Attempt] = []
    state = _issuing_state(mrz, dg1)
    dg12 = reading.files.get(LdsFile.EF_DG12)
    identity = identity_of((mrz, dg1), authentication.signer_certificate, dg12)
    deviations = look_up(identity, state, anchors)
    authentication = with_deviations(authentication, deviations)

    def find_chip() -> Finding:
        attempts.extend(chip_authentication(reading, signed, anchors, at, state))
        return combined(attempts)

    chip = timed(CheckId.CHIP_AUTHENTICATION, find_chip)
    active = timed(CheckId.ACTIVE_AUTHENTICATION, lambda: active_authentication(reading, signed))
    attempts.append(Attempt(Mechanism.ACTIVE_AUTHENTICATION, active.outcome, active.detail))
    checks = (
        *_optical_checks(mrz, at),
        access_result(reading, signed),
        *authentication.checks,
        timed(CheckId.COM_SOD, lambda: _com_sod(reading, signed)),
        chip,
        active,
        timed(CheckId.MRZ_DG1, lambda: _mrz_dg1(mrz, dg1)),
    )
    checks = apply_deviations(checks, deviations, _faults(mrz, dg1, attempts))
    proofs = apply_to_attempts(attempts, checks)
    genuineness = genuineness_of(proofs, authentication.checks)
    return DocumentEvaluation((*checks, deviations.check), dg1, authentication, genuineness)


def _issuing_state(mrz: Mrz | None, dg1: Mrz | None) -> str | None:
    source = mrz or dg1
    return source.issuing_state if source else None


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))


def parsed_dg1(raw: bytes, at: dt.date) -> Mrz | None:
    """Return the MRZ of the file EF.DG1, None if it holds none.

    Args:
        raw: the whole file.
        at: today, in UTC.

    """
    try:
        return parse(mrz_lines(raw), at)
    except (DocumentRejected, MrzInvalid):
        return None


def _optical_checks(mrz: Mrz | None, at: dt.date) -> tuple[CheckResult, CheckResult]:
    digits, expiry = _check_digits(mrz), _expiry(mrz, at)
    return (
        CheckResult(CheckId.OPTICAL_MRZ_CHECK_DIGITS, *digits),
        CheckResult(CheckId.OPTICAL_MRZ_EXPIRY, *expiry),
    )


def _check_digits(mrz: Mrz | None) -> Finding:
    if mrz is None:
        return Outcome.NOT_SUPPORTED, "no MRZ was read from the page"
    if wrong := _wrong_digits(mrz):
        return Outcome.FAILED, f"wrong check digit of {', '.join(wrong)}"
    if mrz.malformed:
        return Outcome.FAILED, f"malformed {', '.join(mrz.malformed)}"
    return Outcome.SUCCESSFUL, ""


def _wrong_digits(mrz: Mrz) -> list[str]:
    return [name for name, right in mrz.check_digits.items() if not right]


def _expiry(mrz: Mrz | None, at: dt.date) -> Finding:
    if mrz is None:
        return Outcome.NOT_SUPPORTED, "no MRZ was read from the page"
    if mrz.date_of_expiry is None:
        return Outcome.UNDETERMINED, "the MRZ has no date of expiry"
    if mrz.date_of_expiry < at.isoformat():
        return Outcome.FAILED, "the document has expired"
    return Outcome.SUCCESSFUL, ""


def _com_sod(reading: ChipReading, signed: frozenset[LdsFile] | None) -> Finding:
    listed = listed_in_com(reading.files.get(LdsFile.EF_COM))
    if listed is None:
        return Outcome.UNDETERMINED, "EF.COM is not there or cannot be read"
    if signed is None:
        return Outcome.UNDETERMINED, "EF.SOD cannot be read"
    if unsigned := listed - signed:
        return Outcome.FAILED, f"EF.COM lists what the SOD does not: {_names(unsigned)}"
    if hidden := signed - listed:
        return Outcome.FAILED, f"EF.COM leaves out what the SOD lists: {_names(hidden)}"
    return Outcome.SUCCESSFUL, ""


def _names(files: frozenset[LdsFile]) -> str:
    return ", ".join(str(file) for file in sorted(files, key=lambda file: file.file_id))


def _mrz_dg1(mrz: Mrz | None, dg1: Mrz | None) -> Finding:
    if dg1 is None:
        return Outcome.FAILED, "DG1 holds no MRZ"
    if mrz is None:
        return Outcome.NOT_SUPPORTED, "no MRZ was read from the page"
    if mrz.lines == dg1.lines:
        return Outcome.SUCCESSFUL, ""
    if differing := _differing(mrz, dg1):
        return Outcome.FAILED, f"the page and DG1 differ in {', '.join(differing)}"
    return Outcome.UNDETERMINED, "the page and DG1 differ in optional data or check digits only"


def _differing(mrz: Mrz, dg1: Mrz) -> list[str]:
    return [name for name in _COMPARED if getattr(mrz, name) != getattr(dg1, name)]


def _faults(mrz: Mrz | None, dg1: Mrz | None, attempts: Iterable[Attempt]) -> Faults:
    """Return what failed, of the checks of this module and of the chip's."""
    return Faults(
        check_digits=frozenset(_wrong_digits(mrz) if mrz else ()),
        malformed=frozenset(mrz.malformed if mrz else ()),
        differing=frozenset(_differing(mrz, dg1) if mrz and dg1 else ()),
        is_pace_cam_failed=any(
            each.mechanism is Mechanism.PACE_CAM and each.outcome is Outcome.FAILED
            for each in attempts
        ),
    )
