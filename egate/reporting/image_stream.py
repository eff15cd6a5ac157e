"""Pictures of a case as they come, one a message, from a gate or from the centre."""

from collections.abc import AsyncIterable

from egate.ports.case_images import MAX_IMAGES, MAX_PAGE_BYTES, CaseImage
from egate.reporting.gate_mapping import decode_image
from egate.wire.v1 import gate_pb2, image_pb2


class TooManyImages(ValueError):
    """More came than a case can have."""


async def images_in(
    messages: AsyncIterable[gate_pb2.GetCaseImagesResponse | image_pb2.GetImagesResponse],
) -> tuple[CaseImage, ...]:
    """Return the pictures in ``messages``, but for kinds that this version does not know.

    Raises:
        TooManyImages: there are too many, or one is too large.

    """
    images: list[CaseImage | None] = []
    async for message in messages:
        image = decode_image(message.image)
        most_bytes = image.kind.most_bytes if image else MAX_PAGE_BYTES
        if len(images) == MAX_IMAGES or len(message.image.jpeg) > most_bytes:
            raise TooManyImages("more than the pictures of a case")
        images.append(image)
    return tuple(image for image in images if image is not None)
