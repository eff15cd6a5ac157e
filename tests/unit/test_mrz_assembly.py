"""From what two readers see in cells to an MRZ that is believed, or not."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

import numpy as np
import pytest

from egate.emrtd.mrz.check_digit import check_digit
from egate.emrtd.mrz.layout import MrzFormat
from egate.optical.mrz_image.assembly import Assembled, NotAssembled, assemble
from egate.optical.mrz_image.repair import Proof
from egate.optical.mrz_image.windows import Probabilities, ReadCells
from egate.optical.ocr_b import ALPHABET

TODAY: Final = dt.date(2026, 11, 23)
LINES: Final = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
Seen = Mapping[tuple[int, int], Mapping[str, float]]
"""Line and column from 1 to what a reader sees there instead."""


def cells(seen: Seen, again: Seen, lines: tuple[str, ...] = LINES) -> list[ReadCells]:
    return [
        ReadCells(
            shown(line, text, seen),
            shown(line, text, again),
            np.ones(len(text)),
            np.zeros(len(text), bool),
        )
        for line, text in enumerate(lines, 1)
    ]


def shown(line: int, text: str, seen: Seen) -> Probabilities:
    probabilities = np.full((len(text), len(ALPHABET)), 1e-5, np.float32)
    for column, character in enumerate(text, 1):
        for each, share in seen.get((line, column), {character: 0.99}).items():
            probabilities[column - 1, ALPHABET.index(each)] = share
    return probabilities


def assembled(seen: Seen, again: Seen | None = None, lines: tuple[str, ...] = LINES) -> Assembled:
    return assemble(MrzFormat.TD3, cells(seen, seen if again is None else again, lines), TODAY)


def refused(seen: Seen, again: Seen | None = None, lines: tuple[str, ...] = LINES) -> str:
    with pytest.raises(NotAssembled) as error:
        assembled(seen, again, lines)
    return str(error.value)


def test_what_both_see_clearly_is_believed() -> None:
    result = assembled({})
    assert result.mrz.lines == LINES
    assert result.mrz.is_valid
    assert result.repaired == ()


def test_a_position_rules_out_what_it_cannot_hold() -> None:
    result = assembled({(2, 16): {"O": 0.9, "0": 0.09}, (1, 6): {"6": 0.6, "E": 0.39}})
    assert result.mrz.lines == LINES
    found = {(each.line, each.column, each.read, each.taken) for each in result.repaired}
    assert found == {(2, 16, "O", "0"), (1, 6, "6", "E")}
    assert {each.proof for each in result.repaired} == {Proof.POSITION}


def test_a_check_digit_settles_one_character_of_its_field() -> None:
    result = assembled({}, {(2, 2): {"B": 0.7, "8": 0.2}})
    assert result.mrz.lines == LINES
    (repair,) = result.repaired
    assert (repair.line, repair.column, repair.read, repair.taken) == (2, 2, "B", "8")
    assert repair.proof is Proof.CHECK_DIGIT


def test_a_check_digit_mends_one_character_that_both_mistook() -> None:
    result = assembled({(2, 2): {"B": 0.6, "8": 0.3}})
    assert result.mrz.lines == LINES
    assert [each.proof for each in result.repaired] == [Proof.CHECK_DIGIT]


def test_two_characters_of_a_field_are_too_many() -> None:
    reason = refused({}, {(2, 2): {"B": 0.7, "8": 0.2}, (2, 4): {"B": 0.7, "8": 0.2}})
    assert reason == "two readings differ at line 2, column 2"


def test_no_check_digit_settles_a_name() -> None:
    assert refused({}, {(1, 7): {"K": 0.6, "R": 0.3}}) == "two readings differ at line 1, column 7"


def test_an_unclear_name_is_not_believed() -> None:
    assert refused({(1, 7): {"R": 0.6, "K": 0.3}}) == "unclear at line 1, column 7"


def test_what_may_be_the_rest_of_a_worn_letter_must_be_clearer() -> None:
    lines = (LINES[0].replace("ERIKSSON", "EPIKSSON"), LINES[1])
    assert refused({(1, 7): {"P": 0.96}}, lines=lines) == "unclear at line 1, column 7"
    assert assembled({(1, 7): {"P": 0.98}}, lines=lines).mrz.lines == lines
    assert assembled({(1, 9): {"K": 0.96}}).mrz.lines == LINES


def test_a_worn_zero_that_looks_like_u_is_not_proved_by_a_check_digit() -> None:
    # 0 and U differ by thirty, and so by nothing modulo ten.
    lines = (LINES[0], LINES[1].replace("ZE184226B", "ZE184226U"))
    number = "ZE184226U<<<<<"
    begin = lines[1][:28] + number + check_digit(number)
    lines = (LINES[0], begin + check_digit(begin[:10] + begin[13:20] + begin[21:]))
    assert refused({(2, 37): {"U": 0.96}}, lines=lines) == "unclear at line 2, column 37"
    assert assembled({(2, 37): {"U": 0.98}}, lines=lines).mrz.lines == lines


def test_a_filler_after_the_names_that_was_taken_for_a_letter() -> None:
    assert refused({(1, 36): {"K": 0.99}}) == "unclear after the names at line 1, column 36"


def test_lights_that_differ_are_not_believed() -> None:
    first, second = cells({}, {})
    first.lights_differ[6] = True
    with pytest.raises(NotAssembled, match="white and infrared light differ at line 1, column 7"):
        assemble(MrzFormat.TD3, [first, second], TODAY)


def test_a_check_digit_proves_nothing_between_characters_it_cannot_tell_apart() -> None:
    # 6 and G differ by ten, and so by nothing modulo ten.
    number = "L898962C3"
    begin = f"{number}{check_digit(number)}UTO7408122F1204159ZE184226B<<<<<1"
    covered = begin[:10] + begin[13:20] + begin[21:]
    lines = (LINES[0], begin + check_digit(covered))
    once = assembled({(2, 6): {"6": 0.55, "B": 0.4}}, lines=lines)
    assert once.mrz.lines == lines
    assert refused({(2, 6): {"6": 0.55, "G": 0.4}}, lines=lines) == "unclear at line 2, column 6"


def test_a_document_whose_zeros_look_like_o_must_be_clearer() -> None:
    number = {(2, 6): {"0": 0.8, "O": 0.15}, (2, 7): {"2": 0.8}}
    assert assembled(number).mrz.lines == LINES
    taken_for_o = {(2, 16): {"O": 0.9, "0": 0.09}}
    assert refused(number | taken_for_o) == "unclear at line 2, column 6"


def test_a_wrong_check_digit_is_reported_only_when_all_is_clear() -> None:
    lines = (LINES[0], LINES[1].replace("7408122F", "7408127F"))
    result = assembled({}, lines=lines)
    assert result.mrz.lines == lines
    assert not result.mrz.check_digits["date_of_birth"]
    assert result.repaired == ()
    reason = refused({(2, 14): {"7": 0.8, "1": 0.01}}, lines=lines)
    assert reason == "a check digit is wrong, and unclear at line 2, column 14"


def test_worn_fillers_after_the_names_are_fillers() -> None:
    worn = {"<": 0.2, "L": 0.1}
    assert assembled({(1, 31): worn, (1, 38): worn}).mrz.lines == LINES
    assert refused({(1, 26): worn}) == "unclear at line 1, column 26"
