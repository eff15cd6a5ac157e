"""How much a log tells (TR-03135-2 §4.3)."""

from enum import StrEnum


class LogProfile(StrEnum):
    """The guideline's further profiles add what is personal, and do not exist here."""

    BASIC = "basic"
    """All results, no details (§4.3.1)."""
    STANDARD = "standard"
    """Also details of checks that failed or are undetermined (§4.3.2)."""
