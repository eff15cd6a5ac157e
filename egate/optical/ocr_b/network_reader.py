"""The first reader: a small convolutional network, run by OpenCV."""

import threading
from functools import cached_property

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.optical.ocr_b.alphabet import Cells, Probabilities, portions, probabilities
from egate.optical.ocr_b.weights import NETWORK, read_weights


class NetworkReader:
    """Reads its weights when it is first asked. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # the network keeps its input

    def classify(self, cells: Cells) -> Probabilities:
        """See ``egate.optical.ocr_b.classify``."""
        with self._lock:
            return probabilities([self._scores(part) for part in portions(cells)])

    def _scores(self, cells: Cells) -> npt.NDArray[np.float32]:
        self._network.setInput(cells[:, None].astype(np.float32) / 255)
        return np.array(self._network.forward(), np.float32)

    @cached_property
    def _network(self) -> cv2.dnn.Net:
        return cv2.dnn.readNetFromONNX(read_weights(NETWORK))
