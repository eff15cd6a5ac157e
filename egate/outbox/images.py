"""Pictures of referred travellers that wait for the centre: sealed, bounded, and soon forgotten.

They lie in a folder of their own beside the journal. When there are too many, or they are too
old, the oldest go: a picture may be lost, a record never is, and neither waits for the other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from egate.domain.time import UtcSeconds
from egate.durable_files import put_file
from egate.outbox.sealing import Seal, SealBroken
from egate.ports.case_images import CaseImage, CaseImageKind

_NAME: Final = re.compile(
    rf"(?P<at>\d{{14}})\.(?P<number>\d{{2}})\.(?P<kind>{'|'.join(CaseImageKind)})\."
    r"(?P<crossing>[0-9a-f-]{36})"
)
_PRIVATE: Final = 0o600


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """How much waits for how long.

    Args:
        keep_seconds: after which a picture is forgotten, sent or not.
        most_bytes: of all that wait, sealed.

    """

    keep_seconds: float
    most_bytes: int


@dataclass(frozen=True, slots=True)
class WaitingImage:
    """A picture, and the file that it is in."""

    crossing_id: str
    image: CaseImage
    file: Path


class ImageQueue:
    """Blocks on the disk: for a thread, one call at a time.

    Args:
        folder: made if it is not there.
        seal: of what is personal at this gate.
        limits: how much is kept for how long.

    Raises:
        OSError: the folder cannot be used.

    """

    def __init__(self, folder: Path, seal: Seal, limits: ImageLimits) -> None:
        self._folder = folder
        self._seal = seal
        self._limits = limits
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for torn in folder.glob("*.new"):
            torn.unlink()

    def add(self, crossing_id: str, number: int, image: CaseImage, at: UtcSeconds) -> None:
        """Keep ``image``, and let go of the oldest ones if there are too many.

        Args:
            crossing_id: whose.
            number: of the picture among those of the crossing, 0 to 99.
            image: what to keep.
            at: now.

        Raises:
            OSError: it cannot be kept.

        """
        name = f"{int(at * 1000):014}.{number:02}.{image.kind}.{crossing_id}"
        put_file(self._folder / name, self._seal.seal(image.jpeg, name), _PRIVATE)
        sizes = [(file, file.stat().st_size) for file in self._files()]
        too_many = sum(size for _, size in sizes) - self._limits.most_bytes
        for file, size in sizes:
            if too_many <= 0:
                break
            file.unlink()
            too_many -= size

    def oldest(self, now: UtcSeconds) -> WaitingImage | None:
        """Return what has waited longest, None when nothing waits; forget what is too old.

        Raises:
            OSError: the folder cannot be read.

        """
        for file in self._files():
            found = _NAME.fullmatch(file.name)
            too_old = found and int(found["at"]) / 1000 < now - self._limits.keep_seconds
            image = None if found is None or too_old else self._opened(file, found)
            if image is not None:
                return image
            file.unlink()
        return None

    def settle(self, waiting: WaitingImage) -> None:
        """Forget a picture that the centre has, or will never take."""
        waiting.file.unlink(missing_ok=True)

    def _opened(self, file: Path, name: re.Match[str]) -> WaitingImage | None:
        try:
            jpeg = self._seal.unseal(file.read_bytes(), file.name)
        except SealBroken:
            return None
        return WaitingImage(name["crossing"], CaseImage(CaseImageKind(name["kind"]), jpeg), file)

    def _files(self) -> Iterator[Path]:
        return iter(sorted(self._folder.iterdir()))
