"""Opens what a console keeps and reaches, for as long as it is served."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping

from egate.console.access.opening import opened_access
from egate.console.audit.log import FILE_NAME, AuditLog
from egate.console.centre import CentreLinks
from egate.console.context import Console
from egate.console.desk.writing import DeskWriting
from egate.console.live import GateLink, Hall
from egate.console.pages import Pages
from egate.domain.time import UtcSeconds
from egate.settings import ConsoleSettings


class StateUnusable(Exception):
    """The folder of what the console keeps cannot be used; one line with its name."""


@contextlib.contextmanager
def opened(
    settings: ConsoleSettings,
    links: Mapping[str, GateLink],
    now: Callable[[], UtcSeconds],
    desk: DeskWriting | None = None,
    centre: CentreLinks | None = None,
) -> Iterator[Console]:
    """Open the console of ``settings`` inside the block.

    Args:
        settings: of this console.
        links: gate id to the gate, in the order of the board.
        now: the wall clock.
        desk: open; None where this console is no desk.
        centre: open; None where the console knows its lanes alone.

    Raises:
        StateUnusable: its folder cannot be made or written.
        AccountsUnusable: its accounts cannot be opened.
        AuditUnusable: its audit log cannot.

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
        yield Console(
            settings=settings,
            hall=Hall(links, time.monotonic),
            access=access,
            audit=audit,
            desk=desk,
            centre=centre,
            pages=Pages(),
            now=now,
        )
