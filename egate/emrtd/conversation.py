"""A dialogue with a chip as a generator: commands out, responses in, no I/O."""

from collections.abc import Awaitable, Callable, Generator
from typing import Protocol, TypeVar

from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu

T = TypeVar("T")

Conversation = Generator[CommandApdu, ResponseApdu, T]
Transceive = Callable[[CommandApdu], Awaitable[ResponseApdu]]
Transmit = Callable[[CommandApdu], ResponseApdu]
Exchange = Callable[[CommandApdu], Conversation[ResponseApdu]]


class Carry(Protocol):
    """Carries whole conversations with one chip, one after the other."""

    async def __call__(self, conversation: Conversation[T]) -> T: ...


def carried_by(transceive: Transceive) -> Carry:
    """Return what carries conversations over ``transceive``, a command at a time."""

    async def carry(conversation: Conversation[T]) -> T:
        try:
            command = next(conversation)
            while True:
                command = conversation.send(await transceive(command))
        except StopIteration as finished:
            result: T = finished.value
            return result
        finally:
            conversation.close()

    return carry


def through(conversation: Conversation[T], exchange: Exchange) -> Conversation[T]:
    """Have every command of ``conversation`` answered by a conversation of its own.

    Args:
        conversation: what is carried.
        exchange: turns a command into what really goes to the chip, and its answers into one.

    """
    try:
        command = next(conversation)
        while True:
            command = conversation.send((yield from exchange(command)))
    except StopIteration as finished:
        result: T = finished.value
        return result
    finally:
        conversation.close()


def converse(conversation: Conversation[T], transmit: Transmit) -> T:
    """Carry ``conversation`` over ``transmit``, which blocks, and return its result."""
    try:
        command = next(conversation)
        while True:
            command = conversation.send(transmit(command))
    except StopIteration as finished:
        result: T = finished.value
        return result
    finally:
        conversation.close()
