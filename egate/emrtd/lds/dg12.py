"""EF.DG12: additional details of the document (9303-10 §4.7.12)."""

from dataclasses import dataclass, field
from typing import Final, Self

from egate.emrtd.lds.elements import Elements
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.names import PersonName, names_in_class

_ISSUING_AUTHORITY: Final = 0x5F19
_DATE_OF_ISSUE: Final = 0x5F26
_OTHER_PERSONS: Final = 0xA0
_OTHER_PERSON: Final = 0x5F1A
_ENDORSEMENTS: Final = 0x5F1B
_TAX_EXIT: Final = 0x5F1C
_FRONT: Final = 0x5F1D
_REAR: Final = 0x5F1E
_PERSONALISED: Final = 0x5F55
_PERSONALISATION_SYSTEM: Final = 0x5F56


@dataclass(frozen=True, slots=True)
class AdditionalDocumentDetails:
    """What DG12 says of the document. Absent texts are "".

    Args:
        issuing_authority: as written.
        date_of_issue: ISO 8601, unknown parts ``X``; None when absent or unknown.
        other_persons: on the same document; personal.
        endorsements: endorsements and observations; personal.
        tax_exit_requirements: as written; personal.
        front: a compressed image of the document's front; personal; None when absent.
        rear: the same of its rear.
        personalised_at: ISO 8601 without a zone; None when absent.
        personalisation_system: the serial number of the machine.

    """

    issuing_authority: str
    date_of_issue: str | None = field(repr=False)
    other_persons: tuple[PersonName, ...] = field(repr=False)
    endorsements: str = field(repr=False)
    tax_exit_requirements: str = field(repr=False)
    front: bytes | None = field(repr=False)
    rear: bytes | None = field(repr=False)
    personalised_at: str | None = field(repr=False)
    personalisation_system: str = field(repr=False)

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Parse the whole file. Its tag list is not looked at: the objects speak.

        Raises:
            TlvMalformed: the file is not a data group 12, or an object ends early.
            DocumentRejected: an element is malformed or stands there twice.

        """
        elements = Elements.of_file(raw, LdsFile.EF_DG12)
        return cls(
            issuing_authority=elements.text(_ISSUING_AUTHORITY, "issuing authority"),
            date_of_issue=elements.date(_DATE_OF_ISSUE, "date of issue"),
            other_persons=names_in_class(elements, _OTHER_PERSONS, _OTHER_PERSON, "other person"),
            endorsements=elements.text(_ENDORSEMENTS, "endorsements"),
            tax_exit_requirements=elements.text(_TAX_EXIT, "tax and exit requirements"),
            front=elements.image(_FRONT, "front of the document"),
            rear=elements.image(_REAR, "rear of the document"),
            personalised_at=elements.time(_PERSONALISED, "time of personalisation"),
            personalisation_system=elements.text(_PERSONALISATION_SYSTEM, "personalisation system"),
        )
