"""Imagers that take commands after SYN (Honeywell, Access-IS LSR).

``16 54 0D`` triggers a reading and ``16 55 0D`` releases it; ``16 4D 0D`` precedes a
command of the menu. Assumed, and pinned by no document at hand: a command is repeated
and followed by 06, 05 or 15; lines come bare, each ended by CR, LF or both, and nothing
frames a document. So it is complete with the lines of its size (9303-4, -5, -6 §4.2), and
the line of the names, which has the fewest digits, tells the first line from the last.
"""

import re
from collections.abc import Iterator
from typing import Final

from drivers.mrz_reader.message import Acknowledged, Garbled, Message, parse_lines

TRIGGER: Final = bytes.fromhex("16540D")
RELEASE: Final = bytes.fromhex("16550D")
MENU: Final = bytes.fromhex("164D0D")

_ANSWERS: Final = b"\x06\x05\x15"  # taken; no such command; no such value
_ENDS: Final = b"\r\n"
_LINE_COUNT_BY_LENGTH: Final = {44: 2, 36: 2, 30: 3}
_NOISE_BYTES: Final = 3  # that look like an MRZ before a line; its check digits tell
_LONGEST_BYTES: Final = 44 + _NOISE_BYTES + 1
_MRZ: Final = re.compile(rb"[A-Z0-9<]")
_DIGIT: Final = re.compile(rb"[0-9]")


class SynImagerDecoder:
    """Finds the lines of documents among answers to commands and noise."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._lines: list[bytes] = []

    def feed(self, received: bytes) -> Iterator[Message]:
        for byte in received:
            if (message := self._take(byte)) is not None:
                yield message

    def _take(self, byte: int) -> Message | None:
        if _MRZ.match(bytes((byte,))):
            self._line.append(byte)
            del self._line[:-_LONGEST_BYTES]
            return None
        line = bytes(self._line)
        self._line.clear()  # also by noise, and by a command that is repeated
        if byte in _ANSWERS:
            return Acknowledged()
        return self._end_of(line) if byte in _ENDS and line else None

    def _end_of(self, line: bytes) -> Message | None:
        length = next((n for n in _LINE_COUNT_BY_LENGTH if 0 <= len(line) - n <= _NOISE_BYTES), 0)
        if not length:
            self._lines.clear()
            return Garbled("a line of no document's length")
        line, count = line[-length:], _LINE_COUNT_BY_LENGTH[length]
        if self._lines and len(self._lines[0]) != len(line):
            self._lines.clear()
        self._lines.append(line)
        if len(self._lines) < count:
            return None
        if not _names_in_place(self._lines):
            del self._lines[0]  # of a document whose first line is missing
            return Garbled("a line is missing")
        message = parse_lines(b"\r".join(self._lines))
        self._lines.clear()
        return message


def _names_in_place(lines: list[bytes]) -> bool:
    digits = [len(_DIGIT.findall(line)) for line in lines]
    of_names = digits.pop(0 if len(lines) == 2 else -1)  # noqa: PLR2004 - TD3, TD2; else TD1
    return of_names < min(digits)


def menu_command(command: str) -> bytes:
    """Return the bytes that send ``command`` to the menu."""
    return MENU + command.encode("ascii")
