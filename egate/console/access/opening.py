"""Opens what access needs, for the console and for the command beside it."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from egate.console.access.access import Access
from egate.console.access.database import open_accounts
from egate.console.access.sessions import Sessions
from egate.console.audit.log import AuditLog
from egate.domain.time import UtcSeconds
from egate.durable_files.database import DatabaseUnusable
from egate.outbox.sealing import KeyFileUnusable, Seal
from egate.settings.services import ConsoleLogIn

_FILE: Final = "officers.sqlite"
_KEY: Final = "officers.key"


@contextmanager
def opened_access(
    state: Path, times: ConsoleLogIn, audit: AuditLog, now: Callable[[], UtcSeconds]
) -> Iterator[Access]:
    """Open the accounts in ``state``, or make them.

    The key of the secrets of authenticators lies beside them.

    Args:
        state: folder of the console.
        times: how long sessions last.
        audit: the log of the same console.
        now: the wall clock.

    Raises:
        DatabaseUnusable: they cannot be opened.

    """
    with closing(open_accounts(state / _FILE)) as database:
        try:
            seal = Seal.from_file(state / _KEY)
        except KeyFileUnusable as error:
            raise DatabaseUnusable(str(error)) from error
        sessions = Sessions(database, times.lock_minutes * 60, times.end_hours * 3600, now)
        yield Access(database, seal, sessions, audit, now)
