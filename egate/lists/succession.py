"""Which version may follow which: nothing that is old, comes again, or leaves a gap."""

import datetime as dt
from typing import Final

from egate.lists.errors import ListRefused
from egate.lists.freshness import Freshness
from egate.lists.manifest import Manifest

MOST_DELTAS: Final = 100
"""Then a snapshot is due: each delta keeps a file open."""
_CLOCK_TOLERANCE: Final = dt.timedelta(minutes=5)


def check_in_force(manifest: Manifest, now: dt.datetime) -> None:
    """See that nobody uses a version whose time is over.

    Raises:
        ListRefused: it is expired, or made in the future.

    """
    if manifest.valid_until <= now:
        raise ListRefused(f"version {manifest.version}: expired")
    if manifest.made_at > now + _CLOCK_TOLERANCE:
        raise ListRefused(f"version {manifest.version}: made in the future")


def check_follows(new: Manifest, used: Manifest | None, newest: int, deltas: int) -> None:
    """See that ``new`` may come after what is there.

    Args:
        new: signed by the pinned signer.
        used: the version in use, None for none.
        newest: the greatest version that was ever taken in, even if it is damaged now.
        deltas: how many are over the snapshot in use.

    Raises:
        ListRefused: it may not.

    """
    if new.version < newest:
        raise ListRefused(f"version {new.version}: version {newest} was taken in before")
    if used is None:
        if new.is_delta:
            raise ListRefused(f"version {new.version}: a delta, and there is no snapshot")
        return
    if new.version <= used.version:
        raise ListRefused(f"version {new.version}: version {used.version} is in use")
    if new.made_at < used.made_at:
        raise ListRefused(f"version {new.version}: made before version {used.version}")
    if not new.is_delta:
        return
    if new.previous != used.version:
        raise ListRefused(
            f"version {new.version}: changes version {new.previous},"
            f" and version {used.version} is in use"
        )
    if deltas >= MOST_DELTAS:
        raise ListRefused(f"version {new.version}: {deltas} deltas already; a snapshot is due")


def check_fresher(new: Freshness, held: Freshness | None, newest: int, now: dt.datetime) -> None:
    """See that a statement is not one of before.

    Args:
        new: signed by the pinned signer.
        held: the last one, None for none.
        newest: the greatest version that was ever taken in.
        now: UTC.

    Raises:
        ListRefused: it is of an older version or time than what is here, or of the future.

    """
    if new.version < newest:
        raise ListRefused(f"freshness: of version {new.version}: version {newest} was taken in")
    if held is not None and (new.as_of < held.as_of or new.version < held.version):
        raise ListRefused("freshness: older than what is here")
    if new.as_of > now + _CLOCK_TOLERANCE:
        raise ListRefused("freshness: made in the future")
