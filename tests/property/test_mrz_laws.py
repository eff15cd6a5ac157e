"""Whatever characters come, an MRZ parses or is refused; and no single misread goes unseen."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.errors import MrzInvalid
from egate.emrtd.mrz.check_digit import check_digit
from egate.emrtd.mrz.layout import LAYOUTS, MrzFormat
from egate.emrtd.mrz.mrz_date import DateMalformed, birth_date, expiry_date
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.mrz.parse import parse

TODAY = dt.date(2026, 7, 1)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
LINE_1 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
LINE_2 = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
CHECKED = [*range(9), *range(13, 19), *range(21, 27), *range(28, 42)]

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


@given(st.sampled_from(CHECKED), st.sampled_from("0123456789<"))
def test_another_digit_under_a_check_digit_is_noticed(position: int, other: str) -> None:
    changed = LINE_2[:position] + other + LINE_2[position + 1 :]
    counts_the_same = check_digit(LINE_2[position]) == check_digit(other)
    assert all(parse((LINE_1, changed), TODAY).check_digits.values()) is counts_the_same


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
