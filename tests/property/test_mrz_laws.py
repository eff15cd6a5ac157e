"""Whatever characters come, an MRZ parses or is refused; and no single misread goes unseen."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from egate.emrtd.errors import MrzInvalid
from egate.emrtd.mrz.check_digit import check_digit
from egate.emrtd.mrz.layout import LAYOUTS, MrzFormat, format_of
from egate.emrtd.mrz.mrz_date import DateMalformed, birth_date, expiry_date
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.mrz.parse import parse

TODAY = dt.date(2026, 7, 1)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
LINE_1 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
LINE_2 = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"

# One valid zone a format that has check digits; TD1 and TD2 also with a long number.
VALID = (
    (LINE_1, LINE_2),
    (
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ),
    (
        "I<UTOD23145890<7349<<<<<<<<<<<",
        "3407127M9507122UTO<<<<<<<<<<<2",
        "STEVENSON<<PETER<JOHN<<<<<<<<<",
    ),
    ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"),
    ("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<", "D23145890<UTO3407127M95071227349<<<8"),
    (
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
    ),
    ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"),
    ("IDFRADOUEL<<<<<<<<<<<<<<<<<<<<932013", "0506932020438CHRISTIANE<<NI2906209F3"),
)


def covered(lines: tuple[str, ...]) -> list[tuple[int, int]]:
    """Line and column of every character that a check digit covers or that is one."""
    layout = LAYOUTS[format_of(lines)]
    spans = [layout.fields[name] for name in layout.checked]
    spans += [span.check for span in spans] + list(layout.composite)
    spans += [layout.composite_check] if layout.composite_check else []
    return sorted({(span.line, at) for span in spans for at in range(span.start, span.end)})


a_covered_character = st.sampled_from(
    [(lines, line, at) for lines in VALID for line, at in covered(lines)]
)

lines_of_a_format = st.sampled_from(sorted(LAYOUTS)).flatmap(
    lambda kind: st.tuples(
        *(
            st.text(ALPHABET, min_size=length, max_size=length)
            for length in LAYOUTS[MrzFormat(kind)].lengths
        )
    )
)


@given(lines_of_a_format)
def test_any_characters_give_a_value(lines: tuple[str, ...]) -> None:
    mrz = parse(lines, TODAY)
    assert mrz.lines == lines
    try:
        key = MrzKey.from_mrz(mrz)
    except MrzInvalid:
        return
    assert len(key.mrz_information()) >= 24


@given(st.lists(st.text(max_size=50), max_size=4))
def test_any_text_is_parsed_or_refused(lines: list[str]) -> None:
    try:
        parse(lines, TODAY)
    except MrzInvalid:
        return


@given(a_covered_character, st.sampled_from(ALPHABET))
def test_no_other_character_under_a_check_digit_is_accepted(
    place: tuple[tuple[str, ...], int, int], other: str
) -> None:
    """Unless it counts the same: no check digit can tell A from K, nor 0 from the filler."""
    lines, line, at = place
    text = lines[line][:at] + other + lines[line][at + 1 :]
    mrz = parse((*lines[:line], text, *lines[line + 1 :]), TODAY)
    counts_the_same = check_digit(lines[line][at]) == check_digit(other)
    assert counts_the_same or not mrz.is_valid
    if other == lines[line][at]:
        assert mrz.is_valid


@given(st.sampled_from(VALID), st.data())
def test_no_key_comes_from_a_number_or_date_with_another_character(
    lines: tuple[str, ...], data: st.DataObject
) -> None:
    layout = LAYOUTS[format_of(lines)]
    span = layout.fields[data.draw(st.sampled_from(layout.checked[:2]))]
    at = data.draw(st.integers(span.start, span.end - 1))
    other = data.draw(st.sampled_from(ALPHABET))
    row = lines[span.line]
    assume(check_digit(row[at]) != check_digit(other))
    changed = row[:at] + other + row[at + 1 :]
    with pytest.raises(MrzInvalid):
        MrzKey.from_mrz(parse((*lines[: span.line], changed, *lines[span.line + 1 :]), TODAY))


@given(st.sampled_from(VALID), st.data())
def test_exchanged_neighbours_are_noticed(lines: tuple[str, ...], data: st.DataObject) -> None:
    layout = LAYOUTS[format_of(lines)]
    span = layout.fields[data.draw(st.sampled_from(layout.checked))]
    at = data.draw(st.integers(span.start, span.end - 2))
    row = lines[span.line]
    swapped = row[:at] + row[at + 1] + row[at] + row[at + 2 :]
    mrz = parse((*lines[: span.line], swapped, *lines[span.line + 1 :]), TODAY)
    # The weights of neighbours differ by 4, 2 or 6, so a difference of five counts as nothing.
    first, second = (int(check_digit(character)) for character in row[at : at + 2])
    assert (first - second) % 5 == 0 or not mrz.is_valid


@given(st.dates(dt.date(1926, 7, 2), TODAY))
def test_every_date_of_birth_of_a_hundred_years_comes_back(day: dt.date) -> None:
    assert birth_date(day.strftime("%y%m%d"), TODAY) == day.isoformat()


@given(st.dates(dt.date(1977, 1, 1), dt.date(2076, 12, 31)))
def test_every_date_of_expiry_within_fifty_years_comes_back(day: dt.date) -> None:
    assert expiry_date(day.strftime("%y%m%d"), TODAY) == day.isoformat()


@given(st.text(ALPHABET, min_size=6, max_size=6), st.dates())
def test_dates_of_birth_are_never_in_the_future(text: str, today: dt.date) -> None:
    try:
        iso = birth_date(text, today)
    except (DateMalformed, ValueError):
        return
    assert iso is None or iso.replace("XX", "01") <= today.isoformat()
