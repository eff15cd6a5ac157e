"""The files of the two readers, with pinned digests.

`training/ocr_b` writes them and says the digests to put here.
"""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.models import Model, read_model

NETWORK: Final = Model(
    "network.onnx",
    "b72581dafb72d512483d147c5444787822b2fc9ae867133c6470f795c163198c",
)
KERNEL: Final = Model(
    "kernel.npz",
    "2c2ff635f2e33f9ceff598c195d322c35f9a76e6b6dd5ef4c9c26782f16f01cf",
)

FOLDER: Final = Path(__file__).resolve().parent


def read_weights(model: Model) -> npt.NDArray[np.uint8]:
    """Return the bytes of one reader's file.

    Raises:
        ModelInvalid: the file is missing, or its digest is not the pinned one.

    """
    return read_model(model, FOLDER)
