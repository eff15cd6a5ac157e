"""Sessions of officers who are logged in.

They are kept in the file of accounts and survive a restart of the console: an update or a crash
in a full hall must not send every officer through a log-in. What was locked stays locked, and
the times go on. A browser holds 256 random bits; the file holds their hash, so that whoever
reads the file has no session.
"""

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from egate.domain.time import UtcSeconds

_MOST_OF_AN_OFFICER: Final = 5  # a workstation, a tablet, and some that were left
_UNFINISHED_SECONDS: Final = 900.0
_TOUCH_SECONDS: Final = 10.0
_SECRET_LENGTH: Final = 43  # of 256 bits in base64url


class SessionState(StrEnum):
    """How far a session has come."""

    FIRST = "first"  # own password and second factor are still to be set
    PASSKEY = "passkey"  # the password was right, the security key is asked for
    OPEN = "open"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it stands now.

    Args:
        fingerprint: by which it is kept.
        officer_id: whose.
        state: how far it has come.
        token: what its pages send back, against requests of other pages.
        locks_at: when it locks unless a key is pressed.
        challenge: what a security key is asked to sign.

    """

    fingerprint: bytes = field(repr=False)
    officer_id: str
    state: SessionState
    token: str = field(repr=False)
    locks_at: UtcSeconds
    challenge: bytes | None = field(repr=False)


class Sessions:
    """All sessions of the console.

    Args:
        database: of ``open_accounts``.
        lock_seconds: without a key or a click until a session locks.
        end_seconds: from the log-in until it ends, whatever happens.
        now: the wall clock.

    """

    def __init__(
        self,
        database: sqlite3.Connection,
        lock_seconds: float,
        end_seconds: float,
        now: Callable[[], UtcSeconds],
    ) -> None:
        self._database = database
        self._lock_seconds = lock_seconds
        self._end_seconds = end_seconds
        self._now = now

    def begin(self, officer_id: str, state: SessionState) -> str:
        """Begin a session and return its secret, for the cookie; always a new one."""
        secret, now = secrets.token_urlsafe(32), self._now()
        with self._database:
            self._database.execute(
                "DELETE FROM sessions WHERE began_at <= ?", (now - self._end_seconds,)
            )
            self._database.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, NULL, NULL)",
                (_fingerprint(secret), officer_id, state, now, now),
            )
            self._database.execute(
                "DELETE FROM sessions WHERE officer_id = ?1 AND fingerprint NOT IN (SELECT"
                " fingerprint FROM sessions WHERE officer_id = ?1 ORDER BY began_at DESC LIMIT ?2)",
                (officer_id, _MOST_OF_AN_OFFICER),
            )
        return secret

    def find(self, secret: str) -> Session | None:
        """Return the session of a cookie, None if it has ended or never was."""
        if len(secret) != _SECRET_LENGTH or not secret.isascii():
            return None
        row = self._database.execute(
            "SELECT officer_id, stage, began_at, active_at, locked_at, challenge FROM sessions"
            " WHERE fingerprint = ?",
            (_fingerprint(secret),),
        ).fetchone()
        return self._standing(secret, row) if row else None

    def _standing(self, secret: str, row: tuple[Any, ...]) -> Session | None:
        officer_id, stage, began_at, active_at, locked_at, challenge = row
        state, now = SessionState(stage), self._now()
        ends_at = began_at + (
            self._end_seconds if state is SessionState.OPEN else _UNFINISHED_SECONDS
        )
        if now >= ends_at:
            self.end(_fingerprint(secret))
            return None
        locks_at = UtcSeconds(min(active_at + self._lock_seconds, ends_at))
        if state is SessionState.OPEN and (locked_at is not None or now >= locks_at):
            state = SessionState.LOCKED
        return Session(_fingerprint(secret), officer_id, state, _token(secret), locks_at, challenge)

    def touch(self, session: Session) -> UtcSeconds:
        """Note that the officer is there; return when the session locks now."""
        now = self._now()
        locks_at = UtcSeconds(now + self._lock_seconds)
        if locks_at - session.locks_at >= _TOUCH_SECONDS:
            self._set(session, "active_at = ?", now)
        return locks_at

    def lock(self, session: Session) -> None:
        self._set(session, "locked_at = ?", self._now())

    def unlock(self, session: Session) -> None:
        self._set(session, "locked_at = NULL, active_at = ?", self._now())

    def ask(self, session: Session, challenge: bytes | None) -> None:
        """Keep what the security key of ``session`` is to sign; None: nothing any more."""
        self._set(session, "challenge = ?", challenge)

    def end(self, fingerprint: bytes) -> None:
        with self._database:
            self._database.execute("DELETE FROM sessions WHERE fingerprint = ?", (fingerprint,))

    def end_all(self, officer_id: str) -> None:
        with self._database:
            self._database.execute("DELETE FROM sessions WHERE officer_id = ?", (officer_id,))

    def end_others(self, session: Session) -> None:
        """End the officer's other sessions: whoever has one may not be the officer."""
        with self._database:
            self._database.execute(
                "DELETE FROM sessions WHERE officer_id = ? AND fingerprint != ?",
                (session.officer_id, session.fingerprint),
            )

    def _set(self, session: Session, what: str, value: object) -> None:
        with self._database:
            self._database.execute(
                f"UPDATE sessions SET {what} WHERE fingerprint = ?",  # noqa: S608 - constants
                (value, session.fingerprint),
            )


def _fingerprint(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _token(secret: str) -> str:
    return hmac.digest(secret.encode(), b"token of the pages", "sha256").hex()
