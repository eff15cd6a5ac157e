"""Carries a PACE conversation over published commands and responses."""

from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu

T = TypeVar("T")


def drawn_from(*draws: str) -> Callable[[int], bytes]:
    """Return a source of randomness that gives these hexadecimal numbers, one a call."""
    rest = [bytes.fromhex(draw) for draw in draws]

    def random(count: int) -> bytes:
        drawn = rest.pop(0)
        assert len(drawn) == count
        return drawn

    return random


def replay(
    conversation: Generator[CommandApdu, ResponseApdu, T], exchanges: Iterable[tuple[str, str]]
) -> T:
    """Compare each command with the expected one, answer, and return the result."""
    pending = [(bytes.fromhex(command), bytes.fromhex(answer)) for command, answer in exchanges]
    command = next(conversation)
    try:
        while True:
            expected, answer = pending.pop(0)
            assert command.encode().hex() == expected.hex()
            command = conversation.send(ResponseApdu.decode(answer))
    except StopIteration as finished:
        assert not pending
        result: T = finished.value
        return result
