"""How long a traveller waits for the gate once the face is well seen, while the chip is read.

The camera gives 25 pictures a second of 1280 x 720, rendered beforehand. Presentation attack
detection is the gate's own. It wants half a second of a face. Somebody who stood there before, in
pictures too small to be compared, has given it when the first good frame comes; somebody
whose face comes into the picture all at once gives it from then on, and waits for it. Each twice:

* in wall time, beside a thread that reads the simulated chip over and over with a pause for
  the link after each command: whatever else the machine does is in the figure;
* in processor time, all work in turn as on a single core and no other work in between: what
  a lane with two cores needs at the most, if the chip's thread had one of them for itself.
"""

import asyncio
import json
import statistics
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.detector import CueDetector
from egate.biometrics.quality import faults
from egate.biometrics.verification import FaceVerifier
from egate.domain.evidence import FaceEvidence
from egate.domain.time import Instant
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.lds.files import LdsFile
from egate.gate.case_images import CaseImages
from egate.gate.clocks import Clocks
from egate.gate.face_comparison import FaceComparison, FaceWays
from egate.gate.face_reference import reference_of
from egate.ports.devices import Frame
from hardware_mocks.camera.scene import Scene, Subject
from tests.emrtd_passport import chip_of, passport, read_over, sent_to
from tests.gate_samples import POLICY

ROUNDS = 12
PICTURE_SECONDS = 1 / 25
LINK_SECONDS = 0.02  # of one command to a real chip and back, at the least
BEFORE_SECONDS = 1.5
LOOK_UP_SECONDS = 0.8  # after the document was laid down; hardware_mocks/world/visit.py
LIMIT_MS = 400
PAD_MS = 500  # that presentation attack detection wants to see of a face
GOOD_SIZE, TOO_FAR = 0.45, 0.32
PROFILE = "standard-ext-max"


class WallTime:
    """Time as it passes."""

    def now(self) -> float:
        return time.monotonic()

    async def until(self, moment: float) -> None:
        await asyncio.sleep(moment - self.now())


class OneCore(ThreadPoolExecutor):
    """One worker, and a clock that counts its processor time and skips what is idle."""

    def __init__(self) -> None:
        super().__init__(1)
        self._working = 0
        self._skipped = 0.0

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as it is
        self._working += 1
        future = super().submit(*args, **kwargs)
        future.add_done_callback(self._done)
        return future

    def _done(self, _: object) -> None:
        self._working -= 1

    def now(self) -> float:
        return time.process_time() + self._skipped

    async def until(self, moment: float) -> None:
        while self.now() < moment:
            await asyncio.sleep(0.001)  # for whoever has something to do
            if not self._working:
                self._skipped += max(0.0, moment - self.now())


Timing = WallTime | OneCore


@dataclass
class FilmedCamera:
    """Gives rendered pictures; from ``switched_at`` on those of ``good``."""

    timing: Timing
    before: Sequence[FaceImage]
    good: Sequence[FaceImage]
    switched_at: float
    first_good_at: float | None = None

    async def frames(self) -> AsyncIterator[Frame]:
        began, number = self.timing.now(), 0
        while True:
            elapsed = self.timing.now() - began
            number = max(number + 1, int(elapsed / PICTURE_SECONDS))
            await self.timing.until(began + number * PICTURE_SECONDS)
            now = self.timing.now()
            film = self.before
            if now >= self.switched_at:
                film = self.good
                self.first_good_at = self.first_good_at or now
            yield Frame(film[number % len(film)], Instant(now))

    async def check(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


def main() -> None:
    verifier = FaceVerifier.load()
    near, empty = film(Subject("P001")), film(None)
    good, far = shrunk(near, GOOD_SIZE), shrunk(near, TOO_FAR)
    must_not_be_good(verifier, far)
    for name, before, limit_ms in (
        ("face: from the first good frame to the decision", far, LIMIT_MS),
        ("face: from a face out of nothing to the decision", empty, LIMIT_MS + PAD_MS),
    ):
        alone = [asyncio.run(wait_of(verifier, before, good, OneCore())) for _ in range(ROUNDS)]
        show(f"{name}, processor time of one core", alone, limit_ms)
        with chip_being_read():
            beside = [
                asyncio.run(wait_of(verifier, before, good, WallTime())) for _ in range(ROUNDS)
            ]
        show(name, beside, limit_ms)
    early = [asyncio.run(margin(verifier)) for _ in range(3)]
    show("face: portrait's embedding ready before the first live face", early)


def film(subject: Subject | None) -> list[FaceImage]:
    scene = Scene(1280, 720)
    scene.subject = subject
    return [scene.picture() for _ in range(50)]


@contextmanager
def chip_being_read() -> Iterator[None]:
    """Read a chip again and again, on a thread as the reader's, until the block ends."""
    document = passport(PROFILE)
    ended = threading.Event()

    def over_and_over() -> None:
        while not ended.is_set():
            transmit = sent_to(chip_of(document, profile=PROFILE))

            def linked(command: CommandApdu) -> ResponseApdu:
                time.sleep(LINK_SECONDS)
                return transmit(command)  # noqa: B023 - called within this turn of the loop

            read_over(document, linked)

    thread = threading.Thread(target=over_and_over)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


async def wait_of(
    verifier: FaceVerifier,
    before: Sequence[FaceImage],
    good: Sequence[FaceImage],
    timing: Timing,
) -> float:
    """Return the seconds from the first good frame to the evidence."""
    if isinstance(timing, OneCore):
        asyncio.get_running_loop().set_default_executor(timing)
    clocks = Clocks(timing.now, timing.now)
    camera = FilmedCamera(timing, before, good, timing.now() + BEFORE_SECONDS)
    comparison = FaceComparison(FaceWays(camera, verifier, CueDetector()), POLICY, clocks)
    portrait: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
    portrait.set_result(passport(PROFILE).files[LdsFile.EF_DG2.file_id])
    evidence = await comparison.run(portrait, CaseImages())
    decided = timing.now()
    must_be_good(evidence)
    assert camera.first_good_at is not None  # noqa: S101 - there is no evidence without it
    return decided - camera.first_good_at


def shrunk(pictures: Sequence[FaceImage], size: float) -> list[FaceImage]:
    """Return ``pictures`` as from further away: nearer to the middle and smaller."""
    rows, columns = pictures[0].shape[:2]
    smaller = cv2.getRotationMatrix2D((columns / 2, rows / 2), 0, size)
    return [
        np.asarray(cv2.warpAffine(picture, smaller, (columns, rows)), np.uint8)
        for picture in pictures
    ]


def must_not_be_good(verifier: FaceVerifier, pictures: Sequence[FaceImage]) -> None:
    for picture in pictures:
        template = verifier.observe(picture).template
        if template is None or not faults(template.quality, POLICY.profile.quality):
            raise SystemExit("a picture from too far away is good, or shows nobody")


def must_be_good(evidence: FaceEvidence) -> None:
    wrong = [
        f"{check.check_id} {check.outcome}: {check.detail}"
        for check in evidence.checks
        if check.outcome is not Outcome.SUCCESSFUL and check.check_id is not CheckId.PAD
    ]
    if wrong:
        raise SystemExit("; ".join(wrong))


async def margin(verifier: FaceVerifier) -> float:
    """Return how long before the face the template of the portrait is there, in seconds."""
    document = passport(PROFILE)
    laid = time.monotonic()
    chip = chip_of(document, profile=PROFILE)
    reading = await asyncio.to_thread(partial(read_over, document, sent_to(chip)))
    await asyncio.to_thread(reference_of, reading.files[LdsFile.EF_DG2], verifier, CaseImages())
    return laid + LOOK_UP_SECONDS - time.monotonic()


def show(name: str, seconds: Sequence[float], limit_ms: int | None = None) -> None:
    median_ms = 1e3 * statistics.median(seconds)
    figure: dict[str, object] = {
        "name": name,
        "value": median_ms,
        "unit": "ms",
        "note": f"median of {len(seconds)}; {1e3 * min(seconds):.0f} to {1e3 * max(seconds):.0f}",
    }
    if limit_ms is not None:
        figure |= {"reference": f"limit {limit_ms} ms", "ratio": median_ms / limit_ms}
    print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
