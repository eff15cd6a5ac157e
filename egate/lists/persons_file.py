"""What a version says of persons, sealed: columns to match by, and what officers settled.

A version says it of whole entries: whom each lists now, and who was found not to be them. A
delta so takes the place of all that was said of an entry before; one that lists nobody any more
is named without rows. The names as they were written are in the sealed entry, and opened with it.

The file, with lengths in bytes::

    magic 8 | salt 16 | sealed: AES-256-GCM, the key is of this salt, so the nonce is 0
    sealed: 8 counts of 4 each | a column after another, little-endian; see ``_said``
"""

import os
import struct
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

import numpy as np
from cryptography.exceptions import InvalidTag
from numpy.typing import NDArray

from egate.lists.documents_file import read_exactly
from egate.lists.entries_file import SALT_BYTES
from egate.lists.errors import ListRefused
from egate.lists.keys import ListKey
from egate.lists.kinds import ListKind
from egate.lists.names.not_the_same import NotTheSamePerson
from egate.lists.names.person_columns import Keys, PersonColumns
from egate.lists.names.texts import Texts

NOBODY: Final = (1 << 32) - 1
"""The number of an entry that lists no persons any more."""
SETTLED: Final = np.dtype([("entry", "<u8"), ("revision", "<u8"), ("holder", "<u8")])
SettledRows = NDArray[np.void]

_MAGIC: Final = b"EGLISTP1"
_NONCE: Final = bytes(12)
ABOUT: Final = b"egate list persons 1"
_COUNTS: Final = struct.Struct("<8I")
_MOST_BYTES: Final = 1 << 30
_MOST_ROWS: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class PersonsSaid:
    """Whom the entries of a version list.

    Args:
        entries: the keys of the entries of which something is said, sorted.
        numbers: of each in the version's file of entries; ``NOBODY`` where it lists none now.
        columns: the names, each with the key of its entry.
        settled: officers' decisions of *not the same person*, sorted by entry.

    """

    entries: Keys = field(repr=False)
    numbers: NDArray[np.uint32] = field(repr=False)
    columns: PersonColumns = field(repr=False)
    settled: SettledRows = field(repr=False)

    def number_of(self, entry: int) -> int | None:
        """Return the number of an entry, None if nothing is said of it."""
        at = int(np.searchsorted(self.entries, np.uint64(entry)))
        if at == len(self.entries) or int(self.entries[at]) != entry:
            return None
        return int(self.numbers[at])

    def settled_about(self, entry: int) -> list[NotTheSamePerson]:
        """Return what officers decided about an entry."""
        key = np.uint64(entry)
        first = np.searchsorted(self.settled["entry"], key)
        end = np.searchsorted(self.settled["entry"], key, side="right")
        return [NotTheSamePerson(*row) for row in self.settled[first:end].tolist()]


def write_persons(
    stream: BinaryIO, kind: ListKind, said: PersonsSaid, key: ListKey, salt: bytes
) -> None:
    """Write ``said``.

    Args:
        stream: the new file.
        kind: the list.
        said: what is said of persons.
        key: of the lists.
        salt: 16 random bytes that no other file has.

    """
    columns = said.columns
    counts = (len(said.entries), len(columns), len(columns.words), len(columns.texts))
    rest = (len(columns.texts.piece), len(columns.nations), len(columns.nations.piece))
    plain = _COUNTS.pack(*counts, *rest, len(said.settled)) + b"".join(
        np.asarray(column).astype(kind_of, copy=False).tobytes()
        for kind_of, column in (
            ("<u8", said.entries),
            ("<u8", columns.entry),
            (SETTLED, said.settled),
            ("<u4", said.numbers),
            ("<i4", columns.date),
            ("<i4", columns.nation),
            ("<i4", columns.starts),
            ("<i4", columns.words),
            ("<i4", columns.texts.ends),
            ("<i4", columns.nations.ends),
            ("?", columns.cut),
            ("u1", np.frombuffer(columns.texts.piece, np.uint8)),
            ("u1", np.frombuffer(columns.nations.piece, np.uint8)),
        )
    )
    stream.write(_MAGIC + salt)
    stream.write(key.cipher(kind, salt).encrypt(_NONCE, plain, ABOUT))


def open_persons(descriptor: int, length: int, kind: ListKind, key: ListKey) -> PersonsSaid:
    """Return what a file that was verified says; ``descriptor`` is closed.

    Args:
        descriptor: of the file.
        length: what the manifest says it has, in bytes.
        kind: the list.
        key: of the lists.

    Raises:
        ListRefused: it is no such file, was sealed with another key, or cannot be read.

    """
    try:
        begin = len(_MAGIC) + SALT_BYTES
        if not begin < length <= _MOST_BYTES:
            raise ListRefused("persons: not a file of persons")
        head = read_exactly(descriptor, begin, 0, "persons")
        if not head.startswith(_MAGIC):
            raise ListRefused("persons: not a file of persons")
        sealed = read_exactly(descriptor, length - begin, begin, "persons")
    finally:
        os.close(descriptor)
    try:
        plain = key.cipher(kind, head[len(_MAGIC) :]).decrypt(_NONCE, sealed, ABOUT)
    except (InvalidTag, ValueError):
        raise ListRefused("persons: sealed with another list key") from None
    said = _said(_Reading(plain))
    if not _fits(said):
        raise ListRefused("persons: columns that do not fit one another")
    return said


class _Reading:
    """The columns of a plain text, one after another; they stay where they lie."""

    def __init__(self, plain: bytes) -> None:
        if len(plain) < _COUNTS.size:
            raise ListRefused("persons: ends early")
        self.counts = _COUNTS.unpack_from(plain)
        self._plain, self._at = plain, _COUNTS.size

    def column(self, kind: Any, count: int) -> NDArray[Any]:  # noqa: ANN401  what numpy takes
        end = self._at + count * np.dtype(kind).itemsize
        if end > len(self._plain):
            raise ListRefused("persons: ends early")
        column = np.frombuffer(self._plain, kind, count, self._at)
        self._at = end
        return column

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._plain)


def _said(reading: _Reading) -> PersonsSaid:
    entries, rows, words, texts, texts_bytes, nations, nations_bytes, settled = reading.counts
    if rows > _MOST_ROWS:
        raise ListRefused("persons: more than a list may have")
    # In the order in which they are written: broad ones first, so that all are aligned.
    keys, entry = reading.column("<u8", entries), reading.column("<u8", rows)
    decided = reading.column(SETTLED, settled)
    numbers, date = reading.column("<u4", entries), reading.column("<i4", rows)
    nation, starts = reading.column("<i4", rows), reading.column("<i4", rows + 1)
    in_names = reading.column("<i4", words)
    text_ends, nation_ends = reading.column("<i4", texts), reading.column("<i4", nations)
    cut = reading.column("?", rows)
    spelt = Texts(reading.column("u1", texts_bytes).tobytes(), text_ends)
    of_nations = Texts(reading.column("u1", nations_bytes).tobytes(), nation_ends)
    columns = PersonColumns(entry, date, nation, cut, starts, in_names, spelt, of_nations)
    if not reading.is_at_end:
        raise ListRefused("persons: goes on where it should end")
    return PersonsSaid(keys, numbers, columns, decided)


def _fits(said: PersonsSaid) -> bool:
    columns = said.columns
    return bool(
        _rises(said.entries, strictly=True)
        and _are_among(columns.entry, said.entries)
        and _are_among(said.settled["entry"], said.entries)
        and _rises(said.settled["entry"])
        and _rises(columns.date)
        and columns.starts[0] == 0
        and columns.starts[-1] == len(columns.words)
        and _rises(columns.starts, strictly=True)
        and _are_numbers(columns.words, len(columns.texts))
        and _are_numbers(columns.nation, len(columns.nations))
        and _are_texts(columns.texts, strictly=True)
        and _are_texts(columns.nations)
    )


def _rises(column: NDArray[Any], *, strictly: bool = False) -> bool:
    later, earlier = column[1:], column[:-1]
    return bool((later > earlier).all() if strictly else (later >= earlier).all())


def _are_among(column: Keys, keys: Keys) -> bool:
    """Say whether each of ``column`` is in ``keys``, which are sorted."""
    if not len(column) or not len(keys):
        return not len(column)
    places = np.minimum(np.searchsorted(keys, column), len(keys) - 1)
    return bool((keys[places] == column).all())


def _are_numbers(column: NDArray[np.int32], end: int) -> bool:
    return not len(column) or bool(column.min() >= 0 and column.max() < end)


def _are_texts(texts: Texts, *, strictly: bool = False) -> bool:
    ends = np.concatenate(([0], texts.ends))
    whole = bool(ends[-1] == len(texts.piece)) and texts.piece.isascii()
    return whole and _rises(ends, strictly=strictly)
