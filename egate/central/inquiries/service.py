"""Answers officers who look something up, within limits: gates go first."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg
import grpc
from grpc import aio

from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS, Connection, Pool
from egate.central.inquiries.crossing import crossing_of
from egate.central.inquiries.cursors import CursorForged, Place, open_place, seal_place
from egate.central.inquiries.holder import holder_of
from egate.central.inquiries.looks import InquiryKind, Look, Looker, keep_look
from egate.central.inquiries.searching import (
    MAX_FOUND,
    InquiryRefused,
    find,
    key_of,
    searched,
    shown,
)
from egate.central.uuids import to_uuid
from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.domain.desk_record import RECORD_ID
from egate.outbox.sealing import SealBroken
from egate.reporting.identity import Role, acting_officer, require_role
from egate.wire.v1 import inquiry_pb2 as wire
from egate.wire.v1 import inquiry_pb2_grpc as wire_grpc

_LOOKERS: Final = frozenset({Role.CONSOLE, Role.OFFICER})
_AT_ONCE: Final = 2
"""Of the pool's connections: the others are the gates'."""
# One plan for every search: one for all would read months in which nothing can be.
LIMITS: Final = """
SET LOCAL statement_timeout = '3s'; SET LOCAL plan_cache_mode = force_custom_plan
"""
_KEY: Final = "SELECT key, now() FROM inquiry_key"

_Context = aio.ServicerContext[Any, Any]
_Asked = wire.FindCrossingsRequest | wire.GetCrossingRequest | wire.GetHolderRequest
_Answer = TypeVar("_Answer")


class InquiryService(wire_grpc.InquiryServiceServicer):
    """Finds crossings, one crossing with its decisions, and holders.

    Args:
        pool: of connections to the centre's database.

    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def FindCrossings(  # noqa: N802 - the name of the call
        self, request: wire.FindCrossingsRequest, context: _Context
    ) -> wire.FindCrossingsResponse:
        looker = await _looker(request, context)
        return await self._answer(context, lambda asked: _find(asked, request, looker))

    async def GetCrossing(  # noqa: N802 - the name of the call
        self, request: wire.GetCrossingRequest, context: _Context
    ) -> wire.GetCrossingResponse:
        looker = await _looker(request, context)
        answer = await self._answer(context, lambda asked: _crossing(asked, request, looker))
        if answer is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no record of this crossing has come")
        return answer

    async def GetHolder(  # noqa: N802 - the name of the call
        self, request: wire.GetHolderRequest, context: _Context
    ) -> wire.GetHolderResponse:
        looker = await _looker(request, context)
        return await self._answer(context, lambda asked: _holder(asked, request, looker))

    async def _answer(
        self, context: _Context, ask: Callable[[Connection], Awaitable[_Answer]]
    ) -> _Answer:
        """Return what ``ask`` gives, or end the call with what is wrong, in one line."""
        try:
            async with self._turns, self._pool.acquire() as connection:
                return await ask(connection)
        except (InquiryRefused, CursorForged) as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except SealBroken:
            changed = "a record was changed where it lies, and is not shown"
            await context.abort(grpc.StatusCode.DATA_LOSS, changed)
        except asyncpg.QueryCanceledError:
            slow = "it takes too long; narrow the search"
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, slow)
        except CONNECTION_FAULTS as error:
            await away(context, error)
        raise AssertionError("abort does not return")


async def _find(
    connection: Connection, request: wire.FindCrossingsRequest, looker: Looker
) -> wire.FindCrossingsResponse:
    key, now = await connection.fetchrow(_KEY)
    search = searched(request, now)
    limit = min(request.limit or MAX_FOUND, MAX_FOUND)
    said = _all_that_decides(request, looker)
    after = open_place(request.cursor, said, key) if request.cursor else None
    async with _reading(connection):
        rows = await find(connection, search, after, limit + 1)
        found = await shown(connection, rows[:limit])
    criteria = f"{search.criteria}; a further page" if after else search.criteria
    look = Look(InquiryKind.CROSSINGS, len(found), search.crossing_id, search.document, criteria)
    await keep_look(connection, looker, look)
    answer = wire.FindCrossingsResponse(crossings=found)
    if len(rows) > limit:
        last = rows[limit - 1]
        answer.cursor = seal_place(Place(last["occurred_at"], last["crossing_id"]), said, key)
    return answer


async def _crossing(
    connection: Connection, request: wire.GetCrossingRequest, looker: Looker
) -> wire.GetCrossingResponse | None:
    if not RECORD_ID.fullmatch(request.crossing_id):
        raise InquiryRefused("crossing_id: not a UUID version 7 in lower case")
    crossing_id = to_uuid(request.crossing_id)
    async with _reading(connection):
        answer = await crossing_of(connection, crossing_id)
    await keep_look(
        connection, looker, Look(InquiryKind.CROSSING, int(answer is not None), crossing_id)
    )
    return answer


async def _holder(
    connection: Connection, request: wire.GetHolderRequest, looker: Looker
) -> wire.GetHolderResponse:
    key: UUID | None = key_of(request.issuing_state, request.document_number)
    if key is None:
        raise InquiryRefused("document_number: missing")
    document = DocumentKey(request.issuing_state, request.document_number)
    async with _reading(connection):
        answer = await holder_of(connection, document, key)
    look = Look(InquiryKind.HOLDER, len(answer.crossings), document=key)
    await keep_look(connection, looker, look)
    return answer


@asynccontextmanager
async def _reading(connection: Connection) -> AsyncIterator[None]:
    """Let all that is read inside be of one moment, and none of it take long."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(LIMITS)
        yield


async def _looker(request: _Asked, context: _Context) -> Looker:
    """Return who looks, or refuse the call."""
    caller = await require_role(context, _LOOKERS)
    officer_id = acting_officer(caller, request.officer_id)
    if officer_id is None:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "officer_id: who looks")
    return Looker(officer_id, caller.urn())


def _all_that_decides(request: wire.FindCrossingsRequest, looker: Looker) -> bytes:
    """Return what a page and the next have in common: the search, and who searches."""
    search = wire.FindCrossingsRequest()
    search.CopyFrom(request)
    search.ClearField("limit")
    search.ClearField("cursor")
    search.officer_id = f"{looker.peer} {looker.officer_id}"
    return search.SerializeToString(deterministic=True)
