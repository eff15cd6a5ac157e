"""How well the letters that were seen in a line agree with those that are expected.

The line is laid along the expected letters by the best path (as in connectionist temporal
classification: a letter takes one column or more, blanks may stand between two), and what
speaks against that path is summed where it is most: one letter of another kind is enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.optical.visual_zone.expected_text import ExpectedText, Sign
from egate.optical.visual_zone.letters import LETTERS

_BLANK: Final = len(LETTERS)
_LEAST: Final = np.float32(1e-4)
"""No column says more than that against a letter: readers err, too."""
_A_LETTER: Final = 8
"""Columns; what speaks against the text within so many is summed."""
_COLUMNS_OF_A_STROKE: Final = 4
_NEVER: Final = np.float32(-1e9)
_WORN: Final[Mapping[str, str]] = {"B": "E3", "E": "F", "G": "C", "Q": "O", "R": "P"}
"""What a letter is read as where a scratch took a stroke of it. No digits: one that lost a stroke
is worth a forger's while."""
_SURE: Final = 0.8
# From how far back a state may be reached: itself, the one before, a blank left out; two each
# for one and for two letters left out.
_STEPS: Final = 7

_Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one line with one text.

    Args:
        contradiction: 0 when nothing speaks against it; about 9 for each column that shows
            another letter, or none, beyond doubt.
        begin: the columns where most of that is, from
        end: to, not included.
        elsewhere: what contradicts the text outside of them.
        letters: how many letters were seen in the line, beyond doubt.
        support: the probability of the letter that is seen worst of those expected.

    """

    contradiction: float
    begin: int
    end: int
    elsewhere: float
    letters: int
    support: float

    @property
    def doubt(self) -> float:
        """What speaks against the text: other letters, and one that is hardly seen."""
        return self.contradiction - _COLUMNS_OF_A_STROKE * log(max(self.support, float(_LEAST)))


def agreement(columns: _Array, expected: ExpectedText) -> Agreement:
    """Compare what ``read_letters`` saw with what is expected.

    Args:
        columns: probabilities of each class; columns x 37.
        expected: has at least one letter.

    """
    if len(columns) < 2 * len(expected.signs):  # too short for so many letters
        return replace(_laid_along(columns, _forgiving(expected)), support=0.0)
    return _laid_along(columns, expected.signs)


def excess(columns: _Array, expected: ExpectedText) -> float:
    """Return the contradiction by ink that is there: missing letters and strokes are forgiven.

    A line whose print is worn away is no other text.
    """
    return _laid_along(columns, _forgiving(expected)).contradiction


def _forgiving(expected: ExpectedText) -> tuple[Sign, ...]:
    return tuple(
        Sign(sign.letter + _WORN.get(sign.letter, ""), is_optional=True) for sign in expected.signs
    )


def _laid_along(columns: _Array, signs: tuple[Sign, ...]) -> Agreement:
    seen = np.log(np.maximum(columns, _LEAST))
    emitted = _emissions(seen, signs)
    states = _along(emitted, signs)
    path = emitted[np.arange(len(states)), states]
    against = columns.max(axis=1) * (seen.max(axis=1) - path)
    sums = np.convolve(against, np.ones(_A_LETTER, np.float32), "same")
    worst = int(sums.argmax())
    begin = max(0, worst - _A_LETTER // 2)
    end = begin + _A_LETTER
    elsewhere = float(against[:begin].sum() + against[end:].sum())
    support = _support(states, path)
    return Agreement(float(sums[worst]), begin, end, elsewhere, letters_seen(columns), support)


def letters_seen(columns: _Array) -> int:
    """Return how many letters a line shows beyond doubt."""
    best = columns.argmax(axis=1)
    sure = (columns.max(axis=1) > _SURE) & (best != _BLANK)
    kinds = np.where(sure, best, -1)
    begins = (kinds != np.concatenate(([-1], kinds[:-1]))) & sure
    return int(begins.sum())


def _support(states: npt.NDArray[np.intp], path: _Array) -> float:
    letters = [path[states == state].max() for state in np.unique(states) if state % 2]
    return float(np.exp(min(letters, default=np.float32(0))))


def _along(emitted: _Array, signs: tuple[Sign, ...]) -> npt.NDArray[np.intp]:
    """Return the state of each column on the best path along ``signs``.

    States are blank, letter, blank, letter ... blank: letter n is state 2n + 1.
    """
    allowed = _transitions(signs)
    states = allowed.shape[1]
    sources = np.arange(states)[None, :] - np.arange(_STEPS)[:, None]
    refused = np.where(allowed & (sources >= 0), np.float32(0), _NEVER)
    sources = np.maximum(sources, 0)
    taken = np.zeros(emitted.shape, np.int8)
    every = np.arange(states)
    total = np.where(_ends(signs), emitted[0], _NEVER)
    for at in range(1, len(emitted)):
        ways = total[sources] + refused
        taken[at] = ways.argmax(axis=0)
        total = ways[taken[at], every] + emitted[at]
    state = int(np.where(_ends(signs[::-1])[::-1], total, _NEVER).argmax())
    path = np.empty(len(emitted), np.intp)
    for at in range(len(emitted) - 1, -1, -1):
        path[at] = state
        state -= int(taken[at, state])
    return path


def _emissions(seen: _Array, signs: tuple[Sign, ...]) -> _Array:
    emitted = np.repeat(seen[:, _BLANK:], 2 * len(signs) + 1, axis=1)
    for number, sign in enumerate(signs):
        match sign.letter:
            case "*":
                emitted[:, 2 * number + 1] = seen.max(axis=1)
            case "?":
                emitted[:, 2 * number + 1] = seen[:, :_BLANK].max(axis=1)
            case letters:
                places = [LETTERS.index(letter) for letter in letters]
                emitted[:, 2 * number + 1] = seen[:, places].max(axis=1)
    return emitted


def _transitions(signs: tuple[Sign, ...]) -> npt.NDArray[np.bool_]:
    """Return whether a state may be reached from the one so many before: steps x states."""
    allowed = np.zeros((_STEPS, 2 * len(signs) + 1), np.bool_)
    allowed[:2] = True
    for number in range(len(signs) + 1):
        # The letters right before that may be left out: none, one, or two.
        for left_out in range(3):
            before = number - 1 - left_out
            skipped = signs[before + 1 : number] if before >= -1 else ()
            if len(skipped) < left_out or not all(sign.is_optional for sign in skipped):
                break
            allowed[2 * left_out, 2 * number] = True
            if before >= 0:
                allowed[2 * left_out + 1, 2 * number] = True
            if number < len(signs):
                allowed[2 * left_out + 1, 2 * number + 1] = True
                twice = before >= 0 and signs[before].letter == signs[number].letter
                if before >= 0 and not twice:
                    allowed[2 * left_out + 2, 2 * number + 1] = True
    return allowed


def _ends(signs: tuple[Sign, ...]) -> npt.NDArray[np.bool_]:
    """Return in which states a path along ``signs`` may begin; of reversed ones, end."""
    ends = np.zeros(2 * len(signs) + 1, np.bool_)
    ends[:2] = True
    for number, sign in enumerate(signs):
        if not sign.is_optional:
            break
        ends[2 * number + 2 : 2 * number + 4] = True
    return ends
