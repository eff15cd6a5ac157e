"""Where a gate sends the pictures of referred travellers."""

import hashlib
from typing import Final

import grpc
from grpc import aio

from egate.ports.case_images import CaseImage, ImageRefused
from egate.ports.reporting import CentreUnavailable
from egate.reporting.gate_mapping import encode_image
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.settings import Tls
from egate.wire.v1 import image_pb2 as wire
from egate.wire.v1 import image_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 20.0
_FOR_EVER: Final = frozenset(
    {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.FAILED_PRECONDITION}
)


class ImageClient:
    """An ``ImageSink`` over one channel of its own, so that no record waits for a picture.

    Args:
        address: of the centre, as ``host:port``.
        tls: of role ``gate``.

    Raises:
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """

    def __init__(self, address: str, tls: Tls) -> None:
        self._link = Link(address, tls, Role.CENTRE)

    async def put(self, crossing_id: str, image: CaseImage) -> None:
        """Send ``image`` and return once the centre has it.

        Raises:
            CentreUnavailable: nothing is known; send it again. Also by a centre that takes none.
            ImageRefused: do not.

        """
        request = wire.PutImageRequest(
            crossing_id=crossing_id,
            kind=encode_image(image).kind,
            sha256=hashlib.sha256(image.jpeg).digest(),
            content=image.jpeg,
        )
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.ImageServiceStub(await self._link.channel())
            try:
                await stub.PutImage(request, timeout=_DEADLINE_SECONDS)
            except aio.AioRpcError as error:
                if error.code() in _FOR_EVER:
                    raise ImageRefused((error.details() or "")[:200]) from error
                raise

    async def aclose(self) -> None:
        """End the connection."""
        await self._link.close()
