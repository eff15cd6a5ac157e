"""A dialogue with a chip as a generator: commands out, responses in, no I/O."""

from collections.abc import Awaitable, Callable, Generator
from typing import TypeVar

from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu

T = TypeVar("T")

Conversation = Generator[CommandApdu, ResponseApdu, T]
Transceive = Callable[[CommandApdu], Awaitable[ResponseApdu]]


async def converse(conversation: Conversation[T], transceive: Transceive) -> T:
    """Carry ``conversation`` over ``transceive`` and return its result."""
    try:
        command = next(conversation)
        while True:
            command = conversation.send(await transceive(command))
    except StopIteration as finished:
        result: T = finished.value
        return result
    finally:
        conversation.close()
