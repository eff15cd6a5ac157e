"""A camera whose picture is looked at: a dark or a frozen one is a lost device."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from egate.biometrics.capture.picture_watch import PictureWatch
from egate.ports.devices import Camera, DeviceError, DeviceName, Frame


class WatchedCamera:
    """The camera, with pictures that are no pictures told as ``DeviceError``.

    Args:
        camera: the driver.

    """

    def __init__(self, camera: Camera) -> None:
        self._camera = camera

    async def frames(self) -> AsyncIterator[Frame]:
        watch = PictureWatch()
        async with aclosing(_closing(self._camera.frames())) as frames:
            async for frame in frames:
                fault = watch.take(frame.pixels, frame.captured_at)
                if fault is not None:
                    raise DeviceError(DeviceName.CAMERA, fault.value)
                yield frame

    async def check(self) -> None:
        """See that there are pictures, and that they are some; takes seconds if they are not."""
        await self._camera.check()
        watch = PictureWatch()
        async with aclosing(_closing(self._camera.frames())) as frames:
            async for frame in frames:
                fault = watch.take(frame.pixels, frame.captured_at)
                if fault is not None:
                    raise DeviceError(DeviceName.CAMERA, fault.value)
                if watch.is_well:
                    return

    async def aclose(self) -> None:
        await self._camera.aclose()


async def _closing(frames: AsyncIterator[Frame]) -> AsyncGenerator[Frame, None]:
    async for frame in frames:
        yield frame
