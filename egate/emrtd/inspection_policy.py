"""What an inspection does with a chip, as far as somebody may choose."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from egate.emrtd.lds.files import LdsFile


class AccessChoice(StrEnum):
    """Which protocols may open the chip (9303-11 §4.2)."""

    AUTO = "auto"
    PACE = "pace"
    BAC = "bac"


@dataclass(frozen=True, slots=True)
class InspectionPolicy:
    """What to do with a chip.

    Args:
        access: which protocols may open it.
        bac_after_failed_pace: whether BAC may open a chip that offers PACE, when PACE
            failed for another reason than the password. It is recorded as a downgrade.
        extended_length: whether the reader can carry extended APDUs. They are used for
            reading where the chip states its lengths, and for signatures that need them.
        longest_answer_bytes: the most bytes asked for in one extended APDU.
        chip_authentication: perform it where the document offers it.
        active_authentication: challenge chips that have a key for it.
        further_files: data groups to read besides DG1, DG2, DG14 and DG15, if listed.
        max_openings: how often the channel may be opened, with the first time.
        max_commands: commands for the whole inspection.

    """

    access: AccessChoice = AccessChoice.AUTO
    bac_after_failed_pace: bool = True
    extended_length: bool = True
    longest_answer_bytes: int = 4096
    chip_authentication: bool = True
    active_authentication: bool = True
    further_files: frozenset[LdsFile] = frozenset()
    max_openings: int = 8
    max_commands: int = 20_000


USUAL: Final = InspectionPolicy()
