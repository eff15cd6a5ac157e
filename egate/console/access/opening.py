"""Opens what access needs, for the console and for the command beside it."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from egate.console.access.access import Access
from egate.console.access.accounts import Accounts, AccountState
from egate.console.access.database import open_accounts
from egate.console.access.officer import Officer
from egate.console.access.passwords import Passwords
from egate.console.access.sessions import Sessions
from egate.console.audit.log import AuditLog
from egate.domain.time import UtcSeconds
from egate.durable_files.database import DatabaseUnusable
from egate.outbox.database import reading
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


def who_may_log_in(state: Path, now: UtcSeconds) -> tuple[Officer, ...]:
    """Return the officers of the console in ``state`` who are not kept out; it may run meanwhile.

    Whoever let the time of a first password pass has to be given another one.

    Args:
        state: folder of the console.
        now: the wall clock.

    Raises:
        DatabaseUnusable: the accounts cannot be read, or there are none.

    """
    with reading(state / _FILE) as database:
        accounts = Accounts(database, Passwords(), lambda: now).all()
    return tuple(
        each.officer
        for each in accounts
        if each.state is not AccountState.DISABLED
        and (each.first_until is None or each.first_until > now)
    )
