"""The gate's folder of all lists, and the look-up of a document in them.

The folder::

    signer.pem    whose lists this gate believes
    list.key      what they are digested and sealed with, mode 600
    OFFLOAD/ ...  a folder for each list that the gate must have, its keeper's
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from egate.domain.record import Direction
from egate.lists.errors import ListRefused
from egate.lists.keeper import Kept, ListKeeper, Pinned
from egate.lists.keys import ListKey, read_signer
from egate.lists.kinds import ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument

SIGNER_FILE: Final = "signer.pem"
KEY_FILE: Final = "list.key"


@dataclass(frozen=True, slots=True)
class ListStore:
    """A folder that was set up: who signs, and the list key, are pinned there."""

    folder: Path
    pinned: Pinned

    @classmethod
    def at(cls, folder: Path) -> Self:
        """Return the store in ``folder``.

        Raises:
            ListRefused: nothing is pinned there, or a key cannot be used.

        """
        signer, key = read_signer(folder / SIGNER_FILE), ListKey.from_file(folder / KEY_FILE)
        return cls(folder, Pinned(signer, key))

    def keeper(self, kind: ListKind) -> ListKeeper:
        return ListKeeper(self.folder / kind, kind, self.pinned)

    @contextmanager
    def opened(self) -> Iterator[Mapping[ListKind, Kept]]:
        """Open every list that the gate must have.

        Raises:
            ListRefused: it must have none, so that it would find nobody.

        """
        kinds = [kind for kind in ListKind if (self.folder / kind).is_dir()]
        if not kinds:
            raise ListRefused(f"{self.folder}: no list is pinned here")
        kept = {kind: self.keeper(kind).open() for kind in kinds}
        try:
            yield kept
        finally:
            for each in kept.values():
                each.close()


def find_document(
    document: ListedDocument,
    lists: Mapping[ListKind, Kept],
    key: ListKey,
    direction: Direction | None,
    at: dt.date,
    now: dt.datetime,
) -> list[ListEntry]:
    """Return every entry that names ``document`` and counts that day.

    Args:
        document: the traveller's.
        lists: opened.
        key: of the lists.
        direction: the traveller's, None for entries of either.
        at: the day at the border crossing point.
        now: UTC; nothing is looked up in a list whose time is over.

    Raises:
        ListRefused: a list cannot be used, so that nobody can say that the document is on none.

    """
    digest = key.document_digest(document)
    found = []
    for kind, kept in lists.items():
        try:
            found += kept.usable(now).find(digest)
        except ListRefused as fault:
            raise ListRefused(f"{kind}: {fault}") from fault
    return [entry for entry in found if entry.applies(direction, at)]
