"""Every combination of access, authentication, document and quirk: read, or refused with a reason.

The page shows all of it, from readings; here a part is read again and held against the page.
"""

from collections.abc import Mapping
from functools import cache

import pytest

from tests.chip_cells import Form, Result
from tests.chip_matrix import PAGE, page, written
from tests.chip_matrix_cells import ACCESS, CHIP, QUIRK, Key, matrix, sample

CELLS = matrix()
SAMPLE = sample(CELLS)
ROWS = list(dict.fromkeys((key.table, key.row) for key in SAMPLE))

# What must not be believed, whatever the way to it.
REFUSED_QUIRKS = {"sod-last-mac-always-wrong", "dsc-misnamed-curve", "card-access-hidden"}
AGAIN = "run python -m tests.chip_matrix"


@cache
def on_the_page() -> Mapping[Key, Result]:
    return written(PAGE.read_text())


def is_supported(key: Key) -> bool:
    """Whether a reader must read it, said apart from what any code believes."""
    if key.table == QUIRK:
        return key.row not in REFUSED_QUIRKS
    if key.table == CHIP or key.column == "3DES":
        return True
    mapping, cipher = key.column.split()
    if mapping == "CAM":
        return key.row.startswith("ECDH") and cipher != "3DES"
    return mapping == "GM" or not key.row.endswith("P-224")


@pytest.mark.parametrize(("table", "row"), ROWS, ids=lambda word: word.replace(", ", "-"))
def test_cells_are_as_the_page_says(table: str, row: str) -> None:
    keys = [key for key in SAMPLE if (key.table, key.row) == (table, row)]
    assert keys
    found = {key: SAMPLE[key].result() for key in keys}
    assert {key: result.reads for key, result in found.items()} == {
        k: is_supported(k) for k in keys
    }
    assert found == {key: on_the_page().get(key) for key in keys}, AGAIN


def test_the_page_has_every_cell() -> None:
    assert set(on_the_page()) == set(CELLS), AGAIN


def test_every_cell_that_must_be_read_is_read() -> None:
    for key, result in on_the_page().items():
        assert result.reads == is_supported(key), key


def test_every_refusal_has_its_reason() -> None:
    refused = {key: result.said for key, result in on_the_page().items() if not result.reads}
    assert all(refused.values())
    for key, said in refused.items():
        if key.table == ACCESS and key.column.startswith("IM"):
            assert "P-224 has no integrated mapping, as p = 1 mod 4" in said
        elif key.table == ACCESS and key.row.startswith("ECDH"):
            assert "PACE-CAM is not defined with 3DES" in said


def test_every_fallback_is_recorded() -> None:
    for name in ("pace-refused", "pace-step-4-6300", "pace-step-4-6a80"):
        said = {result.said for key, result in on_the_page().items() if key.row == name}
        assert all(each.startswith("BAC, PACE-") for each in said)


def test_the_page_reads_back_what_it_shows() -> None:
    """Six readings of a cell may differ by form, by document type, or in any way."""
    results = {key: Result(True) for key in CELLS if key.table == QUIRK}
    cells = sorted({(key.row, key.column) for key in results})
    for (row, column), differs in zip(cells, range(4), strict=False):
        for key in [key for key in results if (key.row, key.column) == (row, column)]:
            odd = (
                (key.form is Form.SHORT),
                (key.document_type == "TD2"),
                (key.form is Form.SHORT and key.document_type == "TD1"),
                True,
            )[differs]
            if odd:
                results[key] = Result(False, f"reason {differs}, for one")
    assert written(page(results)) == results
