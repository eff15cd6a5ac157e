"""The species of presentation attack instruments that are simulated (ISO/IEC 30107-3)."""

from enum import Enum


class Attack(Enum):
    PRINT = "print"  # a sheet of paper
    SCREEN = "screen"  # a telephone or tablet that shows a photograph
    FRAMED_SCREEN = "framed_screen"  # its edges out of the picture or behind a board
    REPLAY = "replay"  # a screen that shows a film
    MASK = "mask"  # a print bent round the impostor's head
    CUT_PRINT = "cut_print"  # a sheet with the impostor's eyes in holes
