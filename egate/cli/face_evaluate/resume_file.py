"""What an interrupted evaluation leaves behind, so that it goes on where it stopped.

One JSON object a line: first what the run is bound to, then each image with its quality
and each comparison with its score. Never an embedding: an image that further pairs need
is looked at again. A line that a kill cut short is dropped.
"""

import fcntl
import json
import math
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from egate.cli.face_evaluate.acquisition import Acquired
from egate.cli.outcome import BadInput

_FORMAT: Final = 1


class ResumeFile:
    """Scores and qualities so far, in a file and in memory.

    Args:
        file: made when it is not there.
        bound_to: what the run depends on, in words -> its digest.
        pairs: how many the run has.
        names: of its images.

    Raises:
        BadInput: the file is of another run, is none of ours, is in use or cannot be written.

    """

    def __init__(
        self, file: Path, bound_to: Mapping[str, str], pairs: int, names: Collection[str]
    ) -> None:
        self.images: dict[str, Acquired] = {}
        self.similarities: dict[int, float] = {}
        self._file = file
        self._pairs = pairs
        self._names = names
        try:
            self._stream = file.open("a+b")
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._read({"format": _FORMAT, **bound_to})
        except BlockingIOError:
            self._stream.close()
            raise BadInput(f"{file}: another run is using it") from None
        except OSError as error:
            raise BadInput(f"{file}: {error.strerror}") from error
        except BadInput:
            self._stream.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stream.close()

    def keep_image(self, image: str, acquired: Acquired) -> None:
        self.images[image] = acquired
        self._write({"image": image, "quality": acquired.quality, "failure": acquired.failure})

    def keep_similarity(self, pair: int, similarity: float) -> None:
        self.similarities[pair] = similarity
        self._write({"pair": pair, "similarity": similarity})

    def remove(self) -> None:
        """Take the file away, because the evaluation is complete."""
        self._file.unlink(missing_ok=True)

    def _write(self, line: Mapping[str, Any]) -> None:
        # One write a line, without a buffer that a kill would lose.
        self._stream.write(json.dumps(line).encode() + b"\n")
        self._stream.flush()

    def _read(self, header: Mapping[str, Any]) -> None:
        self._stream.seek(0)
        content = self._stream.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._stream.truncate(len(whole))
        first, *rest = whole.split(b"\n")[:-1] or [b""]
        if not first:
            self._write(header)
            return
        self._check(self._object(first, 1), header)
        for number, line in enumerate(rest, 2):
            self._take(self._object(line, number), number)

    def _check(self, found: Mapping[str, Any], header: Mapping[str, Any]) -> None:
        stale = [name for name, value in header.items() if found.get(name) != value]
        if stale:
            raise self._refused(f"begun with another {' and '.join(stale)}")

    def _take(self, line: Mapping[str, Any], number: int) -> None:
        match line:
            case {
                "image": str(image),
                "quality": dict(quality),
                "failure": None | str() as failure,
            }:
                if image in self._names and self._is_like_the_others(quality, failure):
                    self.images[image] = Acquired(quality, failure)
                    return
            case {"pair": int(pair), "similarity": float(similarity)}:
                if type(pair) is int and 0 <= pair < self._pairs and abs(similarity) <= 1:
                    self.similarities[pair] = similarity
                    return
            case _:
                pass
        raise self._refused(f"line {number} is damaged")

    def _is_like_the_others(self, quality: Mapping[str, Any], failure: str | None) -> bool:
        """Tell whether an image has the measures that each with a face has, or none."""
        if failure is not None:
            return not quality
        others = (each.quality for each in self.images.values() if each.failure is None)
        return next(others, quality).keys() == quality.keys() and all(
            isinstance(value, float) and math.isfinite(value) for value in quality.values()
        )

    def _object(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise self._refused(f"line {number} is damaged")
        return found

    def _refused(self, fault: str) -> BadInput:
        return BadInput(f"{self._file}: {fault}; remove it to begin again, or name another --out")
