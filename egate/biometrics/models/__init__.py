"""Vendored networks with their licences and pinned digests.

Both files are those of OpenCV Zoo, byte for byte. They are data that decides
about people, so a file that is not exactly the one we measured is refused.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt


class ModelInvalid(Exception):
    """A network's file is missing or is not the one that was measured."""


@dataclass(frozen=True, slots=True)
class Model:
    """One network.

    Args:
        file_name: in this folder.
        sha256: of the whole file, hexadecimal.

    """

    file_name: str
    sha256: str


YUNET: Final = Model(
    "face_detection_yunet_2023mar_int8bq.onnx",
    "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
)
SFACE: Final = Model(
    "face_recognition_sface_2021dec_int8bq.onnx",
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
)

_FOLDER: Final = Path(__file__).resolve().parent


def read_model(model: Model, folder: Path = _FOLDER) -> npt.NDArray[np.uint8]:
    """Return the bytes of ``model``, checked.

    Raises:
        ModelInvalid: the file is missing, or its digest is not the pinned one.

    """
    file = folder / model.file_name
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelInvalid(f"{model.file_name}: {error.strerror}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != model.sha256:
        raise ModelInvalid(
            f"{model.file_name}: SHA-256 is {found[:16]}..., expected {model.sha256[:16]}..."
        )
    return np.frombuffer(content, np.uint8)
