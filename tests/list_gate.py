"""A gate that asks a centre for lists, and takes in what comes, as a gate does."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from egate.lists.incoming import Incoming
from egate.lists.keeper import Kept, ListKeeper
from egate.lists.keys import ListKey, read_signer
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.store import ListStore, Pinned
from egate.ports.lists import ListOffers, OfferedList, PartOf


def now_utc() -> dt.datetime:
    return dt.datetime.fromtimestamp(time.time_ns() / 1e9, dt.UTC)


@dataclass
class ListGate:
    """The folder of a gate's lists, and whom it asks."""

    folder: Path
    offers: ListOffers
    signer: Path
    key: Path
    kinds: tuple[ListKind, ...] = (ListKind.OFFLOAD,)

    @property
    def store(self) -> ListStore:
        return ListStore(self.folder, Pinned(read_signer(self.signer), ListKey.from_file(self.key)))

    @contextmanager
    def kept(self, kind: ListKind = ListKind.OFFLOAD) -> Any:  # noqa: ANN401
        kept = self.store.keeper(kind).open()
        try:
            yield kept
        finally:
            kept.close()

    def version(self, kind: ListKind = ListKind.OFFLOAD) -> int:
        with self.kept(kind) as kept:
            return kept.version.manifest.version if kept.version else 0

    def find(self, document: ListedDocument, kind: ListKind = ListKind.OFFLOAD) -> list[ListEntry]:
        digest = self.store.pinned.key.document_digest(document)
        with self.kept(kind) as kept:
            found: list[ListEntry] = kept.usable(now_utc()).find(digest)
            return found

    async def poll(self) -> None:
        """Ask once, and take in everything that is offered."""
        offered = await self.offers.versions({k.value: self.version(k) for k in self.kinds})
        for each in offered:
            await self._take(each)

    async def until(self, wanted: Callable[[], bool]) -> None:
        """Ask again and again until it is so, and never for ever."""
        async with asyncio.timeout(20):
            while True:
                await self.poll()
                if wanted():
                    return
                await asyncio.sleep(0.1)

    async def _take(self, offered: OfferedList) -> None:
        keeper = self.store.keeper(ListKind(offered.name))
        with keeper.locked():
            kept = keeper.open()
            try:
                for raw in offered.manifests:
                    kept = await self._version(keeper, kept, raw)
                if offered.freshness:
                    kept = keeper.prove(offered.freshness, kept, now_utc())
            finally:
                kept.close()

    async def _version(self, keeper: ListKeeper, kept: Kept, raw: bytes) -> Kept:
        manifest = keeper.admit(raw, kept, now_utc())
        incoming = Incoming.begin(keeper, manifest, raw)
        while (part := incoming.wanted) is not None:
            of = (keeper.kind.value, manifest.version, manifest.is_delta)
            wanted = PartOf(*of, part.name.value, part.offset, part.length)
            incoming.add(part.name, part.offset, await self.offers.part(wanted))
        return kept.followed_by(incoming.finish())
