"""Officers of the tests: a key each, and a policy that they sign."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from egate.policy_files.signatures import as_text, sign, signature_file

OFFICERS = {
    name: Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    for number, name in enumerate(("a.rahman", "s.begum", "n.karim"), 1)
}


def public_pem(officer: str) -> bytes:
    key = OFFICERS[officer].public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private_pem(officer: str) -> bytes:
    key = OFFICERS[officer]
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_folder(parent: Path, *officers: str) -> Path:
    """Return a folder with the public keys of ``officers``, of all if none is named."""
    folder = parent / "keys"
    folder.mkdir()
    for officer in officers or OFFICERS:
        (folder / f"{officer}.pem").write_bytes(public_pem(officer))
    return folder


def signed_by(file: Path, *officers: str) -> Path:
    """Put the signatures of ``officers`` beside ``file``."""
    signatures = [sign(file.read_bytes(), OFFICERS[each], each) for each in officers]
    signature_file(file).write_text(as_text(signatures))
    return file
