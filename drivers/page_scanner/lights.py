"""From the files of one page to its images: one moment, one size, up to three lights."""

from collections.abc import Mapping

from egate.domain.optical_finding import Light
from egate.optical.page_image import PageImageInvalid, decode_page_image, grey_of
from egate.ports.devices import PageScan


class LightsUnusable(Exception):
    """What came is no page; the message names the light and the fault, never the content."""


def page_of(files: Mapping[Light, bytes]) -> PageScan:
    """Decode ``files``, a JPEG, PNG or JPEG 2000 each.

    Raises:
        LightsUnusable: there is no white image, one cannot be decoded, or their sizes differ. A
            page is never given without the light that was broken: it would be checked less.

    """
    if Light.WHITE not in files:
        raise LightsUnusable("no white image")
    images = {}
    for light, raw in files.items():
        try:
            images[light] = decode_page_image(raw)
        except PageImageInvalid as error:
            raise LightsUnusable(f"{light} image: {error}") from error
    if len({image.shape for image in images.values()}) > 1:
        raise LightsUnusable("the lights differ in size")
    infrared = images.get(Light.INFRARED)
    return PageScan(
        images[Light.WHITE],
        None if infrared is None else grey_of(infrared),
        images.get(Light.ULTRAVIOLET),
    )
