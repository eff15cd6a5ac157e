"""The Special Branch's files, asked through the centre by a console."""

from typing import Final

from egate.ports.special_branch import PersonHit, PersonQuery, SpecialBranchAway
from egate.reporting.link import Link
from egate.reporting.wire_values import encode_document
from egate.wire.v1 import person_query_pb2 as wire
from egate.wire.v1 import person_query_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 6.0
_MOST_HITS: Final = 50


class PersonQueries:
    """Asks in the name of an officer; neither question nor answer is kept.

    Args:
        link: to the centre, with a certificate of role ``console`` or ``officer``.

    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def ask(self, query: PersonQuery) -> tuple[PersonHit, ...]:
        """Return what the Special Branch knows, the best first.

        Args:
            query: about whom.

        Raises:
            SpecialBranchAway: no answer, also of a centre without a line to them.

        """
        request = wire.QueryPersonRequest(
            crossing_id=query.crossing_id,
            document=encode_document(query.document),
            officer_id=query.officer_id,
        )
        with self._link.failing_as(SpecialBranchAway):
            stub = wire_grpc.PersonQueryServiceStub(await self._link.channel())
            answer = await stub.QueryPerson(request, timeout=_DEADLINE_SECONDS)
        return tuple(
            PersonHit(hit.reference, hit.category, hit.instruction)
            for hit in answer.hits[:_MOST_HITS]
        )
