"""What reads documents at the desk of a console: an MRZ reader, or a page scanner."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping

from drivers import catalogue
from egate.biometrics.models import ModelInvalid
from egate.cli.outcome import BadInput, Unavailable
from egate.console.desk.attached_forms import AttachedForms
from egate.console.desk.page_scanner import scanning_reader
from egate.console.desk.reader import DeskReader
from egate.console.desk.seal_trust import DeskSealTrust
from egate.console.local_time import DHAKA
from egate.domain.time import UtcSeconds
from egate.optical.page_reading import page_reader
from egate.optical.page_threads import PageThreads
from egate.ports.devices import DriverOptionError
from egate.settings import ConsoleSettings, Device
from egate.trust.store import TrustStore, TrustStoreError


@contextlib.asynccontextmanager
async def opened_desk_reader(
    settings: ConsoleSettings, now: Callable[[], UtcSeconds]
) -> AsyncIterator[DeskReader | None]:
    """Give the reader of the desk of ``settings``, None where there is none, or it types.

    Args:
        settings: of the console.
        now: the wall clock.

    Raises:
        BadInput: a driver, its address or its options are not known.
        Unavailable: a file of the readers of characters is missing or damaged, or there is no
            usable trust store where one is named.
        SettingsError: a model of documents cannot be used.

    """
    desk = settings.desk
    if desk and desk.page_scanner:
        scanner = _opened(catalogue.PAGE_SCANNERS, desk.page_scanner, "desk.page_scanner")
        async with contextlib.aclosing(scanner):
            try:
                if desk.trust_store:
                    await asyncio.to_thread(TrustStore.open, desk.trust_store)
                read = await asyncio.to_thread(page_reader, DeskSealTrust(desk.trust_store))
            except (ModelInvalid, TrustStoreError) as error:
                raise Unavailable(f"console: {error}") from error
            with contextlib.closing(PageThreads()) as threads:
                yield scanning_reader(
                    scanner, read, threads, lambda: dt.datetime.fromtimestamp(now(), DHAKA).date()
                )
    elif desk and desk.reader:
        reader = _opened(catalogue.MRZ_READERS, desk.reader, "desk.reader")
        async with contextlib.aclosing(reader):
            yield DeskReader(reader, AttachedForms())
    else:
        yield None


def _opened(
    drivers: Mapping[str, catalogue.Factory[catalogue.Port]], named: Device, place: str
) -> catalogue.Port:
    try:
        return catalogue.find(drivers, named.driver)(named.address, named.options)
    except DriverOptionError as error:
        raise BadInput(f"{place}: {error}") from error
