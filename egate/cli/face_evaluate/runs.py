"""The two protocols: the pairs of the list, or every comparison of its images."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from egate.biometrics.evaluation.quality_bands import Bands, QualityBands
from egate.biometrics.evaluation.trials import Trials, every_comparison
from egate.biometrics.verification import FaceTemplate
from egate.cli.face_evaluate.acquisition import Acquired, Acquisition
from egate.cli.face_evaluate.resume_file import ResumeFile

Look = Callable[[str], Acquisition]
Advance = Callable[[], None]


class FoundPair(NamedTuple):
    reference: str
    probe: str
    genuine: bool


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What a protocol gave.

    Args:
        genuine: comparisons of one person.
        impostor: of two.
        measures: how the images were put into bands of quality.
        images: every image with its quality or its failure.

    """

    genuine: Trials
    impostor: Trials
    measures: tuple[QualityBands, ...]
    images: Mapping[str, Acquired]


class _Templates:
    """Templates of images that further pairs need, in memory only."""

    def __init__(self, pairs: Sequence[FoundPair], look: Look, resume: ResumeFile) -> None:
        self._waiting = Counter(image for pair in pairs for image in (pair.reference, pair.probe))
        self._look = look
        self._resume = resume
        self._templates: dict[str, FaceTemplate] = {}

    def of(self, image: str) -> FaceTemplate | None:
        known = self._resume.images.get(image)
        if image not in self._templates and (known is None or known.failure is None):
            seen = self._look(image)
            if known is None:
                self._resume.keep_image(image, seen.acquired)
            if seen.template is not None:
                self._templates[image] = seen.template
        return self._templates.get(image)

    def leave(self, pair: FoundPair) -> None:
        """Drop what no later pair needs."""
        for image in (pair.reference, pair.probe):
            self._waiting[image] -= 1
            if not self._waiting[image]:
                self._templates.pop(image, None)


def run_pairs(
    pairs: Sequence[FoundPair],
    look: Look,
    similarity: Callable[[FaceTemplate, FaceTemplate], float],
    resume: ResumeFile,
    advance: Advance,
) -> Run:
    """Compare each pair that ``resume`` does not know yet.

    Args:
        pairs: of images that are there.
        look: from the name of an image to what it shows.
        similarity: of two templates.
        resume: what was done before; what is done is added at once.
        advance: called after each pair.

    """
    templates = _Templates(pairs, look, resume)
    for number, pair in enumerate(pairs):
        if number not in resume.similarities:
            reference, probe = templates.of(pair.reference), templates.of(pair.probe)
            if reference is not None and probe is not None:
                resume.keep_similarity(number, similarity(reference, probe))
        templates.leave(pair)
        advance()
    return _of_pairs(pairs, resume)


def run_all(people: Mapping[str, str], look: Look, advance: Advance) -> Run:
    """Compare every image with every other one.

    Args:
        people: image -> who is in it.
        look: from the name of an image to what it shows.
        advance: called after each image.

    """
    images: dict[str, Acquired] = {}
    embeddings = []
    for image in people:
        seen = look(image)
        images[image] = seen.acquired
        if seen.template is not None:
            embeddings.append(seen.template.embedding)
        advance()
    numbers = {person: number for number, person in enumerate(sorted(set(people.values())))}
    measures, bands = _bands(images)
    compared = {image for image in images if images[image].failure is None}
    shown = [numbers[person] for image, person in people.items() if image in compared]
    lost = [numbers[person] for image, person in people.items() if image not in compared]
    genuine, impostor = every_comparison(
        np.array(embeddings).reshape(len(shown), -1),
        np.array(shown, np.int64),
        {
            measure: np.array(list(of_image.values()), np.uint8)
            for measure, of_image in bands.items()
        },
        np.array(lost, np.int64),
    )
    return Run(genuine, impostor, measures, images)


def _of_pairs(pairs: Sequence[FoundPair], resume: ResumeFile) -> Run:
    measures, bands = _bands(resume.images)
    kinds = []
    for genuine in (True, False):
        mine = [number for number, pair in enumerate(pairs) if pair.genuine is genuine]
        done = [number for number in mine if number in resume.similarities]
        scores = np.array([resume.similarities[number] for number in done], np.float64)
        poorer = {
            measure: np.array(
                [min(of_image[pairs[n].reference], of_image[pairs[n].probe]) for n in done],
                np.uint8,
            )
            for measure, of_image in bands.items()
        }
        kinds.append(Trials(scores, poorer, len(mine) - len(done)))
    return Run(kinds[0], kinds[1], measures, resume.images)


def _bands(
    images: Mapping[str, Acquired],
) -> tuple[tuple[QualityBands, ...], dict[str, dict[str, int]]]:
    """Return the bands of each measure, and for each the band of each image with a face."""
    shown = {image: each.quality for image, each in images.items() if each.failure is None}
    names = sorted({name for quality in shown.values() for name in quality})
    measures = tuple(
        QualityBands.of(name, [quality[name] for quality in shown.values()]) for name in names
    )
    bands = {}
    for each in measures:
        of_images: Bands = each.of_images([quality[each.measure] for quality in shown.values()])
        bands[each.measure] = dict(zip(shown, of_images.tolist(), strict=True))
    return measures, bands
