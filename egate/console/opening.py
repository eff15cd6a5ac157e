"""Opens what a console keeps and reaches, for as long as it is served."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from egate.console.access.opening import opened_access
from egate.console.audit.log import FILE_NAME, AuditLog
from egate.console.cases.open_cases import OpenCases
from egate.console.cases.work import case_work
from egate.console.context import Console
from egate.console.desk.reader import DeskReader
from egate.console.hall.attending import Attendance
from egate.console.hall.live import Hall
from egate.console.hall.shift_book import FILE_NAME as SHIFTS_NAME
from egate.console.hall.shift_book import ShiftBook
from egate.console.hall.shifts import Shifts
from egate.console.pages import Pages
from egate.console.reaching import Reached
from egate.console.supervision.delivery import Delivery
from egate.console.supervision.thresholds import Thresholds
from egate.console.supervision.to_check import ToCheck
from egate.domain.time import UtcSeconds
from egate.policy_files.sealed_keys import SealedKeys
from egate.reporting.gate_client import GateLink
from egate.settings import ConsoleSettings

SIGNING_KEYS: Final = "signing-keys"
"""Folder of officers' signing keys, sealed, below the console's."""


class StateUnusable(Exception):
    """The folder of what the console keeps cannot be used; one line with its name."""


@contextlib.contextmanager
def opened(
    settings: ConsoleSettings,
    far: Reached,
    now: Callable[[], UtcSeconds],
    reader: DeskReader | None = None,
) -> Iterator[Console]:
    """Open the console of ``settings`` inside the block.

    Args:
        settings: of this console.
        far: whom it reaches.
        now: the wall clock.
        reader: of documents at the desk; None where there is none, or it types.

    Raises:
        StateUnusable: its folder cannot be made or written.
        DatabaseUnusable: its accounts, or its book of shifts, cannot be opened.
        AuditUnusable: its audit log cannot.
        SettingsError: the office's table of reasons, or a specimen, cannot be used.

    """
    try:
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StateUnusable(f"{settings.state}: {error.strerror}") from error
    with contextlib.ExitStack() as open_now:
        audit = AuditLog(settings.state / FILE_NAME, now)
        open_now.callback(audit.close)
        times = settings.log_in
        access = open_now.enter_context(opened_access(settings.state, times, audit, now))
        hall = Hall(far.gates, now)
        shifts = _shifts(settings, hall, now, open_now)
        delivery, centre = _delivery(settings, far.gates, now), far.centre
        yield Console(
            settings=settings,
            hall=hall,
            shifts=shifts,
            attendance=Attendance(hall, shifts),
            access=access,
            audit=audit,
            cases=case_work(OpenCases(hall, now), far.desk, settings, access, audit),
            desk=far.desk,
            reader=reader,
            centre=centre,
            delivery=delivery,
            to_check=ToCheck(
                delivery.thresholds if delivery else None,
                centre.lists if centre else None,
                hall.tell,
            ),
            pages=Pages(),
            now=now,
        )


def _delivery(
    settings: ConsoleSettings, links: Mapping[str, GateLink], now: Callable[[], UtcSeconds]
) -> Delivery | None:
    if settings.policy is None:
        return None
    keys = SealedKeys(settings.state / SIGNING_KEYS)
    return Delivery(Thresholds(settings.policy, keys, now), links)


def _shifts(
    settings: ConsoleSettings,
    hall: Hall,
    now: Callable[[], UtcSeconds],
    open_now: contextlib.ExitStack,
) -> Shifts:
    book = ShiftBook.opened(settings.state / SHIFTS_NAME)
    open_now.callback(book.close)
    limits = settings.hall
    return Shifts(book, limits.most_lanes, 60.0 * limits.rotation_minutes, now, hall.tell)
