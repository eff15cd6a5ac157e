"""An inspection keeps the trust it began with, and its evidence says which that was."""

import os
import time

from egate.domain.evidence import ChipEvidence
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.conversation import Conversation
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.lds.files import LdsFile
from egate.gate.chip_procedure import chip_procedure
from egate.gate.chip_progress import ChipProgress
from egate.gate.chip_reading import Evaluate, Meter, read_chip
from egate.trust.snapshot import TrustSnapshot
from hardware_mocks.chip.document import Document
from tests.emrtd_passport import (
    TODAY,
    USUAL,
    anchors,
    carry,
    chip_of,
    page_of,
    passport,
    sent_to,
    with_files,
)
from tests.trust_data import Anchors

FIRST = TrustSnapshot(anchors(), "1" * 64)
SECOND = TrustSnapshot(Anchors([], []), "2" * 64)


def inspected(
    document: Document,
    begun: TrustSnapshot,
    meanwhile: TrustSnapshot,
) -> ChipEvidence:
    """What is found when ``meanwhile`` comes after the first command."""
    now = [begun]
    answer = sent_to(chip_of(document))

    def transmit(command: CommandApdu) -> ResponseApdu:
        now[0] = meanwhile
        return answer(command)

    procedure = chip_procedure(lambda: now[0], os.urandom, time.perf_counter, USUAL, ChipProgress())
    evaluate = carry(procedure(page_of(document), InspectionMemory(), TODAY), transmit)
    return evaluate().evidence


def path(evidence: ChipEvidence) -> Outcome:
    (found,) = (c.outcome for c in evidence.checks if c.check_id is CheckId.CERTIFICATE_PATH)
    return found


def test_what_comes_meanwhile_is_for_the_next() -> None:
    evidence = inspected(passport("bac"), FIRST, SECOND)
    assert (evidence.trust_store_version, path(evidence)) == ("1" * 64, Outcome.SUCCESSFUL)
    evidence = inspected(passport("bac"), SECOND, FIRST)
    assert (evidence.trust_store_version, path(evidence)) == ("2" * 64, Outcome.UNDETERMINED)


async def test_a_chip_that_is_not_read_to_its_end_was_compared_with_nothing() -> None:
    document = with_files(passport("bac"), {LdsFile.EF_SOD: None})
    procedure = chip_procedure(lambda: FIRST, os.urandom, time.perf_counter, USUAL, ChipProgress())
    conversation = procedure(page_of(document), InspectionMemory(), TODAY)
    answer = sent_to(chip_of(document))

    async def carried(whole: Conversation[Evaluate]) -> Evaluate:
        return carry(whole, answer)

    evaluate = await read_chip(conversation, carried, Meter())
    assert evaluate().evidence.trust_store_version == ""
