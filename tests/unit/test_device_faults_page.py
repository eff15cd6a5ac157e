"""docs/device-faults.md is whole, and says what its command would write."""

from tests.device_faults.cells import cells
from tests.device_faults.page import DEVICES, PAGE, WRONG, page, written


def test_the_page_has_every_cell_and_none_is_wrong() -> None:
    texts, words = written(PAGE.read_text())
    assert set(texts) == {cell for cell in cells() if cell.device in DEVICES}
    assert [str(cell) for cell, text in texts.items() if text.startswith(WRONG)] == []
    assert {device for device, _ in words} == set(DEVICES)


def test_what_is_read_back_is_what_was_written() -> None:
    text = PAGE.read_text()
    assert page(*written(text)) == text
