"""A throw-away authority for mutual TLS, for the demo and the tests.

Real gates get their certificates by enrolment; nothing made here belongs on one.
"""

import ipaddress
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from egate.reporting.identity import Identity, Role, parse_urn, server_name
from egate.settings import Tls

_AUTHORITY_CERTIFICATE: Final = "authority.pem"
_AUTHORITY_KEY: Final = "authority.key"
_VALIDITY: Final = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC))
_HOSTS: Final = ("localhost", "127.0.0.1")


def create_authority(folder: Path) -> Path:
    """Make a certification authority in ``folder``, unless there is one, and return its PEM file.

    Args:
        folder: made if absent; the key in it is readable by its owner only.

    """
    certificate_file, key_file = folder / _AUTHORITY_CERTIFICATE, folder / _AUTHORITY_KEY
    if certificate_file.exists() and key_file.exists():
        return certificate_file
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"egate test authority {secrets.token_hex(4)}")  # never two of one name
    certificate = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(for_authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_file, key)
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate_file


def issue(
    folder: Path,
    role: Role | str,
    name: str,
    hosts: Sequence[str] = _HOSTS,
    validity: tuple[datetime, datetime] = _VALIDITY,
) -> Tls:
    """Make a certificate of the authority in ``folder`` and return the files as settings.

    Args:
        folder: where `create_authority` was called.
        role: ``gate``, ``console``, ``officer`` or ``centre``.
        name: the id in that role, as ``BDDAC-A-01``.
        hosts: DNS names and IP addresses of the holder.
        validity: from when to when.

    Raises:
        IdentityMissing: role and name do not make an identity.

    """
    identity = parse_urn(f"urn:egate:{role}:{name}")
    authority_file = folder / _AUTHORITY_CERTIFICATE
    authority = x509.load_pem_x509_certificate(authority_file.read_bytes())
    authority_key = serialization.load_pem_private_key(
        (folder / _AUTHORITY_KEY).read_bytes(), password=None
    )
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is an EC key")
    key = ec.generate_private_key(ec.SECP256R1())
    usages = x509.ExtendedKeyUsage(
        [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    )
    certificate = (
        _builder(_name(name), authority.subject, key.public_key(), validity)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(for_authority=False), critical=True)
        .add_extension(usages, critical=False)
        .add_extension(_alternative_names(identity, hosts), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    stem = f"{identity.role}-{identity.name}"
    certificate_file, key_file = folder / f"{stem}.pem", folder / f"{stem}.key"
    _write_key(key_file, key)
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Tls(ca=authority_file, certificate=certificate_file, key=key_file)


def _alternative_names(identity: Identity, hosts: Sequence[str]) -> x509.SubjectAlternativeName:
    names: list[x509.GeneralName] = [
        x509.UniformResourceIdentifier(identity.urn()),
        x509.DNSName(server_name(identity.role)),
    ]
    for host in hosts:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    return x509.SubjectAlternativeName(names)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    validity: tuple[datetime, datetime] = _VALIDITY,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_usage(*, for_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not for_authority,
        key_cert_sign=for_authority,
        crl_sign=for_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Write ``key`` so that no other account can read it, not even for a moment."""
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
