"""What one chip taught about reading it: outlives files and channels, ends with the chip."""

from dataclasses import dataclass, field
from typing import Final

HEADER_PROBE_BYTES: Final = 8
SMALLEST_LE: Final = 16

# One passport takes no more than 192, one answers well at 160 only.
_LADDER: Final = (2048, 1024, 512, 223, 192, 160, 128, 96, 64, 32, SMALLEST_LE)
_REFUSALS_BEFORE_PROBE: Final = 4
_DOUBTS_BEFORE_SELECT: Final = 2
_STEEP: Final = 4
_LONGEST_SHORT_LE: Final = 256


def step_below(le: int) -> int:
    """Return the next length on the ladder of Le that makes a difference, in bytes."""
    return next((step for step in _LADDER if 10 * step < 9 * le), SMALLEST_LE)


@dataclass(slots=True)
class BegunFile:
    """A file that is being read.

    Args:
        content: its first bytes; personal.
        longest: the most bytes to ask for at once in this file, None when not special.
        refused: the lengths with which it did not begin.
        doubts: answers to a short file identifier that may speak of it or of the length.
        died: whether the channel was lost at its beginning.

    """

    content: bytearray = field(default_factory=bytearray, repr=False)
    longest: int | None = None
    refused: list[int] = field(default_factory=list)
    doubts: int = 0
    died: bool = False

    @property
    def is_to_be_selected(self) -> bool:
        """Whether what was refused may in truth be the short file identifier."""
        return self.doubts >= _DOUBTS_BEFORE_SELECT


class ReadingSession:
    """How one chip wants to be read: found out on the first block, kept for the rest.

    Args:
        longest: the most bytes that one answer can carry, by channel, reader and chip.

    The master file and the application each have a file 011D, so whoever goes from one to
    the other says so in ``in_master_file``.
    """

    def __init__(self, longest: int) -> None:
        self.by_short_identifier = True
        self.in_master_file = False
        self._longest = longest
        self._before_refusal = longest
        self._begun: dict[tuple[bool, int], BegunFile] = {}
        self._probing = False
        self._proven = 0
        self._asked: tuple[int, int] | None = None
        self._just_refused = False

    @property
    def longest(self) -> int:
        """The most bytes to ask for at once."""
        return self._longest

    @property
    def reads_at_length(self) -> bool:
        """Whether more bytes came at once than a short APDU can carry."""
        return self._proven > _LONGEST_SHORT_LE

    def limit_to(self, longest: int) -> None:
        """Ask for no more than ``longest`` bytes from now on."""
        self._longest = min(self._longest, longest)
        self._before_refusal = min(self._before_refusal, longest)

    def file(self, file_id: int) -> BegunFile:
        """Return what is there of a file."""
        return self._begun.setdefault((self.in_master_file, file_id), BegunFile())

    def whole(self, file_id: int) -> None:
        """Forget a file that is whole."""
        del self._begun[self.in_master_file, file_id]

    def start_over(self, file_id: int) -> None:
        """Forget what was read of a file, and keep in which lengths it wants to be read."""
        self.file(file_id).content.clear()

    def first_le(self, file_id: int) -> int:
        """Return how many bytes to ask for at the start of a file whose size is not known."""
        if self._probing or len(self.file(file_id).refused) >= _REFUSALS_BEFORE_PROBE:
            return min(HEADER_PROBE_BYTES, self._longest)
        return self.next_le(file_id)

    def next_le(self, file_id: int) -> int:
        """Return the most bytes to ask for at once within a file."""
        special = self.file(file_id).longest
        return self._longest if special is None else min(special, self._longest)

    def asks(self, file_id: int, le: int) -> None:
        """Note that ``le`` bytes are asked for now."""
        self._asked = (file_id, le)

    def answered(self, le: int) -> None:
        """Note that the answer to ``le`` bytes was good."""
        self._proven = max(self._proven, le)
        self._asked = None
        self._just_refused = False

    def refused(self, file_id: int, le: int, allowed: int | None = None) -> None:
        """Note that ``le`` bytes were refused; ``allowed`` when the chip said how many it gives."""
        file = self.file(file_id)
        if not file.content:
            if not file.refused:
                self._before_refusal = self._longest
            file.refused.append(le)
        step = step_below(le) if allowed is None else allowed
        if le < self._longest:  # the last piece of a file says nothing about whole ones
            file.longest = step
        else:
            self._longest = step
        self._just_refused = True

    def gave_up_short_identifier(self, file_id: int) -> None:
        """Note that files have to be selected, which explains what was refused before."""
        self.by_short_identifier = False
        file = self.file(file_id)
        if file.refused and not file.died:
            self._longest = self._before_refusal
            file.refused.clear()

    def began(self, file_id: int, total: int) -> None:
        """Judge the refusals at the start of a file, now that it is known to have ``total`` bytes.

        Some chips refuse any Le beyond the end of the file. They are asked for the header
        first from now on, and nothing is wrong with their longest answer.
        """
        refused = self.file(file_id).refused
        if refused and min(refused) > total:
            self._longest = self._before_refusal
            self._probing = True

    def presented_again(self) -> None:
        """Forget what was under way when the chip was lost."""
        self._asked = None
        self._just_refused = False

    def channel_was_lost(self) -> int | None:
        """Choose another length for what was asked last.

        Returns:
            How many bytes were asked for; None when no file was being read.

        """
        asked, self._asked = self._asked, None
        if asked is None:
            return None
        file_id, le = asked
        file = self.file(file_id)
        file.died = not file.content
        # When it died of a refusal, a lower step is chosen already.
        if le <= self._proven:  # a length that was good before: something in this file is bad
            file.longest = max(SMALLEST_LE, le // _STEEP)
        elif not self._just_refused:
            file.doubts += 1
            self.refused(file_id, le)
        self._just_refused = False
        return le
