"""Who may call the centre and how they come to their certificates, as the settings say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from grpc import aio

from egate.central.admission import Admission
from egate.central.database import Pool
from egate.central.enrolment import CertificateService, EnrolmentService, Issuing
from egate.central.evidence.closing import HeadSigner
from egate.central.revocation_service import RevocationService
from egate.reporting.authority import Authority
from egate.reporting.channel import OF_A_COUNTRY, OF_STRANGERS
from egate.reporting.credentials import load
from egate.reporting.identity import Role
from egate.reporting.revocation import Revocations
from egate.reporting.server import new_server, serving
from egate.reporting.station_key import StationKey
from egate.settings import CentralSettings, Enrolment
from egate.wire.v1 import enrolment_pb2_grpc as wire_grpc
from egate.wire.v1 import revocation_pb2_grpc as revocation_grpc


class Peering:
    """The settings' files, read before the database is opened.

    Args:
        settings: of the centre.

    Raises:
        SettingsError: a certificate, or the list of revoked ones, is unusable.

    """

    def __init__(self, settings: CentralSettings) -> None:
        tls = settings.tls
        load(tls, Role.CENTRE)
        self._settings = settings
        self.sign_head = HeadSigner(StationKey(tls), tls)
        """Signs the heads of our trees."""
        self._revocations = Revocations.required(tls.crl, tls.ca) if tls.crl else None
        self._issuing = _issuing(settings.enrolment) if settings.enrolment else None

    def admission(self, pool: Pool) -> Admission:
        """Return who may call."""
        return Admission(pool, self._revocations)

    def server(self, pool: Pool, admission: Admission) -> aio.Server:
        """Return a server for those of ``admission``, which tells them who is revoked.

        It renews their certificates, if we make any.
        """
        server = new_server(admission, OF_A_COUNTRY)
        revocation_grpc.add_RevocationServiceServicer_to_server(
            RevocationService(self._revocations), server
        )
        if self._issuing:
            service = CertificateService(pool, self._issuing)
            wire_grpc.add_CertificateServiceServicer_to_server(service, server)
        return server

    @asynccontextmanager
    async def enrolling(self, pool: Pool) -> AsyncIterator[str]:
        """Give first certificates inside the block, at the address given, "" if there is none.

        Raises:
            CannotListen: the address is taken.

        """
        enrolment = self._settings.enrolment
        if enrolment is None or self._issuing is None:
            yield ""
            return
        server = new_server(bounds=OF_STRANGERS)
        service = EnrolmentService(pool, self._issuing)
        wire_grpc.add_EnrolmentServiceServicer_to_server(service, server)
        tls = self._settings.tls
        async with serving(
            server, enrolment.listen, tls, Role.CENTRE, known_clients=False
        ) as address:
            yield address


def _issuing(enrolment: Enrolment) -> Issuing:
    authority = Authority.from_files(enrolment.authority, enrolment.key)
    return Issuing(authority, timedelta(days=enrolment.valid_days))
