"""The digests of a list's documents: sorted, with a directory, and read where they lie.

Digests are evenly spread, so their first bits say where one lies: the directory, a few
megabytes in memory, has the bounds of each bucket of about 128 records, and a look-up is one
read of one or two pages. A read rather than a memory map: it costs a third of a microsecond
more, a page that was read stays no part of this process, and a bad sector is an error where a
map would end the process of a lane (docs/decisions/0024).

The file, with lengths in bytes::

    magic 8 | bits of the directory 1 | 0 * 7 | records 8 | directory 4 * (2^bits + 1)
    records: digest 8, number of the entry 4 with the highest bit set if it is taken off the list
"""

import array
import os
import struct
import sys
from collections.abc import Iterator
from typing import BinaryIO, Final, Self

import numpy as np
import numpy.typing as npt

from egate.lists.errors import ListRefused
from egate.lists.keys import DIGEST_BYTES

REMOVED: Final = 1 << 31
"""Added to an entry's number: in a delta, the document is no longer listed under it."""

RECORD: Final = np.dtype([("digest", ">u8"), ("number", ">u4")])
Records = npt.NDArray[np.void]

_MAGIC: Final = b"EGLISTD1"
_HEADER: Final = struct.Struct(">8sB7xQ")
_BOUND_BYTES: Final = 4
_BUCKET: Final = 128
_MOST_IN_BUCKET: Final = 1 << 14
_MOST_BITS: Final = 24
_MOST_RECORDS: Final = 1 << 28


def write_documents(stream: BinaryIO, records: Records) -> None:
    """Write ``records``, sorted by digest."""
    digests = records["digest"].astype(np.uint64)
    bits = max(0, (len(records) // _BUCKET).bit_length() - 1)
    starts = np.arange(1 << bits, dtype=np.uint64)
    if bits:  # a shift by 64 means nothing
        starts <<= np.uint64(64 - bits)
    bounds = np.append(np.searchsorted(digests, starts), len(records)).astype(">u4")
    stream.write(_HEADER.pack(_MAGIC, bits, len(records)))
    stream.write(bounds.tobytes())
    stream.write(records.astype(RECORD, copy=False).tobytes())


class DocumentsFile:
    """An open file of documents, verified before; close it when nobody looks things up any more.

    Args:
        descriptor: of the file, which belongs to this object from now on.
        length: what the manifest says it has, in bytes.

    """

    def __init__(self, descriptor: int, length: int) -> None:
        self._descriptor = descriptor
        self.count: int
        magic, bits, self.count = _HEADER.unpack(_read(descriptor, _HEADER.size, 0))
        if magic != _MAGIC or bits > _MOST_BITS or self.count > _MOST_RECORDS:
            raise ListRefused("documents: not a file of documents")
        size = _BOUND_BYTES * ((1 << bits) + 1)
        self._records_at = _HEADER.size + size
        if self._records_at + self.count * RECORD.itemsize != length:
            raise ListRefused("documents: of another length than its records")
        self._shift = 64 - bits
        self._bounds = self._checked(_read(descriptor, size, _HEADER.size))

    @classmethod
    def open(cls, descriptor: int, length: int) -> Self:
        """Return the file, or close ``descriptor``.

        Raises:
            ListRefused: it is no such file, or cannot be read.

        """
        try:
            return cls(descriptor, length)
        except BaseException:
            os.close(descriptor)
            raise

    def find(self, digest: bytes) -> Iterator[tuple[int, bool]]:
        """Yield the entry's number, and whether it is taken off the list, of each record.

        Raises:
            ListRefused: the disk gives nothing back.

        """
        bucket = int.from_bytes(digest) >> self._shift
        first, end = self._bounds[bucket], self._bounds[bucket + 1]
        width = RECORD.itemsize
        raw = _read(self._descriptor, (end - first) * width, self._records_at + first * width)
        at = raw.find(digest)
        while at >= 0:
            if at % width == 0:
                number = int.from_bytes(raw[at + DIGEST_BYTES : at + width])
                yield number & ~REMOVED, number >= REMOVED
            at = raw.find(digest, at + 1)

    def records(self) -> Records:
        """Return all records; for a delta, or where lists are made."""
        raw = _read(self._descriptor, self.count * RECORD.itemsize, self._records_at)
        return np.frombuffer(raw, RECORD)

    def close(self) -> None:
        os.close(self._descriptor)

    def _checked(self, raw: bytes) -> "array.array[int]":
        bounds = array.array("I", raw)
        if sys.byteorder == "little":
            bounds.byteswap()
        sizes = np.diff(np.frombuffer(bounds, np.uint32).astype(np.int64))
        whole = bounds[0] == 0 and bounds[-1] == self.count
        if not whole or sizes.min() < 0 or sizes.max() > _MOST_IN_BUCKET:
            raise ListRefused("documents: its directory does not fit")
        return bounds


def _read(descriptor: int, length: int, offset: int) -> bytes:
    return read_exactly(descriptor, length, offset, "documents")


def read_exactly(descriptor: int, length: int, offset: int, what: str) -> bytes:
    """Return ``length`` bytes of a file that was verified, and may be on a failing disk.

    Raises:
        ListRefused: they are not there; names ``what``.

    """
    part = _read_some(descriptor, length, offset, what) if length else b""
    if len(part) == length:  # as nearly always
        return part
    parts = []
    while part:
        parts.append(part)
        length -= len(part)
        offset += len(part)
        if length == 0:
            return b"".join(parts)
        part = _read_some(descriptor, length, offset, what)
    raise ListRefused(f"{what}: ends early")


def _read_some(descriptor: int, length: int, offset: int, what: str) -> bytes:
    try:
        return os.pread(descriptor, length, offset)
    except OSError as error:
        raise ListRefused(f"{what}: {error.strerror}") from error
