"""A screen that is shown to the scanner instead of a page."""

from typing import Final

import numpy as np

from egate.ports.devices import PageScan

_EVERY: Final = 4
_LIT_PERCENTILE: Final = 75
_LIT: Final = 100
_DARK: Final = 0.5
"""Infrared brightness as part of the white one. 0.93 to 1.08 on 232 rendered
pages, worn ones too; 0.34 and less on 24 rendered screens."""


def is_dark_in_infrared(scan: PageScan) -> bool:
    """Say whether what is bright in white light reflects hardly any infrared; wherever it lies."""
    if scan.infrared is None:
        return False
    white = float(np.percentile(scan.white[::_EVERY, ::_EVERY], _LIT_PERCENTILE))
    infrared = float(np.percentile(scan.infrared[::_EVERY, ::_EVERY], _LIT_PERCENTILE))
    return white >= _LIT and infrared < _DARK * white
