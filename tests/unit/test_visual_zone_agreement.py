"""How letters that were seen are laid along those that are expected."""

import numpy as np
import pytest

from egate.optical.visual_zone.agreement import agreement, excess
from egate.optical.visual_zone.comparison import AGREES, DIFFERS, FORGIVEN
from egate.optical.visual_zone.expected_text import ExpectedText, Sign
from egate.optical.visual_zone.letters import LETTERS

BLANK = len(LETTERS)
LETTER, GAP = 5, 2  # columns


def seen(text: str, doubt: float = 0.0) -> np.ndarray:
    """Return what a reader sees of ``text``; with ``doubt`` in each letter."""
    columns = np.full((2 * GAP + len(text) * (LETTER + GAP), BLANK + 1), 1e-6, np.float32)
    columns[:, BLANK] = 1
    for number, letter in enumerate(text):
        if letter == " ":
            continue
        at = slice(GAP + number * (LETTER + GAP), (number + 1) * (LETTER + GAP))
        columns[at] = doubt / BLANK
        columns[at, LETTERS.index(letter)] = 1 - doubt
    return columns / columns.sum(axis=1, keepdims=True)


def text(pattern: str) -> ExpectedText:
    """Return a text; a letter before ``~`` may be missing, ``*`` is anything."""
    signs = [Sign(letter, letter == "*") for letter in pattern if letter != "~"]
    for at in (at for at, letter in enumerate(pattern) if letter == "~"):
        number = at - 1 - pattern[:at].count("~")
        signs[number] = Sign(signs[number].letter, is_optional=True)
    return ExpectedText(tuple(signs))


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("AB1234567", "AB1234567"),
        ("ABBA", "ABBA"),
        ("MULLER", "MUE~LLER"),
        ("MUELLER", "MUE~LLER"),
        ("NUNEZ", "NUNX~X~EZ"),
        ("A", "AE~"),
        ("E", "A~E"),
        ("STRABER", "STRA?S~ER"),
        ("CHARONGUANG", "CHARONGU*"),
        ("DINGOPOTOROO", "DI*P*"),
    ],
)
def test_texts_that_agree(shown: str, expected: str) -> None:
    assert agreement(seen(shown), text(expected)).doubt < AGREES


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("AB1234567", "AB1234568"),
        ("BB1234567", "AB1234567"),
        ("AB1234567", "AB124567"),
        ("K10298847", "K10293847"),
        ("ABBA", "ABA"),
        ("MAELLER", "MUE~LLER"),
        ("CHARINGUANG", "CHARONGU*"),
        ("RAHMAN", "CHOWDHURY"),
    ],
)
def test_texts_that_differ(shown: str, expected: str) -> None:
    assert agreement(seen(shown), text(expected)).contradiction > DIFFERS
    assert "*" in expected or excess(seen(shown), text(expected)) > FORGIVEN


def test_where_they_differ() -> None:
    found = agreement(seen("AB1234567"), text("AB1239567"))
    place = GAP + 5 * (LETTER + GAP)
    assert found.begin <= place < place + LETTER <= found.end
    assert found.elsewhere == pytest.approx(0, abs=0.1)


def test_doubt_is_no_contradiction() -> None:
    """A letter that could be any is none that speaks against the text."""
    doubtful = agreement(seen("AB1234567", doubt=0.9), text("AB1234568"))
    assert doubtful.contradiction < DIFFERS
    assert doubtful.letters == 0
    assert doubtful.doubt > AGREES


@pytest.mark.parametrize("shown", ["         ", "AB12", "AB12 4567", "     "])
def test_what_is_missing_is_no_other_text(shown: str) -> None:
    assert agreement(seen(shown), text("AB1234567")).doubt > AGREES
    assert excess(seen(shown), text("AB1234567")) < FORGIVEN


@pytest.mark.parametrize(
    ("shown", "expected"), [("MAP", "MAR"), ("FLIZA", "ELIZA"), ("IOBAL", "IQBAL"), ("EGD", "BGD")]
)
def test_a_letter_that_lost_a_stroke_is_no_other_text(shown: str, expected: str) -> None:
    assert agreement(seen(shown), text(expected)).doubt > AGREES
    assert excess(seen(shown), text(expected)) < FORGIVEN


@pytest.mark.parametrize(("shown", "expected"), [("MAR", "MAP"), ("B12345673", "B12345678")])
def test_a_stroke_more_or_another_digit_is_another_text(shown: str, expected: str) -> None:
    assert agreement(seen(shown), text(expected)).contradiction > DIFFERS
    assert excess(seen(shown), text(expected)) > FORGIVEN


def test_a_line_too_short_for_the_text() -> None:
    assert agreement(seen("A")[:6], text("AB1234567")).support == 0
