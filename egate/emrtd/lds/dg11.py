"""EF.DG11: additional personal details (9303-10 §4.7.11)."""

from dataclasses import dataclass, field
from typing import Final, Self

from egate.emrtd.lds.elements import Elements
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.names import PersonName, names_in_class

_FULL_NAME: Final = 0x5F0E
_OTHER_NAMES: Final = 0xA0
_OTHER_NAME: Final = 0x5F0F
_PERSONAL_NUMBER: Final = 0x5F10
_DATE_OF_BIRTH: Final = 0x5F2B
_PLACE_OF_BIRTH: Final = 0x5F11
_ADDRESS: Final = 0x5F42
_TELEPHONE: Final = 0x5F12
_PROFESSION: Final = 0x5F13
_TITLE: Final = 0x5F14
_PERSONAL_SUMMARY: Final = 0x5F15
_PROOF_OF_CITIZENSHIP: Final = 0x5F16
_OTHER_DOCUMENT_NUMBERS: Final = 0x5F17
_CUSTODY: Final = 0x5F18


@dataclass(frozen=True, slots=True)
class AdditionalPersonalDetails:
    """What DG11 says of the holder; personal throughout. Absent texts are "".

    Args:
        full_name: in national characters; None when absent.
        other_names: in the order of the file.
        personal_number: as the State assigns it.
        date_of_birth: ISO 8601, unknown parts ``X``; None when absent or unknown.
        place_of_birth: its parts, as city and country.
        address: its parts.
        telephone: as written.
        profession: as written.
        title: as written.
        personal_summary: as written.
        proof_of_citizenship: a compressed image; None when absent.
        other_document_numbers: of other valid travel documents.
        custody: as written.

    """

    full_name: PersonName | None = field(repr=False)
    other_names: tuple[PersonName, ...] = field(repr=False)
    personal_number: str = field(repr=False)
    date_of_birth: str | None = field(repr=False)
    place_of_birth: tuple[str, ...] = field(repr=False)
    address: tuple[str, ...] = field(repr=False)
    telephone: str = field(repr=False)
    profession: str = field(repr=False)
    title: str = field(repr=False)
    personal_summary: str = field(repr=False)
    proof_of_citizenship: bytes | None = field(repr=False)
    other_document_numbers: tuple[str, ...] = field(repr=False)
    custody: str = field(repr=False)

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Parse the whole file. Its tag list is not looked at: the objects speak.

        Raises:
            TlvMalformed: the file is not a data group 11, or an object ends early.
            DocumentRejected: an element is malformed or stands there twice.

        """
        elements = Elements.of_file(raw, LdsFile.EF_DG11)
        name = elements.text(_FULL_NAME, "full name")
        return cls(
            full_name=PersonName.parse(name) if name else None,
            other_names=names_in_class(elements, _OTHER_NAMES, _OTHER_NAME, "other name"),
            personal_number=elements.text(_PERSONAL_NUMBER, "personal number"),
            date_of_birth=elements.date(_DATE_OF_BIRTH, "date of birth"),
            place_of_birth=elements.texts(_PLACE_OF_BIRTH, "place of birth"),
            address=elements.texts(_ADDRESS, "address"),
            telephone=elements.text(_TELEPHONE, "telephone"),
            profession=elements.text(_PROFESSION, "profession"),
            title=elements.text(_TITLE, "title"),
            personal_summary=elements.text(_PERSONAL_SUMMARY, "personal summary"),
            proof_of_citizenship=elements.image(_PROOF_OF_CITIZENSHIP, "proof of citizenship"),
            other_document_numbers=elements.texts(
                _OTHER_DOCUMENT_NUMBERS, "other document numbers"
            ),
            custody=elements.text(_CUSTODY, "custody information"),
        )
