"""The page scanner of one lane, with all that is done with its pages."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from egate.domain.policy.policy import Policy
from egate.gate.clocks import Clocks
from egate.gate.page_inspection import PageInspection
from egate.gate.page_watcher import PageMrzReader, PageReading, PageWatcher
from egate.gate.pages import PageSlot
from egate.gate.printed_portrait import PrintedPortraitCheck
from egate.gate.travellers_page import TravellersPage
from egate.gate.work import Work
from egate.optical.page_reading import ReadPage
from egate.optical.page_threads import PageThreads
from egate.ports.devices import MrzReader, PageScanner


@dataclass(frozen=True, slots=True)
class PageProcedures:
    """What the lane does with pages.

    Args:
        read: reads the MRZ of one, and knows how to look at its pictures.
        printed: the check of the printed portrait.

    """

    read: ReadPage
    printed: PrintedPortraitCheck


class LanePages:
    """The pages of one lane; of a lane without a scanner there are none.

    Args:
        scanner: None in a lane without one.
        procedures: needed with a scanner.
        policy: gives the one in force.
        clocks: of this machine.

    """

    def __init__(
        self,
        scanner: PageScanner | None,
        procedures: PageProcedures | None,
        policy: Callable[[], Policy],
        clocks: Clocks,
    ) -> None:
        self.slot = PageSlot(clocks)
        self._policy = policy
        self._threads = PageThreads()
        self._reading: PageReading | None = None
        self.printed: PrintedPortraitCheck | None = None
        self.inspection: PageInspection | None = None
        if scanner and procedures:
            self._reading = PageReading(
                scanner, self.slot, procedures.read, self._threads.reading, clocks
            )
            self.printed = procedures.printed
            self.inspection = PageInspection(self._threads.inspecting)

    def of(self, work: Work) -> TravellersPage:
        """Return where the page of one session is found."""
        return TravellersPage(self.slot, work.mrz, work.portrait, self._policy)

    def mrz_reader(self) -> MrzReader:
        """Return the scanner as the MRZ reader of a lane that has no other.

        Raises:
            ValueError: there is no scanner, either.

        """
        if self._reading is None:
            raise ValueError("a lane has an MRZ reader, or a page scanner that reads the MRZ")
        return PageMrzReader(self._reading)

    def watching(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        """Return what runs for the pages of a lane that has an MRZ reader, too."""
        return (PageWatcher(self._reading).run,) if self._reading else ()

    def close(self) -> None:
        """Let the threads go."""
        self._threads.close()
