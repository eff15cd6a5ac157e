"""What the traveller's mirror image costs the gate while a screen asks for it."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable
from typing import TypeVar

import cv2
import numpy as np

from egate.domain.time import Instant
from egate.gate.display.app import display_app
from egate.gate.display.presentation import Presentation, Sight
from egate.ports.devices import Frame
from egate.web.server import serving
from tests.browser.conftest import FakeGate
from tests.gate_samples import ROOT

T = TypeVar("T")

_SECONDS = 6.0
_FRAMES_A_SECOND = 30
_LIMIT = 0.05
_PERSON = ROOT / "hardware_mocks" / "photographs" / "P002" / "selfie.jpg"
# A screen: it asks for the next picture as soon as it has one.
_SCREEN = """
import sys, time, httpx
url, ends, seen = sys.argv[1], time.monotonic() + float(sys.argv[2]), 0
with httpx.Client() as client:
    while time.monotonic() < ends:
        seen += client.get(url).status_code == 200
print(seen)
"""


async def measured(picture: np.ndarray) -> tuple[float, float]:
    """Return the share of a core that the mirror takes, and its pictures a second."""
    sight = Sight()

    async def camera() -> None:
        while True:
            sight.mirror.take(Frame(picture, Instant(time.monotonic())))
            await asyncio.sleep(1 / _FRAMES_A_SECOND)

    app = display_app(FakeGate("BDDAC-A-01"), Presentation(), sight)
    async with serving(app, "127.0.0.1:0") as url, asyncio.TaskGroup() as tasks:
        seeing = tasks.create_task(camera())
        alone, _ = await _share(asyncio.sleep(_SECONDS / 2))
        screen = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _SCREEN, f"{url}/mirror", str(_SECONDS)),
            stdout=asyncio.subprocess.PIPE,
        )
        asked, (said, _) = await _share(screen.communicate())
        seeing.cancel()
    return asked - alone, int(said) / _SECONDS


async def _share(until: Awaitable[T]) -> tuple[float, T]:
    began, used = time.monotonic(), time.process_time()
    result = await until
    return (time.process_time() - used) / (time.monotonic() - began), result


def main() -> None:
    person = cv2.imread(str(_PERSON))
    for width, height in ((640, 480), (1280, 720), (1920, 1080)):
        share, pictures = asyncio.run(measured(cv2.resize(person, (width, height))))
        figure = {
            "name": f"traveller's mirror image, camera of {width}x{height}",
            "value": 100 * share,
            "unit": "% of a core",
            "reference": f"limit {100 * _LIMIT:g} %",
            "ratio": share / _LIMIT,
            "note": f"while a screen asks; {pictures:.1f} pictures a second",
        }
        print(json.dumps(figure))


if __name__ == "__main__":
    main()
