"""JPEG files of any number of components, put together from grey ones, one scan each."""

import struct
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt


def of_components(planes: Sequence[npt.NDArray[np.uint8]]) -> bytes:
    """Return a baseline JPEG whose components are ``planes``, none of them subsampled."""
    files = [cv2.imencode(".jpg", plane)[1].tobytes() for plane in planes]
    frame, scan = files[0].index(b"\xff\xc0"), files[0].index(b"\xff\xda")
    height, width = planes[0].shape
    sampled = b"".join(bytes((number, 0x11, 0)) for number in range(1, len(planes) + 1))
    content = struct.pack(">BHHB", 8, height, width, len(planes)) + sampled
    after_frame = files[0][frame + 2 + 11 : scan]
    scans = b""
    for number, file in enumerate(files, start=1):
        data = file[file.index(b"\xff\xda") + 10 : -2]
        scans += b"\xff\xda\x00\x08\x01" + bytes((number, 0x00, 0, 63, 0)) + data
    header = files[0][:frame] + b"\xff\xc0" + struct.pack(">H", 2 + len(content)) + content
    return header + after_frame + scans + b"\xff\xd9"
