"""What all mechanisms together say of a copy (9303-11 §6): not copied, not shown, or disproven.

A proof counts only with a key that the State signed: a copier can put a key of their own
into an unsigned file and prove to have it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from egate.emrtd.checks import CheckId, CheckResult, Outcome


class Mechanism(StrEnum):
    """How a chip shows that it is no copy."""

    CHIP_AUTHENTICATION = "chip authentication"
    ACTIVE_AUTHENTICATION = "active authentication"
    PACE_CAM = "PACE-CAM"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one mechanism.

    Args:
        mechanism: which one.
        outcome: successful when the chip had the private key, failed when it had not or
            would not; not_supported when the document offers none.
        detail: the key or the reason, in plain words and without personal data.

    """

    mechanism: Mechanism
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NotCopied:
    """The chip proved to have a private key whose public half the State signed.

    Args:
        proofs: at least one successful attempt.

    """

    proofs: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class NotShown:
    """Nothing is proven: the chip may be genuine and may be a copy.

    Args:
        reason: why, in plain words.
        unsigned_proofs: successful attempts with keys that nothing vouches for.

    """

    reason: str
    unsigned_proofs: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Disproven:
    """The document promises a proof that the chip did not give: it is a copy, or broken.

    Args:
        failures: the failed attempts, at least one.

    """

    failures: tuple[Attempt, ...]


Genuineness = NotCopied | NotShown | Disproven

# What must have succeeded before a key in a data group counts as signed by the State.
_VOUCHING: Final = (CheckId.SOD_SIGNATURE, CheckId.CERTIFICATE_PATH, CheckId.DG_HASHES)
_AGAINST: Final = (CheckId.DS_VALIDITY, CheckId.DS_REVOCATION)


def genuineness_of(
    attempts: Iterable[Attempt], passive_authentication: Iterable[CheckResult]
) -> Genuineness:
    """Return what ``attempts`` prove, given what passive authentication says of the keys.

    Args:
        attempts: one of each mechanism at most; one that is missing was not offered.
        passive_authentication: its checks. A signature, path or hash that is not successful
            vouches for no key, and neither does a signer that is revoked or not valid.
            PACE-CAM has its key in a signed file of its own, but it proves a chip: that the
            data are of that chip they vouch for, too.

    """
    made = tuple(attempts)
    if failures := _with(made, Outcome.FAILED):
        return Disproven(failures)
    missing = _what_is_missing(passive_authentication)
    succeeded = _with(made, Outcome.SUCCESSFUL)
    if succeeded and missing:
        return NotShown(f"no signed key: {missing}", succeeded)
    if succeeded:
        return NotCopied(succeeded)
    undecided = _with(made, Outcome.UNDETERMINED) + _with(made, Outcome.ABORTED)
    if undecided:
        return NotShown("; ".join(f"{a.mechanism}: {a.detail}" for a in undecided))
    return NotShown("the document offers no proof that its chip is not a copy")


def of_signed_key(
    finding: tuple[Outcome, str], *, is_signed: bool, file: str
) -> tuple[Outcome, str]:
    """Return what ``finding`` is worth, which came of a key in ``file``.

    9303-11 §6.1.3 and §6.2 want passive authentication of the key first. With a key that the
    SOD does not list neither success nor failure says anything of the chip that the State
    issued. That somebody put the file there is manipulation, for which DG_HASHES fails.

    Args:
        finding: outcome and detail.
        is_signed: the SOD has a hash of the file.
        file: its name.

    """
    outcome, detail = finding
    if is_signed or outcome not in (Outcome.SUCCESSFUL, Outcome.FAILED):
        return finding
    return Outcome.UNDETERMINED, f"{detail}; the SOD does not vouch for the key in {file}"


def combined(attempts: Iterable[Attempt]) -> tuple[Outcome, str]:
    """Return one outcome for several attempts: a failure first, then a success.

    Args:
        attempts: at least one.

    """
    rank = (Outcome.FAILED, Outcome.SUCCESSFUL, Outcome.UNDETERMINED, Outcome.ABORTED)
    made = sorted(attempts, key=lambda a: (*rank, Outcome.NOT_SUPPORTED).index(a.outcome))
    return made[0].outcome, made[0].detail


def _with(attempts: tuple[Attempt, ...], outcome: Outcome) -> tuple[Attempt, ...]:
    return tuple(attempt for attempt in attempts if attempt.outcome is outcome)


def _what_is_missing(checks: Iterable[CheckResult]) -> str:
    """Name the first check that keeps passive authentication from vouching, "" if none does."""
    outcomes = {check.check_id: check.outcome for check in checks}
    for check_id in _VOUCHING:
        outcome = outcomes.get(check_id, Outcome.ABORTED)
        if outcome is not Outcome.SUCCESSFUL:
            return f"{check_id} is {outcome}"
    for check_id in _AGAINST:
        if outcomes.get(check_id) is Outcome.FAILED:
            return f"{check_id} is failed"
    return ""
