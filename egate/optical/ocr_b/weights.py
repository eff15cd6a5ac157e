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
    "ff5ab38a4e290f88fc5546dbe4c1d2417ab960a5be405113b799b39701676718",
)
KERNEL: Final = Model(
    "kernel.npz",
    "79ce51d6248b7273156ad5227123800010a1ee29db6b074067d27e108e039e93",
)

FOLDER: Final = Path(__file__).resolve().parent


def read_weights(model: Model) -> npt.NDArray[np.uint8]:
    """Return the bytes of one reader's file.

    Raises:
        ModelInvalid: the file is missing, or its digest is not the pinned one.

    """
    return read_model(model, FOLDER)
