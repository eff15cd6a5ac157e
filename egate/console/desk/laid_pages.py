"""The page that was laid on the desk's scanner last: looked at, shown to one officer, let go."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from egate.biometrics.officer_picture import page_picture
from egate.console.desk.attached_forms import AttachedForm, AttachedForms
from egate.domain.desk_record import MOST_VISAS
from egate.domain.evidence import InspectedVisa, TravelDocument
from egate.domain.optical_finding import Light, OpticalFinding
from egate.emrtd.checks import CheckResult, Outcome
from egate.emrtd.mrz.parse import Mrz
from egate.observability.logging import logger
from egate.optical.mrz_image.reading import MrzImageUnread
from egate.optical.page_findings import INSPECTING_SECONDS, TOO_SLOW, findings_of, unmade
from egate.optical.page_reading import PageRead
from egate.ports.devices import PageScan

KEPT_SECONDS: Final = 300.0
_LOOK_SECONDS: Final = 1.0

_Key = tuple[str, str]


@dataclass(slots=True, eq=False)
class LaidPage:
    """One page, in memory alone. Personal throughout.

    Args:
        laid_at: when, in seconds of the clock of ``LaidPages``.
        read: what it says of itself, or why no MRZ was read.
        pictures: JPEG by light, once they are made.
        findings: of its checks, none where no MRZ was read and nothing failed; None while they
            are made.

    """

    laid_at: float
    read: PageRead | MrzImageUnread = field(repr=False)
    pictures: Mapping[Light, bytes] = field(default_factory=dict, repr=False)
    findings: tuple[OpticalFinding, ...] | None = field(default=None, repr=False)

    @property
    def mrz(self) -> Mrz | None:
        return self.read.mrz if isinstance(self.read, PageRead) else None

    @property
    def is_visa(self) -> bool:
        """Whether it is a visa (9303-7 section 4.2.2), which has a number of its own."""
        return self.mrz is not None and _is_visa(self.mrz)

    @property
    def is_clear(self) -> bool:
        """Whether its checks have ended, and none has failed."""
        return bool(self.findings) and not _has_failed(self.findings or ())

    def is_of(self, issuing_state: str, number: str) -> bool:
        """Say whether the page is of the document of this State and number."""
        return self.mrz is not None and _key_of(self.mrz) == _key(issuing_state, number)

    def is_of_another(self, date_of_birth: str) -> bool:
        """Say whether its bearer was born on another day than this, ISO 8601; "" for unknown."""
        return self.mrz is not None and _is_of_another(self.mrz, date_of_birth)


class _Inspected(NamedTuple):
    """How the checks of a page ended, when its pictures have gone."""

    mrz: Mrz
    checks: tuple[CheckResult, ...]


class LaidPages:
    """Holds one page, for the session whose form was attached when it was laid down.

    The page is gone with the next one, when the officer is done with it or locks, and after
    five minutes. What its checks found is kept until the officer is done, to be recorded.

    Args:
        forms: that are open.
        thread: where pictures are looked at; not that of the MRZ, for which an officer waits.
        clock: monotonic, in seconds.

    """

    def __init__(
        self, forms: AttachedForms, thread: Executor, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._forms = forms
        self._thread = thread
        self._clock = clock
        self._holder: AttachedForm | None = None
        self._page: LaidPage | None = None
        self._found: dict[_Key, _Inspected] = {}
        self._unseen: asyncio.Queue[tuple[LaidPage, PageScan]] = asyncio.Queue()

    def clear(self) -> None:
        """Let the page go: another document lies there."""
        if self._page is not None:
            self._page = None
            self._forms.tell({"page": "changed"})

    def lay(self, scan: PageScan, read: PageRead | MrzImageUnread) -> None:
        """Take the page that lies there now, for the form that attached last; else for nobody."""
        self.clear()
        holder = self._forms.last
        if holder is None:
            return
        if self._holder is None or self._holder.session != holder.session:
            self._found.clear()
        self._holder, self._page = holder, LaidPage(self._clock(), read)
        if self._page.mrz:  # what is taken away before anybody looks at it was laid down, too
            self._note(self._page.mrz, unmade(TOO_SLOW))
        self._unseen.put_nowait((self._page, scan))
        self._forms.tell({"page": "changed"})

    def of(self, session: bytes) -> LaidPage | None:
        """Return the page that lies there, to the session that it is for."""
        return self._page if self._is_of(session) else None

    def checks_of(self, session: bytes, document: TravelDocument) -> tuple[CheckResult, ...]:
        """Return how the checks of the page of ``document`` ended; () where none were made."""
        found = self._inspected(session).get(_key_of(document))
        return found.checks if found else ()

    def visas_of(self, session: bytes, document: TravelDocument) -> tuple[InspectedVisa, ...]:
        """Return the visas that were laid down beside ``document``, which may be its bearer's."""
        return tuple(
            InspectedVisa(mrz.document_code, mrz.issuing_state, mrz.document_number, checks)
            for key, (mrz, checks) in self._inspected(session).items()
            if _is_visa(mrz)
            and key != _key_of(document)
            and not _is_of_another(mrz, document.date_of_birth)
        )[:MOST_VISAS]

    def let_go(self, session: bytes) -> None:
        """Forget everything, if it is of ``session``: its officer is done with it."""
        if self._is_of(session):
            self._forget()

    async def keep(self) -> None:
        """Look at each page, and let it go in time, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_letting_go())
            while True:
                # No variable here holds a page while the next one is waited for.
                await self._look_at(*await self._unseen.get())

    async def _look_at(self, page: LaidPage, scan: PageScan) -> None:
        if page is not self._page:
            return
        loop = asyncio.get_running_loop()
        found: tuple[OpticalFinding, ...] = ()
        try:
            async with asyncio.timeout(INSPECTING_SECONDS):
                page.pictures = await loop.run_in_executor(self._thread, _pictures, scan)
                found = await loop.run_in_executor(self._thread, findings_of, scan, page.read)
        except TimeoutError:
            logger().warning(TOO_SLOW)
            found = unmade(TOO_SLOW)
        page.findings = found if page.mrz or _has_failed(found) else ()
        if page is self._page:
            if page.mrz:
                self._note(page.mrz, found)
            self._forms.tell({"page": "changed"})

    async def _keep_letting_go(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if self._holder and not self._holder.is_open():
                self._forget()
            elif self._page and self._clock() - self._page.laid_at >= KEPT_SECONDS:
                self.clear()

    def _forget(self) -> None:
        self.clear()
        self._holder = None
        self._found.clear()

    def _inspected(self, session: bytes) -> Mapping[_Key, _Inspected]:
        return self._found if self._is_of(session) else {}

    def _note(self, mrz: Mrz, found: Iterable[OpticalFinding]) -> None:
        checks = tuple(each.as_result() for each in found)
        self._found[_key_of(mrz)] = _Inspected(mrz, checks)

    def _is_of(self, session: bytes) -> bool:
        return self._holder is not None and self._holder.session == session


def _has_failed(found: Iterable[OpticalFinding]) -> bool:
    return any(each.outcome is Outcome.FAILED for each in found)


def _pictures(scan: PageScan) -> Mapping[Light, bytes]:
    """Return what an officer sees of a page. Computing work."""
    lights = {
        Light.WHITE: scan.white,
        Light.INFRARED: scan.infrared,
        Light.ULTRAVIOLET: scan.ultraviolet,
    }
    return MappingProxyType(
        {light: page_picture(image) for light, image in lights.items() if image is not None}
    )


def _key(issuing_state: str, number: str) -> _Key:
    return issuing_state, "".join(each for each in number.upper() if each.isalnum())


def _key_of(document: Mrz | TravelDocument) -> _Key:
    return _key(document.issuing_state, document.document_number)


def _is_visa(mrz: Mrz) -> bool:
    return mrz.document_code.startswith("V")


def _is_of_another(mrz: Mrz, date_of_birth: str) -> bool:
    return bool(mrz.date_of_birth and date_of_birth) and mrz.date_of_birth != date_of_birth
