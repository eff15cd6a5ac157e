"""The chip's own arithmetic against published numbers and against another implementation."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware_mocks.chip.domain_parameters import GROUPS, Group
from hardware_mocks.chip.elliptic import Curve
from hardware_mocks.chip.key_agreement import InvalidPublicKey, private_key
from hardware_mocks.chip.modular import ModularGroup

KNOWN_ELSEWHERE: dict[int, Callable[[], ec.EllipticCurve]] = {
    8: ec.SECP192R1,
    10: ec.SECP224R1,
    12: ec.SECP256R1,
    13: ec.BrainpoolP256R1,
    15: ec.SECP384R1,
    16: ec.BrainpoolP384R1,
    17: ec.BrainpoolP512R1,
    18: ec.SECP521R1,
}
CURVES = {number: group for number, group in GROUPS.items() if isinstance(group, Curve)}
# RFC 5114 appendices A.1 to A.3: both private keys, and how the shared secret begins and ends.
MODP_EXAMPLES = {
    0: (
        0xB9A3B3AE8FEFC1A2930496507086F8455D48943E,
        0x9392C9F9EB6A7A6A9022F7D83E7223C6835BBDDA,
        "5c804f454d30d9c4df85271f93528c91",
        "167ecd9155416f46f408ed31b63c6e6d",
    ),
    1: (
        0x22E62601DBFFD06708A680F747F361F76D8F4F721A0548E483294B0C,
        0x4FF3BC96C7FC6A6D71D3B363800A7CDFEF6FC41B4417EA15353B7590,
        "34d9bddc1b42176c313fea034c21034d",
        "7fcb510b6998ffd3aa6de73cf9f63869",
    ),
    2: (
        0x0881382CDB87660C6DC13E614938D5B9C8B2F248581CC5E31B35454397FCE50E,
        0x7D62A7E3EF36DE617B13D1AFB82C780D83A23BD4EE6705645121F371F546A53D,
        "86c70bf8d0bb81bb01078a17219cb7d2",
        "ea87febe63b6c8f846ec6db0c26c5d7c",
    ),
}


@pytest.mark.parametrize("number", MODP_EXAMPLES)
def test_the_examples_of_rfc_5114(number: int) -> None:
    group = GROUPS[number]
    x_a, x_b, begins, ends = MODP_EXAMPLES[number]
    for mine, theirs in ((x_a, x_b), (x_b, x_a)):
        agreed = group.shared_secret(group.multiply(mine, group.public_key(theirs))).hex()
        assert agreed.startswith(begins)
        assert agreed.endswith(ends)


def test_the_example_of_rfc_6932_for_a_curve_that_few_libraries_know() -> None:
    curve = GROUPS[11]
    d_a = 0x7C4B7A2C8A4BAD1FBB7D79CC0955DB7C6A4660CA64CC4778159B495E
    d_b = 0x63976D4AAE6CD0F6DD18DEFEF55D96569D0507C03E74D6486FFA28FB
    public_a = (
        "04b104a67a6f6e85e14ec1825e1539e8ecdbbf584922367dd88c6bdcf2"
        "46d782e7fdb5f60cd8404301ac5949c58edb26bc68ba07695b750a94"
    )
    agreed = (
        "04312dfd98783f9fb77b9704945a73beb6dccbe3b65d0f967dcab574eb"
        "6f800811d64114b1c48c621ab3357cf93f496e4238696a2a012b3c98"
    )
    assert curve.public_key(d_a).hex() == public_a
    assert curve.multiply(d_b, curve.public_key(d_a)).hex() == agreed


@pytest.mark.parametrize("number", KNOWN_ELSEWHERE)
def test_public_keys_and_agreements_are_those_of_another_implementation(number: int) -> None:
    curve, other = CURVES[number], KNOWN_ELSEWHERE[number]()
    theirs = ec.generate_private_key(other)
    point = theirs.public_key().public_numbers()
    for private in (1, 2, 3, 31, curve.order - 1, theirs.private_numbers().private_value):
        mine = ec.derive_private_key(private, other)
        numbers = mine.public_key().public_numbers()
        assert curve.public_key(private) == curve.encode((numbers.x, numbers.y))
        agreed = curve.multiply(private, curve.encode((point.x, point.y)))
        assert curve.shared_secret(agreed) == mine.exchange(ec.ECDH(), theirs.public_key())


@pytest.mark.parametrize("curve", CURVES.values(), ids=lambda curve: curve.name)
def test_the_generator_has_the_order_that_is_written_down(curve: Curve) -> None:
    x, y = curve.decode(curve.generator)
    minus_one = curve.decode(curve.public_key(curve.order - 1))
    assert minus_one == (x, curve.field_prime - y)


@pytest.mark.parametrize("group", GROUPS.values(), ids=lambda group: group.name)
@settings(max_examples=4, deadline=None)
@given(st.data())
def test_the_laws_of_a_group(group: Group, data: st.DataObject) -> None:
    scalars = st.integers(1, group.order - 1)
    a, b = data.draw(scalars), data.draw(scalars)
    of_a, of_b = group.public_key(a), group.public_key(b)
    assert group.multiply(a, of_b) == group.multiply(b, of_a)
    assert group.public_key(b, of_a) == group.multiply(a, of_b)
    if (a + b) % group.order:
        assert group.combine(of_a, of_b) == group.public_key((a + b) % group.order)
    assert group.combine(of_a, of_a) == group.public_key(2 * a)


@pytest.mark.parametrize("group", GROUPS.values(), ids=lambda group: group.name)
def test_the_neutral_element_is_no_public_key(group: Group) -> None:
    inverse = group.public_key(group.order - 1)
    with pytest.raises(InvalidPublicKey):
        group.combine(group.generator, inverse)
    with pytest.raises(InvalidPublicKey):
        group.multiply(group.order, group.generator)


@pytest.mark.parametrize("curve", CURVES.values(), ids=lambda curve: curve.name)
def test_points_off_the_curve_are_refused(curve: Curve) -> None:
    x, y = curve.decode(curve.generator)
    size = curve.size_bytes
    wrong = [
        b"",
        b"\x00",
        curve.generator[:-1],
        curve.generator + b"\0",
        b"\x02" + x.to_bytes(size, "big"),
        b"\x05" + curve.generator[1:],
        curve.encode((x, y ^ 1)),
        curve.encode((0, 0)),
        curve.encode((curve.field_prime, y)),
    ]
    for public in wrong:
        with pytest.raises(InvalidPublicKey):
            curve.multiply(5, public)


@pytest.mark.parametrize("number", MODP_EXAMPLES)
def test_numbers_outside_the_subgroup_are_refused(number: int) -> None:
    group = GROUPS[number]
    assert isinstance(group, ModularGroup)
    p = group.field_prime
    for value in (0, 1, p - 1, p, p + 5, p - int.from_bytes(group.generator, "big")):
        with pytest.raises(InvalidPublicKey):
            group.multiply(5, value.to_bytes(group.size_bytes, "big"))
    with pytest.raises(InvalidPublicKey):
        group.multiply(5, bytes(1) + group.generator.rjust(group.size_bytes, b"\0"))
    with pytest.raises(InvalidPublicKey):
        group.integrated_mapping(0)


def test_numbers_of_a_modp_group_go_out_without_leading_zeros_and_give_full_secrets() -> None:
    group = GROUPS[0]
    short = next(
        public
        for exponent in range(1, 5000)
        if len(public := group.public_key(exponent)) < len(group.shared_secret(b"\x02"))
    )
    assert short[0]
    padded = short.rjust(128, b"\0")
    assert group.multiply(7, padded) == group.multiply(7, short)
    assert group.shared_secret(short) == padded


@pytest.mark.parametrize(
    "number", [number for number in GROUPS if number != 10], ids=lambda n: GROUPS[n].name
)
@settings(max_examples=4, deadline=None)
@given(st.data())
def test_integrated_mapping_ends_in_the_group(number: int, data: st.DataObject) -> None:
    group = GROUPS[number]
    value = data.draw(st.integers(2, group.field_prime - 2))
    assert group.multiply(1, group.integrated_mapping(value)) == group.integrated_mapping(value)


@pytest.mark.parametrize(("number", "value"), [(10, 2), (12, 0), (12, 1), (12, -1)])
def test_field_elements_without_a_point(number: int, value: int) -> None:
    with pytest.raises(InvalidPublicKey):
        GROUPS[number].integrated_mapping(value)


def test_private_keys_are_drawn_again_when_too_large_or_zero() -> None:
    order = GROUPS[18].order
    drawn = iter([bytes(66), order.to_bytes(66, "big"), b"\xff" + bytes(64) + b"\x05"])
    assert private_key(order, lambda length: next(drawn)[:length]) == (1 << 520) + 5
