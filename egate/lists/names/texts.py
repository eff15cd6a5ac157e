"""Many short texts in one piece of memory."""

from collections.abc import Iterable, Iterator
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

_END: Final = np.dtype("<i4")


class Texts:
    """Texts one after another, and where each ends.

    Args:
        piece: all of them in UTF-8.
        ends: of each in ``piece``, in bytes; never less than the one before.

    """

    def __init__(self, piece: bytes, ends: NDArray[np.int32]) -> None:
        self.piece, self.ends = piece, ends

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        raw = [text.encode("utf-8") for text in texts]
        lengths = np.fromiter(map(len, raw), np.int64, len(raw))
        return cls(b"".join(raw), np.cumsum(lengths).astype(_END))

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, at: int) -> str:
        begin = self.ends[at - 1] if at else 0
        return self.piece[begin : self.ends[at]].decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        begin = 0
        for end in self.ends.tolist():
            yield self.piece[begin:end].decode("utf-8")
            begin = end

    def bytes_held(self) -> int:
        return len(self.piece) + self.ends.nbytes
