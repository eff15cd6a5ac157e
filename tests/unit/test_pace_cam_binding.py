"""PACE-CAM proves one chip: its proof counts for the EF.SOD that came through the same channel."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from egate.emrtd.chip_authentication.genuineness import Genuineness, NotCopied
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.errors import ChipLost
from egate.emrtd.evaluation import evaluate
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.lds.files import LdsFile
from hardware_mocks.chip.chip import Chip, Interface
from hardware_mocks.chip.document import Document
from tests.emrtd_passport import TODAY, Transmit, anchors, page_of, passport, read_over, sent_to

PROFILE = "pace-cam-ecdh-aes128-bp256"
SHORT = InspectionPolicy(extended_length=False)

# Commands in the channel, in short form: EF.CardSecurity is whole, EF.SOD begun and whole.
CARD_SECURITY = 7
INTO_THE_SOD = CARD_SECURITY + 2 + 3
BEHIND_THE_SOD = CARD_SECURITY + 2 + 7
INTO_DG2 = 30


def document() -> Document:
    return passport(PROFILE)


def accomplice() -> Chip:
    """A genuine chip of somebody else, to which a relay passes the password of ``document``."""
    other = passport(PROFILE, document_number="A99999999")
    return Chip(replace(other, mrz=document().mrz), Interface())


def copy() -> Chip:
    """All files of ``document``, and a key of the copier's own."""
    keys = dict.fromkeys(document().pace_cam_keys, 12345)
    return Chip(replace(document(), pace_cam_keys=keys), Interface())


def genuine() -> Chip:
    return Chip(document(), Interface())


def one_after_the_other(
    first: Chip, then: Chip, protected: int, lose: Callable[[], None]
) -> Transmit:
    """Answer ``protected`` commands of the first channel by ``first``, and the rest by ``then``."""
    answered = 0
    now = sent_to(first)

    def transmit(command: CommandApdu) -> ResponseApdu:
        nonlocal answered, now
        if answered == protected:
            answered += 1
            now = sent_to(then)
            lose()
            return ResponseApdu(b"", StatusWord(0x6988))
        answered += bool(command.cla & 0x0C) and answered < protected
        return now(command)

    return transmit


def in_one_presentation(first: Chip, then: Chip, protected: int) -> ChipReading:
    transmit = one_after_the_other(first, then, protected, lambda: None)
    return read_over(document(), transmit, policy=SHORT)


def in_two_presentations(first: Chip, then: Chip, protected: int) -> ChipReading:
    def leave() -> None:
        raise ChipLost("taken away")

    memory = InspectionMemory()
    transmit = one_after_the_other(first, then, protected, leave)
    with pytest.raises(ChipLost):
        read_over(document(), transmit, policy=SHORT, memory=memory)
    return read_over(document(), sent_to(then), policy=SHORT, memory=memory)


def judged(reading: ChipReading) -> Genuineness | None:
    return evaluate(page_of(document()), reading, anchors(), TODAY, lambda: 0.0).genuineness


EVERYWHERE = (CARD_SECURITY, INTO_THE_SOD, BEHIND_THE_SOD, INTO_DG2)
HOW = (in_one_presentation, in_two_presentations)


@pytest.mark.parametrize("read", HOW)
@pytest.mark.parametrize("protected", EVERYWHERE)
def test_a_copy_borrows_no_proof(
    read: Callable[[Chip, Chip, int], ChipReading], protected: int
) -> None:
    """Somebody else's chip opens first, or last, and the copy gives what is missing.

    What is not copied then is that chip: the data that count are its own.
    """
    for chips in ((accomplice(), copy()), (copy(), accomplice())):
        reading = read(*chips, protected)
        is_copy = reading.files[LdsFile.EF_SOD] == document().files[LdsFile.EF_SOD.file_id]
        assert not (is_copy and isinstance(judged(reading), NotCopied))


@pytest.mark.parametrize("read", HOW)
@pytest.mark.parametrize("protected", EVERYWHERE)
def test_a_genuine_chip_proves_itself_again(
    read: Callable[[Chip, Chip, int], ChipReading], protected: int
) -> None:
    reading = read(genuine(), genuine(), protected)
    assert reading.files[LdsFile.EF_SOD] == document().files[LdsFile.EF_SOD.file_id]
    assert isinstance(judged(reading), NotCopied)


def test_the_proof_is_of_the_channel_that_gives_the_sod() -> None:
    """A part of EF.SOD from before is not completed by another chip."""
    reading = in_one_presentation(copy(), accomplice(), INTO_THE_SOD)
    other = passport(PROFILE, document_number="A99999999")
    assert reading.files[LdsFile.EF_SOD] == other.files[LdsFile.EF_SOD.file_id]
