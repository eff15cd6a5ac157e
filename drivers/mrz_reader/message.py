"""What a reader's bytes mean, whatever its framing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

MAX_FRAME_BYTES: Final = 160  # three lines of 44 with separators, and room for oddities

_LINE: Final = re.compile(r"[A-Z0-9<]{7,44}")
_SEPARATOR: Final = re.compile(rb"\r\n|\r|\n")
_LINE_COUNTS: Final = (2, 3)
# 9303-4, -5 and -6 §4.2: MRZ of one piece, by a reader that leaves the separators out.
_LINE_LENGTH_BY_TOTAL: Final = {88: 44, 72: 36, 90: 30}


@dataclass(frozen=True, slots=True)
class Document:
    """The lines of one document, as read."""

    lines: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Garbled:
    """A frame came and was unusable."""

    reason: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The reader answered, and has no document to tell of."""


Message = Document | Garbled | Acknowledged


class Decoder(Protocol):
    """Collects bytes and gives out messages; never waits, never raises on any bytes."""

    def feed(self, received: bytes) -> Iterator[Message]: ...


def parse_lines(raw: bytes) -> Document | Garbled:
    """Split ``raw`` at CR, LF or CR LF into the lines of one MRZ."""
    texts = [part.decode("latin-1") for part in _SEPARATOR.split(raw) if part]
    if len(texts) == 1 and (length := _LINE_LENGTH_BY_TOTAL.get(len(texts[0]))):
        texts = [texts[0][at : at + length] for at in range(0, len(texts[0]), length)]
    if len(texts) not in _LINE_COUNTS:
        return Garbled(f"{len(texts)} lines")
    if not all(_LINE.fullmatch(text) for text in texts):
        return Garbled("a line has a wrong length, or a character that no MRZ has")
    return Document(tuple(texts))
