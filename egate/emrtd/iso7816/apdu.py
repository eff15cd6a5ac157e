"""Command and response APDUs of ISO/IEC 7816-3 section 12.1."""

from dataclasses import dataclass, field

from egate.emrtd.iso7816.status import StatusWord


@dataclass(frozen=True, slots=True)
class CommandApdu:
    """One command to the chip, in short or extended form as its lengths require.

    Args:
        cla: class byte.
        ins: instruction byte.
        p1: first parameter.
        p2: second parameter.
        data: command data, 0 to 65,535 bytes. May hold keys and personal data.
        le: the most bytes expected back, 1 to 65,536; None when no data are.
            Le 256 is the longest short form, 65,536 the longest extended one.
        extended: force the extended form even where the short one fits.

    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    le: int | None = None
    extended: bool = False

    def __post_init__(self) -> None:
        if len(self.data) > 0xFFFF:
            raise ValueError("command data have at most 65,535 bytes")
        if self.le is not None and not 1 <= self.le <= 0x10000:
            raise ValueError("Le is 1 to 65,536")

    @property
    def header(self) -> bytes:
        return bytes((self.cla, self.ins, self.p1, self.p2))

    @property
    def is_extended(self) -> bool:
        return self.extended or len(self.data) > 0xFF or (self.le is not None and self.le > 0x100)

    def encode(self) -> bytes:
        """Return the command as it goes over the wire."""
        return self.header + (self._extended_body() if self.is_extended else self._short_body())

    def _short_body(self) -> bytes:
        body = bytes((len(self.data),)) + self.data if self.data else b""
        return body if self.le is None else body + bytes((self.le % 0x100,))

    def _extended_body(self) -> bytes:
        body = b"\x00" + len(self.data).to_bytes(2, "big") + self.data if self.data else b""
        if self.le is None:
            return body
        return body + (b"" if self.data else b"\x00") + (self.le % 0x10000).to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class ResponseApdu:
    """What the chip answered. The data may be personal."""

    data: bytes = field(repr=False)
    status: StatusWord

    @classmethod
    def decode(cls, raw: bytes) -> "ResponseApdu":
        """Split ``raw`` into data and status word.

        Raises:
            ValueError: fewer than two bytes came.

        """
        if len(raw) < 2:
            raise ValueError("a response APDU has at least two bytes")
        return cls(bytes(raw[:-2]), StatusWord(int.from_bytes(raw[-2:], "big")))
