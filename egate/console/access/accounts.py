"""Accounts of officers: local, so that they work while the centre is away."""

import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from egate.console.access.officer import ConsoleRole, Officer
from egate.console.access.passwords import Passwords, first_password
from egate.console.language import Language
from egate.domain.time import UtcSeconds

FIRST_PASSWORD_SECONDS: Final = 72 * 3600.0
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_GATE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MAX_NAME_LENGTH: Final = 80
_MAX_GATES: Final = 10
_COLUMNS: Final = (
    "officer_id, name, roles, gates, language, password, first_until, disabled_at, totp IS NOT NULL"
)


class BadAccount(Exception):
    """What was given makes no account; never names a value of a person.

    Args:
        about: which field it is.
        reason: what it has to be.

    """

    def __init__(self, about: str, reason: str) -> None:
        super().__init__(f"{about}: {reason}")
        self.about = about


class NoSuchOfficer(Exception):
    """Nobody has this id."""


class AccountState(StrEnum):
    FIRST = "first"  # the first log-in is to come
    WORKS = "works"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Account:
    """An officer, and how the officer proves to be it.

    Args:
        officer: who.
        password: its Argon2id hash.
        first_until: until when the first password, which somebody else knows, is good for
            setting an own one; None once that was done.
        disabled_at: since when nobody logs in with it.
        has_totp: an authenticator app is set up.

    """

    officer: Officer
    password: str = field(repr=False)
    first_until: UtcSeconds | None
    disabled_at: UtcSeconds | None
    has_totp: bool

    @property
    def state(self) -> AccountState:
        if self.disabled_at is not None:
            return AccountState.DISABLED
        return AccountState.WORKS if self.first_until is None else AccountState.FIRST


class Accounts:
    """The officers of one console.

    Args:
        database: of ``open_accounts``.
        passwords: hash them.
        now: the wall clock.

    """

    def __init__(
        self,
        database: sqlite3.Connection,
        passwords: Passwords,
        now: Callable[[], UtcSeconds],
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._now = now

    def all(self) -> tuple[Account, ...]:
        rows = self._database.execute(f"SELECT {_COLUMNS} FROM officers ORDER BY officer_id")  # noqa: S608 - a constant
        return tuple(_account(row) for row in rows)

    def find(self, officer_id: str) -> Account | None:
        row = self._database.execute(
            f"SELECT {_COLUMNS} FROM officers WHERE officer_id = ?",  # noqa: S608 - a constant
            (officer_id,),
        ).fetchone()
        return _account(row) if row else None

    def get(self, officer_id: str) -> Account:
        """Return the account of ``officer_id``.

        Raises:
            NoSuchOfficer: nobody has it.

        """
        if (account := self.find(officer_id)) is None:
            raise NoSuchOfficer(f"no officer {officer_id!r}")
        return account

    def add(
        self,
        officer_id: str,
        name: str,
        roles: Iterable[ConsoleRole],
        gates: Iterable[str] = (),
        language: Language = Language.BANGLA,
    ) -> str:
        """Add an officer.

        Returns:
            The first password, good for 72 hours and for nothing but setting an own one.

        Raises:
            BadAccount: a field is wrong, or somebody has the id already.

        """
        if not _ID.fullmatch(officer_id):
            raise BadAccount("officer_id", "1 to 64 of a-z, 0-9, . _ -; the first no sign")
        name = " ".join(name.split())
        if not 1 <= len(name) <= _MAX_NAME_LENGTH or not name.isprintable():
            raise BadAccount("name", f"1 to {_MAX_NAME_LENGTH} printable characters")
        written = _written(roles, gates)
        password = first_password()
        kept = self._passwords.hash_now(password)
        until = self._now() + FIRST_PASSWORD_SECONDS
        try:
            with self._database:
                self._database.execute(
                    "INSERT INTO officers"
                    " (officer_id, name, roles, gates, language, password, first_until)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (officer_id, name, *written, language, kept, until),
                )
        except sqlite3.IntegrityError:
            raise BadAccount("officer_id", "somebody has it already") from None
        return password

    def appoint(self, officer_id: str, roles: Iterable[ConsoleRole], gates: Iterable[str]) -> None:
        """Give an officer other roles and lanes, and end the officer's sessions.

        Raises:
            BadAccount: as of ``add``.
            NoSuchOfficer: nobody has this id.

        """
        written = _written(roles, gates)
        with self._database:
            self._change(officer_id, "roles = ?, gates = ?", written)
            self._end_sessions(officer_id)

    def disable(self, officer_id: str) -> None:
        """Let nobody log in with the account, and end its sessions.

        Raises:
            NoSuchOfficer: nobody has this id.

        """
        with self._database:
            self._change(officer_id, "disabled_at = coalesce(disabled_at, ?)", (self._now(),))
            self._end_sessions(officer_id)

    def reset(self, officer_id: str) -> str:
        """Begin anew: a first password, no second factor; an account that was disabled works.

        Returns:
            The first password, as of ``add``.

        Raises:
            NoSuchOfficer: nobody has this id.

        """
        password = first_password()
        kept = self._passwords.hash_now(password)
        until = self._now() + FIRST_PASSWORD_SECONDS
        with self._database:
            self._change(
                officer_id,
                "password = ?, first_until = ?, disabled_at = NULL, totp = NULL, new_totp = NULL",
                (kept, until),
            )
            for table in ("recovery_codes", "passkeys", "known_addresses"):
                self._database.execute(
                    f"DELETE FROM {table} WHERE officer_id = ?",  # noqa: S608 - a constant
                    (officer_id,),
                )
            self._end_sessions(officer_id)
        return password

    def speak(self, officer_id: str, language: Language) -> None:
        """Keep the language of an officer's pages."""
        with self._database:
            self._change(officer_id, "language = ?", (language,))

    def set_password(self, officer_id: str, kept: str) -> None:
        """Keep the hash of an officer's own password, which replaces the first one."""
        with self._database:
            self._change(officer_id, "password = ?, first_until = NULL", (kept,))

    def _change(self, officer_id: str, what: str, values: tuple[object, ...]) -> None:
        changed = self._database.execute(
            f"UPDATE officers SET {what} WHERE officer_id = ?",  # noqa: S608 - constants
            (*values, officer_id),
        )
        if changed.rowcount == 0:
            raise NoSuchOfficer(f"no officer {officer_id!r}")

    def _end_sessions(self, officer_id: str) -> None:
        self._database.execute("DELETE FROM sessions WHERE officer_id = ?", (officer_id,))


def check_appointment(roles: Iterable[ConsoleRole], gates: Iterable[str]) -> None:
    """Return if an officer can have these roles and lanes.

    Raises:
        BadAccount: there are none, too many, or some that go not together.

    """
    _written(roles, gates)


def _written(roles: Iterable[ConsoleRole], gates: Iterable[str]) -> tuple[str, str]:
    """Return roles and lanes as they are kept."""
    appointed, lanes = sorted(set(roles)), sorted(set(gates))
    if not appointed:
        raise BadAccount("roles", "at least one")
    if ConsoleRole.AUDITOR in appointed and len(appointed) > 1:
        raise BadAccount("roles", "an auditor has no other one, so that nobody audits himself")
    if len(lanes) > _MAX_GATES or not all(_GATE.fullmatch(lane) for lane in lanes):
        raise BadAccount("gates", f"at most {_MAX_GATES} ids of lanes")
    return " ".join(appointed), " ".join(lanes)


def _account(row: tuple[Any, ...]) -> Account:
    officer_id, name, roles, gates, language, *proof = row
    appointed = frozenset(ConsoleRole(role) for role in roles.split())
    officer = Officer(officer_id, name, appointed, Language(language), tuple(gates.split()))
    password, first_until, disabled_at, has_totp = proof
    return Account(officer, password, first_until, disabled_at, bool(has_totp))
