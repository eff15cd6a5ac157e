"""Answers gates and consoles about a traveller's authorisations, clearance and stay."""

import asyncio
from dataclasses import replace
from typing import Final

import grpc
from grpc import aio

from egate.central.authorisations.knowing import TooMuchKnown, known_of, own
from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS, Pool
from egate.domain.authorisation.background import BackgroundAnswer, check_background
from egate.domain.authorisation.rules import AuthorisationRules
from egate.domain.authorisation.traveller import Traveller
from egate.observability.logging import Logger
from egate.reporting.authorisation_mapping import decode_question, encode_answer
from egate.reporting.identity import Role, require_role
from egate.reporting.wire_values import RecordMalformed
from egate.wire.v1 import authorisation_pb2 as wire
from egate.wire.v1 import authorisation_pb2_grpc as wire_grpc

_WHO: Final = frozenset({Role.GATE, Role.CONSOLE})
_SECONDS: Final = 2.0
"""Longer a gate does not wait."""


def add_authorisation_service(
    pool: Pool, rules: AuthorisationRules, log: Logger, server: aio.Server
) -> None:
    """Let ``server`` answer from what is stored when it is asked.

    Args:
        pool: of connections to the centre's database.
        rules: in force.
        log: for what goes wrong; of whom is never told.
        server: not started yet.

    """
    wire_grpc.add_AuthorisationServiceServicer_to_server(
        _AuthorisationService(pool, rules, log), server
    )


class _AuthorisationService(wire_grpc.AuthorisationServiceServicer):
    def __init__(self, pool: Pool, rules: AuthorisationRules, log: Logger) -> None:
        self._pool = pool
        self._rules = rules
        self._log = log

    async def Check(  # noqa: N802 - the name of the call
        self,
        request: wire.CheckRequest,
        context: aio.ServicerContext[wire.CheckRequest, wire.CheckResponse],
    ) -> wire.CheckResponse:
        caller = await require_role(context, _WHO)
        try:
            answer = await self._answer(decode_question(request))
        except RecordMalformed as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except TooMuchKnown as error:
            self._log.error("too much is known of one holder", caller=caller.name, of=str(error))
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, "too much is known")
        except CONNECTION_FAULTS as error:
            await away(context, error)
        return encode_answer(answer)

    async def _answer(self, traveller: Traveller) -> BackgroundAnswer:
        async with asyncio.timeout(_SECONDS), self._pool.acquire() as connection:
            known = await known_of(connection, traveller.document)
        traveller = replace(traveller, document=own(traveller.document))
        return check_background(traveller, known, self._rules)
