"""Files with millions of rows, from a console: kept in a file until they are proposed."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from egate.central.database import Connection
from egate.central.lists.acts import Act, ActRefused, Maker, Scope
from egate.central.lists.proposing import Proposal, Proposed, preview, propose
from egate.lists.errors import ListRefused
from egate.lists.kinds import ListKind
from egate.lists.source import read_rows
from egate.wire.v1 import list_entry_pb2 as wire

_MAX_FILE_BYTES: Final = 4 << 30
_RECEIVE_SECONDS: Final = 1800.0


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that came whole."""

    path: Path

    async def proposed(
        self, connection: Connection, begin: wire.ListImport, kind: ListKind, maker: Maker
    ) -> Proposed:
        """Propose what it says, or say what that would change.

        Raises:
            ActRefused: nothing would change.
            ListRefused: the file cannot be read.

        """
        scope = Scope.LIST if begin.whole else Scope.NOTHING
        proposal = Proposal(kind, Act.IMPORT, maker, scope, without_refused=begin.without_refused)
        rows = read_rows(self.path, kind)
        try:
            if begin.preview_only:
                return Proposed(None, await preview(connection, kind, rows, scope))
            return await propose(connection, proposal, rows)
        except ListRefused as error:
            raise ListRefused(str(error).removeprefix(f"{self.path}: ")) from error


class Imports:
    """One import at a time: each takes a connection, and a core, for minutes.

    Args:
        most_bytes: that a file may have.

    """

    def __init__(self, most_bytes: int = _MAX_FILE_BYTES) -> None:
        self._most_bytes = most_bytes
        self._busy = False

    @asynccontextmanager
    async def received(
        self, requests: AsyncIterator[wire.ProposeImportRequest]
    ) -> AsyncIterator[ReceivedFile]:
        """Give the file that ``requests`` bring, until the end of the block.

        Raises:
            ActRefused: another import is under way, or it is too large.

        """
        if self._busy:
            raise ActRefused("another import is under way; send it again later")
        self._busy = True
        try:
            with tempfile.NamedTemporaryFile(prefix="egate-import-") as file:
                async with asyncio.timeout(_RECEIVE_SECONDS):
                    await self._receive(requests, file)
                yield ReceivedFile(Path(file.name))
        finally:
            self._busy = False

    async def _receive(
        self, requests: AsyncIterator[wire.ProposeImportRequest], file: IO[bytes]
    ) -> None:
        size = 0
        async for request in requests:
            size += len(request.content)
            if size > self._most_bytes:
                raise ActRefused(f"more than {self._most_bytes} bytes")
            await asyncio.to_thread(file.write, request.content)
        await asyncio.to_thread(file.flush)
