"""The part of the MRZ that opens the chip (9303-11 §4.3.2)."""

from dataclasses import dataclass, field
from typing import Final, Self

from egate.emrtd.errors import MrzInvalid
from egate.emrtd.mrz.check_digit import check_digit
from egate.emrtd.mrz.layout import LAYOUTS, MrzFormat
from egate.emrtd.mrz.parse import Mrz

_WITH_CHIP: Final = (MrzFormat.TD1, MrzFormat.TD2, MrzFormat.TD3)


@dataclass(frozen=True, slots=True)
class MrzKey:
    """A checked document number, date of birth and date of expiry.

    Holding one is the proof that all three check digits were right, so no
    later code checks them again. The fields never appear in ``repr``.
    """

    document_number: str = field(repr=False)
    date_of_birth: str = field(repr=False)
    date_of_expiry: str = field(repr=False)

    @classmethod
    def from_mrz(cls, mrz: Mrz) -> Self:
        """Take the key fields of a TD1, TD2 or TD3 document.

        Raises:
            MrzInvalid: one of the three check digits is wrong, or documents of
                this format have no chip.

        """
        if mrz.format not in _WITH_CHIP:
            raise MrzInvalid(f"{mrz.format} documents have no chip")
        for name in ("document_number", "date_of_birth", "date_of_expiry"):
            if not mrz.check_digits[name]:
                raise MrzInvalid(f"check digit of {name}")
        fields = LAYOUTS[mrz.format].fields
        return cls(
            document_number=mrz.document_number_field,
            date_of_birth=fields["date_of_birth"].of(mrz.lines),
            date_of_expiry=fields["date_of_expiry"].of(mrz.lines),
        )

    @classmethod
    def from_td3_line_2(cls, line: str) -> Self:
        """Take the key fields from the second line of a passport.

        Raises:
            MrzInvalid: the length or one of the three check digits is wrong.

        """
        if len(line) != 44:
            raise MrzInvalid("line 2 of a TD3 MRZ has 44 characters")
        spans = {"document_number": (0, 9), "date_of_birth": (13, 19), "date_of_expiry": (21, 27)}
        for name, (start, end) in spans.items():
            if check_digit(line[start:end]) != line[end]:
                raise MrzInvalid(f"check digit of {name}")
        return cls(**{name: line[start:end] for name, (start, end) in spans.items()})

    def mrz_information(self) -> bytes:
        """Return the ``MRZ_information`` input of the BAC and PACE key derivation."""
        parts = (self.document_number, self.date_of_birth, self.date_of_expiry)
        return "".join(part + check_digit(part) for part in parts).encode("ascii")
