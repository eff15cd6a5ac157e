"""What somebody types to be let in, and how it is refused."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from egate.console.access.passwords import PasswordFault

_LONGEST_ID: Final = 64


class Wrong(StrEnum):
    """What of a log-in was wrong: for the audit log, and for nobody who tries."""

    OFFICER = "no such officer"
    PASSWORD = "password"  # noqa: S105 - the word
    CODE = "code"
    PASSKEY = "security key"
    DISABLED = "the account is disabled"
    FIRST_PASSWORD_OLD = "the first password is too old"  # noqa: S105 - a sentence
    SAME_OFFICER = "the same officer"
    PERMISSION = "no permission"


class LogInRefused(Exception):
    """Id, password or code are not right; which one is not said."""


class SecondRefused(Exception):
    """Nobody else has confirmed: wrong id, password or code, the same officer, or no permission."""


class PasswordRefused(Exception):
    """A new password is not good enough, or the present one was wrong."""

    def __init__(self, fault: PasswordFault | None) -> None:
        super().__init__(fault or "present password")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody typed to be let in.

    Args:
        officer_id: who it claims to be.
        password: of that account.
        code: of the authenticator, or a recovery code; empty where a security key follows.

    """

    officer_id: str
    password: str = field(repr=False)
    code: str = field(repr=False)

    @classmethod
    def typed(cls, officer_id: str, password: str, code: str) -> Self:
        """Take what was typed, with the id as it is kept."""
        return cls(officer_id.strip().lower()[:_LONGEST_ID], password, code)
