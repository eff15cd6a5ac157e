"""Commands and replies as a chip sees them (ISO/IEC 7816-4 §5)."""

from dataclasses import dataclass
from typing import Final

# The bit of the class byte that says that more commands of a chain follow.
CHAINED: Final = 0x10
PROTECTED: Final = 0x0C


class WrongLength(ValueError):
    """The bytes are no command APDU of any of the seven cases."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command APDU; ``ne`` is the greatest number of bytes awaited, 0 for none.

    ``room`` is how many bytes of response data fit on the wire, which is less than ``ne``
    under secure messaging. It is a bound of the transport, not a wish of the reader.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    ne: int = 0
    extended: bool = False
    room: int = 65536

    @property
    def header(self) -> bytes:
        return bytes([self.cla, self.ins, self.p1, self.p2])

    @property
    def p1p2(self) -> int:
        return self.p1 << 8 | self.p2

    @property
    def any_length(self) -> bool:
        """Whether Le said "as much as there is" instead of a number."""
        return self.ne in {256, 65536}


@dataclass(frozen=True, slots=True)
class Reply:
    """Response data and status word."""

    sw: int
    data: bytes = b""

    def raw(self) -> bytes:
        return self.data + self.sw.to_bytes(2, "big")


def parse(raw: bytes) -> Command:
    """Parse a command APDU; raises WrongLength."""
    if len(raw) < 4:
        raise WrongLength("a command has at least four bytes")
    cla, ins, p1, p2 = raw[:4]
    body = raw[4:]
    if len(body) >= 3 and body[0] == 0:
        data, ne = _extended_body(body[1:])
        return Command(cla, ins, p1, p2, data, ne, extended=True)
    data, ne = _short_body(body)
    return Command(cla, ins, p1, p2, data, ne, room=256)


def _short_body(body: bytes) -> tuple[bytes, int]:
    if not body:
        return b"", 0
    if len(body) == 1:
        return b"", body[0] or 256
    lc = body[0]
    if lc == 0 or len(body) not in {1 + lc, 2 + lc}:
        raise WrongLength("Lc does not match")
    ne = (body[-1] or 256) if len(body) == 2 + lc else 0
    return body[1 : 1 + lc], ne


def _extended_body(body: bytes) -> tuple[bytes, int]:
    first = int.from_bytes(body[:2], "big")
    if len(body) == 2:
        return b"", first or 65536
    if first == 0 or len(body) not in {2 + first, 4 + first}:
        raise WrongLength("extended Lc does not match")
    ne = (int.from_bytes(body[-2:], "big") or 65536) if len(body) == 4 + first else 0
    return body[2 : 2 + first], ne
