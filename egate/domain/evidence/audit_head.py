"""The end of a console's audit log at one moment, as the console signs it."""

import struct
from dataclasses import dataclass
from typing import Final

_HEAD: Final = b"egate audit head 1\0"


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The newest row of the log.

    Args:
        number: of the row.
        digest: SHA-256 that binds the row to all before it.

    """

    number: int
    digest: bytes

    def signed_message(self) -> bytes:
        """Return what the console signs."""
        return _HEAD + struct.pack(">Q", self.number) + self.digest
