"""What was seen of a source before, so that the same file is not read twice.

Losing it costs time only: everything is imported once more, and changes nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

_FILE: Final = "updates.json"
_MAX_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Seen:
    """A file of the source.

    Args:
        mark: by which the source tells it.
        sha256: of its content, hexadecimal.
        refused: why nothing, or not all, of it was taken; "" if all was.
        is_failure: nothing of it was taken, which somebody must look at.

    """

    mark: str
    sha256: str
    refused: str = ""
    is_failure: bool = False


@dataclass(frozen=True, slots=True)
class UpdateMemory:
    """Of one source and one store.

    Args:
        address: of the source.
        store_version: of the store after the last round; what was refused is tried again
            when the store has become another one.
        mark: of the source as a whole.
        files: by name.

    """

    address: str
    store_version: str = ""
    mark: str = ""
    files: Mapping[str, Seen] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, address: str) -> "UpdateMemory":
        """Return what is known of the source at ``address``; nothing if that cannot be read."""
        try:
            with (folder / _FILE).open("rb") as stream:
                kept = json.loads(stream.read(_MAX_BYTES))
            files = {name: Seen(**each) for name, each in kept["files"].items()}
            memory = cls(kept["address"], kept["store_version"], kept["mark"], files)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return cls(address)
        return memory if memory.address == address else cls(address)

    def save(self, folder: Path) -> None:
        """Write it beside the store.

        Raises:
            OSError: it cannot be written.

        """
        temporary = folder / f"{_FILE}.new"
        kept = {
            "address": self.address,
            "store_version": self.store_version,
            "mark": self.mark,
            "files": {name: asdict(each) for name, each in self.files.items()},
        }
        temporary.write_text(json.dumps(kept), "utf-8")
        temporary.replace(folder / _FILE)
