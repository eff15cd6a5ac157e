"""Cameras through OpenCV: a V4L2 device, a file, an image sequence, or a stream by URL."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Final

import cv2
import numpy as np
from pydantic import Field

from drivers.camera.grabber import Capture, Grabber, Picture, Pixels
from drivers.options import DriverOptions, OptionValues, parse_options
from drivers.transport.backoff import Backoff
from egate.domain.time import Instant
from egate.ports.devices import DeviceError, DeviceName, DriverOptionError, Frame

_RELEASE_SECONDS: Final = 2.0
_STREAMS: Final = ("http://", "https://", "rtsp://", "tcp://", "udp://")
_FFMPEG_VARIABLE: Final = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
# FFmpeg's own buffers would add pictures of seconds ago.
_FFMPEG_OPTIONS: Final = "fflags;nobuffer|flags;low_delay"


class OpenCvOptions(DriverOptions):
    """Options of the driver ``opencv``.

    Args:
        width: asked of the device, in pixels; 0 leaves it as it is. So with ``height``.
        frames_per_second: asked of a device; the pace of a file; 0 leaves it as it is.
        repeat: begin a file again at its end, to serve as a camera.
        open_seconds: the first picture comes within this time.
        watchdog_seconds: and every further one within this.

    """

    width: Annotated[int, Field(ge=0, le=8192)] = 0
    height: Annotated[int, Field(ge=0, le=8192)] = 0
    frames_per_second: Annotated[float, Field(ge=0, le=240)] = 0.0
    repeat: bool = False
    open_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    watchdog_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0


class OpenCvCapture:
    """``cv2.VideoCapture`` on whatever ``address`` names. Blocks; for the grabber's thread."""

    def __init__(self, address: str, options: OpenCvOptions) -> None:
        self._address = address
        self._options = options
        self._is_file = not _is_device(address) and not address.startswith(_STREAMS)
        self._capture = self._open()

    def is_opened(self) -> bool:
        return self._capture.isOpened()

    def read(self) -> Pixels | None:
        if self._is_file and self._options.frames_per_second:
            time.sleep(1 / self._options.frames_per_second)
        came, pixels = self._capture.read()
        if not came and self._is_file and self._options.repeat:
            self._capture.release()
            self._capture = self._open()
            came, pixels = self._capture.read()
        return np.asarray(pixels, np.uint8) if came else None

    def release(self) -> None:
        self._capture.release()

    def _open(self) -> cv2.VideoCapture:
        if _is_device(self._address):
            return self._open_device()
        if not self._address.startswith(_STREAMS):
            return cv2.VideoCapture(self._address)
        limits = [
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(self._options.open_seconds * 1000)),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(self._options.watchdog_seconds * 1000)),
        ]
        with _ffmpeg_options():
            return cv2.VideoCapture(self._address, cv2.CAP_FFMPEG, limits)

    def _open_device(self) -> cv2.VideoCapture:
        device = int(self._address) if self._address.isdigit() else self._address
        capture = cv2.VideoCapture(device, cv2.CAP_V4L2)  # type: ignore[call-overload,unused-ignore]
        wanted = {
            cv2.CAP_PROP_FRAME_WIDTH: self._options.width,
            cv2.CAP_PROP_FRAME_HEIGHT: self._options.height,
            cv2.CAP_PROP_FPS: self._options.frames_per_second,
            cv2.CAP_PROP_BUFFERSIZE: 1,
        }
        for setting, value in wanted.items():
            if value:
                capture.set(setting, value)
        return capture


class OpenCvCamera:
    """Gives the newest picture of a camera that a thread of its own keeps reading.

    The camera is opened by the first use and stays open until ``aclose`` or its loss.

    Args:
        name: what the technician calls it, for ``DeviceError``.
        open_capture: opens it; may block.
        options: see ``OpenCvOptions``.
        clock: the gate's monotonic clock.

    """

    def __init__(
        self,
        name: str,
        open_capture: Callable[[], Capture],
        options: OpenCvOptions,
        clock: Callable[[], float],
    ) -> None:
        self._name = name
        self._open_capture = open_capture
        self._options = options
        self._clock = clock
        self._grabber: Grabber | None = None
        self._changed = asyncio.Event()
        self._given = 0
        self._backoff = Backoff()

    async def frames(self) -> AsyncIterator[Frame]:
        self._forget_what_ended()
        while True:
            picture = await self._next_picture()
            self._given = picture.number
            yield Frame(picture.pixels, Instant(picture.at))

    async def check(self) -> None:
        self._forget_what_ended()
        await self._next_picture()

    async def aclose(self) -> None:
        grabber, self._grabber = self._grabber, None
        if grabber is None:
            return
        grabber.stop()
        with suppress(TimeoutError):  # a thread that hangs in a driver is left behind
            async with asyncio.timeout(_RELEASE_SECONDS):
                while grabber.ended is None:
                    self._changed.clear()
                    await self._changed.wait()

    def _forget_what_ended(self) -> None:
        """Open the camera anew if it ended while nobody looked: it may be back by now."""
        if self._grabber is not None and self._grabber.ended is not None:
            self._grabber = None

    async def _next_picture(self) -> Picture:
        """Wait for a picture that is newer than the last one given, and fresh."""
        grabber = await self._running()
        patience = self._options.watchdog_seconds if grabber.newest else self._options.open_seconds
        try:
            async with asyncio.timeout(patience):
                while (picture := self._fresh(grabber)) is None:
                    if grabber.ended is not None:
                        raise self._lost(grabber.ended)
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise self._lost(f"no picture for {patience:g} s") from None
        self._backoff.succeeded()
        return picture

    def _fresh(self, grabber: Grabber) -> Picture | None:
        newest = grabber.newest
        if newest is None or newest.number <= self._given:
            return None
        too_old = self._clock() - newest.at > self._options.watchdog_seconds
        return None if too_old else newest

    async def _running(self) -> Grabber:
        if self._grabber is None:
            await self._backoff.pause()
        if self._grabber is None:
            loop = asyncio.get_running_loop()

            def notify() -> None:
                with suppress(RuntimeError):  # the loop has ended, nobody waits any more
                    loop.call_soon_threadsafe(self._changed.set)

            self._grabber = Grabber(self._open_capture, self._clock, notify)
            self._given = 0
            self._grabber.start()
        return self._grabber

    def _lost(self, reason: str) -> DeviceError:
        if self._grabber is not None:
            self._grabber.stop()
            self._grabber = None
        self._backoff.failed()
        return DeviceError(DeviceName.CAMERA, f"{self._name}: {reason}")


@contextmanager
def _ffmpeg_options() -> Iterator[None]:
    """OpenCV takes these from the environment alone; files are not opened with them."""
    before = os.environ.get(_FFMPEG_VARIABLE)
    os.environ.setdefault(_FFMPEG_VARIABLE, _FFMPEG_OPTIONS)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_FFMPEG_VARIABLE, None)


def _is_device(address: str) -> bool:
    return address.isdigit() or address.startswith("/dev/")


def open_opencv(address: str, options: OptionValues, clock: Callable[[], float]) -> OpenCvCamera:
    """Make the driver ``opencv``.

    Args:
        address: an index (``0``), ``/dev/video0`` or a link to it, a URL (MJPEG over
            HTTP, RTSP), a video file, or an image sequence (``frame-%03d.png``).
        options: see ``OpenCvOptions``.
        clock: the gate's monotonic clock.

    """
    if not address:
        raise DriverOptionError("driver opencv: the address is empty")
    chosen = parse_options("opencv", OpenCvOptions, options)
    return OpenCvCamera(address, lambda: OpenCvCapture(address, chosen), chosen, clock)
