"""The centre's authorisation service, seen from a gate or a console."""

from typing import Final

from egate.domain.authorisation.background import BackgroundAnswer
from egate.domain.authorisation.traveller import Traveller
from egate.ports.authorisations import AuthorisationsAway
from egate.reporting.authorisation_mapping import decode_answer, encode_question
from egate.reporting.link import Link
from egate.reporting.wire_values import RecordMalformed
from egate.wire.v1 import authorisation_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 2.0


class AuthorisationClient:
    """`Authorisations` of the centre. It asks once: a traveller waits.

    Args:
        link: to the centre, by a certificate of role ``gate`` or ``console``.
        deadline_seconds: for one answer.

    """

    def __init__(self, link: Link, deadline_seconds: float = _DEADLINE_SECONDS) -> None:
        self._link = link
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
