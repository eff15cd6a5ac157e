"""Personal data at rest: the one place where it is encrypted.

The key is a file beside the database. Against a stolen database file alone it
protects, against a stolen disk it does not: a later version keeps the key in the
machine's TPM, and only this module changes.
"""

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from egate.durable_files import synchronise

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class SealBroken(Exception):
    """Sealed bytes were changed, or sealed with another key or for another purpose."""


class KeyFileUnusable(Exception):
    """The key file cannot be read or made; the message names it and the fault."""


class Seal:
    """AES-256-GCM under one key; ``about`` binds the bytes to what they belong to."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        # Of its own, so that no key is used for two purposes.
        self._fingerprint_key = hmac.digest(key, b"fingerprint", "sha256")

    @classmethod
    def from_file(cls, file: Path) -> Self:
        """Take the key from ``file``, which is made (mode 0600) if there is none.

        Raises:
            KeyFileUnusable: it cannot be read or made, or holds no key.

        """
        try:
            _make_if_absent(file)
            key = file.read_bytes()
        except OSError as error:
            raise KeyFileUnusable(f"{file}: {error.strerror}") from error
        if len(key) != _KEY_BYTES:
            raise KeyFileUnusable(f"{file}: not a key of {_KEY_BYTES} bytes")
        return cls(key)

    def seal(self, plain: bytes, about: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, about.encode())

    def fingerprint(self, content: bytes, about: str) -> bytes:
        """Return 32 bytes by which ``content`` is told again, and which say nothing of it."""
        return hmac.digest(self._fingerprint_key, about.encode() + b"\x00" + content, "sha256")

    def unseal(self, sealed: bytes, about: str) -> bytes:
        """Return what was sealed.

        Raises:
            SealBroken: the bytes are not what ``seal`` made for ``about``.

        """
        nonce, content = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, content, about.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"{about}: the seal is broken") from error


def _make_if_absent(file: Path) -> None:
    """Make a key that is whole from its first moment on: half of one would unseal nothing."""
    if file.exists():
        return
    new = file.with_name(f"{file.name}.{secrets.token_hex(8)}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(_KEY_BYTES))
            stream.flush()
            os.fsync(handle)
        with suppress(FileExistsError):  # another process was quicker; its key it is
            os.link(new, file)
    finally:
        new.unlink()
    synchronise(file.parent)
