"""Mutual TLS from PEM files: checked when loaded, read again when they change."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import grpc
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import (
    CertificatePublicKeyTypes,
    PrivateKeyTypes,
    PublicKeyTypes,
)

from egate.reporting.identity import Identity, IdentityMissing, Role, identity_of
from egate.reporting.key_on_token import OnToken, TokenKey, credentials_of_client
from egate.reporting.x509_faults import X509_FAULTS
from egate.settings import SettingsError, Tls

_MAX_PEM_BYTES: Final = 1 << 20

Stamp = tuple[tuple[int, int, int], ...]
"""Time, size and inode of each file: differs when one was replaced."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The content of the files of ``Tls``, known to fit together.

    Args:
        ca: certificates of the authorities of both ends.
        certificate: ours, by which servers know us and with which records are signed.
        own_key: of ``certificate``.
        serving: a certificate of the same identity and its key, in PEM, for our own servers.
        serving_key: that key; ``own_key`` itself where that is in a file.
        identity: ours.

    """

    ca: bytes
    certificate: bytes
    own_key: PrivateKeyTypes = field(repr=False)
    serving: tuple[bytes, bytes] = field(repr=False)
    serving_key: PrivateKeyTypes = field(repr=False)
    identity: Identity

    def for_client(self) -> grpc.ChannelCredentials:
        """Return credentials of a client."""
        if isinstance(self.own_key, TokenKey):
            return credentials_of_client(self.ca, self.certificate, self.own_key)
        return grpc.ssl_channel_credentials(self.ca, self.serving[1], self.certificate)


def load(tls: Tls, role: Role | None = None) -> Credentials:
    """Read the files and check that they fit together; a token is not asked.

    Args:
        tls: their paths.
        role: what the certificate must make us; None when any role will do.

    Raises:
        SettingsError: a file is missing or unreadable, the key is not the certificate's,
            or the certificate is not for ``role``; names the file.

    """
    ca, certificate, key = (_read(file) for file in (tls.ca, tls.certificate, tls.key))
    _parse_certificate(tls.ca, ca)
    certified = _public_key_of_certificate(tls.certificate, certificate)
    private = _parse_key(tls.key, key)
    if _encoded(certified) != _encoded(private.public_key()):
        raise SettingsError(f"{tls.key}: not the key of {tls.certificate}")
    identity = _identity_of(tls.certificate, certificate)
    if role is not None and identity.role is not role:
        raise _of_another_role(tls, identity.role, role)
    serving = (certificate, key)
    if not isinstance(tls, OnToken):
        return Credentials(ca, certificate, private, serving, private, identity)
    own, own_key = _on_token(tls, identity)
    return Credentials(ca, own, own_key, serving, private, identity)


def own_certificate(tls: Tls) -> Path:
    """Return the file of the certificate by which the centre knows us."""
    return tls.key_token.certificate if isinstance(tls, OnToken) else tls.certificate


def _on_token(tls: OnToken, identity: Identity) -> tuple[bytes, TokenKey]:
    file = own_certificate(tls)
    certificate = _read(file)
    key = _public_key_of_certificate(file, certificate)
    if _identity_of(file, certificate) != identity:
        raise SettingsError(f"{file}: not of the same holder as {tls.certificate}")
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SettingsError(f"{file}: its key is not on an elliptic curve")
    return certificate, TokenKey(tls.opened, key)


def _identity_of(file: Path, certificate: bytes) -> Identity:
    try:
        return identity_of(certificate)
    except IdentityMissing as error:
        raise SettingsError(f"{file}: {error}") from error


def check_at_start(tls: Tls, roles: Collection[Role], now: datetime) -> str:
    """Check also what no peer would forgive, to say it before a traveller comes.

    Return what time has done to the certificate, in one line, "" while it is valid. That mends
    itself or is mended while we run, so who can work without peers does.

    Args:
        tls: our files.
        roles: what the certificate may make us, the usual one first.
        now: the wall clock, in UTC.

    Raises:
        SettingsError: as `load`; or the certificate is for another role, or of an authority
            that is not in ``tls.ca``.

    """
    loaded = load(tls)
    if loaded.identity.role not in roles:
        raise _of_another_role(tls, loaded.identity.role, next(iter(roles)))
    chains = {own_certificate(tls): loaded.certificate, tls.certificate: loaded.serving[0]}
    faults = [_fault_in_time(tls, file, chain, now) for file, chain in chains.items()]
    return next(filter(None, faults), "")


def _fault_in_time(tls: Tls, file: Path, chain: bytes, now: datetime) -> str:
    own, *between = x509.load_pem_x509_certificates(chain)
    authorities = x509.load_pem_x509_certificates(_read(tls.ca))
    issuer = next((each for each in (*between, *authorities) if has_issued(each, own)), None)
    if issuer is None:
        raise SettingsError(f"{file}: not issued by an authority of {tls.ca}")
    return _period_fault(file, own, now) or _period_fault(tls.ca, issuer, now)


def has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether ``issuer`` signed ``certificate``, as far as names and the signature say."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _period_fault(file: Path, certificate: x509.Certificate, now: datetime) -> str:
    if now > certificate.not_valid_after_utc:
        return f"{file}: expired on {certificate.not_valid_after_utc:%Y-%m-%d}"
    if now < certificate.not_valid_before_utc:
        begin = certificate.not_valid_before_utc
        return f"{file}: not valid before {begin:%Y-%m-%d}; is the clock right?"
    return ""


def _of_another_role(tls: Tls, has: Role, needed: Role) -> SettingsError:
    return SettingsError(f"{tls.certificate}: a certificate for a {has}, and this is a {needed}")


def stamp(tls: Tls) -> Stamp:
    """Return the state of the files; () when one is missing."""
    try:
        states = [file.stat() for file in (tls.ca, tls.certificate, tls.key, own_certificate(tls))]
    except OSError:
        return ()
    return tuple((state.st_mtime_ns, state.st_size, state.st_ino) for state in states)


def valid_until(file: Path) -> datetime | None:
    """Return when the certificate in ``file`` ends, None where there is none that can be read."""
    try:
        return _parse_certificate(file, _read(file)).not_valid_after_utc
    except SettingsError:
        return None


def for_server(tls: Tls, role: Role, *, known_clients: bool) -> grpc.ServerCredentials:
    """Return credentials of a server.

    New files take effect with the next handshake; files that do not fit together
    are ignored until they do.

    Args:
        tls: our files.
        role: what the certificate must make us.
        known_clients: every client must have a certificate of our authority.

    Raises:
        SettingsError: as `load`.

    """
    known = stamp(tls)
    first = _server_configuration(load(tls, role))

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        nonlocal known
        if (now := stamp(tls)) == known:
            return None
        try:
            fresh = load(tls, role)
        except SettingsError:
            return None
        known = now
        return _server_configuration(fresh)

    return grpc.dynamic_ssl_server_credentials(
        first,
        renewed,  # type: ignore[arg-type]  # the stub forgets that None means no change
        require_client_authentication=known_clients,
    )


def _server_configuration(loaded: Credentials) -> grpc.ServerCertificateConfiguration:
    certificate, key = loaded.serving
    return grpc.ssl_server_certificate_configuration(
        [(key, certificate)], root_certificates=loaded.ca
    )


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_PEM_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from error
    if len(content) > _MAX_PEM_BYTES:
        raise SettingsError(f"{file}: larger than {_MAX_PEM_BYTES} bytes")
    return content


def _parse_certificate(file: Path, content: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(content)[0]
    except X509_FAULTS:
        raise SettingsError(f"{file}: no PEM certificate") from None


def _public_key_of_certificate(file: Path, content: bytes) -> CertificatePublicKeyTypes:
    leaf = _parse_certificate(file, content)
    try:
        return leaf.public_key()
    except X509_FAULTS:
        raise SettingsError(f"{file}: a certificate with a key that cannot be read") from None


def _parse_key(file: Path, content: bytes) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(content, password=None)
    except X509_FAULTS:
        raise SettingsError(f"{file}: no PEM private key without a password") from None


def _encoded(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
