"""Whole inspections: what genuine chips and copies are taken for, whatever the copies try."""

from dataclasses import replace

import pytest

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_authentication.genuineness import (
    Attempt,
    Disproven,
    Genuineness,
    Mechanism,
    NotCopied,
    NotShown,
)
from egate.emrtd.chip_authentication.pace_cam import PaceCamEvidence
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.evaluation import evaluate
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from hardware_mocks.chip.document import Document
from tests.emrtd_passport import (
    TODAY,
    Transmit,
    anchors,
    chip_of,
    page_of,
    passport,
    read,
    read_over,
    sent_to,
)

CA = Mechanism.CHIP_AUTHENTICATION
AA = Mechanism.ACTIVE_AUTHENTICATION
CAM = Mechanism.PACE_CAM


def judged(document: Document, reading: ChipReading) -> tuple[Genuineness, CheckResult]:
    evaluation = evaluate(page_of(document), reading, anchors(), TODAY, lambda: 0.0)
    (chip,) = (c for c in evaluation.checks if c.check_id is CheckId.CHIP_AUTHENTICATION)
    assert evaluation.genuineness is not None
    return evaluation.genuineness, chip


def inspected(profile: str) -> tuple[Genuineness, CheckResult]:
    document = passport(profile)
    return judged(document, read(document, chip_of(document, profile=profile)))


@pytest.mark.parametrize(
    ("profile", "mechanisms"),
    [
        ("bac-ca-ecdh-aes128-bp256", {CA}),
        ("ca-key-alone", {CA}),
        ("pace-cam-ecdh-aes128-bp256", {CAM}),
        ("pace-cam-ca", {CA, CAM}),
        ("bac-aa-rsa", {AA}),
        ("bac-ca-aa", {CA, AA}),
    ],
)
def test_genuine_chips_are_not_copied(profile: str, mechanisms: set[Mechanism]) -> None:
    genuineness, chip = inspected(profile)
    assert isinstance(genuineness, NotCopied), genuineness
    assert {proof.mechanism for proof in genuineness.proofs} == mechanisms
    assert (chip.outcome is Outcome.SUCCESSFUL) == bool(mechanisms & {CA, CAM})


@pytest.mark.parametrize(
    ("profile", "mechanism"),
    [("cloned-ca", CA), ("cloned-ca-3des", CA), ("cloned-cam", CAM), ("cloned", AA)],
)
def test_copies_are_disproven(profile: str, mechanism: Mechanism) -> None:
    genuineness, _ = inspected(profile)
    assert isinstance(genuineness, Disproven), genuineness
    assert {failure.mechanism for failure in genuineness.failures} == {mechanism}


def test_a_chip_with_nothing_to_show() -> None:
    genuineness, chip = inspected("bac")
    assert isinstance(genuineness, NotShown)
    assert chip.outcome is Outcome.NOT_SUPPORTED


def test_a_copy_gains_nothing_by_offering_pace_cam() -> None:
    """EF.CardAccess is not signed, so anybody can offer what nobody can hold against them."""
    document = passport("cloned-ca")
    reading = read(document, chip_of(document, profile="cloned-ca"))
    own = PaceCamEvidence(b"\x04" + bytes(64), bytes(32), 13, b"made up")
    genuineness, chip = judged(document, replace(reading, pace_cam=own))
    assert isinstance(genuineness, Disproven)
    assert chip.outcome is Outcome.FAILED


def refusing(transmit: Transmit, value: int, asked: list[CommandApdu]) -> Transmit:
    """A chip that answers chip authentication outside its channel."""

    def answer(command: CommandApdu) -> ResponseApdu:
        if command.header[1:] != b"\x22\x41\xa4":
            return transmit(command)
        asked.append(command)
        return ResponseApdu(b"", StatusWord(value))

    return answer


@pytest.mark.parametrize("extended_length", [False, True])
def test_a_refusal_outside_the_channel_is_a_failure(*, extended_length: bool) -> None:
    document = passport("cloned-ca")
    asked: list[CommandApdu] = []
    transmit = refusing(sent_to(chip_of(document, profile="cloned-ca")), 0x6A80, asked)
    policy = InspectionPolicy(extended_length=extended_length)
    genuineness, chip = judged(document, read_over(document, transmit, policy=policy))
    detail = "the chip refused outside the channel, status 6A80"
    assert genuineness == Disproven((Attempt(CA, Outcome.FAILED, detail),))
    assert (chip.outcome, chip.detail) == (Outcome.FAILED, detail)
    assert len(asked) == (2 if extended_length else 1)


def test_a_copy_that_fails_in_one_form_gains_nothing_in_the_other() -> None:
    """First it agrees on keys that it does not have, then it breaks the channel."""
    document = passport("cloned-ca")
    transmit = sent_to(chip_of(document, profile="cloned-ca"))
    asked: list[CommandApdu] = []

    def answer(command: CommandApdu) -> ResponseApdu:
        if command.header[1:] == b"\x22\x41\xa4":
            asked.append(command)
            if len(asked) == 2:
                return ResponseApdu(b"", StatusWord(0x6988))
        return transmit(command)

    genuineness, chip = judged(document, read_over(document, answer))
    assert isinstance(genuineness, Disproven)
    assert "the chip agreed and does not have the keys" in chip.detail
    assert len(asked) == 2


def test_a_channel_lost_once_by_accident_is_asked_again() -> None:
    document = passport("bac-ca-ecdh-aes128-bp256")
    transmit = sent_to(chip_of(document, profile="bac-ca-ecdh-aes128-bp256"))
    asked: list[CommandApdu] = []
    lost = refusing(transmit, 0x6988, asked)

    def once(command: CommandApdu) -> ResponseApdu:
        return (transmit if asked else lost)(command)

    genuineness, _ = judged(document, read_over(document, once))
    assert isinstance(genuineness, NotCopied), genuineness
