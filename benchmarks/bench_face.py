"""Time of a live frame and of a still picture's template, beside the limit and the networks alone.

Networks alone: what any program must spend that searches the same reduction, finds landmarks
on the same enlarged face once, and embeds once. A live frame adds resizing, alignment and the
quality; a template adds the second look and the mirrored face; fusion adds an embedding a frame.
"""

import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from egate.biometrics.detection import LIVE
from egate.biometrics.face_image import FaceImage, decode_face_image
from egate.biometrics.models import SFACE, YUNET, read_model
from egate.biometrics.opencv import cv2
from egate.biometrics.verification import FaceVerifier

PERSON = Path(__file__).resolve().parent.parent / "hardware_mocks" / "photographs" / "P001"
REPEATS = 40
LIMIT_MS = 35
FRAMES = 3
FACE_SIZE = (185, 247)  # a face 190 px high with its margin


def main() -> None:
    verifier = FaceVerifier.load()
    portrait = decode_face_image((PERSON / "portrait.jpg").read_bytes())
    frame = np.full((720, 1280, 3), 128, np.uint8)
    frame[60:659, 200:1000] = decode_face_image((PERSON / "selfie.jpg").read_bytes())
    distant = np.full((720, 1280, 3), 128, np.uint8)
    distant[300:660, 300:940] = cv2.resize(frame, (640, 360), interpolation=cv2.INTER_AREA)
    empty = np.full((720, 1280, 3), 128, np.uint8)

    for name, image in (("", frame), (", face 170 px high", distant)):
        taken, alone = milliseconds(partial(verifier.observe, image), networks(image))
        full = f"face: a live frame at 1280x720, finding and embedding{name}"
        show(full, taken, f"limit: {LIMIT_MS} ms", taken / LIMIT_MS)
        show(full, taken, f"networks alone: {alone:.3g} ms", taken / alone)
    (taken,) = milliseconds(partial(verifier.observe, empty))
    show("face: a live frame at 1280x720 without a face", taken)
    taken, alone = milliseconds(partial(verifier.template, portrait), networks(portrait))
    show(
        "face: template of a portrait, 360x480",
        taken,
        f"networks alone: {alone:.3g} ms",
        taken / alone,
    )
    best = [verifier.observe(frame)] * FRAMES
    (taken,) = milliseconds(partial(verifier.fused, best))
    show(f"face: fusing {FRAMES} frames, once a traveller", taken)


def networks(image: FaceImage) -> Callable[[], object]:
    """Return one run of each network on inputs of the sizes that a live frame takes."""
    finder = cv2.FaceDetectorYN.create(
        "onnx", read_model(YUNET), np.zeros(0, np.uint8), (LIVE.side, LIVE.side)
    )
    embedder = cv2.dnn.readNetFromONNX(read_model(SFACE))
    blob = cv2.dnn.blobFromImage(np.full((112, 112, 3), 128, np.uint8))
    scale = min(1.0, LIVE.side / max(image.shape[:2]))
    coarse = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    near = cv2.resize(image, FACE_SIZE, interpolation=cv2.INTER_AREA)

    def run() -> object:
        for picture in (coarse, near):
            finder.setInputSize(picture.shape[1::-1])
            finder.detect(picture)
        embedder.setInput(blob, "data")
        return embedder.forward()

    return run


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
