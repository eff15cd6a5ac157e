"""Finding the listed persons whom a traveller may be, among a million of them.

Who is listed with the traveller's date of birth, whole or with day and month swapped, is
compared by name: some fifty persons of a million. With a date that agrees only in part there
are thousands, so a word of the name has to have the same consonants, the names must be
nearly the same, and it must be unlikely that two persons share them by chance: a policy
says how often a traveller may be stopped for a namesake.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from egate.lists.names.birth_date import (
    UNKNOWN_DATE,
    YEARS_NEAR,
    Agreement,
    agreement,
    is_partial,
    packed,
    swapped,
)
from egate.lists.names.by_chance import Namesakes
from egate.lists.names.person_columns import Numbers, PersonColumns
from egate.lists.names.person_name import NamePart, PersonName
from egate.lists.names.postings import Postings, telling
from egate.lists.names.score import PAIR_FLOOR, alike, score

_LOOSE: Final = (Agreement.PARTIAL, Agreement.TWO_PARTS, Agreement.NEAR, Agreement.UNKNOWN)
_YEARS_ALIVE: Final = 60
"""Over which dates of birth spread, roughly; for odds alone."""
_ODDS_TWO_PARTS: Final = 1 / 365 + 2 / (12 * _YEARS_ALIVE)
_ONE_PART: Final = 0.06
"""More is needed where one part alone is shared, as of women called by one name and Begum."""
_MAX_COMPARED: Final = 300
"""Of the persons whose date agrees in part; those with most words in common come first."""


@dataclass(frozen=True, slots=True)
class NameThresholds:
    """From which score on a listed person is a hit, by how the dates of birth agree.

    Args:
        exact: the same date.
        swapped: day and month the other way round.
        partial: the same as far as both are known, which is the year at least.
        two_parts: two of day, month and year.
        near: years a little apart, and one date is partial.
        name_alone: one of the two has no date of birth.
        by_chance: the most travellers, of all, that a date agreeing only in part may stop for
            a namesake; a name likelier than that to be found by chance needs a whole date.

    """

    exact: float = 0.74
    swapped: float = 0.80
    partial: float = 0.82
    two_parts: float = 0.95
    near: float = 0.95
    name_alone: float = 0.95
    by_chance: float = 0.004

    def of(self, agreed: Agreement) -> float:
        """Return the score needed; more than 1 where no score is enough."""
        dated = (self.exact, self.swapped, self.partial, self.two_parts, self.near)
        return (*dated, self.name_alone, 2.0)[agreed]


@dataclass(frozen=True, slots=True)
class Traveller:
    """Whom to look for: one name, and the rest as in `ListedPerson`."""

    name: str = field(repr=False)
    date_of_birth: str | None = field(default=None, repr=False)
    nationality: str = field(default="", repr=False)


class PersonHit(NamedTuple):
    """A listed person whom the traveller may be.

    Args:
        entry: the key of the entry.
        score: how alike the names are, from 0 to 1.
        dates: how far the dates of birth agree.
        is_exact: the same parts in whatever order, the same whole date, no other nationality.

    """

    entry: int
    score: float
    dates: Agreement
    is_exact: bool


class _Word(NamedTuple):
    part: NamePart
    like: frozenset[int]  # places of the asked parts that it may be


class PersonIndex:
    """The persons of a list, to be asked for by name and date of birth."""

    def __init__(self, columns: PersonColumns) -> None:
        self._columns = columns
        self._postings = Postings.by_consonants(columns)
        self._namesakes = Namesakes(columns, self._postings)
        rows = max(1, len(columns))
        undated = int(np.count_nonzero(columns.date >> 9 == 0))
        self._undated_share = undated / rows
        self._partial_share = int(np.count_nonzero(is_partial(columns.date))) / rows

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(self._columns)

    def bytes_held(self) -> int:
        return self._columns.bytes_held() + self._postings.bytes_held()

    def find(
        self, traveller: Traveller, thresholds: NameThresholds | None = None
    ) -> tuple[PersonHit, ...]:
        """Return who the traveller may be, the likeliest first, each entry once.

        Raises:
            UnusableName: the traveller's name; see `fold`.
            UnusableDate: the traveller's date of birth; see `packed`.

        """
        name, date = PersonName.parse(traveller.name), packed(traveller.date_of_birth)
        needed = thresholds or NameThresholds()
        comparison = _Comparison(self._columns, name)
        nations = self._compatible(traveller.nationality)
        best: dict[int, PersonHit] = {}
        for row, agreed in self._possible(comparison.asked, date, nations, needed):
            if agreed in _LOOSE:
                shared = comparison.shared(row)
                if self._odds(shared, date, agreed) > needed.by_chance:
                    continue
            value = comparison.score(row)
            if value < needed.of(agreed) or comparison.is_too_little(row, value, agreed, needed):
                continue
            entry = int(self._columns.entry[row])
            is_exact = agreed is Agreement.EXACT and comparison.is_same(row)
            is_exact = is_exact and bool(nations[self._columns.nation[row]])
            hit = PersonHit(entry, value, agreed, is_exact)
            best[entry] = min(best.get(entry, hit), hit, key=likeliest_first)
        return tuple(sorted(best.values(), key=likeliest_first))

    def _possible(
        self, asked: list[NamePart], date: int, nations: NDArray[np.bool_], needed: NameThresholds
    ) -> Iterator[tuple[int, Agreement]]:
        if date >> 9 and not is_partial(np.asarray([date], np.int32))[0]:
            yield from ((row, Agreement.EXACT) for row in self._dated(date))
            if (turned := swapped(date)) not in (UNKNOWN_DATE, date):
                yield from ((row, Agreement.SWAPPED) for row in self._dated(turned))
        allowed = [each for each in _LOOSE if self._odds(asked, date, each) <= needed.by_chance]
        if allowed and asked:
            yield from self._alike_in_part(asked, date, nations, allowed)

    def _compatible(self, nationality: str) -> NDArray[np.bool_]:
        """Say of each nation of the list whether the traveller may be of it."""
        may_be = ("", nationality)
        return np.array([not nationality or each in may_be for each in self._columns.nations], bool)

    def _dated(self, date: int) -> range:
        first, end = np.searchsorted(self._columns.date, (date, date + 1))
        return range(int(first), int(end))

    def _odds(self, parts: list[NamePart], date: int, agreed: Agreement) -> float:
        """Return how many travellers would be stopped, if all who share so much by chance were."""
        partly = bool(is_partial(np.asarray([date], np.int32))[0])
        in_part = (1.0 if partly else self._partial_share) / _YEARS_ALIVE
        of_date = {
            Agreement.PARTIAL: in_part,
            Agreement.NEAR: 2 * YEARS_NEAR * in_part,
            Agreement.TWO_PARTS: _ODDS_TWO_PARTS,
            Agreement.UNKNOWN: self._undated_share if date >> 9 else 1.0,
        }[agreed]
        return of_date * self._namesakes.expected(parts)

    def _alike_in_part(
        self, parts: list[NamePart], date: int, nations: NDArray[np.bool_], allowed: list[Agreement]
    ) -> Iterator[tuple[int, Agreement]]:
        found = [self._agreeing(self._postings.of(each), date, allowed) for each in set(parts)]
        rows, counts = np.unique(np.concatenate(found), return_counts=True)
        enough = counts * 2 >= len(found)
        enough &= nations[self._columns.nation[rows]]
        rows, counts = rows[enough], counts[enough]
        first = np.argsort(-counts, kind="stable")[:_MAX_COMPARED]
        agreed = agreement(self._columns.date[rows[first]], date)
        for row, how in zip(rows[first], agreed, strict=True):
            yield int(row), Agreement(int(how))

    def _agreeing(self, rows: Numbers, date: int, allowed: list[Agreement]) -> Numbers:
        dates = self._columns.date[rows]
        if date >> 9:  # most agree in nothing, and are told so at once
            years = dates >> 9
            near = np.abs(years - (date >> 9)) <= YEARS_NEAR
            near |= (dates & 511 == date & 511) | (years == 0)
            rows, dates = rows[near], dates[near]
        return rows[np.isin(agreement(dates, date), allowed)]


class _Comparison:
    """One name against many rows: a word that came before is not compared again."""

    def __init__(self, columns: PersonColumns, name: PersonName) -> None:
        self._columns = columns
        self._name = name
        self.asked = telling(name.parts)
        self._seen: dict[int, _Word] = {}

    def score(self, row: int) -> float:
        """Return the score of a row, 0 where parts of both names are sure to be left over."""
        return score(self._name, self._columns.name(row)) if self._may_be(row) else 0.0

    def is_too_little(
        self, row: int, value: float, agreed: Agreement, needed: NameThresholds
    ) -> bool:
        """Say whether one part alone is shared, and not surely enough for a whole date."""
        enough = min(1.0, needed.of(agreed) + _ONE_PART)
        return agreed not in _LOOSE and value < enough and len(self.shared(row)) <= 1

    def is_same(self, row: int) -> bool:
        """Say whether a row has the same parts, in whatever order."""
        return sorted(self._name.parts) == sorted(self._columns.name(row).parts)

    def _may_be(self, row: int) -> bool:
        words = self._words(row)
        paired = {at for word in words for at in word.like}
        ours = [part.sounds for at, part in enumerate(self.asked) if at not in paired]
        theirs = [word.part.sounds for word in words if not word.like and word.part.weight == 1.0]
        # What begins alike may be one word of several, or a word that was cut.
        return not ours or not theirs or any(_begin_alike(*each) for each in product(ours, theirs))

    def shared(self, row: int) -> list[NamePart]:
        """Return the asked parts that tell something and that the row has too."""
        paired = {at for word in self._words(row) for at in word.like}
        return [part for at, part in enumerate(self.asked) if at in paired]

    def _words(self, row: int) -> list[_Word]:
        start, end = self._columns.starts[row : row + 2]
        return [self._word(int(word)) for word in self._columns.words[start:end]]

    def _word(self, word: int) -> _Word:
        if (seen := self._seen.get(word)) is None:
            part = self._columns.part(word)
            like = (at for at, asked in enumerate(self.asked) if alike(asked, part) >= PAIR_FLOOR)
            seen = self._seen[word] = _Word(part, frozenset(like))
        return seen


def likeliest_first(hit: PersonHit) -> tuple[Agreement, float, int]:
    """Return what sorts hits."""
    return hit.dates, -hit.score, hit.entry


def _begin_alike(one: str, other: str) -> bool:
    size = min(len(one), len(other), 3)
    return one[:size] == other[:size]
