"""The entries of a list, each sealed by itself: one is opened when it is hit, and no other.

The file, with lengths in bytes::

    magic 8 | entries 8 | salt 16 | table: digest of the entry's id 8, offset 8, length 4
    sealed entries: AES-256-GCM; the key is of this salt, the nonce is the entry's number
"""

import os
import struct
from collections.abc import Sequence
from typing import BinaryIO, Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from cryptography.exceptions import InvalidTag

from egate.lists.documents_file import REMOVED, read_exactly
from egate.lists.errors import ListRefused
from egate.lists.keys import ListKey
from egate.lists.kinds import ListKind
from egate.lists.list_entry import MAX_ENTRY_BYTES, TAG_BYTES, ListEntry

SALT_BYTES: Final = 16
_MAGIC: Final = b"EGLISTE1"
_HEADER: Final = struct.Struct(">8sQ16s")
_ROW: Final = np.dtype([("digest", ">u8"), ("offset", ">u8"), ("length", ">u4")])
_ROW_STRUCT: Final = struct.Struct(">QQI")
_NONCE_BYTES: Final = 12
_ABOUT: Final = b"egate list entry 1"

Digests = npt.NDArray[np.uint64]


class EntryPlace(NamedTuple):
    """Where a sealed entry lies in its file, and the digest of its id."""

    number: int
    digest: int
    offset: int
    length: int


def write_entries(
    stream: BinaryIO,
    kind: ListKind,
    entries: Sequence[tuple[int, bytes]],
    key: ListKey,
    salt: bytes,
) -> None:
    """Write ``entries``: the digest of the id, and the bytes of the entry; numbered from 0.

    Args:
        stream: the new file.
        kind: the list they are on.
        entries: in the order of their numbers.
        key: of the lists.
        salt: 16 random bytes that no other file has, so that no nonce comes twice.

    """
    table = np.zeros(len(entries), _ROW)
    lengths = np.array([len(plain) + TAG_BYTES for _, plain in entries], np.uint64)
    begin = _HEADER.size + table.nbytes
    table["digest"] = np.array([digest for digest, _ in entries], np.uint64)
    table["offset"] = np.cumsum(lengths, dtype=np.uint64) - lengths + np.uint64(begin)
    table["length"] = lengths
    stream.write(_HEADER.pack(_MAGIC, len(entries), salt))
    stream.write(table.tobytes())
    cipher = key.cipher(kind, salt)
    for number, (_, plain) in enumerate(entries):
        stream.write(cipher.encrypt(number.to_bytes(_NONCE_BYTES), plain, _ABOUT))


class EntriesFile:
    """An open file of entries, verified before.

    Args:
        descriptor: of the file, which belongs to this object from now on.
        length: what the manifest says it has, in bytes.
        kind: the list.
        key: of the lists.

    """

    def __init__(self, descriptor: int, length: int, kind: ListKind, key: ListKey) -> None:
        self._descriptor, self._length = descriptor, length
        self.count: int
        magic, self.count, salt = _HEADER.unpack(
            read_exactly(descriptor, _HEADER.size, 0, "entries")
        )
        ends_at = _HEADER.size + self.count * _ROW.itemsize
        if magic != _MAGIC or self.count >= REMOVED or ends_at > length:
            raise ListRefused("entries: not a file of entries")
        self._cipher = key.cipher(kind, salt)

    @classmethod
    def open(cls, descriptor: int, length: int, kind: ListKind, key: ListKey) -> Self:
        """Return the file, or close ``descriptor``.

        Raises:
            ListRefused: it is no such file, or cannot be read.

        """
        try:
            return cls(descriptor, length, kind, key)
        except BaseException:
            os.close(descriptor)
            raise

    def place_of(self, number: int) -> EntryPlace:
        """Return where an entry lies.

        Raises:
            ListRefused: there is no such entry, or it would lie beyond the file.

        """
        if number >= self.count:
            raise ListRefused("entries: no such entry")
        at = _HEADER.size + number * _ROW.itemsize
        raw = read_exactly(self._descriptor, _ROW.itemsize, at, "entries")
        digest, offset, length = _ROW_STRUCT.unpack(raw)
        if length > MAX_ENTRY_BYTES or offset + length > self._length:
            raise ListRefused("entries: an entry beyond its file")
        return EntryPlace(number, digest, offset, length)

    def entry(self, place: EntryPlace) -> ListEntry:
        """Open an entry.

        Raises:
            ListRefused: it was sealed with another key, or the disk fails.

        """
        return ListEntry.from_bytes(self.plain(place))

    def plain(self, place: EntryPlace) -> bytes:
        """Return the bytes of an entry.

        Raises:
            ListRefused: as ``entry``.

        """
        sealed = read_exactly(self._descriptor, place.length, place.offset, "entries")
        try:
            return self._cipher.decrypt(place.number.to_bytes(_NONCE_BYTES), sealed, _ABOUT)
        except (InvalidTag, ValueError):
            raise ListRefused("entries: sealed with another list key") from None

    def digests(self) -> Digests:
        """Return the digests of all entries' ids, in the order of their numbers."""
        raw = read_exactly(self._descriptor, self.count * _ROW.itemsize, _HEADER.size, "entries")
        return np.frombuffer(raw, _ROW)["digest"].astype(np.uint64)

    def close(self) -> None:
        os.close(self._descriptor)
