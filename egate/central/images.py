"""Pictures of referred travellers at the centre: taken, shown to officers, and purged in time."""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import grpc
from grpc import aio

from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS, Connection, Pool
from egate.central.image_store import ImageStore
from egate.domain.desk_record import RECORD_ID
from egate.observability.logging import logger
from egate.outbox.sealing import KeyFileUnusable
from egate.ports.case_images import MAX_IMAGES
from egate.reporting.gate_mapping import decode_kind
from egate.reporting.identity import Role, acting_officer, require_role
from egate.settings import ImageKeeping, SettingsError
from egate.wire.v1 import crossing_pb2, gate_pb2
from egate.wire.v1 import image_pb2 as wire
from egate.wire.v1 import image_pb2_grpc as wire_grpc

_GATES: Final = frozenset({Role.GATE})
_LOOKERS: Final = frozenset({Role.CONSOLE, Role.OFFICER})
_JPEG: Final = b"\xff\xd8\xff"
_LOCK: Final = 0x65676969
_AT_ONCE: Final = 500
# Who puts shares the lock, who purges has it alone: no file goes that somebody counts on.
_SHARE: Final = "SELECT pg_advisory_xact_lock_shared($1)"
_ALONE: Final = "SELECT pg_advisory_xact_lock($1)"
# By the document's key: see test_centre_shards.
_PLACE: Final = "SELECT document, occurred_at FROM crossing_registry WHERE crossing_id = $1"
_RECORD: Final = """
SELECT gate_id, verdict FROM crossing
WHERE doc_key = $1 AND occurred_at = $2 AND crossing_id = $3
"""
_COUNT: Final = "SELECT count(*) FROM case_image WHERE crossing_id = $1 AND sha256 <> $2"
_ADD: Final = """
INSERT INTO case_image (crossing_id, sha256, kind, gate_id) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
_OF: Final = """
SELECT sha256, kind FROM case_image WHERE crossing_id = $1 ORDER BY kind, stored_at, sha256
"""
_LOOK: Final = """
INSERT INTO image_look (crossing_id, officer_id, peer, shown) VALUES ($1, $2, $3, $4)
"""
_PURGE: Final = """
WITH gone AS (
    DELETE FROM case_image WHERE (crossing_id, sha256, kind) IN (
        SELECT crossing_id, sha256, kind FROM case_image
        WHERE stored_at < $1 ORDER BY stored_at LIMIT $2)
    RETURNING crossing_id, sha256, kind)
SELECT DISTINCT sha256 FROM gone
"""
_NEEDED: Final = "SELECT DISTINCT sha256 FROM case_image WHERE sha256 = ANY($1)"

_Context = aio.ServicerContext[Any, Any]


class ImageService(wire_grpc.ImageServiceServicer):
    """Takes pictures of gates, of crossings that they have sent and did not admit.

    Args:
        pool: of the centre's database.
        store: where the pictures lie.

    """

    def __init__(self, pool: Pool, store: ImageStore) -> None:
        self._pool = pool
        self._store = store

    async def PutImage(  # noqa: N802 - the name of the call
        self, request: wire.PutImageRequest, context: _Context
    ) -> wire.PutImageResponse:
        caller = await require_role(context, _GATES)
        if fault := _fault(request):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, fault)
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                fault = await self._take(connection, request, caller.name)
        except (OSError, *CONNECTION_FAULTS) as error:
            await away(context, error, "store")
        if fault:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, fault)
        return wire.PutImageResponse()

    async def _take(
        self, connection: Connection, request: wire.PutImageRequest, gate_id: str
    ) -> str:
        """Keep a picture, and return why it never will be kept, "" if it is."""
        crossing_id = uuid.UUID(request.crossing_id)
        if fault := await _no_case(connection, crossing_id, gate_id):
            return fault
        if await connection.fetchval(_COUNT, crossing_id, request.sha256) >= MAX_IMAGES:
            return f"the crossing has {MAX_IMAGES} pictures"
        await connection.execute(_SHARE, _LOCK)
        await asyncio.to_thread(self._store.put, request.sha256, request.content)
        await connection.execute(_ADD, crossing_id, request.sha256, request.kind, gate_id)
        return ""

    async def GetImages(  # noqa: N802 - the name of the call
        self, request: wire.GetImagesRequest, context: _Context
    ) -> AsyncIterator[wire.GetImagesResponse]:
        caller = await require_role(context, _LOOKERS)
        officer_id = acting_officer(caller, request.officer_id)
        if officer_id is None:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "officer_id: who looks")
        if not RECORD_ID.fullmatch(request.crossing_id):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "crossing_id: not a UUID")
        crossing_id = uuid.UUID(request.crossing_id)
        try:
            kept = await self._pool.fetch(_OF, crossing_id)
            rows = [row for row in kept if request.takes_pages or not _is_page(row["kind"])]
            # Before the first picture is shown: nobody looks without a trace.
            await self._pool.execute(_LOOK, crossing_id, officer_id, caller.urn(), len(rows))
        except CONNECTION_FAULTS as error:
            await away(context, error, "store")
        if not rows:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no pictures of this crossing")
        for digest, kind in rows:
            content = await asyncio.to_thread(self._store.get, digest)
            if content is None:
                logger().error("picture lost", crossing_id=request.crossing_id)
                continue
            image = wire.GetImagesResponse()
            image.image.kind = gate_pb2.CaseImageKind.ValueType(kind)
            image.image.jpeg = content
            yield image


def add_image_service(
    keeping: ImageKeeping | None, pool: Pool, server: aio.Server
) -> ImageStore | None:
    """Let ``server`` take pictures, and return where they lie; None for a centre of no pictures.

    Args:
        keeping: where they lie.
        pool: of the centre's database.
        server: not started yet.

    Raises:
        SettingsError: the folder, or the key beside it, cannot be used.

    """
    if keeping is None:
        return None
    try:
        store = ImageStore(keeping.folder)
    except (OSError, KeyFileUnusable) as error:
        raise SettingsError(f"images.folder: {error}") from error
    wire_grpc.add_ImageServiceServicer_to_server(ImageService(pool, store), server)
    return store


async def purge_images(pool: Pool, store: ImageStore, keep: timedelta) -> tuple[datetime, int]:
    """Let go of all pictures that were stored more than ``keep`` ago, and of files of nobody.

    Returns:
        The moment before which they went, and how many went.

    Raises:
        OSError: the disk does not let a file go; what is left goes the next time.
        what ``CONNECTION_FAULTS`` names: the database is away.

    """
    before: datetime = await pool.fetchval("SELECT now() - $1::interval", keep)
    count = 0
    while True:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(_ALONE, _LOCK)
            gone = [digest for (digest,) in await connection.fetch(_PURGE, before, _AT_ONCE)]
            await _delete_unneeded(connection, store, gone)
        if not gone:
            await sweep(pool, store)
            return before, count
        count += len(gone)


async def sweep(pool: Pool, store: ImageStore) -> None:
    """Let go of files that no crossing has: the centre ended between a file and its row.

    Raises: as `purge_images`.
    """
    found = await asyncio.to_thread(lambda: list(store.all()))
    for first in range(0, len(found), _AT_ONCE):
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(_ALONE, _LOCK)
            await _delete_unneeded(connection, store, found[first : first + _AT_ONCE])


async def _delete_unneeded(
    connection: Connection, store: ImageStore, wanted: Sequence[bytes]
) -> None:
    needed = {digest for (digest,) in await connection.fetch(_NEEDED, wanted)}
    for digest in wanted:
        if digest not in needed:
            await asyncio.to_thread(store.delete, digest)


def _is_page(number: int) -> bool:
    kind = decode_kind(gate_pb2.CaseImageKind.ValueType(number))
    return kind is not None and kind.is_page


def _fault(request: wire.PutImageRequest) -> str:
    kind = decode_kind(request.kind)
    if kind is None:
        return "kind: unknown"
    sound = {
        "crossing_id: not a UUID version 7 in lower case": RECORD_ID.fullmatch(request.crossing_id),
        f"content: more than {kind.most_bytes} bytes": len(request.content) <= kind.most_bytes,
        "content: not a JPEG": request.content.startswith(_JPEG),
        "sha256: not of the content": hashlib.sha256(request.content).digest() == request.sha256,
    }
    return next((fault for fault, holds in sound.items() if not holds), "")


async def _no_case(connection: Connection, crossing_id: uuid.UUID, gate_id: str) -> str:
    """Return why there is nobody whose picture this gate could send, "" if there is.

    A gate sends a picture after the record of it, so there is one.
    """
    place = await connection.fetchrow(_PLACE, crossing_id)
    record = place and await connection.fetchrow(_RECORD, *place, crossing_id)
    if not record or record["gate_id"] != gate_id:
        return "there is no record of this crossing by this gate"
    if record["verdict"] == crossing_pb2.VERDICT_ADMIT:
        return "the traveller was admitted"
    return ""
