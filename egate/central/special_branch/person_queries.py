"""Passes an officer's question about a person on to the Special Branch; keeps nothing of it."""

import re
from typing import Final

import grpc
from grpc import aio

from egate.domain.evidence import TravelDocument
from egate.observability.logging import Logger
from egate.ports.special_branch import PersonFiles, PersonQuery, SpecialBranchAway
from egate.reporting.identity import Role, require_role
from egate.wire.v1 import crossing_pb2
from egate.wire.v1 import person_query_pb2 as wire
from egate.wire.v1 import person_query_pb2_grpc as wire_grpc

_ASKERS: Final = frozenset({Role.CONSOLE, Role.OFFICER})
_MOST_SECONDS: Final = 5.0
_OFFICER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CROSSING: Final = re.compile(r"[0-9a-f-]{36}")
_MOST_CHARACTERS: Final = 200


class PersonQueryService(wire_grpc.PersonQueryServiceServicer):
    """Asks while an officer waits.

    Args:
        files: whom to ask.
        log: for who asked, never for what about or what came back.

    """

    def __init__(self, files: PersonFiles, log: Logger) -> None:
        self._files = files
        self._log = log

    async def QueryPerson(  # noqa: N802 - the name of the call
        self,
        request: wire.QueryPersonRequest,
        context: aio.ServicerContext[wire.QueryPersonRequest, wire.QueryPersonResponse],
    ) -> wire.QueryPersonResponse:
        caller = await require_role(context, _ASKERS)
        officer_id = caller.name if caller.role is Role.OFFICER else request.officer_id
        if not _OFFICER.fullmatch(officer_id):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "officer_id: not an officer's id")
        if not _CROSSING.fullmatch(request.crossing_id):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "crossing_id: not a case's")
        document = _document(request.document)
        if document is None:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "document: no person is in it")
        seconds = min(context.time_remaining() or _MOST_SECONDS, _MOST_SECONDS)  # or none at all
        self._log.info("person asked about", officer_id=officer_id, crossing_id=request.crossing_id)
        try:
            query = PersonQuery(officer_id, request.crossing_id, document)
            hits = await self._files.ask(query, seconds)
        except SpecialBranchAway as error:
            self._log.error("special branch away", reason=str(error))
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the Special Branch does not answer")
        return wire.QueryPersonResponse(
            hits=[
                wire.PersonHit(
                    reference=hit.reference, category=hit.category, instruction=hit.instruction
                )
                for hit in hits
            ]
        )


def _document(sent: crossing_pb2.TravelDocument) -> TravelDocument | None:
    """Return whom ``sent`` is about; None without a name, or with one that nobody has."""
    names = (field.name for field in crossing_pb2.TravelDocument.DESCRIPTOR.fields)
    values = {name: getattr(sent, name) for name in names}
    too_long = any(len(value) > _MOST_CHARACTERS for value in values.values())
    named = sent.primary_identifier.strip() or sent.secondary_identifier.strip()
    return None if too_long or not named else TravelDocument(**values)
