"""What SQLite's write-ahead log lost to a damaged disk, told before SQLite drops it.

After a crash SQLite takes from the log what fits its checksums and forgets the rest without a
word: it cannot tell a write that power loss cut short from one that was on the disk and is damaged.
Behind a whole and synchronised transaction there is the next one, so that damage in any but the
last is told by what follows it. One bit that is another one is told by the checksum alone, also in
the last transaction where the rest of it is there: what a torn write leaves differs by more.

Formats: sqlite.org/fileformat2.html section 4.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Self

_HEAD_BYTES: Final = 32
_SUMMED_OF_HEAD: Final = 24
_FRAME_HEAD: Final = struct.Struct(">II8s8s")
_SUM: Final = struct.Struct(">II")
_MAGIC: Final = {0x377F0682: "<", 0x377F0683: ">"}
_PAGES: Final = frozenset(1 << bits for bits in range(9, 17))
_MASK: Final = 0xFFFF_FFFF
_WORD_BITS: Final = 32
_WORDS_OF_HEAD: Final = 2
_NOTHING: Final = (0, 0)

_Checksum = tuple[int, int]


def log_fault(database: Path) -> str:
    """Return what is damaged in the log of ``database``; "" for nothing, or for no log.

    Another process may be writing to it: damage is what is still there at a second look.

    Args:
        database: the file of the database itself.

    Raises:
        OSError: the log cannot be read.

    """
    log = database.with_name(f"{database.name}-wal")
    found = _look(log)
    return found if found and _look(log) == found else ""


def _look(file: Path) -> str:
    try:
        with file.open("rb") as log:
            return _fault(log)
    except FileNotFoundError:
        return ""


@dataclass(frozen=True, slots=True)
class _Head:
    order: str
    page_bytes: int
    salts: bytes
    checksum: _Checksum

    @classmethod
    def of(cls, raw: bytes) -> Self | None:
        """Return what the beginning of the log says, None if it does not fit its checksum."""
        magic, _, page_bytes, _ = struct.unpack_from(">4I", raw)
        order = _MAGIC.get(magic)
        checksum = _SUM.unpack_from(raw, _SUMMED_OF_HEAD)
        if (
            order is None
            or page_bytes not in _PAGES
            or _summed(order, _NOTHING, raw[:_SUMMED_OF_HEAD]) != checksum
        ):
            return None
        return cls(order, page_bytes, raw[16:_SUMMED_OF_HEAD], checksum)


@dataclass(frozen=True, slots=True)
class _Frame:
    commits: bool
    salts: bytes
    stored: _Checksum
    content: bytes

    def summed(self, head: _Head, before: _Checksum) -> _Checksum:
        return _summed(head.order, before, self.content)

    def fits(self, head: _Head, before: _Checksum) -> bool:
        return self.salts == head.salts and self.summed(head, before) == self.stored


def _fault(log: BinaryIO) -> str:
    raw = log.read(_HEAD_BYTES)
    if len(raw) < _HEAD_BYTES:
        return ""
    head = _Head.of(raw)
    if head is None:
        return "the head of its log" if _lost_head(raw, log) else ""
    before = head.checksum
    frames = enumerate(_frames(log, head), 1)
    for number, frame in frames:
        if not frame.fits(head, before):
            after = (each for _, each in frames)
            return f"write {number} in its log" if _is_damaged(frame, after, head, before) else ""
        before = frame.stored
    return ""


def _frames(log: BinaryIO, head: _Head) -> Iterator[_Frame]:
    size = _FRAME_HEAD.size + head.page_bytes
    while len(raw := log.read(size)) == size:
        _, pages, salts, stored = _FRAME_HEAD.unpack_from(raw)
        content = raw[:8] + raw[_FRAME_HEAD.size :]
        yield _Frame(pages > 0, salts, _SUM.unpack(stored), content)


def _lost_head(raw: bytes, log: BinaryIO) -> bool:
    """Say whether one bit of the head is another one and the log behind it is good."""
    heads = [head for bit in range(8 * _HEAD_BYTES) if (head := _Head.of(_flipped(raw, bit)))]
    for head in heads:
        log.seek(_HEAD_BYTES)
        first = next(_frames(log, head), None)
        if first is not None and first.fits(head, head.checksum):
            return True
    return False


def _flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _is_damaged(frame: _Frame, after: Iterator[_Frame], head: _Head, before: _Checksum) -> bool:
    """Say whether ``frame``, which does not fit, was whole on the disk.

    It was if its transaction was ended behind it and another one begun. It was, too, if one bit
    of its own head is another one, or one of its page where all else of its transaction is there.
    Each write begins with the checksum of the one before: one of ``frame``, the stored or the
    computed, is right. What is left of a transaction that failed fits neither.
    """
    flipped = _flipped_word(frame, head, before)
    if flipped is not None and flipped < _WORDS_OF_HEAD:
        return True
    sums, ended = {frame.stored, frame.summed(head, before)}, frame.commits
    for later in after:
        if not any(later.fits(head, each) for each in sums):
            break
        if ended:
            return True
        sums, ended = {later.stored}, later.commits
    return ended and flipped is not None


def _flipped_word(frame: _Frame, head: _Head, before: _Checksum) -> int | None:
    """Return in which word of what is summed one bit is another one, None for none.

    Before the first word are the salts; behind the last is the checksum.

    A bit of a word changes the checksum by a power of two, times what the words behind it make
    of that.
    """
    summed = frame.summed(head, before)
    if salts := int.from_bytes(frame.salts) ^ int.from_bytes(head.salts):
        return -1 if salts.bit_count() == 1 and summed == frame.stored else None
    if sum((a ^ b).bit_count() for a, b in zip(summed, frame.stored, strict=True)) == 1:
        return len(frame.content)  # of the checksum, or of the end of the page
    lacks = [(b - a) & _MASK for a, b in zip(summed, frame.stored, strict=True)]
    exceeds = [-each & _MASK for each in lacks]
    words = _words(head.order, frame.content)
    for place, weight in _weights(len(words)):
        for bit in range(_WORD_BITS):
            wanted = exceeds if words[place] >> bit & 1 else lacks
            if [(each << bit) & _MASK for each in weight] == wanted:
                return place
    return None


def _weights(words: int) -> Iterator[tuple[int, _Checksum]]:
    """Give by how much one more in each word changes the checksum, from the last word on."""
    even, odd = (1, 1), (0, 1)
    for place in range(words - 2, -1, -2):
        yield place, even
        yield place + 1, odd
        even, odd = _carried(even), _carried(odd)


def _carried(weight: _Checksum) -> _Checksum:
    """Return what the next pair of words makes of a change."""
    changed = weight[0] + weight[1]
    return changed & _MASK, (changed + weight[1]) & _MASK


def _words(order: str, content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"{order}{len(content) // 4}I", content)


def _summed(order: str, before: _Checksum, content: bytes) -> _Checksum:
    """Return SQLite's checksum of ``content``, begun with another one."""
    words = _words(order, content)
    first, second = before
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & _MASK
        second = (second + odd + first) & _MASK
    return first, second
