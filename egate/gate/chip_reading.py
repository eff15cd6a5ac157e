"""One presentation of the chip: read it, evaluate it, and know whose time it was."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from egate.domain.evidence import CheckResult, ChipEvidence
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.conversation import Carry, Conversation, T, through
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.mrz.parse import Mrz


@dataclass(frozen=True, slots=True)
class ChipInspection:
    """What a chip that was read to its end shows.

    Args:
        evidence: every electronic and combined check.
        portrait: the file EF.DG2, None when it was not read (personal).

    """

    evidence: ChipEvidence
    portrait: bytes | None = field(default=None, repr=False)


Evaluate = Callable[[], ChipInspection]
"""Weighs what was read; takes computing time, so it runs beside the gate's loop."""

ChipProcedure = Callable[[Mrz, InspectionMemory, dt.date], Conversation[Evaluate]]
"""The inspection procedure. What the memory holds of the chip is not read again."""


class Meter:
    """Tells the chip's time from the gate's: from each command to its answer is the chip's."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._began = clock()
        self._waited = 0.0

    @property
    def gate_seconds(self) -> float:
        return self._clock() - self._began - self._waited

    def around(self, conversation: Conversation[T]) -> Conversation[T]:
        return through(conversation, self._exchange)

    def _exchange(self, command: CommandApdu) -> Conversation[ResponseApdu]:
        began = self._clock()
        try:
            return (yield command)
        finally:
            self._waited += self._clock() - began


async def read_chip(conversation: Conversation[Evaluate], carry: Carry, meter: Meter) -> Evaluate:
    """Have ``carry`` carry ``conversation``.

    Raises:
        RetryableReadError: present the document again.
        DeviceError: the reader is lost.

    """
    try:
        return await carry(meter.around(conversation))
    except DocumentRejected as error:
        rejected = CheckResult(CheckId.ACCESS, Outcome.FAILED, str(error))
        return lambda: ChipInspection(ChipEvidence(None, (rejected,)))


def with_gate_seconds(inspection: ChipInspection, seconds: float) -> ChipInspection:
    return replace(inspection, evidence=replace(inspection.evidence, gate_seconds=seconds))
