"""How a gate or a console gets its certificate of the centre, and the next one in time."""

from datetime import datetime
from typing import Final

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from grpc import aio

from egate.durable_files import put_file
from egate.ports.reporting import CentreUnavailable
from egate.reporting import credentials
from egate.reporting.authority import make_request
from egate.reporting.channel import explain
from egate.reporting.identity import Identity, IdentityMissing, Role, identity_of, server_name
from egate.reporting.link import Link
from egate.reporting.new_keys import Chains, NewKeys, new_keys
from egate.reporting.x509_faults import X509_FAULTS
from egate.settings import SettingsError, Tls
from egate.wire.v1 import enrolment_pb2 as wire
from egate.wire.v1 import enrolment_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 15.0
_MAX_CHAIN_BYTES: Final = 64 << 10


class EnrolmentRefused(Exception):
    """The centre gives no certificate, or one that is not ours; says why in one line."""


async def enrol(address: str, tls: Tls, token: str, identity: Identity) -> None:
    """Get first certificates and put them, with new keys, where ``tls`` names them.

    If the answer is lost, the same token and the same keys may be sent again.

    Args:
        address: of the centre's enrolment, as ``host:port``.
        tls: its ``ca`` is there: by it the centre is known. The other files are made.
        token: as an officer of the centre gave it.
        identity: what the certificate must say.

    Raises:
        EnrolmentRefused: the token is of no use, or is for somebody else.
        CentreUnavailable: nothing is known; try again.
        SettingsError: a file cannot be read or written.
        SignerUnavailable: the token of ``tls`` is away.

    """
    try:
        authority = tls.ca.read_bytes()
        keys = new_keys(tls)
    except OSError as error:
        raise SettingsError(f"{error.filename}: {error.strerror}") from error
    request = wire.EnrolRequest(
        token=token,
        certificate_request=make_request(keys.own),
        serving_request=make_request(keys.serving) if keys.serving else b"",
    )
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
    chains = _checked(answer, keys, identity, address)
    try:
        keys.install(chains)
    except OSError as error:
        raise SettingsError(f"{error.filename}: {error.strerror}") from error


class CertificateRenewal:
    """Gets the next certificate for the key that we have, when two thirds of this one are over.

    Keys stay, so certificates are replaced one by one: whenever the power goes, each fits its
    key. Channels and servers take the new one by themselves. A new key comes by
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
            SignerUnavailable: it is time, and the token of our key is away.

        """
        present = credentials.load(self._tls)
        certificate = x509.load_pem_x509_certificate(present.certificate)
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        keys = _present_keys(self._tls, present)
        if now < begin + (end - begin) * 2 / 3 or keys is None:
            return None
        request = wire.RenewRequest(
            certificate_request=make_request(keys.own),
            serving_request=make_request(keys.serving) if keys.serving else b"",
        )
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.CertificateServiceStub(await self._link.channel())
            answer = await stub.Renew(request, timeout=_DEADLINE_SECONDS)
        chains = _checked(answer, keys, present.identity, self._link.address)
        try:
            put_file(credentials.own_certificate(self._tls), chains.own)
            if keys.serving is not None:
                put_file(self._tls.certificate, chains.serving)
        except OSError as error:
            raise SettingsError(f"{error.filename}: {error.strerror}") from error
        return x509.load_pem_x509_certificate(chains.own).not_valid_after_utc


def _present_keys(tls: Tls, present: credentials.Credentials) -> NewKeys | None:
    """Return the keys that are in use; None if they are of a kind that is not certified here."""
    own, serving = present.own_key, present.serving_key
    if not isinstance(own, ec.EllipticCurvePrivateKey):
        return None
    if own is serving or not isinstance(serving, ec.EllipticCurvePrivateKey):
        return NewKeys(tls, own)
    return NewKeys(tls, own, serving)


def _checked(
    answer: wire.EnrolResponse | wire.RenewResponse, keys: NewKeys, identity: Identity, address: str
) -> Chains:
    chains = Chains(answer.certificate_chain, answer.serving_chain)
    _check(chains.own, keys.own.public_key(), identity, address)
    if keys.serving is not None:
        _check(chains.serving, keys.serving.public_key(), identity, address)
    return chains


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
