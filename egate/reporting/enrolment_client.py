"""How a gate or a console gets its certificate of the centre, and the next one in time."""

from datetime import datetime
from pathlib import Path
from typing import Final

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from grpc import aio

from egate.durable_files import put_file
from egate.ports.reporting import CentreUnavailable
from egate.reporting.authority import key_as_pem, make_request
from egate.reporting.channel import explain
from egate.reporting.identity import Identity, IdentityMissing, Role, identity_of, server_name
from egate.reporting.link import Link
from egate.reporting.x509_faults import X509_FAULTS
from egate.settings import SettingsError, Tls
from egate.wire.v1 import enrolment_pb2 as wire
from egate.wire.v1 import enrolment_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 15.0
_MAX_CHAIN_BYTES: Final = 64 << 10
_PRIVATE: Final = 0o600


class EnrolmentRefused(Exception):
    """The centre gives no certificate, or one that is not ours; says why in one line."""


async def enrol(address: str, tls: Tls, token: str, identity: Identity) -> None:
    """Get a first certificate and put it, with a new key, where ``tls`` names them.

    The key is on the disk before the centre is asked, beside its place: if the answer is lost,
    the same token and the same key may be sent again.

    Args:
        address: of the centre's enrolment, as ``host:port``.
        tls: its ``ca`` is there: by it the centre is known. The other two files are made.
        token: as an officer of the centre gave it.
        identity: what the certificate must say.

    Raises:
        EnrolmentRefused: the token is of no use, or is for somebody else.
        CentreUnavailable: nothing is known; try again.
        SettingsError: a file cannot be read or written.

    """
    try:
        authority = tls.ca.read_bytes()
        key = _key_in_waiting(tls.key)
    except OSError as error:
        raise SettingsError(f"{error.filename}: {error.strerror}") from error
    request = wire.EnrolRequest(token=token, certificate_request=make_request(key))
    options = (("grpc.ssl_target_name_override", server_name(Role.CENTRE)),)
    channel = aio.secure_channel(address, grpc.ssl_channel_credentials(authority), options=options)
    async with channel:
        try:
            stub = wire_grpc.EnrolmentServiceStub(channel)
            answer = await stub.Enrol(request, timeout=_DEADLINE_SECONDS)
        except aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.PERMISSION_DENIED:
                raise EnrolmentRefused(f"{address}: {error.details()}") from error
            raise CentreUnavailable(explain(error, address, Role.CENTRE)) from error
    _check(answer.certificate_chain, key.public_key(), identity, address)
    try:
        put_file(tls.key, key_as_pem(key), _PRIVATE)
        put_file(tls.certificate, answer.certificate_chain)
        _waiting(tls.key).unlink()
    except OSError as error:
        raise SettingsError(f"{error.filename}: {error.strerror}") from error


class CertificateRenewal:
    """Gets the next certificate for the key that we have, when two thirds of this one are over.

    The key stays, so one file is replaced, at once: whenever the power goes, key and
    certificate fit. Channels and servers take the new one by themselves. A new key comes by
    enrolling again.

    Args:
        link: to the centre, with the certificate of ``tls``.
        tls: our files.

    """

    def __init__(self, link: Link, tls: Tls) -> None:
        self._link = link
        self._tls = tls

    async def renew_if_due(self, now: datetime) -> datetime | None:
        """Get the next certificate if it is time, and return its end; None if it is not.

        Args:
            now: the wall clock, in UTC.

        Raises:
            CentreUnavailable: it is time, and the centre did not answer or gives none.
            EnrolmentRefused: what it gave is not our certificate.
            SettingsError: a file cannot be read or written.

        """
        try:
            present = self._tls.certificate.read_bytes()
            certificate = x509.load_pem_x509_certificate(present)
            key = serialization.load_pem_private_key(self._tls.key.read_bytes(), password=None)
        except OSError as error:
            raise SettingsError(f"{error.filename}: {error.strerror}") from error
        except (ValueError, TypeError):
            raise SettingsError(f"{self._tls.certificate}: no certificate with its key") from None
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if now < begin + (end - begin) * 2 / 3 or not isinstance(key, ec.EllipticCurvePrivateKey):
            return None
        request = wire.RenewRequest(certificate_request=make_request(key))
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.CertificateServiceStub(await self._link.channel())
            answer = await stub.Renew(request, timeout=_DEADLINE_SECONDS)
        chain = answer.certificate_chain
        _check(chain, key.public_key(), identity_of(present), self._link.address)
        try:
            put_file(self._tls.certificate, chain)
        except OSError as error:
            raise SettingsError(f"{self._tls.certificate}: {error.strerror}") from error
        return x509.load_pem_x509_certificate(chain).not_valid_after_utc


def _check(chain: bytes, key: ec.EllipticCurvePublicKey, identity: Identity, address: str) -> None:
    if len(chain) > _MAX_CHAIN_BYTES:
        raise EnrolmentRefused(f"{address}: gave more than a certificate")
    try:
        given = identity_of(chain)
        its_key = x509.load_pem_x509_certificate(chain).public_key()
    except (IdentityMissing, *X509_FAULTS):
        raise EnrolmentRefused(f"{address}: gave no certificate of ours") from None
    if given != identity:
        raise EnrolmentRefused(f"{address}: the token is for {given.role} {given.name}")
    if its_key != key:
        raise EnrolmentRefused(f"{address}: gave a certificate for another key")


def _waiting(key: Path) -> Path:
    return key.with_name(f"{key.name}.enrolling")


def _key_in_waiting(file: Path) -> ec.EllipticCurvePrivateKey:
    """Return the key of an attempt that was not answered, or a new one, on the disk."""
    waiting = _waiting(file)
    if waiting.exists():
        try:
            kept = serialization.load_pem_private_key(waiting.read_bytes(), password=None)
        except (ValueError, TypeError):
            kept = None
        if isinstance(kept, ec.EllipticCurvePrivateKey):
            return kept
    key = ec.generate_private_key(ec.SECP256R1())
    put_file(waiting, key_as_pem(key), _PRIVATE)
    return key
