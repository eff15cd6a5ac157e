"""One document has one key, however its number was written."""

import pytest

from egate.central.document_key import document_key


@pytest.mark.parametrize(
    "number", ["A01234567", "a01234567", "A0123 4567", "A-01234567", "A01234567<<"]
)
def test_the_way_of_writing_does_not_matter(number: str) -> None:
    assert document_key("BGD", number) == document_key("BGD", "A01234567")


def test_state_and_number_both_count() -> None:
    keys = {
        document_key(*of) for of in (("BGD", "A1"), ("IND", "A1"), ("BGD", "A2"), ("B", "GDA1"))
    }
    assert len(keys) == 4


@pytest.mark.parametrize("number", ["", "<<<", " - "])
def test_a_number_without_a_letter_or_digit_is_none(number: str) -> None:
    assert document_key("BGD", number) is None
