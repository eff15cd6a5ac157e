"""How a conversation is held with a chip that answers wrongly, and what is seen of it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from egate.emrtd.conversation import Conversation, T
from egate.emrtd.errors import ChipLost
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from hardware_mocks.chip.apdu import Reply
from hardware_mocks.chip.chip import Chip, Interface
from hardware_mocks.chip.document import Document
from tests.emrtd_passport import Transmit
from tests.fuzz.garbler import Garbler, GarblingQuirk

_TOO_MANY_APDUS: Final = 25_000


class TooManyApdus(AssertionError):
    """A conversation went on and on."""


@dataclass(slots=True)
class Trace:
    """What went over the wire in one conversation: how many commands, and the last answers."""

    apdu_count: int = 0
    answers: deque[str] = field(default_factory=lambda: deque(maxlen=64))

    def count(self, answer: ResponseApdu) -> None:
        self.apdu_count += 1
        self.answers.append(f"{answer.data.hex()} {answer.status}")
        if self.apdu_count > _TOO_MANY_APDUS:
            raise TooManyApdus(f"more than {_TOO_MANY_APDUS} APDUs")


Hold = Callable[[Random, Trace], object]
Start = Callable[[Random], Conversation[Any]]


@dataclass(frozen=True, slots=True)
class Talk:
    """One dialogue.

    Args:
        make: returns what holds one conversation, given a source of choices and what to write
            it into; called when it is first needed.
        share: how many of a thousand cases, about.

    """

    make: Callable[[], Hold]
    share: int = 1


def carry(conversation: Conversation[T], transmit: Transmit, trace: Trace) -> T:
    try:
        command = next(conversation)
        while True:
            answer = transmit(command)
            trace.count(answer)
            command = conversation.send(answer)
    except StopIteration as finished:
        result: T = finished.value
        return result
    finally:
        conversation.close()


def live(chip: Chip) -> Transmit:
    def transmit(command: CommandApdu) -> ResponseApdu:
        raw = chip.transmit(command.encode())
        if raw is None or len(raw) < 2:
            raise ChipLost("the chip left the field")
        return ResponseApdu.decode(raw)

    return transmit


def scripted(
    start: Start,
    answers: Callable[[], tuple[Reply, ...]],
) -> Hold:
    """A conversation with a chip that says its lines whatever it is asked, some of them wrong."""

    def hold(random: Random, trace: Trace) -> object:
        script = answers()
        garbler = Garbler(random, usual=len(script))
        lines = iter(script)

        def transmit(_: CommandApdu) -> ResponseApdu:
            reply = garbler.garble(next(lines, None) or random.choice(script))
            return ResponseApdu.decode(reply.raw())

        return carry(start(random), transmit, trace)

    return hold


def recorded(start: Start, document: Document) -> tuple[Reply, ...]:
    """What a good chip answers to ``start`` under one fixed source of choices."""
    chip = Chip(document, Interface(), random=Random("chip").randbytes)
    replies: list[Reply] = []
    sent_to_chip = live(chip)

    def transmit(command: CommandApdu) -> ResponseApdu:
        answer = sent_to_chip(command)
        replies.append(Reply(answer.status.value, answer.data))
        return answer

    carry(start(Random("reader")), transmit, Trace())
    return tuple(replies)


def replayed(start: Start, document: Document) -> Hold:
    """A conversation that would succeed: both ends choose as they did when it was recorded."""
    script = recorded(start, document)
    return scripted(lambda _: start(Random("reader")), lambda: script)


def garbled_inside(start: Start, document: Document, usual: int) -> Hold:
    """A conversation with a chip that protects its wrong answers as it should."""

    def hold(random: Random, trace: Trace) -> object:
        quirk = GarblingQuirk(wire=None, inside=Garbler(random, usual))
        chip = Chip(document, Interface(), random=random.randbytes, quirks=(quirk,))
        return carry(start(random), live(chip), trace)

    return hold
