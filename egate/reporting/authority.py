"""The project's own certification authority: certificates of gates, and what is revoked.

Who a certificate is for is decided by whoever calls; nothing of a request but its public key
gets into a certificate (RFC 5280, RFC 2986).
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from egate.reporting.identity import Identity, server_name
from egate.reporting.x509_faults import X509_FAULTS
from egate.settings import SettingsError

MAX_REQUEST_BYTES: Final = 8 << 10
_CLOCKS_DIFFER: Final = timedelta(minutes=5)

Validity = tuple[datetime, datetime]
"""From when to when, in UTC."""


class RequestUnusable(Exception):
    """A certificate request is malformed, of another curve, or proves nothing; says which."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that may sign others, and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def from_files(cls, certificate: Path, key: Path) -> Self:
        """Read both (PEM).

        Raises:
            SettingsError: one cannot be used, or they do not belong together; names the file.

        """
        try:
            authority = x509.load_pem_x509_certificate(certificate.read_bytes())
            public = authority.public_key()
            private = serialization.load_pem_private_key(key.read_bytes(), password=None)
        except OSError as error:
            raise SettingsError(f"{error.filename}: {error.strerror}") from error
        except X509_FAULTS:
            raise SettingsError(f"{certificate}, {key}: no PEM certificate and key") from None
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise SettingsError(f"{key}: not a key on an elliptic curve")
        if private.public_key() != public:
            raise SettingsError(f"{key}: not the key of {certificate}")
        return cls(authority, private)

    @classmethod
    def create(cls, name: str, validity: Validity) -> Self:
        """Return a new authority with a new key on P-256; it signs no further authorities.

        Args:
            name: no two authorities may have the same.
            validity: from when to when.

        """
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named(name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(validity[0])
            .not_valid_after(validity[1])
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(for_authority=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    def pem(self) -> bytes:
        """Return its certificate in PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def certify(
        self,
        public_key: ec.EllipticCurvePublicKey,
        identity: Identity,
        validity: Validity,
        hosts: Sequence[str] = (),
        *,
        only_serves: bool = False,
    ) -> bytes:
        """Return a certificate in PEM.

        Args:
            public_key: of its holder.
            identity: of its holder.
            validity: from when to when.
            hosts: DNS names and IP addresses of the holder.
            only_serves: no server takes it for a caller's (RFC 5280 §4.2.1.12).

        """
        usages = [ExtendedKeyUsageOID.SERVER_AUTH]
        if not only_serves:
            usages.append(ExtendedKeyUsageOID.CLIENT_AUTH)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_named(identity.name))
            .issuer_name(self.certificate.subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(validity[0])
            .not_valid_after(validity[1])
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(for_authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(_alternative_names(identity, hosts), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM)

    def from_now(self, now: datetime, length: timedelta) -> Validity:
        """Return when something signed now begins and ends.

        It begins early enough for a clock that is behind, and ends with the authority itself.

        Args:
            now: the wall clock, in UTC.
            length: how long it shall last.

        """
        return now - _CLOCKS_DIFFER, min(now + length, self.certificate.not_valid_after_utc)

    def revocation_list(
        self, revoked: Iterable[tuple[str, datetime]], number: int, validity: Validity
    ) -> bytes:
        """Return a CRL in PEM.

        Args:
            revoked: serial in hexadecimal, and when it was revoked.
            number: greater than that of every list before.
            validity: when it is made, and when the next one is due.

        """
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(validity[0])
            .next_update(validity[1])
            .add_extension(x509.CRLNumber(number), critical=False)
        )
        for serial, at in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(int(serial, 16))
            builder = builder.add_revoked_certificate(entry.revocation_date(at).build())
        made = builder.sign(self.key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM)


def only_serves(certificate: x509.Certificate) -> bool:
    """Whether the holder of ``certificate`` may serve with its key, and nothing else."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.CLIENT_AUTH not in usage


def make_request(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a certificate request for ``key`` (PKCS#10, DER); it names nobody."""
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def check_request(request: bytes) -> ec.EllipticCurvePublicKey:
    """Return the public key of ``request`` (PKCS#10, DER), whose holder the caller is.

    Raises:
        RequestUnusable: it is none, its key is not on P-256, or its signature is not of that key.

    """
    if len(request) > MAX_REQUEST_BYTES:
        raise RequestUnusable(f"larger than {MAX_REQUEST_BYTES} bytes")
    try:
        parsed = x509.load_der_x509_csr(request)
        key = parsed.public_key()
        proven = parsed.is_signature_valid
    except X509_FAULTS:
        raise RequestUnusable("not a certificate request") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise RequestUnusable("its key is not on P-256")
    if not proven:
        raise RequestUnusable("not signed with its own key")
    return key


def _named(common_name: str) -> x509.Name:
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


def key_as_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return ``key`` in PEM (PKCS#8, not encrypted)."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


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
