"""How long a traveller waits for the gate once the face is well seen, while the chip is read.

The camera gives 25 pictures a second of 1280 x 720, rendered beforehand. Presentation attack
detection is the gate's own. Twice:

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

from egate.biometrics.face_image import FaceImage
from egate.biometrics.opencv import cv2
from egate.biometrics.presentation_attack.detector import CueDetector
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
    good, empty = film(Subject("P001")), film(None)
    blurred = [cv2.blur(picture, (61, 61)) for picture in good]
    for name, before in (
        ("face: from the first good frame to the decision", blurred),
        ("face: from the first frame with a face to the decision", empty),
    ):
        alone = [asyncio.run(wait_of(verifier, before, good, OneCore())) for _ in range(ROUNDS)]
        show(f"{name}, processor time of one core", alone)
        with chip_being_read():
            beside = [
                asyncio.run(wait_of(verifier, before, good, WallTime())) for _ in range(ROUNDS)
            ]
        show(name, beside)
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


def show(name: str, seconds: Sequence[float]) -> None:
    figure = {
        "name": name,
        "value": 1e3 * statistics.median(seconds),
        "unit": "ms",
        "note": f"median of {len(seconds)}; {1e3 * min(seconds):.0f} to {1e3 * max(seconds):.0f}",
    }
    if "to the decision" in name:
        figure |= {"reference": f"limit {LIMIT_MS} ms", "ratio": figure["value"] / LIMIT_MS}
    print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
