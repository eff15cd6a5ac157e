"""A thread that keeps the newest picture of a camera and throws the rest away.

V4L2 buffers go stale and a read can block for seconds, so nobody but this thread
touches the capture. Only the flag of ``read`` tells the end: ``isOpened`` stays true.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


class Capture(Protocol):
    """The part of ``cv2.VideoCapture`` that is used, on the grabber's thread alone."""

    def is_opened(self) -> bool: ...

    def read(self) -> Pixels | None:
        """Wait for the next picture; None at the end or on a failure."""
        ...

    def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Picture:
    """The newest picture: its number counts up, ``at`` is monotonic seconds."""

    number: int
    at: float
    pixels: Pixels = field(repr=False)


class Grabber:
    """One opened camera, from ``start`` to its end or to ``stop``.

    Args:
        open_capture: opens the camera; called on the thread, as it may block.
        clock: monotonic seconds, to stamp pictures.
        notify: called on the thread after every picture and at the end.

    """

    def __init__(
        self,
        open_capture: Callable[[], Capture],
        clock: Callable[[], float],
        notify: Callable[[], None],
    ) -> None:
        self._open_capture = open_capture
        self._clock = clock
        self._notify = notify
        self._stop = threading.Event()
        self.newest: Picture | None = None
        self.ended: str | None = None  # why there will be no more pictures
        # Daemon: a driver that hangs in a read must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; it releases the camera when its present read returns."""
        self._stop.set()

    def _run(self) -> None:
        try:
            capture = self._open_capture()
            try:
                ended = self._grab(capture)
            finally:
                capture.release()
        except Exception as error:  # noqa: BLE001 - OpenCV raises what its back ends raise
            ended = f"failed: {type(error).__name__}"
        self.ended = ended  # after the release: whoever waits for this may open it again
        self._notify()

    def _grab(self, capture: Capture) -> str:
        """Keep the newest picture until there are no more, and say why."""
        if not capture.is_opened():
            return "cannot be opened: missing, busy, or not a camera"
        number = 0
        while not self._stop.is_set():
            pixels = capture.read()
            if pixels is None:
                return "gives no more pictures"
            number += 1
            self.newest = Picture(number, self._clock(), pixels)
            self._notify()
        return "stopped"
