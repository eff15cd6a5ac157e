"""Time of one face template, which the gate makes of the portrait and of every frame it looks at.

Beside it the two networks alone, once each on the same pictures: what any program that
uses them must spend. The template adds the mirrored face, the alignment and the quality.
"""

import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from egate.biometrics.detection import FaceDetector
from egate.biometrics.face_image import FaceImage, decode_face_image
from egate.biometrics.models import SFACE, YUNET, read_model
from egate.biometrics.opencv import cv2
from egate.biometrics.verification import FaceVerifier

PERSON = Path(__file__).resolve().parent.parent / "hardware_mocks" / "photographs" / "P001"
REPEATS = 40


def main() -> None:
    verifier = FaceVerifier.load()
    detector = FaceDetector(read_model(YUNET))
    network = cv2.dnn.readNetFromONNX(read_model(SFACE))
    blob = cv2.dnn.blobFromImage(np.full((112, 112, 3), 128, np.uint8))
    portrait = decode_face_image((PERSON / "portrait.jpg").read_bytes())
    frame = np.full((720, 1280, 3), 128, np.uint8)
    frame[60:659, 200:1000] = decode_face_image((PERSON / "selfie.jpg").read_bytes())
    far = cv2.resize(frame, (640, 360), interpolation=cv2.INTER_AREA)
    distant = np.full((720, 1280, 3), 128, np.uint8)
    distant[300:660, 300:940] = far
    empty = np.full((720, 1280, 3), 128, np.uint8)

    def networks_alone(image: FaceImage) -> None:
        detector.find(image)
        network.setInput(blob, "data")
        network.forward()

    for name, image in (
        ("portrait of a chip, 360 x 480", portrait),
        ("frame 1280 x 720, near face", frame),
        ("frame 1280 x 720, face 170 px high", distant),
    ):
        taken, alone = milliseconds(
            partial(verifier.template, image), partial(networks_alone, image)
        )
        show(f"face template: {name}", taken, f"networks alone: {alone:.3g} ms", taken / alone)
    (taken,) = milliseconds(partial(verifier.template, empty))
    show("face template: frame without a face", taken)


def milliseconds(*works: Callable[[], object]) -> list[float]:
    """Return the median processor time of each of ``works``, in turn: drift hits all alike."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for work, taken in zip(works, times, strict=True):
            began = time.thread_time()
            work()
            taken.append(time.thread_time() - began)
    return [1e3 * statistics.median(taken) for taken in times]


def show(name: str, value: float, reference: str = "", ratio: float | None = None) -> None:
    figure = {
        "name": name,
        "value": value,
        "unit": "ms",
        "note": "processor time of one thread, median of 40",
    }
    if ratio is not None:
        figure |= {"reference": reference, "ratio": ratio}
    print(json.dumps(figure))


if __name__ == "__main__":
    main()
