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
    "d959b175e8f8aa2dbd1125bc53b021454eece7b5540882701ecb30228fb9509a",
)
GAUSSIANS: Final = Model(
    "gaussians.npz",
    "cd6e521394c22702ce892ac2cc0c0860a12a01c09c2c32195c0c5a7e0d222af8",
)

FOLDER: Final = Path(__file__).resolve().parent


def read_weights(model: Model) -> npt.NDArray[np.uint8]:
    """Return the bytes of one reader's file.

    Raises:
        ModelInvalid: the file is missing, or its digest is not the pinned one.

    """
    return read_model(model, FOLDER)
