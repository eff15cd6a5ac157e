"""Officers' keys: public ones in a folder of the gate, each private one with its officer."""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

_OFFICER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SUFFIX: Final = ".pem"
MAX_KEY_BYTES: Final = 4096
_MOST_OFFICERS: Final = 100
_OTHERS: Final = 0o077

Keys = Mapping[str, Ed25519PublicKey]


class KeyUnusable(Exception):
    """A key cannot be read or must not be used; names the file and the fault in one line."""


def is_officer(name: str) -> bool:
    """Say whether ``name`` can be an officer's: it is the name of a file of the key folder."""
    return _OFFICER.fullmatch(name) is not None


def officers_keys(folder: Path) -> Keys:
    """Return the public keys in ``folder``: ``NAME.pem``, an Ed25519 key (RFC 8410) each.

    Raises:
        KeyUnusable: it cannot be read, a file is no such key, or two officers have one key.

    """
    try:
        files = sorted(each for each in folder.iterdir() if each.suffix == _SUFFIX)
    except OSError as error:
        raise KeyUnusable(f"{folder}: {error.strerror}") from error
    if len(files) > _MOST_OFFICERS:
        raise KeyUnusable(f"{folder}: more than {_MOST_OFFICERS} keys")
    keys: dict[str, Ed25519PublicKey] = {}
    holders: dict[bytes, Path] = {}
    for file in files:
        if not is_officer(file.stem):
            raise KeyUnusable(f"{file}: the file is not named as an officer")
        key = _public(file)
        twin = holders.setdefault(key.public_bytes_raw(), file)
        if twin is not file:  # one person would be two
            raise KeyUnusable(f"{file}: is the key of {twin.name}")
        keys[file.stem] = key
    return keys


def private_key_of(file: Path) -> Ed25519PrivateKey:
    """Return the key in ``file``, which nobody but its owner may read.

    Raises:
        KeyUnusable: it cannot be read, others may read it, or it is no such key.

    """
    try:
        with file.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            raw = stream.read(MAX_KEY_BYTES + 1)
    except OSError as error:
        raise KeyUnusable(f"{file}: {error.strerror}") from error
    if not stat.S_ISREG(mode) or mode & _OTHERS:
        raise KeyUnusable(f"{file}: others may read it: chmod 600, and think of a new key")
    return parse_private_key(raw, str(file))


def parse_private_key(raw: bytes, where: str) -> Ed25519PrivateKey:
    """Return the key of a PEM file without a password; ``where`` it came from, for faults.

    Raises:
        KeyUnusable: it is no such key.

    """
    if len(raw) > MAX_KEY_BYTES:
        raise KeyUnusable(f"{where}: more than {MAX_KEY_BYTES} bytes")
    try:
        key = load_pem_private_key(raw, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):  # the last: a short X448
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{where}: not an Ed25519 key in PEM without a password")
    return key


def _public(file: Path) -> Ed25519PublicKey:
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_KEY_BYTES + 1)
    except OSError as error:
        raise KeyUnusable(f"{file}: {error.strerror}") from error
    try:
        key = None if len(raw) > MAX_KEY_BYTES else load_pem_public_key(raw)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable(f"{file}: not an Ed25519 public key in PEM")
    return key
