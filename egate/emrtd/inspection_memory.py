"""What is known of one document from a chip that was lost, for the next time it is presented."""

from dataclasses import dataclass, field
from typing import Final

from egate.emrtd.iso7816.link import Link
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.reading_session import ReadingSession

# More than any form of READ BINARY can give; every channel lowers it.
_NO_LIMIT: Final = 1 << 16


@dataclass(slots=True)
class InspectionMemory:
    """Files and parts of files, and the forms of command that chip and reader take.

    Nothing in it is proven: what another chip adds is found out by passive authentication.

    Args:
        files: the whole files; personal.
        card_security: the whole EF.CardSecurity, None until it was read.
        reading: files begun, and the lengths that the chip takes.
        link: what the reader can carry.

    """

    files: dict[LdsFile, bytes] = field(default_factory=dict, repr=False)
    card_security: bytes | None = field(default=None, repr=False)
    reading: ReadingSession = field(default_factory=lambda: ReadingSession(_NO_LIMIT), repr=False)
    link: Link = field(default_factory=Link)

    def presented_again(self) -> None:
        """Take note that what was under way ended with the chip."""
        self.link.presented_again()
        self.reading.presented_again()
