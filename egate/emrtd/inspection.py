"""The inspection procedure: one conversation that opens and reads a chip (9303-11 §4, §5, §6)."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from egate.emrtd.access.password import Password
from egate.emrtd.chip_reading import ChipReading, Progress
from egate.emrtd.conversation import Conversation, through
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import USUAL, InspectionPolicy
from egate.emrtd.inspection_steps import InspectionSteps
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.link import carried
from egate.emrtd.terminal_authentication.terminal import Terminal


def inspect(  # noqa: PLR0913 - what a gate brings to a chip, each from another hand
    password: Password,
    random: Callable[[int], bytes],
    clock: Callable[[], float],
    *,
    policy: InspectionPolicy = USUAL,
    memory: InspectionMemory | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    terminal: Terminal | None = None,
) -> Conversation[ChipReading]:
    """Open the chip, read its files, and have it prove that it is no copy.

    DG2 comes last: it takes most of the time, and all else is known before it. A channel
    that is lost is opened again within the limits of ``policy``, and only what is missing
    is read.

    Args:
        password: what the MRZ says, or the card access number.
        random: gives so many unpredictable bytes, fresh on every call.
        clock: seconds, for the durations.
        policy: what to do with the chip.
        memory: of earlier attempts that lost the chip, and for the next: give the same
            to each. What is in it is not read again.
        progress: told each piece of a file as it comes.
        terminal: of a State that reads fingerprints or irises. Without one DG3 and DG4 are
            never read, and with one only if ``policy`` asks for them.

    Raises:
        AccessDenied: the chip refuses the password.
        SecureMessagingBroken: answers were not authentic, however often it was opened.
        DocumentRejected: the chip opens in no way that is allowed, has no eMRTD
            application or not the required files.

    """
    known = InspectionMemory() if memory is None else memory
    known.presented_again()
    steps = InspectionSteps(password, random, policy, known, progress, terminal)
    meter = _Meter(policy.max_commands)
    began = clock()
    yield from through(carried(steps.open(), known.link), meter.exchange)
    access_seconds = clock() - began
    yield from through(carried(steps.run(), known.link), meter.exchange)
    return ChipReading(
        access=steps.opened.access,
        files=MappingProxyType(dict(known.files)),
        absent=frozenset(steps.absent),
        card_access=steps.card_access,
        pace_cam=steps.pace_cam,
        chip_authentication=steps.chip_authentication,
        challenge_response=steps.challenge_response,
        apdu_count=meter.apdu_count,
        received_bytes=meter.received_bytes,
        access_seconds=access_seconds,
        seconds=clock() - began,
        terminal_authentication=steps.terminal_authentication,
    )


@dataclass(slots=True)
class _Meter:
    most_commands: int
    apdu_count: int = 0
    received_bytes: int = 0

    def exchange(self, command: CommandApdu) -> Conversation[ResponseApdu]:
        response = yield command
        self.apdu_count += 1
        self.received_bytes += len(response.data) + 2
        if self.apdu_count >= self.most_commands:
            raise DocumentRejected(f"not read with {self.most_commands} commands")
        return response
