"""How much of the chip is read, as the traveller sees it."""

import os
import time

from egate.emrtd.conversation import converse
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.gate.chip_procedure import chip_procedure
from egate.gate.chip_progress import ChipProgress
from egate.trust.snapshot import TrustSnapshot
from tests.emrtd_passport import TODAY, USUAL, anchors, chip_of, page_of, passport, sent_to


def test_it_grows_to_the_end_of_the_chip_and_is_then_forgotten() -> None:
    document, progress, shares = passport("bac"), ChipProgress(), []
    snapshot = TrustSnapshot(anchors(), "1" * 64)
    procedure = chip_procedure(lambda: snapshot, os.urandom, time.perf_counter, USUAL, progress)
    answer = sent_to(chip_of(document))

    def transmit(command: CommandApdu) -> ResponseApdu:
        shares.append(progress.share)
        return answer(command)

    converse(procedure(page_of(document), InspectionMemory(), TODAY), transmit)
    assert shares[0] == 0.0
    assert shares == sorted(shares)
    assert 0.25 < shares[-1] < 1.0
    assert len(set(shares)) > 6
    assert progress.share == 0.0


def test_a_chip_that_is_pulled_away_is_forgotten_too() -> None:
    document, progress = passport("bac"), ChipProgress()
    snapshot = TrustSnapshot(anchors(), "1" * 64)
    procedure = chip_procedure(lambda: snapshot, os.urandom, time.perf_counter, USUAL, progress)
    conversation, answer = (
        procedure(page_of(document), InspectionMemory(), TODAY),
        sent_to(chip_of(document)),
    )
    command = next(conversation)
    while progress.share == 0.0:
        command = conversation.send(answer(command))
    conversation.close()
    assert progress.share == 0.0
