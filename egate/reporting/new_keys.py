"""The keys with which a station is enrolled: made, waiting for their certificates, in use.

They are on the disk, or on the token, before the centre is asked: if the answer is lost, the same
enrolment token may be used again with the same keys.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from egate.durable_files import put_file
from egate.reporting.authority import key_as_pem
from egate.reporting.key_on_token import OnToken, TokenKey, public_key_from
from egate.reporting.x509_faults import X509_FAULTS
from egate.settings import Tls

_PRIVATE: Final = 0o600


class Chains(NamedTuple):
    """Certificates of the centre in PEM: ours, and that of the key with which we only serve."""

    own: bytes
    serving: bytes


@dataclass(frozen=True, slots=True)
class NewKeys:
    """Keys that are not in use yet.

    Args:
        tls: where they will be.
        own: by which the centre will know us.
        serving: with which we only serve, where the other one is on a token.

    """

    tls: Tls
    own: ec.EllipticCurvePrivateKey
    serving: ec.EllipticCurvePrivateKey | None = None

    def install(self, chains: Chains) -> None:
        """Take them into use with their certificates; those of before are gone afterwards.

        Raises:
            OSError: a file cannot be written.
            SignerUnavailable: the token is away.

        """
        tls = self.tls
        if isinstance(tls, OnToken) and self.serving is not None:
            put_file(tls.key_token.certificate, chains.own)
            put_file(tls.key, key_as_pem(self.serving), _PRIVATE)
            put_file(tls.certificate, chains.serving)
            _remove_others(tls, self.own)
            _waiting(tls.key_token.certificate).unlink()
        else:
            put_file(tls.key, key_as_pem(self.own), _PRIVATE)
            put_file(tls.certificate, chains.own)
        _waiting(tls.key).unlink()


def new_keys(tls: Tls) -> NewKeys:
    """Return the keys of an attempt that was not answered, or new ones.

    Raises:
        OSError: they cannot be kept.
        SignerUnavailable: the token is away.

    """
    if isinstance(tls, OnToken):
        return NewKeys(tls, _token_key_in_waiting(tls), _key_in_waiting(tls.key))
    return NewKeys(tls, _key_in_waiting(tls.key))


def _waiting(file: Path) -> Path:
    return file.with_name(f"{file.name}.enrolling")


def _key_in_waiting(file: Path) -> ec.EllipticCurvePrivateKey:
    waiting = _waiting(file)
    if waiting.exists():
        try:
            kept = serialization.load_pem_private_key(waiting.read_bytes(), password=None)
        except X509_FAULTS:
            kept = None
        if isinstance(kept, ec.EllipticCurvePrivateKey):
            return kept
    key = ec.generate_private_key(ec.SECP256R1())
    put_file(waiting, key_as_pem(key), _PRIVATE)
    return key


def _token_key_in_waiting(tls: OnToken) -> TokenKey:
    """Return the key on the token that waits: the public one is noted beside the certificate."""
    waiting = _waiting(tls.key_token.certificate)
    name = waiting.read_bytes() if waiting.exists() else b""
    if name not in tls.opened.public_keys():
        name = tls.opened.generate()
        put_file(waiting, name)
    return TokenKey(tls.opened, public_key_from(name))


def _remove_others(tls: OnToken, own: ec.EllipticCurvePrivateKey) -> None:
    for name in tls.opened.public_keys():
        if public_key_from(name) != own.public_key():
            tls.opened.remove(name)
