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

from egate.reporting.identity import Identity, IdentityMissing, Role, identity_of
from egate.reporting.x509_faults import X509_FAULTS
from egate.settings import SettingsError, Tls

_MAX_PEM_BYTES: Final = 1 << 20

Stamp = tuple[tuple[int, int, int], ...]
"""Time, size and inode of each file: differs when one was replaced."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The content of the files of ``Tls``, known to fit together."""

    ca: bytes
    certificate: bytes
    key: bytes = field(repr=False)
    identity: Identity

    def for_client(self) -> grpc.ChannelCredentials:
        return grpc.ssl_channel_credentials(self.ca, self.key, self.certificate)


def load(tls: Tls, role: Role | None = None) -> Credentials:
    """Read the files and check that they fit together.

    Args:
        tls: their paths.
        role: what the certificate must make us; None when any role will do.

    Raises:
        SettingsError: a file is missing or unreadable, the key is not the certificate's,
            or the certificate is not for ``role``; names the file.

    """
    ca, certificate, key = (_read(file) for file in (tls.ca, tls.certificate, tls.key))
    _parse_certificate(tls.ca, ca)
    certified = _public_bytes_of_certificate(tls.certificate, certificate)
    if certified != _public_bytes_of_key(tls.key, key):
        raise SettingsError(f"{tls.key}: not the key of {tls.certificate}")
    try:
        identity = identity_of(certificate)
    except IdentityMissing as error:
        raise SettingsError(f"{tls.certificate}: {error}") from error
    if role is not None and identity.role is not role:
        raise _of_another_role(tls, identity.role, role)
    return Credentials(ca, certificate, key, identity)


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
    own, *between = x509.load_pem_x509_certificates(loaded.certificate)
    authorities = x509.load_pem_x509_certificates(loaded.ca)
    issuer = next((each for each in (*between, *authorities) if has_issued(each, own)), None)
    if issuer is None:
        raise SettingsError(f"{tls.certificate}: not issued by an authority of {tls.ca}")
    return _period_fault(tls.certificate, own, now) or _period_fault(tls.ca, issuer, now)


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
        states = [file.stat() for file in (tls.ca, tls.certificate, tls.key)]
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
    return grpc.ssl_server_certificate_configuration(
        [(loaded.key, loaded.certificate)], root_certificates=loaded.ca
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


def _public_bytes_of_certificate(file: Path, content: bytes) -> bytes:
    leaf = _parse_certificate(file, content)
    try:
        return leaf.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    except X509_FAULTS:
        raise SettingsError(f"{file}: a certificate with a key that cannot be read") from None


def _public_bytes_of_key(file: Path, content: bytes) -> bytes:
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SettingsError(f"{file}: no PEM private key without a password") from None
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
