"""Face verification on Labeled Faces in the Wild: every comparison of the protocol's images.

    python -m benchmarks.bench_lfw --images DIR --pairs FILE [--cache FOLDER]

DIR holds the pictures as distributed (``Name/Name_0001.jpg``), FILE is ``pairs.txt``; without
the options ``EGATE_LFW_IMAGES`` and ``EGATE_LFW_PAIRS`` tell them. Without either, nothing is
measured: the pictures are in no repository. An interrupted run goes on from ``--cache``, which
must lie outside the repository; it is deleted when the run is complete.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track

from egate.biometrics.detection import FaceBox
from egate.biometrics.evaluation.error_rates import FMRS, ComparisonScores
from egate.biometrics.evaluation.pair_list import ImageName, parse_images
from egate.biometrics.evaluation.trials import every_comparison
from egate.biometrics.face_image import decode_face_image
from egate.biometrics.verification import FaceTemplate, FaceVerifier

_REPOSITORY: Final = Path(__file__).resolve().parent.parent
_LIMITS: Final = {
    "nothing rejected": (0.9, 1.7),
    "5 % of the images asked again": (0.5, 0.9),
    "three frames fused": (0.2, 0.6),
}
"""FNMR in per cent that must not be passed, at FMR 0.1 and 0.01 %."""
_ASKED_AGAIN: Final = (1, 2, 5)  # per cent of the images
_FRAMES: Final = 3
_SAVED_EVERY: Final = 500

Rows = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", default=os.environ.get("EGATE_LFW_IMAGES"), metavar="DIR")
    parser.add_argument("--pairs", default=os.environ.get("EGATE_LFW_PAIRS"), metavar="FILE")
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="to go on from, outside here")
    arguments = parser.parse_args()
    if not arguments.images or not arguments.pairs:
        print("bench_lfw: skipped, --images and --pairs name no pictures", file=sys.stderr)
        return
    cache: Path | None = arguments.cache
    if cache and cache.resolve().is_relative_to(_REPOSITORY):
        parser.error("--cache must lie outside the repository: embeddings are never kept in it")
    images = parse_images(Path(arguments.pairs).read_text("utf-8"))
    pictures = Pictures(Path(arguments.images), images)
    with ExitStack() as at_the_end:
        stills = pictures.stills(_Kept(cache, "stills", at_the_end))
        live = pictures.fused(_Kept(cache, "live", at_the_end))
        report(pictures, stills, live)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Vectors in memory, and in a folder from which an interrupted run goes on."""

    folder: Path | None
    name: str
    at_the_end: ExitStack

    def rows(self, count: int, title: str, make: Callable[[int], Rows]) -> Rows:
        """Return ``make`` of every number below ``count``, each a vector of 129."""
        rows = np.full((count, 129), np.nan)
        first = 0
        file = self.folder / f"lfw-{self.name}.npy" if self.folder else None
        if file and file.exists():
            before = np.load(file)
            first = len(before)
            rows[:first] = before
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
        bar = track(range(first, count), description=title, console=Console(stderr=True))
        for number in bar:
            rows[number] = make(number)
            if file and (number + 1) % _SAVED_EVERY == 0:
                np.save(file, rows[: number + 1])
        if file:
            np.save(file, rows)
            self.at_the_end.callback(file.unlink)
        return rows


@dataclass(slots=True)
class Pictures:
    """The protocol's images, and what the product makes of them."""

    folder: Path
    images: tuple[ImageName, ...]
    people: Numbers = field(init=False)
    _verifier: FaceVerifier = field(init=False, default_factory=FaceVerifier.load)

    def __post_init__(self) -> None:
        names = [image.person for image in self.images]
        self.people = np.unique(names, return_inverse=True)[1].astype(np.int64)

    def threes(self) -> Iterator[Numbers]:
        """Give images of one person by threes, none twice, of people with four or more."""
        for person in np.unique(self.people):
            own = np.flatnonzero(self.people == person)
            if len(own) > _FRAMES:
                for first in range(0, len(own) - _FRAMES + 1, _FRAMES):
                    yield own[first : first + _FRAMES]

    def stills(self, kept: _Kept) -> Rows:
        """Return each image's embedding and norm; not-a-number where there is no face."""
        return kept.rows(len(self.images), "stills", lambda one: _row(self._still(one)))

    def fused(self, kept: _Kept) -> Rows:
        """Return the same of three images of a person, each taken as a live frame is."""
        threes = list(self.threes())
        return kept.rows(len(threes), "live", lambda one: _row(self._fused(threes[one])))

    def _still(self, number: int) -> FaceTemplate | None:
        return self._verifier.template(self._read(number))

    def _fused(self, numbers: Numbers) -> FaceTemplate | None:
        pictures = [self._read(int(one)) for one in numbers]
        seen = [self._verifier.observe(picture, _middle(picture)) for picture in pictures]
        return self._verifier.fused(seen) if any(one.template for one in seen) else None

    def _read(self, number: int) -> npt.NDArray[np.uint8]:
        candidates = (self.folder / name for name in self.images[number].candidates)
        return decode_face_image(next(file for file in candidates if file.exists()).read_bytes())


def _middle(picture: npt.NDArray[np.uint8]) -> FaceBox:
    """Return where LFW has the person that is meant: a gate follows a face from frame to frame."""
    height, width = picture.shape[:2]
    return FaceBox(width / 4, height / 4, width / 2, height / 2)


def _row(template: FaceTemplate | None) -> Rows:
    if template is None:
        return np.full(129, np.nan)
    return np.append(template.embedding, template.quality.embedding_norm)


def report(pictures: Pictures, stills: Rows, live: Rows) -> None:
    found = ~np.isnan(stills[:, 0])
    show("LFW: images without a face", float(np.sum(~found)), "", note=f"of {len(stills)}")
    people, rows = pictures.people[found], stills[found]
    told("nothing rejected", compared(rows, people))
    for share in _ASKED_AGAIN:
        limit = float(np.percentile(rows[:, -1], share))
        good = rows[:, -1] >= limit
        told(f"{share} % of the images asked again", compared(rows[good], people[good]), limit)
    told("three frames fused", fused_scores(pictures, stills, live))


def compared(rows: Rows, people: Numbers) -> ComparisonScores:
    trials = every_comparison(rows[:, :-1], people, {})
    return ComparisonScores.of(trials.genuine.scores, trials.impostor.scores)


def fused_scores(pictures: Pictures, stills: Rows, live: Rows) -> ComparisonScores:
    """Compare every three with each image that is none of them."""
    similar = (live[:, :-1] @ stills[:, :-1].T).astype(np.float32)
    genuine, impostor = [], []
    for scores, three in zip(similar, pictures.threes(), strict=True):
        own = pictures.people == pictures.people[three[0]]
        impostor.append(scores[~own])
        own[three] = False
        genuine.append(scores[own])
    every = (np.concatenate(scores) for scores in (genuine, impostor))
    return ComparisonScores.of(*(scores[~np.isnan(scores)] for scores in every))


def told(name: str, scores: ComparisonScores, norm: float | None = None) -> None:
    """Print FNMR at every FMR, beside the limit where there is one."""
    limits = dict(zip((0.001, 0.0001), _LIMITS.get(name, ()), strict=False))
    count = f"{scores.genuine.size} genuine, {scores.impostor.size} impostor comparisons"
    gate = "" if norm is None else f", norm under {norm:.2f} asked again"
    for fmr in FMRS:
        point = scores.at_fmr(fmr)
        if point is not None:
            show(
                f"LFW, {name}: FNMR at FMR {100 * float(fmr):g} %",
                100 * (point.fnmr.value or 0.0),
                "%",
                limits.get(float(fmr)),
                f"threshold {point.threshold:.4f}, {count}{gate}",
            )


def show(name: str, value: float, unit: str, limit: float | None = None, note: str = "") -> None:
    figure: dict[str, object] = {"name": name, "value": value, "unit": unit, "note": note}
    if limit is not None:
        figure |= {"reference": f"at most {limit} %", "ratio": value / limit}
    print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
