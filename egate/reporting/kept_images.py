"""The pictures that the centre keeps of referred travellers, seen from a console."""

from typing import Final

from egate.ports.case_images import CaseImage
from egate.ports.reporting import CentreUnavailable
from egate.reporting.image_stream import TooManyImages, images_in
from egate.reporting.link import Link, found
from egate.wire.v1 import image_pb2 as wire
from egate.wire.v1 import image_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 10.0


class KeptImages:
    """Asks the centre for pictures; it keeps who looked.

    Args:
        link: to the centre, with a certificate of role ``console`` or ``officer``.

    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def of(self, crossing_id: str, officer_id: str) -> tuple[CaseImage, ...]:
        """Return the pictures of a crossing; none when there never were any, or no longer are.

        Args:
            crossing_id: of the record.
            officer_id: who looks.

        Raises:
            CentreUnavailable: the centre is away, keeps no pictures at all, or sends too much.

        """
        request = wire.GetImagesRequest(
            crossing_id=crossing_id, officer_id=officer_id, takes_pages=True
        )
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.ImageServiceStub(await self._link.channel())
            call = stub.GetImages(request, timeout=_DEADLINE_SECONDS)
            try:
                return await found(images_in(call)) or ()
            except TooManyImages as error:
                raise CentreUnavailable(f"the centre: {error}") from error
            finally:
                call.cancel()
