"""How alike two names are, as a number from 0 to 1.

Parts are laid side by side, each with the one that it is most like, whatever the order.
What speaks against one person is then not how little is alike, but what is left over on
both sides: a part that is missing is ordinary, two that differ are another person.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from egate.lists.names.person_name import NamePart, PersonName, usual_part
from egate.lists.names.sound import Reading

# Chosen on public pairs of names, each half by the other, and on made-up names; the figures are
# in docs/decisions/0025. Shares of the three forms of a part:
_TEXT, _SOUNDS, _CONSONANTS = 0.2, 0.4, 0.4
PAIR_FLOOR: Final = 0.5
"""Parts less alike than this are no pair."""
_HOPELESS: Final = 0.35
"""Sounds less alike than this cannot reach the floor with the most that the rest may give."""
_CONFLICT: Final = 2.6
"""How often a part that differs on both sides counts against one that agrees."""
_EXTRA: Final = 0.1
"""And a part that one side lacks."""
_ALONE: Final = 0.1
_ALONE_BELOW: Final = 1.4
_MORE: Final = 0.5
"""Where only one part that tells something agrees, and there is more: taken off."""
_ORDER: Final = 0.02
_INITIAL: Final = 0.85
_CUT: Final = 0.9
"""For a part that goes on where a machine readable zone ends."""
_BEGINNING: Final = 0.85
"""For a part that is heard to begin otherwise: Kamal and Jamal are two persons."""
_UNVOWELLED: Final = 0.95
_LONGEST_JOIN: Final = 4
_SHORTEST_JOINED: Final = 4


class _Pair(NamedTuple):
    alike: float
    weight: float
    left: int
    right: int


def names_score(left: str, right: str) -> float:
    """Return how alike two written names are.

    Raises:
        UnusableName: one of them is too long or has no letter.

    """
    return score(PersonName.parse(left), PersonName.parse(right))


def score(left: PersonName, right: PersonName) -> float:
    """Return 1 for names that fold to the same parts, 0 for names with nothing in common.

    Symmetric and without any state: the same two names score the same everywhere.
    """
    if left.parts == right.parts:
        return 1.0
    if right.parts < left.parts:
        left, right = right, left
    ours, theirs = _joined(left.parts, right.parts), _joined(right.parts, left.parts)
    pairs = _pairs(ours, theirs, cut=(left.cut, right.cut))
    agreed = sum(pair.weight for pair in pairs)
    left_over = _weight(ours) - sum(ours[pair.left].weight for pair in pairs)
    right_over = _weight(theirs) - sum(theirs[pair.right].weight for pair in pairs)
    if not agreed:
        return 0.0
    conflict, extra = min(left_over, right_over), abs(left_over - right_over)
    alike_parts = sum(pair.weight * pair.alike for pair in pairs)
    value = alike_parts / (agreed + _CONFLICT * conflict + _EXTRA * extra)
    if agreed < _ALONE_BELOW and extra >= _MORE:
        value -= _ALONE
    if any(after.right < before.right for before, after in pairwise(sorted(pairs, key=_place))):
        value -= _ORDER
    return min(1.0, max(0.0, value))


def alike(one: NamePart, other: NamePart) -> float:
    """Return how alike two parts are, from 0 to 1."""
    if one.text == other.text:
        return 1.0
    if len(one.text) == 1 or len(other.text) == 1:
        return _INITIAL if one.text[0] == other.text[0] else 0.0
    ways = product(one.readings, other.readings)
    if one.unvowelled != other.unvowelled:
        return _UNVOWELLED * max(_same_consonants(*each) for each in ways)
    heard_alike, begins = max(_heard_alike(*each) for each in ways)
    if not heard_alike:
        return 0.0
    return begins * (heard_alike + _TEXT * OSA.normalized_similarity(one.text, other.text))


def _heard_alike(one: Reading, other: Reading) -> tuple[float, float]:
    """Return the share of two readings in how alike words are, and what their beginnings leave.

    The share is 0 where the rest could not make it enough.
    """
    sounds = OSA.normalized_similarity(one.sounds, other.sounds)
    if sounds < _HOPELESS:
        return 0.0, 0.0
    begins = 1.0 if one.consonants[:1] == other.consonants[:1] else _BEGINNING
    return _SOUNDS * sounds + _CONSONANTS * _same_consonants(one, other), begins


def _same_consonants(one: Reading, other: Reading) -> float:
    return OSA.normalized_similarity(one.consonants, other.consonants)


def _joined(parts: tuple[NamePart, ...], others: tuple[NamePart, ...]) -> tuple[NamePart, ...]:
    """Join neighbours that the other name writes as one word."""
    own = {part.sounds for part in parts}
    whole = {part.sounds for part in others if len(part.sounds) >= _SHORTEST_JOINED} - own
    return tuple(_joining(parts, whole)) if whole else parts


def _joining(parts: tuple[NamePart, ...], whole: set[str]) -> Iterator[NamePart]:
    at = 0
    while at < len(parts):
        for size in range(min(_LONGEST_JOIN, len(parts) - at), 1, -1):
            text = "".join(part.text for part in parts[at : at + size])
            if (joined := usual_part(text, parts[at].unvowelled)).sounds in whole:
                yield joined
                at += size
                break
        else:
            yield parts[at]
            at += 1


def _pairs(
    ours: Sequence[NamePart], theirs: Sequence[NamePart], *, cut: tuple[bool, bool]
) -> list[_Pair]:
    """Pair the parts off, those first that are most alike and tell most."""
    possible = []
    for left, one in enumerate(ours):
        for right, other in enumerate(theirs):
            value = alike(one, other)
            if (cut[0] and left == len(ours) - 1 and other.text.startswith(one.text)) or (
                cut[1] and right == len(theirs) - 1 and one.text.startswith(other.text)
            ):
                value = max(value, _CUT)
            if value >= PAIR_FLOOR:
                possible.append(_Pair(value, max(one.weight, other.weight), left, right))
    possible.sort(key=_worth)
    pairs: list[_Pair] = []
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    for pair in possible:
        if pair.left not in taken_left and pair.right not in taken_right:
            taken_left.add(pair.left)
            taken_right.add(pair.right)
            pairs.append(pair)
    return pairs


def _worth(pair: _Pair) -> tuple[float, float, int, int]:
    return (-pair.alike * pair.weight, -pair.alike, pair.left, pair.right)


def _place(pair: _Pair) -> int:
    return pair.left


def _weight(parts: Sequence[NamePart]) -> float:
    return sum(part.weight for part in parts)
