"""Pictures on the centre's disk: sealed files, each named by the SHA-256 of what is in it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from egate.durable_files import put_file, synchronise
from egate.outbox.sealing import Seal, SealBroken

_PRIVATE: Final = 0o600
_DIGEST_CHARACTERS: Final = 64


class ImageStore:
    """Blocks on the disk: for a thread.

    Args:
        folder: made if it is not there.

    Raises:
        OSError: it cannot be used.
        KeyFileUnusable: the key beside it cannot be used.

    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._seal = Seal.from_file(folder.with_name(f"{folder.name}.key"))

    def put(self, digest: bytes, content: bytes) -> None:
        """Keep ``content``, whose SHA-256 is ``digest``; when it returns it is on the disk.

        Raises:
            OSError: it cannot be kept.

        """
        file = self._file(digest)
        if file.exists():
            return
        for folder in (file.parent.parent, file.parent):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
                synchronise(folder.parent)
        put_file(file, self._seal.seal(content, digest.hex()), _PRIVATE)

    def get(self, digest: bytes) -> bytes | None:
        """Return what ``digest`` names, None when it is gone or is not what it was."""
        try:
            content = self._seal.unseal(self._file(digest).read_bytes(), digest.hex())
        except (OSError, SealBroken):
            return None
        return content if hashlib.sha256(content).digest() == digest else None

    def delete(self, digest: bytes) -> None:
        """Let go of what ``digest`` names.

        Raises:
            OSError: the disk does not let it go.

        """
        self._file(digest).unlink(missing_ok=True)

    def all(self) -> Iterator[bytes]:
        """Give the digest of each file."""
        for file in self._folder.glob("??/??/*"):
            if len(file.name) == _DIGEST_CHARACTERS:
                yield bytes.fromhex(file.name)

    def _file(self, digest: bytes) -> Path:
        name = digest.hex()
        return self._folder / name[:2] / name[2:4] / name
