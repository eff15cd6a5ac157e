"""Which parts of a document a check found fault with: names of a closed list, never a value."""

import re
from types import MappingProxyType
from typing import Final

from egate.emrtd.checks import CheckId, CheckResult, Outcome

_MRZ_PARTS: Final = frozenset(
    {
        *("format", "document_code", "issuing_state", "document_number", "nationality"),
        *("date_of_birth", "date_of_expiry", "sex", "primary_identifier"),
        *("secondary_identifier", "optional_data", "composite"),
    }
)
_DATA_GROUPS: Final = frozenset(f"DG{number}" for number in range(1, 17))
_QUALITY: Final = frozenset(
    {
        *("too_far", "too_near", "off_centre", "look_at_camera", "look_up", "look_down"),
        *("turn_left", "turn_right", "hold_head_straight", "blurred", "covered", "too_dark"),
        "too_bright",
    }
)
NAMED: Final = MappingProxyType(
    {
        CheckId.OPTICAL_MRZ_CHECK_DIGITS: _MRZ_PARTS,
        CheckId.MRZ_DG1: _MRZ_PARTS,
        CheckId.DG_HASHES: _DATA_GROUPS,
        CheckId.COM_SOD: _DATA_GROUPS,
        CheckId.FACE_QUALITY: _QUALITY,
    }
)
"""Of which check which words may be told."""

_WORD: Final = re.compile(r"[A-Za-z0-9_]+")
_TOLD_OF: Final = (Outcome.FAILED, Outcome.UNDETERMINED)


def mismatches_of(check: CheckResult) -> tuple[str, ...]:
    """Return what ``check`` names of the words that it may name, sorted; only if it found fault.

    TR-03135-2 §4.3.2: details stand with checks that failed or are undetermined.
    """
    if check.outcome not in _TOLD_OF or check.check_id not in NAMED:
        return ()
    words = {match.group() for match in _WORD.finditer(check.detail)}
    return tuple(sorted(words & NAMED[check.check_id]))
