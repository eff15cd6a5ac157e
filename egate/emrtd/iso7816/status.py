"""Status words of ISO/IEC 7816-4 section 5.6."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class StatusWord:
    """The two trailing bytes SW1-SW2 of a response."""

    value: int

    def __str__(self) -> str:
        return f"status {self.value:04X}"

    @property
    def sw1(self) -> int:
        return self.value >> 8

    @property
    def sw2(self) -> int:
        return self.value & 0xFF


OK: Final = StatusWord(0x9000)
END_OF_FILE: Final = StatusWord(0x6282)
