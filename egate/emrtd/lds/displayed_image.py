"""Images for an officer's eyes, of DG5 and DG7 (9303-10 §4.7.5, §4.7.7)."""

from dataclasses import dataclass, field
from typing import Final

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.elements import Elements
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.image import ImageKind, image_kind

_MAX_IMAGES: Final = 9


@dataclass(frozen=True, slots=True)
class DisplayedImage:
    """A portrait or signature to show; personal.

    Args:
        kind: compression.
        encoded: the compressed image.

    """

    kind: ImageKind
    encoded: bytes = field(repr=False)


def displayed_images(raw: bytes, file: LdsFile, tag: int, name: str) -> tuple[DisplayedImage, ...]:
    """Return the images of the whole file ``raw``, one to nine.

    Args:
        raw: the file.
        file: which one it must be.
        tag: of each image.
        name: what errors call an image.

    Raises:
        TlvMalformed: it is another file, or an object ends early.
        DocumentRejected: there is no image, there are other ones than stated, too many, or
            one is neither JPEG nor JPEG 2000.

    """
    elements = Elements.of_file(raw, file)
    images = elements.all(tag)
    if not 1 <= len(images) <= _MAX_IMAGES:
        raise DocumentRejected(f"DG{file.data_group}: {name}: not one to {_MAX_IMAGES} images")
    elements.expect_count(len(images), f"number of {name}s")
    what = f"DG{file.data_group}: {name}: an image"
    return tuple(DisplayedImage(image_kind(image, what), image) for image in images)
