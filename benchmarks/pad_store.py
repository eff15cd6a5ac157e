"""Rendered passages kept in a folder, so that a change of a cue needs no rendering.

A folder below it bears the digest of all that renders: pictures of an older camera or of
other photographs are not found again, and may be deleted.
"""

import hashlib
import io
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.pad_passages import TIMETABLE, Frame, Passage
from hardware_mocks import camera
from hardware_mocks.camera import mjpeg
from hardware_mocks.camera.person import PHOTOGRAPHS

_DIGITS: Final = 16


class PassageStore:
    """Args: the folder, which is made if there is none; None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder and folder / _renderer()
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)

    def frames(self, passage: Passage) -> list[Frame]:
        """Return the frames of ``passage``, rendered if they are not kept."""
        if self._folder is None:
            return passage.frames()
        file = self._folder / f"{passage.species}-{passage.person}-{passage.seed}.npz"
        if file.exists():
            return _read(file)
        frames = passage.frames()
        part = file.with_suffix(".part")  # an interrupted run leaves no half a passage
        part.write_bytes(_packed(frames))
        part.replace(file)
        return frames


def _packed(frames: list[Frame]) -> bytes:
    packed = io.BytesIO()
    np.savez(
        packed,
        jpeg=np.frombuffer(b"".join(frame.jpeg for frame in frames), np.uint8),
        length=np.array([len(frame.jpeg) for frame in frames]),
        seconds=np.array([frame.seconds for frame in frames]),
        light=np.array([frame.light for frame in frames]),
    )
    return packed.getvalue()


def _read(file: Path) -> list[Frame]:
    with np.load(file, allow_pickle=False) as kept:
        ends = np.cumsum(kept["length"])
        pieces = np.split(kept["jpeg"], ends[:-1])
        of_frames = zip(pieces, kept["seconds"], kept["light"], strict=True)
        return [Frame(jpeg.tobytes(), float(at), float(light)) for jpeg, at, light in of_frames]


def _renderer() -> str:
    """Return a digest of everything that decides what a passage looks like."""
    sources = sorted(set(Path(camera.__path__[0]).glob("*.py")) - {Path(mjpeg.__file__)})
    pictures = sorted(each for each in PHOTOGRAPHS.rglob("*") if each.is_file())
    digest = hashlib.sha256(repr(TIMETABLE).encode())
    for file in (*sources, *pictures):
        digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:_DIGITS]
