"""Reads OCR-B, one cell at a time, by two readers that err differently.

The first is a small convolutional network, the second a kernel machine over the directions of
edges. Both were made by `training/ocr_b`, from lines rendered with an OCR-B font
and damaged; README.md beside this file has their figures.
"""

from egate.optical.ocr_b.alphabet import ALPHABET, Cells, Probabilities
from egate.optical.ocr_b.kernel_reader import KernelReader
from egate.optical.ocr_b.network_reader import NetworkReader

__all__ = ["ALPHABET", "classify", "classify_again"]

_first = NetworkReader()
_second = KernelReader()


def classify(cells: Cells) -> Probabilities:
    """Return how probable each character is in each cell, by the first reader.

    A row sums to less than 1 by how probable it is that the cell holds no character: the highest
    number of a blank cell's row is low.

    Args:
        cells: n x 32 x 24, grey, ink dark on light, contrast stretched; one pitch (2.54 mm) is
            24 pixels, the line runs through the middle (9303-3 §4.4).

    Returns:
        n x 37, in the order of ALPHABET.

    Raises:
        ValueError: ``cells`` has another shape or type.
        ModelInvalid: the weights are missing, or not those that were measured.

    """
    return _first.classify(cells)


def classify_again(cells: Cells) -> Probabilities:
    """Return the same as ``classify``, by the second reader, which shares nothing with the first.

    Raises:
        ValueError: ``cells`` has another shape or type.
        ModelInvalid: the weights are missing, or not those that were measured.

    """
    return _second.classify(cells)
