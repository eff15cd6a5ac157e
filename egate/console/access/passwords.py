"""Passwords: how they are kept, and which ones are taken.

Length counts and composition does not (NIST SP 800-63B §3.1.1.2); what is kept is Argon2id
with the parameters of RFC 9106 §4 for little memory.
"""

import asyncio
import secrets
import unicodedata
from enum import StrEnum
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

MIN_PASSWORD_LENGTH: Final = 12
MAX_PASSWORD_LENGTH: Final = 128
_MIN_DIFFERENT: Final = 5
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_GROUPS: Final = 4
_GROUP_LETTERS: Final = 4
_MOST_AT_ONCE: Final = 2  # 64 MiB and a core each


class PasswordFault(StrEnum):
    """Why a new password is not taken."""

    SHORT = "short"
    LONG = "long"
    SIMPLE = "simple"
    NAMES_THE_OFFICER = "names_the_officer"
    SAME = "same"


class Passwords:
    """Hashes and verifies, off the event loop and only a few at once."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._at_once = asyncio.Semaphore(_MOST_AT_ONCE)
        self._nobodys = _nobodys()

    def hash_now(self, password: str) -> str:
        """Return what is kept of ``password``; takes a core for some 50 ms."""
        return self._hasher.hash(_normalised(password))

    async def hash(self, password: str) -> str:
        async with self._at_once:
            return await asyncio.to_thread(self.hash_now, password)

    async def verify(self, kept: str | None, password: str) -> bool:
        """Return whether ``password`` is the one of ``kept``; of nobody it takes as long."""
        if len(password) > MAX_PASSWORD_LENGTH:
            password, kept = "", None
        async with self._at_once:
            return await asyncio.to_thread(self._verify, kept, password)

    def _verify(self, kept: str | None, password: str) -> bool:
        try:
            self._hasher.verify(kept or self._nobodys, _normalised(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


def password_fault(password: str, officer_id: str) -> PasswordFault | None:
    """Return why ``password`` is not good enough for this officer, None if it is."""
    plain = _normalised(password)
    if len(plain) < MIN_PASSWORD_LENGTH:
        return PasswordFault.SHORT
    if len(password) > MAX_PASSWORD_LENGTH:
        return PasswordFault.LONG
    if officer_id in plain.lower():
        return PasswordFault.NAMES_THE_OFFICER
    if len(set(plain)) < _MIN_DIFFERENT:
        return PasswordFault.SIMPLE
    return None


def first_password() -> str:
    """Return a password for the first log-in, easy to copy from paper; 79 bits."""
    return "-".join(
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LETTERS)) for _ in range(_GROUPS)
    )


@cache
def _nobodys() -> str:
    """Return what is kept of a password that nobody has, the same for the life of the process."""
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY).hash(secrets.token_hex(16))


def _normalised(password: str) -> str:
    # A conjunct may be typed in more than one way, and is one password all the same.
    return unicodedata.normalize("NFKC", password)
