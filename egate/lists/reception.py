"""How far a version has come in: pure state, so that a transfer can break off anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from egate.lists.errors import ListRefused
from egate.lists.manifest import ContentName, Manifest

MAX_PART_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class PartWanted:
    """A piece of a file: where it begins, and how many bytes it may have."""

    name: ContentName
    offset: int
    length: int


class Reception:
    """Asks for one part after another.

    Args:
        manifest: verified before the first byte is taken.
        received: how many bytes there are of each file, from before.

    """

    def __init__(self, manifest: Manifest, received: Mapping[ContentName, int]) -> None:
        self._lengths = {name: content.length for name, content in manifest.contents.items()}
        self._received = {name: received.get(name, 0) for name in self._lengths}

    @property
    def wanted(self) -> PartWanted | None:
        """The next part; None when everything is there."""
        for name, length in self._lengths.items():
            offset = self._received[name]
            if offset < length:
                return PartWanted(name, offset, min(MAX_PART_BYTES, length - offset))
        return None

    def take(self, name: ContentName, offset: int, raw: bytes) -> None:
        """Count a part that came.

        Raises:
            ListRefused: it is not the one that is wanted; what came before still stands.

        """
        wanted = self.wanted
        if wanted is None or (name, offset) != (wanted.name, wanted.offset):
            raise ListRefused(f"{name}: not the part that was asked for")
        if not 0 < len(raw) <= wanted.length:
            raise ListRefused(f"{name}: a part of another length than was asked for")
        self._received[name] += len(raw)
