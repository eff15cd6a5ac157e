"""The images that a list names, looked for below one folder and nowhere else."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from egate.biometrics.evaluation.pair_list import ImageName
from egate.cli.outcome import BadInput

_NAMED: Final = 10
"""Of many faults so many are told, and how many more there are."""


class ImageFolder:
    """A folder of images.

    Args:
        folder: as the user named it.

    Raises:
        BadInput: it is no folder.

    """

    def __init__(self, folder: Path) -> None:
        try:
            self._root = folder.resolve(strict=True)
        except OSError as error:
            raise BadInput(f"{folder}: {error.strerror}") from error
        if not self._root.is_dir():
            raise BadInput(f"{folder}: not a folder")
        self._folder = folder

    def path(self, image: str) -> Path:
        """Return the file of an image that ``find`` gave."""
        return self._root / image

    def find(self, images: Iterable[ImageName]) -> dict[ImageName, str]:
        """Return for each image which of its candidates there is.

        Raises:
            BadInput: some are not there, or links lead out of the folder; names them.

        """
        found = {image: self._there(image) for image in dict.fromkeys(images)}
        missing = [image.candidates[0] for image, there in found.items() if there is None]
        if missing:
            raise BadInput(f"{self._folder} has no {some(missing)}")
        return {image: there for image, there in found.items() if there is not None}

    def digest(self, images: Iterable[str]) -> str:
        """Return a digest of the names, sizes and times of the files of ``images``."""
        digest = hashlib.sha256()
        for image in sorted(images):
            status = self.path(image).stat()
            digest.update(f"{image}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
        return digest.hexdigest()

    def _there(self, image: ImageName) -> str | None:
        return next((each for each in image.candidates if self._is_inside(each)), None)

    def _is_inside(self, image: str) -> bool:
        try:
            file = self.path(image).resolve(strict=True)
        except OSError:
            return False
        return file.is_relative_to(self._root) and file.is_file()


def some(faults: Sequence[str]) -> str:
    """Return the first few of ``faults`` on one line, and how many more there are."""
    told = "; ".join(faults[:_NAMED])
    return f"{told}; and {len(faults) - _NAMED} more" if len(faults) > _NAMED else told
