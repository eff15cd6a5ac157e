"""Bar codes of pages, drawn by other people's writers; what they hold is ICAO's examples."""

import numpy as np
import pytest

from egate.optical.seals.bar_codes import MAX_CODES, read_bar_codes
from egate.optical.seals.page_seals import NoSeal, seals_of
from tests.seal_pages import LEFT, SIDE, TOP, drawn_by_others, page, qr_code
from tests.vectors.test_seal_examples import EMERGENCY, VISA

VISA_CODE = drawn_by_others("visa.data_matrix")
CODES = {
    "visa.data_matrix": VISA,
    "visa.aztec": VISA,
    "emergency.data_matrix": EMERGENCY,
    "emergency.aztec": EMERGENCY,
}


@pytest.mark.parametrize("turned", [0.0, 4.0, 90.0, 180.0, -38.0])
@pytest.mark.parametrize("name", CODES)
def test_a_seal_in_every_symbology_and_position(name: str, turned: float) -> None:
    (found,) = seals_of(page(drawn_by_others(name), turned=turned))
    assert (found.seal.signed, found.seal.signature) == (CODES[name][:-66], CODES[name][-64:])


def test_a_qr_code() -> None:
    (code,) = read_bar_codes(page(qr_code(VISA)))
    assert code.raw == VISA


def test_the_place_of_a_seal() -> None:
    (found,) = seals_of(page(VISA_CODE))
    # Behind a quiet zone of 4 modules of 5 pixels; 48 modules wide and high.
    region = found.region
    assert (region.left, region.top) == pytest.approx(
        ((LEFT + 20) / SIDE, (TOP + 20) / SIDE), abs=0.01
    )
    assert (region.width, region.height) == pytest.approx((240 / SIDE, 240 / SIDE), abs=0.01)


def test_other_bar_codes_are_passed_over() -> None:
    serial_number = qr_code(b"https://example.org/0042")
    (found,) = seals_of(page(serial_number, VISA_CODE))
    assert found.seal.header.issuing_country == "UTO"


def test_several_seals() -> None:
    both = seals_of(page(VISA_CODE, drawn_by_others("emergency.aztec")))
    assert {len(each.seal.signed) for each in both} == {len(VISA) - 66, len(EMERGENCY) - 66}


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ((), "no bar code"),
        (
            (qr_code(b"\xdc\x09"),),
            "its bar code is no visible digital seal: header of an unknown version",
        ),
        ((qr_code(b"one"), qr_code(b"two")), "none of its 2 bar codes"),
    ],
)
def test_a_page_without_a_seal_says_what_is_there(
    codes: tuple[np.ndarray, ...], reason: str
) -> None:
    with pytest.raises(NoSeal, match=reason):
        seals_of(page(*codes))


def test_a_worn_code_is_no_other_code() -> None:
    worn = VISA_CODE.copy()
    worn[10:34, 8:40] = False
    with pytest.raises(NoSeal):
        seals_of(page(worn))


def test_a_page_full_of_codes_is_read_in_part() -> None:
    small = np.pad(drawn_by_others("emergency.aztec"), 3)
    side = SIDE // len(small) // 2
    full = np.kron(np.tile(small, (side, side)), np.ones((2, 2), np.bool_))
    image = np.where(full, 0, 255).astype(np.uint8)
    assert len(read_bar_codes(np.repeat(image[:, :, None], 3, axis=2))) == MAX_CODES


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 4000, 3), (2100, 3000, 3)])
def test_pictures_of_any_size(shape: tuple[int, int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    assert read_bar_codes(noise) == ()


def test_what_a_code_holds_is_not_shown_by_accident() -> None:
    (code,) = read_bar_codes(page(VISA_CODE))
    assert repr(VISA[:8])[2:-1] not in repr(code)
