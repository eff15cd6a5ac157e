"""The simulator's seals against ICAO's worked examples, and its bar codes against a page."""

from datetime import date

import pytest

from hardware_mocks.page_scanner.seals.encoding import (
    c40,
    day,
    header,
    message_zone,
    signature_zone,
)
from tests.vectors.test_seal_examples import EMERGENCY, VISA

DATES = slice(10, 16)


@pytest.mark.parametrize(
    ("example", "kind"), [(VISA, (0x5D, 0x01)), (EMERGENCY, (0x5E, 0x03))], ids=["visa", "ETD"]
)
def test_the_header_is_icaos(example: bytes, kind: tuple[int, int]) -> None:
    made = header("UTO", "UTTS", "5B", date(2020, 6, 13), kind)
    assert len(made) == 18
    assert made[: DATES.start] == example[: DATES.start]
    assert made[DATES.stop :] == example[DATES.stop : 18]


def test_dates_are_icaos() -> None:
    assert VISA[DATES] == day(date(2020, 6, 13)) + day(date(2020, 6, 15))


def test_the_message_of_a_visa_is_icaos() -> None:
    lines = "VCD<<DENT<<ARTHUR<PHILIP".ljust(36, "<") + "1234567XY7GBR5203116M2105253"
    features = {2: c40(lines), 4: bytes((90, 0, 0)), 5: c40("ABC424242"), 3: b"\x02"}
    assert message_zone(features) == VISA[18:-66]
    assert signature_zone(VISA[-64:]) == VISA[-66:]
