"""Conversations of worked examples with a simulated chip, written as the standard prints them."""

from collections.abc import Callable

from hardware_mocks.chip.chip import Chip


def drawing(numbers: str) -> Callable[[int], bytes]:
    """A source of random bytes that gives these and no others, in this order."""
    left = iter(bytes.fromhex(numbers))
    return lambda length: bytes(next(left) for _ in range(length))


def replay(chip: Chip, conversation: str) -> None:
    """Send each command after ``>`` and expect the very answer after the ``<`` that follows."""
    for exchange in conversation.split(">")[1:]:
        command, answer = (bytes.fromhex(part) for part in exchange.split("<"))
        given = chip.transmit(command)
        assert given is not None
        assert given.hex() == answer.hex()
