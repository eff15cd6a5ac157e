"""EF.DG16: persons to notify (9303-10 §4.7.16)."""

from dataclasses import dataclass, field
from typing import Final

from egate.emrtd.lds.elements import Elements
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.names import PersonName

_TEMPLATES: Final = range(0xA0, 0xB0)
_DATE_RECORDED: Final = 0x5F50
_NAME: Final = 0x5F51
_TELEPHONE: Final = 0x5F52
_ADDRESS: Final = 0x5F53


@dataclass(frozen=True, slots=True)
class PersonToNotify:
    """Whom to tell in an emergency; personal throughout. Absent texts are "".

    Args:
        name: of the person.
        telephone: as written.
        address: its parts.
        date_recorded: ISO 8601, unknown parts ``X``; None when absent or unknown.

    """

    name: PersonName = field(repr=False)
    telephone: str = field(repr=False)
    address: tuple[str, ...] = field(repr=False)
    date_recorded: str | None = field(repr=False)


def persons_to_notify(raw: bytes) -> tuple[PersonToNotify, ...]:
    """Return the persons of the whole file ``raw``.

    Raises:
        TlvMalformed: the file is not a data group 16, or an object ends early.
        DocumentRejected: there are other persons than it states, or an element of one
            is malformed or stands there twice.

    """
    elements = Elements.of_file(raw, LdsFile.EF_DG16)
    templates = [value for tag, value in elements.objects if tag in _TEMPLATES]
    elements.expect_count(len(templates), "number of persons")
    return tuple(_person(elements.nested(template)) for template in templates)


def _person(elements: Elements) -> PersonToNotify:
    return PersonToNotify(
        name=PersonName.parse(elements.text(_NAME, "name of a person")),
        telephone=elements.text(_TELEPHONE, "telephone of a person"),
        address=elements.texts(_ADDRESS, "address of a person"),
        date_recorded=elements.date(_DATE_RECORDED, "date recorded"),
    )
