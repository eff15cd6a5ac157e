"""The centre's authorisation service, seen from a gate or a console."""

from typing import Final

from egate.domain.authorisation.background import BackgroundAnswer
from egate.domain.authorisation.traveller import Traveller
from egate.ports.authorisations import AuthorisationsAway
from egate.reporting.authorisation_mapping import decode_answer, encode_question
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.reporting.wire_values import RecordMalformed
from egate.settings import Tls
from egate.wire.v1 import authorisation_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 2.0


class AuthorisationClient:
    """`Authorisations` over one channel. It asks once: a traveller waits.

    The channel is opened again when the certificate files change.

    Args:
        address: of the centre, as ``host:port``.
        tls: a certificate of role ``gate`` or ``console``, and the authority of the centre's.
        deadline_seconds: for one answer.

    Raises:
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """

    def __init__(self, address: str, tls: Tls, deadline_seconds: float = _DEADLINE_SECONDS) -> None:
        self._link = Link(address, tls, Role.CENTRE)
        self._deadline_seconds = deadline_seconds

    async def check(self, traveller: Traveller, crossing_id: str) -> BackgroundAnswer:
        """Return what the centre says of ``traveller``.

        Args:
            traveller: who is asked about.
            crossing_id: of the session.

        Raises:
            AuthorisationsAway: no answer in time, or one that this version cannot read.

        """
        try:
            question = encode_question(traveller, crossing_id)
            with self._link.failing_as(AuthorisationsAway):
                stub = wire_grpc.AuthorisationServiceStub(await self._link.channel())
                answer = await stub.Check(question, timeout=self._deadline_seconds)
            return decode_answer(answer)
        except RecordMalformed as error:
            raise AuthorisationsAway(f"question or answer: {error}") from None

    async def aclose(self) -> None:
        """End the connection; a call under way ends as ``AuthorisationsAway``."""
        await self._link.close()
