"""States and names as certificates spell them."""

import pytest

from egate.emrtd.passive_authentication import country, distinguished_name
from egate.emrtd.passive_authentication.country import is_same_state, normalise
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der


@pytest.mark.parametrize(
    ("spelled", "state"),
    [
        ("BGD", "BD"), ("bd", "BD"), ("LTU", "LT"), ("D", "DE"), ("D<<", "DE"), ("GBD", "GB"),
        ("RKS", "XK"), ("KS", "XK"), ("UNO", "UN"), ("EUE", "EU"), ("ZZ", "ZZ"), ("XOM", "XO"),
        ("", ""), ("ro", "RO"),
    ],
)  # fmt: skip
def test_one_code_for_a_state(spelled: str, state: str) -> None:
    assert normalise(spelled) == state


def test_states_that_sign_for_one_another() -> None:
    assert is_same_state("GBR", "BM")
    assert is_same_state("HKG", "CN")
    assert is_same_state("UNO", "ZZ")  # the first CSCA of the United Nations
    assert not is_same_state("GB", "IE")
    assert not is_same_state("", "BD")


def test_every_state_has_codes_of_their_lengths() -> None:
    table = country._TWO_LETTERS
    assert len(table) > 255
    assert all(len(three) == 3 and len(two) == 2 for three, two in table.items())
    codes = list(table.values())
    assert {two for two in codes if codes.count(two) > 1} == {"GB", "UN"}


def test_codes_that_are_known() -> None:
    assert all(map(country.is_known, ("BGD", "bd", "D<<", "RKS", "ZZ", "UNO", "UTO", "ANT")))
    assert not any(map(country.is_known, ("", "XPO", "XP", "QQQ", "B")))


def test_names_mean_the_same_in_another_spelling() -> None:
    one = mock.name(C="BD", O="GOV", CN="CSCA-BGD")
    assert distinguished_name.is_same_name(one, mock.name(C="bd", O="gov", CN=" csca-bgd "))
    assert distinguished_name.is_same_name(one, mock.name(CN="CSCA-BGD", O="GOV", C="BD"))
    assert not distinguished_name.is_same_name(one, mock.name(C="BD", O="GOV"))
    assert distinguished_name.shown(one) == "C=BD, O=GOV, CN=CSCA-BGD"
    assert distinguished_name.country_of(one) == "BD"


def test_odd_names() -> None:
    bmp = der.sequence(
        b"\x31" + der.sequence(der.oid("2.5.4.3"), b"\x1e\x04\x00A\x00B")[:0] + b"\x00"
    )
    for broken in (b"", b"\x05\x00", b"\x30\x02\x05\x00", bmp, b"junk"):
        assert distinguished_name.attributes(broken) == ()
        assert distinguished_name.country_of(broken) == ""
    assert not distinguished_name.is_same_name(b"junk", b"trash")
    text = der.sequence(der.set_of([der.sequence(der.oid("2.5.4.3"), b"\x1e\x04\x00A\x00\x07")]))
    assert distinguished_name.shown(text) == "CN=A?"
    odd = der.sequence(der.set_of([der.sequence(der.oid("1.2.3"), b"\x0c\x02\xff\xfe")]))
    assert distinguished_name.shown(odd).startswith("1.2.3=")
