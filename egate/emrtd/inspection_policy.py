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
        further_files: data groups to read besides DG1, DG2, DG14 and DG15, if listed. DG3
            and DG4 take a terminal, too.
        max_openings: how often the channel may be opened, with the first time. A chip that
            gives 96 bytes and ends the channel at any longer Le needs nine: one at length,
            three in EF.COM, which may be at fault for its own length, four in the file after
            it. Chip and active authentication that do not get through at length add two.
        max_commands: commands for the whole inspection. The longest DG2 that is taken, of
            512 kB, has 2,394 pieces of a whole short answer; one of 64 kB at Le 96 about 700.

    """

    access: AccessChoice = AccessChoice.AUTO
    bac_after_failed_pace: bool = True
    extended_length: bool = True
    longest_answer_bytes: int = 4096
    chip_authentication: bool = True
    active_authentication: bool = True
    further_files: frozenset[LdsFile] = frozenset()
    max_openings: int = 12
    max_commands: int = 2_600


USUAL: Final = InspectionPolicy()
