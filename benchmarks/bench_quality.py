"""What the quality measures cost, notice and resolve: the figures of docs/face-quality.md.

Without arguments: on the six people of the simulated lane. With the pairs file and the
image folder of Labeled Faces in the Wild, error rates too (benchmarks/quality_errors.py).
"""

import json
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from benchmarks.face_covers import KINDS, covered
from benchmarks.quality_errors import (
    SHARES,
    error_versus_discard,
    percentiles,
    photographs,
    rejected,
)
from egate.biometrics.detection import DetectedFace, FaceDetector
from egate.biometrics.embedding import align
from egate.biometrics.face_image import FaceImage, decode_face_image
from egate.biometrics.models import YUNET, read_model
from egate.biometrics.opencv import cv2
from egate.biometrics.quality import FaceQuality, bits_per_pixel, judge
from egate.biometrics.verification import FaceVerifier

PEOPLE: Final = Path(__file__).resolve().parent.parent / "hardware_mocks" / "photographs"
REPEATS: Final = 100
DRAWINGS: Final = 4
COVERED: Final = 0.5
PARTS: Final = {
    "mask": "mouth_covered",
    "scarf": "mouth_covered",
    "hand": "mouth_covered",
    "sunglasses": "eyes_covered",
    "cap": "forehead_covered",
}


class Seen(NamedTuple):
    """A picture and its face."""

    image: FaceImage
    face: DetectedFace

    @property
    def quality(self) -> FaceQuality:
        return judge(self.image, self.face, align(self.image, self.face.landmarks), 12.0)

    @property
    def eyes_apart(self) -> float:
        return self.quality.eye_distance_px


def main() -> None:
    detector = FaceDetector(read_model(YUNET))
    seen = list(_people(detector))
    cost(detector)
    covers(detector, seen)
    blur(seen)
    light(seen)
    compression(detector, seen)
    if len(sys.argv) != 3:
        print("error rates: skipped, no PAIRS and IMAGES given", file=sys.stderr)
        return
    errors(Path(sys.argv[1]), Path(sys.argv[2]))


def cost(detector: FaceDetector) -> None:
    frame = np.full((720, 1280, 3), 128, np.uint8)
    frame[60:659, 200:1000] = decode_face_image((PEOPLE / "P001" / "selfie.jpg").read_bytes())
    face = detector.find(frame)[0]
    aligned = align(frame, face.landmarks)
    taken = []
    for _ in range(REPEATS):
        began = time.thread_time()
        judge(frame, face, aligned, 12.0)
        taken.append(time.thread_time() - began)
    note = f"processor time of one thread, least of {REPEATS}; face 360 px high; aim 2 ms"
    show("quality of a frame 1280 x 720", 1e3 * min(taken), "ms", note)


def covers(detector: FaceDetector, seen: list[Seen]) -> None:
    """Draw every cover over every picture, and count what is noticed."""
    rng = np.random.default_rng(5)
    for kind in KINDS:
        found = []
        for picture in seen * DRAWINGS:
            hidden = covered(picture.image, picture.face.landmarks, kind, rng)
            found += [Seen(hidden, face).quality for face in detector.find(hidden)[:1]]
        part = PARTS.get(kind, "covered")
        share = 100 * statistics.mean(getattr(one, part) > COVERED for one in found)
        wanted = "false alarms" if part == "covered" else "noticed"
        note = f"{len(found)} faces found of {len(seen) * DRAWINGS} drawn over"
        show(f"cover, {kind}: {wanted}", share, "%", note)
    share = 100 * statistics.mean(picture.quality.covered > COVERED for picture in seen)
    show("cover, none: false alarms", share, "%", f"{len(seen)} pictures")


def blur(seen: list[Seen]) -> None:
    for percent in (0.0, 1.0, 2.0, 3.0, 4.5, 6.0, 9.0):
        found = [
            Seen(
                np.asarray(
                    cv2.GaussianBlur(one.image, (0, 0), percent / 100 * one.eyes_apart)
                    if percent
                    else one.image,
                    np.uint8,
                ),
                one.face,
            ).quality.sharpness
            for one in seen
        ]
        note = f"from {min(found):.1f} to {max(found):.1f}"
        show(f"sharpness at a blur of {percent:g} % of the eye distance", _median(found), "%", note)


def light(seen: list[Seen]) -> None:
    for gain in (0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 2.0, 3.0):
        found = [
            Seen(np.clip(gain * one.image, 0, 255).astype(np.uint8), one.face).quality
            for one in seen
        ]
        under, over = (
            _median([getattr(one, name) for one in found])
            for name in ("under_exposed", "over_exposed")
        )
        note = f"under-exposed {under:.2f}, over-exposed {over:.2f} of the face"
        level = _median([one.brightness for one in found])
        show(f"brightness at {gain:g} times the light", level, "grey level", note)
    for gamma in (0.4, 0.6, 1.0, 1.6, 2.5):
        found = [
            Seen((255 * (one.image / 255) ** gamma).astype(np.uint8), one.face).quality
            for one in seen
        ]
        note = f"sharpness {_median([one.sharpness for one in found]):.1f} %"
        level = _median([one.brightness for one in found])
        show(f"brightness at gamma {gamma:g}", level, "grey level", note)


def compression(detector: FaceDetector, seen: list[Seen]) -> None:
    """Compress studio portraits, reduced first so that no earlier blocks are left."""
    jpeg = [(".jpg", cv2.IMWRITE_JPEG_QUALITY, value) for value in (90, 70, 50, 30, 20, 10, 5)]
    jp2 = [(".jp2", cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, value) for value in (60, 15, 10, 7, 5)]
    small = [
        np.asarray(cv2.resize(one.image, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA))
        for one in seen[::2]
    ]
    for kind, option, value in (*jpeg, *jp2):
        blocks, sharp, bits = [], [], []
        for image in small:
            encoded = cv2.imencode(kind, image, [option, value])[1].tobytes()
            decoded = decode_face_image(encoded)
            quality = Seen(decoded, detector.find(decoded)[0]).quality
            blocks.append(quality.blockiness)
            sharp.append(quality.sharpness)
            bits.append(bits_per_pixel(encoded, decoded))
        note = f"{_median(bits):.2f} bits a pixel, sharpness {_median(sharp):.1f} %"
        name = f"blockiness, JPEG {value}" if kind == ".jpg" else f"blockiness, JPEG 2000 {value}"
        show(name, _median(blocks), "times", note)


def errors(pairs: Path, images: Path) -> None:
    found = photographs(pairs, images, FaceVerifier.load())
    for name, values in percentiles(found):
        note = "1, 5, 95, 99 %: " + ", ".join(f"{values[place]:.3g}" for place in (0, 1, 3, 4))
        show(f"{name} of {len(found.people)} photographs, median", values[2], "", note)
    for name, share in rejected(found).items():
        show(f"rejected by {name}", 100 * share, "%")
    shares = ", ".join(f"{100 * share:g}" for share in SHARES)
    for name, rates in error_versus_discard(found):
        note = f"rejecting {shares} %: " + ", ".join(f"{100 * rate:.2f}" for rate in rates)
        show(f"FNMR at FMR 0.01 %, worst 5 % by {name} rejected", 100 * rates[3], "%", note)


def _people(detector: FaceDetector) -> Iterator[Seen]:
    for file in sorted(PEOPLE.glob("*/*.jpg")):
        image = decode_face_image(file.read_bytes())
        yield Seen(image, detector.find(image)[0])


def _median(values: list[float]) -> float:
    return float(statistics.median(values))


def show(name: str, value: float, unit: str, note: str = "") -> None:
    print(json.dumps({"name": name, "value": float(value), "unit": unit, "note": note}))


if __name__ == "__main__":
    main()
