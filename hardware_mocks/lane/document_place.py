"""Where documents are laid down: the MRZ reader, the page scanner and the chip reader below it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol

from hardware_mocks.lane.condition import ChipInTrouble, Condition, LinkInTrouble
from hardware_mocks.page_scanner.folder import FolderScanner
from hardware_mocks.page_scanner.scanning import Scan
from hardware_mocks.wire.pace import Pace
from hardware_mocks.wire.vpcd import AT_ONCE, InsertedChip, ReaderAbsent, VirtualCard

_READER_RETRY_SECONDS: Final = 0.5


class Placed(NamedTuple):
    """What lies on the reader: the lines of its MRZ, its chip, and how its data page looks."""

    mrz: Sequence[str]
    chip: InsertedChip
    page: Scan | None = None


class MrzDevice(Protocol):
    """What the place needs of a reader of any kind."""

    async def run(self) -> None: ...

    async def lay(self, lines: Sequence[str]) -> None: ...

    async def lift(self) -> None: ...


class DocumentPlace:
    """Lays documents on every device of the place, one after the other.

    Args:
        reader: of the MRZ.
        card: the chip reader's end of the wire.
        scanner: of data pages; None in a lane without.
        link: how slow the chip's is.

    """

    def __init__(
        self,
        reader: MrzDevice,
        card: VirtualCard,
        scanner: FolderScanner | None,
        *,
        link: Pace = AT_ONCE,
    ) -> None:
        self._reader = reader
        self._card = card
        self._scanner = scanner
        self._link = link
        self._wanted: Placed | None = None
        self._lying: Placed | None = None
        self._changed = asyncio.Event()
        self._inserted: InsertedChip | None = None
        self._chip_condition = Condition.WHOLE

    @property
    def occupied(self) -> bool:
        """Whether a document lies there."""
        return self._wanted is not None

    @property
    def chip_lost(self) -> bool:
        """Whether the chip of the document has left the field by itself."""
        laid = self._wanted is not None and self._inserted is self._wanted.chip
        return laid and not self._card.inserted

    def lay(self, placed: Placed) -> None:
        """Lay a document down; both readers notice it a moment later."""
        self._wanted = placed
        self._changed.set()

    def lift(self) -> None:
        """Take it away."""
        self._wanted = None
        self._changed.set()

    def set_chip_condition(self, condition: Condition) -> None:
        """Bring the chip reader's field into ``condition``; unplugged, it loses the chip."""
        was_away, self._chip_condition = self._field_is_away, condition
        if was_away is not self._field_is_away:
            self._changed.set()

    @property
    def _field_is_away(self) -> bool:
        return self._chip_condition is Condition.UNPLUGGED

    async def run(self, *, seed: Callable[[], int]) -> None:
        """Move documents until cancelled; ``seed`` is of each chip's troubles."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            wanted, self._inserted = self._wanted, None
            await self._card.remove()
            if wanted is not self._lying:
                await self._move(wanted)
            if wanted is not None and not self._field_is_away:
                await self._insert(wanted.chip, seed())

    async def _move(self, wanted: Placed | None) -> None:
        await self._reader.lift()
        self._lying = wanted
        if wanted is None:
            return
        if self._scanner is not None and wanted.page is not None:
            await asyncio.to_thread(self._scanner.scan, wanted.page)
        await self._reader.lay(wanted.mrz)

    async def _insert(self, chip: InsertedChip, seed: int) -> None:
        def now() -> Condition:
            return self._chip_condition

        while not self._changed.is_set():
            try:
                await self._card.insert(
                    ChipInTrouble(chip, now, seed=seed),
                    LinkInTrouble(self._link.link_kbit, self._link.apdu_ms, now),
                )
            except ReaderAbsent:  # the gate is down; people wait
                await asyncio.sleep(_READER_RETRY_SECONDS)
            else:
                self._inserted = chip
                return
