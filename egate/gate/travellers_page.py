"""The scanned page of the present traveller's document, waited for and never mistaken."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from egate.domain.policy.policy import Policy
from egate.emrtd.mrz.parse import Mrz
from egate.gate.pages import Pages, ScannedPage
from egate.optical.mrz_image.reading import MrzImageUnread

NO_PAGE: Final = "no page was scanned in time"
ANOTHER_PAGE: Final = "the page is of another document"


@dataclass(frozen=True, slots=True)
class TravellersPage:
    """Where the checks of one session find their page. Personal throughout.

    Args:
        pages: of the lane.
        mrz: what the lane's MRZ reader read, once it has.
        portrait: the file EF.DG2 once it is known.
        policy: gives it: how long a page is waited for.

    """

    pages: Pages
    mrz: "asyncio.Future[Mrz]" = field(repr=False)
    portrait: "asyncio.Future[bytes | None]" = field(repr=False)
    policy: Callable[[], Policy]

    @property
    def is_there(self) -> bool:
        """Whether some page is, be it of another document."""
        return self.pages.has_page

    async def found(self) -> ScannedPage | str:
        """Wait for the page, and for its MRZ; or say why there is none.

        It is waited for as long as the chip is read, and as long as the face may take once the
        chip's portrait is known. A page of another document is somebody else's: it is let go,
        and the traveller's own is waited for. A page whose MRZ cannot be read is taken.
        """
        reason = NO_PAGE
        try:
            async with asyncio.timeout(None) as limit:
                with _Patience(limit, self):
                    while True:
                        page = await self.pages.newest()
                        await asyncio.wait([page.reading])
                        await asyncio.wait([self.mrz])
                        if self._is_own(page):
                            return page
                        reason = ANOTHER_PAGE
                        self.pages.refuse(page)
        except TimeoutError:
            return reason

    def _is_own(self, page: ScannedPage) -> bool:
        read = page.reading.result()
        return isinstance(read, MrzImageUnread) or _document(read.mrz) == _document(
            self.mrz.result()
        )


class _Patience:
    """Lets a limit begin with the chip's portrait.

    Args:
        limit: of the wait.
        page: what is waited for.

    """

    def __init__(self, limit: asyncio.Timeout, page: TravellersPage) -> None:
        self._limit = limit
        self._page = page
        self._waits = True

    def __enter__(self) -> None:
        self._page.portrait.add_done_callback(self._begin)

    def __exit__(self, *_: object) -> None:
        self._waits = False  # a call that is under way cannot be taken back any more
        self._page.portrait.remove_done_callback(self._begin)

    def _begin(self, _: object) -> None:
        if self._waits:
            seconds = self._page.policy().profile.face_seconds
            self._limit.reschedule(asyncio.get_running_loop().time() + seconds)


def _document(mrz: Mrz) -> tuple[str | None, ...]:
    """Return what tells one document from another, and opens its chip (9303-11 section 4.3.2)."""
    return mrz.issuing_state, mrz.document_number, mrz.date_of_birth, mrz.date_of_expiry
