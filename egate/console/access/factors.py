"""What proves an officer beside the password: authenticator app, recovery codes, known address."""

import sqlite3
from collections.abc import Callable
from typing import Any, Final

from egate.console.access.second_factor import (
    new_recovery_codes,
    new_totp_secret,
    totp_step,
    typed_recovery_code,
)
from egate.domain.time import UtcSeconds
from egate.outbox.sealing import Seal

_KNOWN_SECONDS: Final = 30 * 24 * 3600.0


class Factors:
    """The second factors of the officers of ``Accounts``; each officer id is one of theirs.

    Args:
        database: of ``open_accounts``.
        seal: of the secrets of authenticators.
        now: the wall clock.

    """

    def __init__(
        self, database: sqlite3.Connection, seal: Seal, now: Callable[[], UtcSeconds]
    ) -> None:
        self._database = database
        self._seal = seal
        self._now = now

    def offered_totp(self, officer_id: str) -> str:
        """Return the secret for the officer's authenticator, the same until one is taken."""
        if (sealed := self._value(officer_id, "new_totp")) is not None:
            return self._seal.unseal(sealed, _about_totp(officer_id)).decode()
        secret = new_totp_secret()
        sealed = self._seal.seal(secret.encode(), _about_totp(officer_id))
        with self._database:
            self._database.execute(
                "UPDATE officers SET new_totp = ? WHERE officer_id = ?", (sealed, officer_id)
            )
        return secret

    def take_totp(self, officer_id: str, code: str) -> bool:
        """Make the offered secret the officer's own, if ``code`` shows that it was taken in."""
        step = totp_step(self.offered_totp(officer_id), code, self._now(), 0)
        if step is None:
            return False
        with self._database:
            self._database.execute(
                "UPDATE officers SET totp = new_totp, new_totp = NULL, totp_step = ?"
                " WHERE officer_id = ?",
                (step, officer_id),
            )
        return True

    def use_totp(self, officer_id: str, code: str) -> bool:
        """Return whether ``code`` is one of the officer's authenticator that was never used."""
        if (sealed := self._value(officer_id, "totp")) is None:
            return False
        secret = self._seal.unseal(sealed, _about_totp(officer_id)).decode()
        step = totp_step(secret, code, self._now(), self._value(officer_id, "totp_step"))
        if step is None:
            return False
        with self._database:  # of two log-ins with one code, one finds it unused
            used = self._database.execute(
                "UPDATE officers SET totp_step = ?1 WHERE officer_id = ?2 AND totp_step < ?1",
                (step, officer_id),
            )
        return used.rowcount == 1

    def renew_recovery_codes(self, officer_id: str) -> tuple[str, ...]:
        """Return new recovery codes, which are not to be had again; the old ones are gone."""
        codes = new_recovery_codes()
        with self._database:
            self._database.execute("DELETE FROM recovery_codes WHERE officer_id = ?", (officer_id,))
            self._database.executemany(
                "INSERT INTO recovery_codes VALUES (?, ?)",
                [(officer_id, self._fingerprint(officer_id, code)) for code in codes],
            )
        return codes

    def use_recovery_code(self, officer_id: str, code: str) -> bool:
        """Return whether ``code`` is a recovery code of the officer; it is used up then."""
        fingerprint = self._fingerprint(officer_id, typed_recovery_code(code))
        with self._database:
            used = self._database.execute(
                "DELETE FROM recovery_codes WHERE officer_id = ? AND fingerprint = ?",
                (officer_id, fingerprint),
            )
        return used.rowcount == 1

    def recovery_codes_left(self, officer_id: str) -> int:
        left = self._database.execute(
            "SELECT count(*) FROM recovery_codes WHERE officer_id = ?", (officer_id,)
        )
        return int(left.fetchone()[0])

    def knows_address(self, officer_id: str, address: str) -> bool:
        """Return whether the officer logged in from ``address`` within the last 30 days."""
        found = self._database.execute(
            "SELECT 1 FROM known_addresses WHERE officer_id = ? AND address = ? AND used_at > ?",
            (officer_id, address, self._now() - _KNOWN_SECONDS),
        )
        return found.fetchone() is not None

    def note_address(self, officer_id: str, address: str) -> None:
        """Remember that the officer logged in from ``address``."""
        now = self._now()
        with self._database:
            self._database.execute(
                "DELETE FROM known_addresses WHERE used_at <= ?", (now - _KNOWN_SECONDS,)
            )
            self._database.execute(
                "INSERT OR REPLACE INTO known_addresses VALUES (?, ?, ?)",
                (officer_id, address, now),
            )

    def _fingerprint(self, officer_id: str, code: str) -> bytes:
        return self._seal.fingerprint(code.encode(), f"recovery code of {officer_id}")

    def _value(self, officer_id: str, column: str) -> Any:  # noqa: ANN401 - as the column is
        row = self._database.execute(
            f"SELECT {column} FROM officers WHERE officer_id = ?",  # noqa: S608 - a constant
            (officer_id,),
        ).fetchone()
        return row[0] if row else None


def _about_totp(officer_id: str) -> str:
    return f"totp of {officer_id}"
