"""What the quality measures are worth on labelled photographs: limits, and errors when rejecting.

``python -m benchmarks.bench_quality PAIRS IMAGES`` runs it on the pairs file and the folder
of Labeled Faces in the Wild; they are no part of this repository.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.face_image import FaceImageInvalid, decode_face_image
from egate.biometrics.quality import MEASURED_LIMITS, FaceQuality, findings
from egate.biometrics.verification import FaceVerifier

Numbers = npt.NDArray[np.float64]

FALSE_MATCH_RATE: Final = 1e-4
SHARES: Final = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2)


@dataclass(frozen=True)
class Photographs:
    """What was found in the photographs that show a face.

    Args:
        people: whose, N.
        embeddings: N x 128, of length 1.
        qualities: of each.

    """

    people: npt.NDArray[np.str_]
    embeddings: Numbers
    qualities: tuple[FaceQuality, ...]

    def measure(self, name: str) -> Numbers:
        """Return one measure of every photograph."""
        return np.array([getattr(quality, name) for quality in self.qualities])


def photographs(pairs: Path, images: Path, verifier: FaceVerifier) -> Photographs:
    """Look at every photograph of the protocol; those without a face are left out."""
    people, embeddings, qualities = [], [], []
    for person, file in _files(pairs, images):
        try:
            template = verifier.template(decode_face_image(file.read_bytes()))
        except FaceImageInvalid:
            continue
        if template is not None:
            people.append(person)
            embeddings.append(template.embedding)
            qualities.append(template.quality)
    return Photographs(np.array(people), np.array(embeddings), tuple(qualities))


def _files(pairs: Path, images: Path) -> Iterator[tuple[str, Path]]:
    wanted = set()
    for line in pairs.read_text("utf-8").splitlines()[1:]:
        words = line.split("\t")
        if len(words) == 3:
            wanted |= {(words[0], int(words[1])), (words[0], int(words[2]))}
        elif len(words) == 4:
            wanted |= {(words[0], int(words[1])), (words[2], int(words[3]))}
    for person, number in sorted(wanted):
        yield person, images / person / f"{person}_{number:04d}.jpg"


def percentiles(found: Photographs) -> Iterator[tuple[str, Numbers]]:
    """Give every measure with its 1st, 5th, 50th, 95th and 99th percentile."""
    for field in fields(FaceQuality):
        yield field.name, np.percentile(found.measure(field.name), (1, 5, 50, 95, 99))


def rejected(found: Photographs) -> Mapping[str, float]:
    """Return the share of the photographs that each measure rejects at the measured limits."""
    by_measure = [
        {finding.measure for finding in findings(quality, MEASURED_LIMITS)}
        for quality in found.qualities
    ]
    names = sorted(set().union(*by_measure))
    return {name: float(np.mean([name in one for one in by_measure])) for name in names}


def goodness(found: Photographs) -> Mapping[str, Numbers]:
    """Return for every measure a number per photograph that is larger for a better one."""
    far = {name: -np.abs(found.measure(name)) for name in ("yaw", "pitch", "roll")}
    more = {
        name: found.measure(name)
        for name in (
            "embedding_norm", "sharpness", "eye_distance_px", "dynamic_range", "light_evenness",
        )
    }  # fmt: skip
    less = {
        name: -found.measure(name)
        for name in ("covered", "under_exposed", "over_exposed", "blockiness", "off_centre")
    }
    middling = {"brightness": -np.abs(found.measure("brightness") - 120)}
    chance = {"nothing (chance)": np.random.default_rng(1).random(len(found.qualities))}
    return more | far | less | middling | chance


def error_versus_discard(found: Photographs) -> Iterator[tuple[str, list[float]]]:
    """Give for every measure the FNMR when the worst photographs by it are rejected.

    The threshold stays the one of ``FALSE_MATCH_RATE`` over all comparisons.
    """
    first, second, similarity = _genuine(found)
    threshold = _threshold(found)
    for name, good in goodness(found).items():
        order = np.argsort(np.argsort(good, kind="stable"), kind="stable")
        rank = order / len(good)
        errors = []
        for share in SHARES:
            kept = (rank[first] >= share) & (rank[second] >= share)
            errors.append(float(np.mean(similarity[kept] < threshold)))
        yield name, errors


def _genuine(found: Photographs) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Numbers]:
    pairs = []
    for person in np.unique(found.people):
        mine = np.flatnonzero(found.people == person)
        pairs += [(a, b) for n, a in enumerate(mine) for b in mine[n + 1 :]]
    first, second = np.array(pairs).T
    return first, second, np.sum(found.embeddings[first] * found.embeddings[second], axis=1)


def _threshold(found: Photographs) -> float:
    """Return the similarity that a share of ``FALSE_MATCH_RATE`` of the impostors reaches."""
    vectors = found.embeddings.astype(np.float32)
    edges = np.linspace(-1.001, 1.001, 20_021)
    counts = np.zeros(len(edges) - 1, np.int64)
    for row in range(len(vectors) - 1):
        others = found.people[row + 1 :] != found.people[row]
        scores = (vectors[row + 1 :] @ vectors[row])[others]
        counts += np.histogram(scores, edges)[0]
    reached = np.cumsum(counts[::-1])[::-1] / counts.sum()
    return float(edges[np.argmax(reached <= FALSE_MATCH_RATE)])
