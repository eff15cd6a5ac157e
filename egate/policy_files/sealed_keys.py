"""Officers' signing keys at a console: each under a password that its officer alone knows.

The password is stretched by scrypt (RFC 7914) to the key of AES-256-GCM, with which the officer's
name is authenticated: nobody can put one officer's file in the place of another's.
"""

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
)

from egate.durable_files import put_file
from egate.policy_files.keys import MAX_KEY_BYTES, KeyUnusable
from egate.policy_files.signatures import Signer

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 200
_CONTEXT: Final = b"egate signing key 1\n"
_COST: Final = 1 << 16  # 64 MiB and a fifth of a second
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_SUFFIX: Final = ".key"
_PARTS: Final = ("salt", "nonce", "sealed", "public")


class PasswordWrong(KeyUnusable):
    """The password does not open the key."""


class SealedKeys:
    """The keys of a console's officers.

    Args:
        folder: of them alone, which nobody but the console may enter.

    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def public_half(self, officer: str) -> bytes | None:
        """Return the public half of the officer's key, 32 bytes; None if they have no key.

        Raises:
            KeyUnusable: it cannot be read.

        """
        return self._read(officer)["public"] if self._file(officer).exists() else None

    def make(self, officer: str, password: str) -> Ed25519PublicKey:
        """Make a key for ``officer`` in the place of the one that they had; return its public half.

        Raises:
            KeyUnusable: the password is too short or too long, or the key cannot be written.

        """
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise KeyUnusable(f"password: {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
        key = Ed25519PrivateKey.generate()
        salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
        sealed = AESGCM(_stretched(password, salt)).encrypt(
            nonce, key.private_bytes_raw(), _bound_to(officer)
        )
        public = key.public_key().public_bytes_raw()
        document = {"salt": salt, "nonce": nonce, "sealed": sealed, "public": public}
        content = json.dumps({k: base64.b64encode(v).decode() for k, v in document.items()})
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            put_file(self._file(officer), content.encode(), mode=0o600)
        except OSError as error:
            raise KeyUnusable(f"{self._folder}: {error.strerror}") from error
        return key.public_key()

    def open(self, officer: str, password: str) -> Signer:
        """Return who signs with the key of ``officer``; takes a fifth of a second.

        Raises:
            PasswordWrong: it does not open the key.
            KeyUnusable: there is none, or it cannot be read.

        """
        parts = self._read(officer)
        try:
            stretched = _stretched(password[: LONGEST_PASSWORD + 1], parts["salt"])
            seed = AESGCM(stretched).decrypt(parts["nonce"], parts["sealed"], _bound_to(officer))
        except InvalidTag:
            raise PasswordWrong(f"{officer}: the password does not open the key") from None
        return Signer(officer, Ed25519PrivateKey.from_private_bytes(seed))

    def _read(self, officer: str) -> Mapping[str, bytes]:
        file = self._file(officer)
        try:
            with file.open("rb") as stream:
                document: dict[str, Any] = json.loads(stream.read(MAX_KEY_BYTES))
            return {each: base64.b64decode(document[each], validate=True) for each in _PARTS}
        except OSError as error:
            raise KeyUnusable(f"{file}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, RecursionError):
            raise KeyUnusable(f"{file}: not a sealed key") from None

    def _file(self, officer: str) -> Path:
        return self._folder / f"{officer}{_SUFFIX}"


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Return what goes into ``NAME.pem`` of the folder of public keys."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _stretched(password: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(password.encode())


def _bound_to(officer: str) -> bytes:
    return _CONTEXT + officer.encode()
