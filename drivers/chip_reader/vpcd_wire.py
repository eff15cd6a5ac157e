"""The vpcd wire: two bytes of length, then an APDU or a one-byte control message.

The reader commands, the virtual card answers: an ATR to the control message
``ATR``, a response APDU to each command APDU, nothing to the other controls.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import Final

MAX_PAYLOAD_BYTES: Final = 0xFFFF
_LENGTH_BYTES: Final = 2


class Control(IntEnum):
    """What a message of one byte means."""

    POWER_OFF = 0
    POWER_ON = 1
    RESET = 2
    ATR = 4


class WireBroken(Exception):
    """The far end does not speak this protocol; its connection is of no use any more."""


def encode(payload: bytes) -> bytes:
    """Return ``payload`` as one message, to be written with a single call.

    Raises:
        ValueError: ``payload`` is empty or longer than 65,535 bytes.

    """
    if not 0 < len(payload) <= MAX_PAYLOAD_BYTES:
        raise ValueError(f"a message has 1 to {MAX_PAYLOAD_BYTES} bytes")
    return len(payload).to_bytes(_LENGTH_BYTES, "big") + payload


class Decoder:
    """Collects bytes and gives out whole payloads. Its buffer holds one message at most."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, received: bytes) -> Iterator[bytes]:
        """Take ``received`` and give each payload it completes.

        Raises:
            WireBroken: an empty message came; a card always has something to say.

        """
        self._buffer += received
        while len(self._buffer) >= _LENGTH_BYTES:
            end = _LENGTH_BYTES + int.from_bytes(self._buffer[:_LENGTH_BYTES], "big")
            if end == _LENGTH_BYTES:
                raise WireBroken("empty message")
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[_LENGTH_BYTES:end])
            del self._buffer[:end]
            yield payload
