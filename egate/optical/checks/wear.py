"""Whether a page is so worn that what its print shows is an officer's to judge.

The limits of the checks were measured on pages that people read without effort. Where print is
rubbed away, what is left of it differs from its neighbours, from the model and from what it said,
as a forger's print would; nobody is called a forger for that.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from egate.domain.optical_finding import Light, OpticalFinding
from egate.emrtd.checks import CheckId, Outcome
from egate.optical.checks.printed_mrz import PrintedMrz

_FAINT: Final = 0.5
_MANY: Final = 4
_FAINT_ALTOGETHER: Final = 0.4
"""Of 62 rendered pages that are hardly readable (damage 3) 56 are so worn, of 120 of damage 2
four, and none of 48 with an altered MRZ."""
_BY_PRINT: Final = frozenset(
    {CheckId.MRZ_PRINT, CheckId.PATTERN, CheckId.PHOTOGRAPH, CheckId.MRZ_VIZ}
)
"""Wear turns no ink into one that infrared does not see, and no paper into one that shines."""


def is_hardly_legible(mrz: PrintedMrz) -> bool:
    """Say whether some characters of the MRZ are half rubbed away, or all are faint."""
    contrast = mrz.print(Light.WHITE).contrast
    usual = float(np.median(contrast))
    return usual < _FAINT_ALTOGETHER or int((contrast < _FAINT * usual).sum()) >= _MANY


def for_an_officer(finding: OpticalFinding) -> OpticalFinding:
    """Return ``finding`` as it counts of a worn page: print that failed is undetermined."""
    if finding.outcome is not Outcome.FAILED or finding.check_id not in _BY_PRINT:
        return finding
    return replace(
        finding, outcome=Outcome.UNDETERMINED, detail=f"on a worn page: {finding.detail}"
    )
