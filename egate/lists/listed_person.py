"""A person as an entry of a list names one: what an officer compares, and what is matched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from egate.lists.errors import ListRefused
from egate.lists.names.birth_date import UnusableDate, packed
from egate.lists.names.folding import UnusableName, fold

MAX_NAMES: Final = 16
_SEXES: Final = ("", "F", "M", "X")
_MAX_NATIONALITY: Final = 3
# Bangla is written with these two, which Python takes for unprintable.
_JOINERS: Final = {0x200C: None, 0x200D: None}


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person whom an entry lists. Personal.

    Args:
        names: the name, as in an MRZ or as written, then the aliases; each is whole.
        date_of_birth: ``1974-08-12``, ``1974-XX-XX`` or ``1974``; None where nothing is known.
        nationality: one to three letters of 9303-3 §5, empty where unknown.
        sex: F, M, X as in an MRZ (9303-4 §4.2.2.2), empty where unknown; for the officer.

    """

    names: tuple[str, ...] = field(repr=False)
    date_of_birth: str | None = field(default=None, repr=False)
    nationality: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what could never be found.

        Raises:
            ListRefused: a field is not what it must be; the message names it.

        """
        if not 0 < len(self.names) <= MAX_NAMES:
            raise ListRefused(f"name: one, with its aliases at most {MAX_NAMES}")
        for each in self.names:
            _usable(each)
        try:
            packed(self.date_of_birth)
        except UnusableDate as error:
            raise ListRefused(f"date_of_birth: {error}") from None
        nation = self.nationality
        if nation and not (nation.isascii() and nation.isalpha() and nation.isupper()):
            raise ListRefused("nationality: not capital letters as in an MRZ")
        if len(nation) > _MAX_NATIONALITY:
            raise ListRefused("nationality: more than three letters")
        if self.sex not in _SEXES:
            raise ListRefused("sex: not F, M or X")

    def as_json(self) -> dict[str, Any]:
        """Return its fields."""
        return {
            "names": list(self.names),
            "date_of_birth": self.date_of_birth,
            "nationality": self.nationality,
            "sex": self.sex,
        }

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return the person with the fields of ``as_json``.

        Raises:
            ListRefused: a field is not what it must be; the message names it.

        """
        return cls(tuple(row["names"]), row["date_of_birth"], row["nationality"], row["sex"])


def _usable(name: str) -> None:
    if not (name.isprintable() or name.translate(_JOINERS).isprintable()):
        raise ListRefused("name: a character that cannot be printed")
    try:
        fold(name)
    except UnusableName as error:
        raise ListRefused(f"name: {error}") from None
