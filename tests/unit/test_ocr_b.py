"""OCR-B, one cell at a time, by two readers that learned different things."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from egate.biometrics.models import Model, ModelInvalid, read_model
from egate.biometrics.opencv import cv2
from egate.optical import ocr_b
from egate.optical.ocr_b import ALPHABET, classify, classify_again
from egate.optical.ocr_b.alphabet import Cells, Probabilities
from egate.optical.ocr_b.weights import FOLDER, KERNEL, NETWORK

Reader = Callable[[Cells], Probabilities]

READERS: Final[dict[str, Reader]] = {"first": classify, "second": classify_again}
BOTH: Final = pytest.mark.parametrize("reader", READERS.values(), ids=READERS)

# 9303-4 Appendix A. `training.ocr_b.specimen` drew it: clean, then worn.
SPECIMEN: Final = (
    "PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F3404159ZE184226B<<<<<16",
) * 2
DRAWN: Final = Path(__file__).parent.parent / "vectors" / "ocr_b_specimen.png"


@pytest.fixture(scope="module")
def cells() -> Cells:
    drawn = np.asarray(cv2.imread(str(DRAWN), cv2.IMREAD_GRAYSCALE), np.uint8)
    rows = drawn.reshape(len(SPECIMEN), 32, 44, 24).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(rows.reshape(-1, 32, 24))


def text(probabilities: Probabilities) -> tuple[str, ...]:
    read = "".join(ALPHABET[index] for index in probabilities.argmax(axis=1))
    return tuple(read[start : start + 44] for start in range(0, len(read), 44))


@BOTH
def test_reads_the_specimen_of_9303(reader: Reader, cells: Cells) -> None:
    assert text(reader(cells)) == SPECIMEN


@BOTH
def test_clean_characters_are_certain(reader: Reader, cells: Cells) -> None:
    clean = reader(cells[:88]).max(axis=1)
    assert np.median(clean) > 0.99
    assert clean.min() > 0.5


@BOTH
def test_a_cell_without_a_character_gets_no_confident_one(reader: Reader) -> None:
    rng = np.random.default_rng(1)
    size = (20, 32, 24)
    empty = np.concatenate(
        [
            np.full((1, 32, 24), 255, np.uint8),
            np.full((1, 32, 24), 128, np.uint8),
            np.full((1, 32, 24), 0, np.uint8),
            rng.integers(0, 256, size, np.uint8),
            np.clip(rng.normal(235, 10, size), 0, 255).astype(np.uint8),
        ]
    )
    assert reader(empty).max() < 0.5


@BOTH
def test_a_cell_between_two_characters_gets_no_confident_one(reader: Reader, cells: Cells) -> None:
    line = np.hstack(list(cells[44:88]))
    between = np.stack([line[:, at + 12 : at + 36] for at in range(0, line.shape[1] - 36, 24)])
    assert np.mean(reader(between).max(axis=1) > 0.9) < 0.03


@BOTH
def test_a_row_is_the_probabilities_of_37_characters(reader: Reader, cells: Cells) -> None:
    rows = reader(cells)
    assert rows.shape == (len(cells), 37)
    assert rows.dtype == np.float32
    assert rows.min() >= 0
    assert rows.sum(axis=1).max() <= 1 + 1e-5


@BOTH
def test_no_cells_are_no_rows(reader: Reader) -> None:
    rows = reader(np.zeros((0, 32, 24), np.uint8))
    assert rows.shape == (0, 37)
    assert rows.dtype == np.float32


@BOTH
@pytest.mark.parametrize(
    ("shape", "kind"),
    [((3, 32, 24), np.float32), ((3, 24, 32), np.uint8), ((32, 24), np.uint8), ((), np.uint8)],
)
def test_other_shapes_and_types_are_refused(
    reader: Reader, shape: tuple[int, ...], kind: type[np.generic]
) -> None:
    with pytest.raises(ValueError, match="cells are n x 32 x 24 of uint8, not"):
        reader(np.zeros(shape, kind))  # type: ignore[arg-type]


@BOTH
def test_a_cell_is_read_the_same_alone_and_among_many(reader: Reader, cells: Cells) -> None:
    many = np.concatenate([cells, cells[::-1]])  # more than one portion
    rows = reader(many)
    np.testing.assert_array_equal(rows, reader(many))
    alone = np.concatenate([reader(cells[at : at + 1]) for at in range(0, 88, 7)])
    np.testing.assert_allclose(alone, rows[0:88:7], atol=1e-4)


@BOTH
def test_threads_may_share_a_reader(reader: Reader, cells: Cells) -> None:
    expected = reader(cells)
    with ThreadPoolExecutor(4) as threads:
        for rows in threads.map(reader, [cells] * 8):
            np.testing.assert_array_equal(rows, expected)


def test_the_readers_are_of_different_kinds(cells: Cells) -> None:
    assert not np.allclose(classify(cells), classify_again(cells), atol=0.05)


@pytest.mark.parametrize("model", [NETWORK, KERNEL], ids=["network", "kernel"])
def test_weights_other_than_those_measured_are_refused(model: Model, tmp_path: Path) -> None:
    content = bytearray((FOLDER / model.file_name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / model.file_name).write_bytes(content)
    with pytest.raises(ModelInvalid, match="SHA-256"):
        read_model(model, tmp_path)


def test_weights_are_small() -> None:
    assert sum((FOLDER / model.file_name).stat().st_size for model in (NETWORK, KERNEL)) < 1_600_000


def test_the_page_tells_the_measured_figures() -> None:
    folder = Path(ocr_b.__file__).parent
    figures = json.loads((folder / "figures.json").read_text("utf-8"))
    page = (folder / "README.md").read_text("utf-8")
    for strength in ("slight", "marked", "severe"):
        row = [
            f"{100 * figures[strength][reader][rate]:.2f}"
            for reader in ("first_reader", "second_reader")
            for rate in ("characters_right", "lines_right")
        ]
        assert f"| {strength} | " + " | ".join(row) + " |" in page
