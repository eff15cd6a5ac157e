"""The files of the eMRTD application LDS1 (9303-10 §4.6, tables 34 and 38)."""

from enum import Enum
from typing import Final

LDS1_AID: Final = bytes.fromhex("A0000002471001")


class LdsFile(Enum):
    """An elementary file: its identifier and the tag of its content."""

    EF_COM = (0x011E, 0x60)
    EF_DG1 = (0x0101, 0x61)
    EF_DG2 = (0x0102, 0x75)
    EF_DG3 = (0x0103, 0x63)
    EF_DG4 = (0x0104, 0x76)
    EF_DG5 = (0x0105, 0x65)
    EF_DG6 = (0x0106, 0x66)
    EF_DG7 = (0x0107, 0x67)
    EF_DG8 = (0x0108, 0x68)
    EF_DG9 = (0x0109, 0x69)
    EF_DG10 = (0x010A, 0x6A)
    EF_DG11 = (0x010B, 0x6B)
    EF_DG12 = (0x010C, 0x6C)
    EF_DG13 = (0x010D, 0x6D)
    EF_DG14 = (0x010E, 0x6E)
    EF_DG15 = (0x010F, 0x6F)
    EF_DG16 = (0x0110, 0x70)
    EF_SOD = (0x011D, 0x77)

    @property
    def file_id(self) -> int:
        return self.value[0]

    @property
    def tag(self) -> int:
        return self.value[1]

    @property
    def data_group(self) -> int | None:
        """The number of the data group, None for EF.COM and EF.SOD."""
        number = self.file_id & 0xFF
        return number if number <= 16 else None

    @property
    def is_data_group(self) -> bool:
        return self.data_group is not None

    def __str__(self) -> str:
        return self.name.replace("_", ".")

    @classmethod
    def of_data_group(cls, number: int) -> "LdsFile":
        """Return the file of data group ``number``, 1 to 16.

        Raises:
            KeyError: there is no such data group.

        """
        return cls[f"EF_DG{number}"]


BY_TAG: Final = {file.tag: file for file in LdsFile}
