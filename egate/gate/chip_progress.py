"""How much of the chip is read, for the traveller who must not lift the document meanwhile."""

from typing import Final

from egate.emrtd.chip_reading import Progress
from egate.emrtd.lds.files import LdsFile

# EF.COM, EF.SOD, DG1 and the two keys are small; then comes the portrait.
_SMALL_FILES: Final = 5
_SHARE_OF_SMALL_FILES: Final = 0.25


class ChipProgress:
    """One lane's reading. Told on the reader's thread, asked on another: a number alone."""

    def __init__(self) -> None:
        self.share = 0.0
        """0 to 1; never falls while one chip is read."""
        self._files: set[LdsFile] = set()

    def take(self, progress: Progress) -> None:
        """A piece of a file came."""
        if progress.file is LdsFile.EF_DG2:
            of_portrait = progress.bytes_read / progress.bytes_total
            share = _SHARE_OF_SMALL_FILES + (1 - _SHARE_OF_SMALL_FILES) * of_portrait
        else:
            self._files.add(progress.file)
            share = _SHARE_OF_SMALL_FILES * min(1.0, len(self._files) / _SMALL_FILES)
        self.share = max(self.share, min(1.0, share))

    def end(self) -> None:
        """The chip is read, or lost."""
        self._files = set()
        self.share = 0.0
