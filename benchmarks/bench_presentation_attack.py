"""Time of one question about presentation attacks: twelve sightings, all cues.

Beside it the optical flow that is in it, the one step that no choice of ours makes cheaper.
"""

import json
import statistics
import time
from collections.abc import Callable

from egate.biometrics.detection import FaceDetector
from egate.biometrics.models import YUNET, read_model
from egate.biometrics.presentation_attack.detector import CueDetector
from egate.biometrics.presentation_attack.tracking import follow
from egate.biometrics.presentation_attack.view import views_of
from egate.domain.time import Instant
from egate.ports.presentation_attack import FaceSighting
from hardware_mocks.camera.scene import Scene, Subject

FRAMES = 12
APART_SECONDS = 0.1
REPEATS = 20


def main() -> None:
    sightings = seen()
    views = views_of(sightings)
    detector = CueDetector()
    whole = milliseconds(lambda: detector.assess(sightings))
    flow = milliseconds(lambda: follow(views))
    figure = {
        "name": f"presentation attack detection, {FRAMES} frames of 1280 x 720",
        "value": whole,
        "unit": "ms",
        "reference": f"optical flow alone: {flow:.3g} ms",
        "ratio": whole / flow,
        "note": f"processor time of one thread, median of {REPEATS}",
    }
    print(json.dumps(figure))


def seen() -> list[FaceSighting]:
    """Look at the camera's picture of one traveller, the light changing every half second."""
    detector = FaceDetector(read_model(YUNET))
    scene = Scene(1280, 720)
    scene.subject = Subject("P001")
    sightings = []
    for number in range(FRAMES):
        pixels = scene.picture()
        face = detector.find(pixels)[0]
        light = float(number // 5 % 2)
        at = Instant(number * APART_SECONDS)
        sightings.append(FaceSighting(pixels, at, tuple(face.box), face.landmarks, light))
    return sightings


def milliseconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        began = time.thread_time()
        work()
        taken.append(time.thread_time() - began)
    return 1e3 * statistics.median(taken)


if __name__ == "__main__":
    main()
