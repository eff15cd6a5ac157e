"""A chip lost with extended commands: the link may be to blame, so nobody is accused."""

import time

import pytest

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_authentication.genuineness import NotShown
from egate.emrtd.errors import ChipLost
from egate.emrtd.evaluation import DocumentEvaluation, evaluate
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.quirks.catalogue import SWITCHES
from tests.emrtd_passport import TODAY, anchors, page_of, passport, read_over, sent_to

CA = CheckId.CHIP_AUTHENTICATION
AA = CheckId.ACTIVE_AUTHENTICATION
DH = "bac-ca-dh-aes128-modp2048-256"
RSA = "bac-aa-rsa"
EXTENDED = InspectionPolicy()
SHORT = InspectionPolicy(extended_length=False)


def presented(
    profile: str, losses: int, *, quirk: str = "", policy: InspectionPolicy = EXTENDED
) -> tuple[DocumentEvaluation, int]:
    """Present the document until it is read; the first extended commands lose the chip.

    Returns:
        What it is taken for, and how often it was presented.

    """
    document = passport(profile, **({"quirk": quirk} if quirk else {}))
    made = SWITCHES[quirk].make if quirk else None
    chip = Chip(document, quirks=[made(document)] if made else [])
    left = losses

    def transmit(command: CommandApdu) -> ResponseApdu:
        nonlocal left
        if command.is_extended and left:
            left -= 1
            raise ChipLost("the chip left the field")
        return sent_to(chip)(command)

    memory = InspectionMemory()
    for presentation in range(1, 6):
        try:
            reading = read_over(document, transmit, policy=policy, memory=memory)
        except ChipLost:
            chip.enter_field()
            continue
        checked = evaluate(page_of(document), reading, anchors(), TODAY, time.perf_counter)
        return checked, presentation
    raise AssertionError("never read")


def check_of(evaluation: DocumentEvaluation, check_id: CheckId) -> CheckResult:
    return next(check for check in evaluation.checks if check.check_id is check_id)


@pytest.mark.parametrize(("profile", "check_id"), [(RSA, AA), (DH, CA)])
def test_a_chip_that_left_the_field_once_proves_itself_the_next_time(
    profile: str, check_id: CheckId
) -> None:
    evaluation, presentations = presented(profile, 1)
    assert presentations == 2
    assert check_of(evaluation, check_id).outcome is Outcome.SUCCESSFUL


@pytest.mark.parametrize(
    ("profile", "quirk", "check_id", "outcome"),
    [
        (RSA, "", AA, Outcome.UNDETERMINED),
        (DH, "", CA, Outcome.UNDETERMINED),
        ("bac", "aa-cut-short-only", AA, Outcome.UNDETERMINED),
        ("bac", "aa-cut", AA, Outcome.UNDETERMINED),
        ("bac", "aa-61xx", AA, Outcome.SUCCESSFUL),
        (DH, "chaining-accepted", CA, Outcome.SUCCESSFUL),
    ],
)
def test_a_reader_that_drops_chips_accuses_nobody(
    profile: str, quirk: str, check_id: CheckId, outcome: Outcome
) -> None:
    evaluation, presentations = presented(profile, 100, quirk=quirk)
    assert presentations == 3
    assert check_of(evaluation, check_id).outcome is outcome
    if outcome is Outcome.UNDETERMINED:
        assert isinstance(evaluation.genuineness, NotShown)


@pytest.mark.parametrize(("profile", "check_id"), [(RSA, AA), (DH, CA)])
def test_a_reader_that_cannot_carry_what_is_needed_accuses_nobody(
    profile: str, check_id: CheckId
) -> None:
    evaluation, presentations = presented(profile, 0, policy=SHORT)
    assert presentations == 1
    assert check_of(evaluation, check_id).outcome is Outcome.UNDETERMINED
