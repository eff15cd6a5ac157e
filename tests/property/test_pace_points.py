"""Both arithmetics give the same bytes on every curve, and obey the laws of a group."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from egate.emrtd.crypto.ec_domain import STANDARD_CURVES, Curve
from egate.emrtd.crypto.ec_group import EcKeyAgreement
from egate.emrtd.crypto.libcrypto_points import LibcryptoPoints
from egate.emrtd.crypto.plain_points import IDENTITY, PlainPoints

CURVES = pytest.mark.parametrize("curve", STANDARD_CURVES, ids=lambda curve: curve.name)
FEW = pytest.mark.parametrize(
    "curve",
    [c for c in STANDARD_CURVES if c.name in ("P-224", "P-256", "brainpoolP192r1")],
    ids=lambda curve: curve.name,
)


@lru_cache
def libcrypto(curve: Curve) -> LibcryptoPoints:
    return LibcryptoPoints(curve)


def generator(curve: Curve) -> bytes:
    return EcKeyAgreement(curve).generator


@CURVES
def test_the_order_leads_to_the_identity(curve: Curve) -> None:
    base = generator(curve)
    for points in (libcrypto(curve), PlainPoints(curve)):
        assert points.multiply(curve.n, base) == IDENTITY
        assert points.multiply(0, base) == IDENTITY
        assert points.multiply(1, base) == base
        opposite = points.multiply(curve.n - 1, base)
        assert points.add(opposite, base) == IDENTITY
        assert points.add(base, IDENTITY) == base
        assert points.add(IDENTITY, base) == base
        assert points.add(base, base) == points.multiply(2, base)


@CURVES
@pytest.mark.parametrize("seed", [3, 0x5A5A, -2, -0xFFFF], ids=hex)
def test_both_multiply_alike(curve: Curve, seed: int) -> None:
    scalar = (seed * (curve.p // 7) ** 3) % curve.n
    base = generator(curve)
    theirs, ours = libcrypto(curve), PlainPoints(curve)
    point = theirs.multiply(scalar, base)
    assert ours.multiply(scalar, base) == point
    assert ours.multiply(seed % curve.n, point) == theirs.multiply(seed % curve.n, point)
    assert ours.add(point, base) == theirs.add(point, base)


@FEW
@given(data=st.data())
def test_multiplication_is_distributive(curve: Curve, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, curve.n - 1))
    second = data.draw(st.integers(0, curve.n - 1))
    base = generator(curve)
    theirs, ours = libcrypto(curve), PlainPoints(curve)
    a, b = theirs.multiply(first, base), theirs.multiply(second, base)
    assert theirs.add(a, b) == theirs.multiply((first + second) % curve.n, base)
    assert ours.add(a, b) == theirs.add(a, b)


def test_threads_share_a_group() -> None:
    """Chips are read in threads, and ctypes gives up the interpreter's lock for each call."""
    curve = next(c for c in STANDARD_CURVES if c.name == "brainpoolP256r1")
    points, base = libcrypto(curve), generator(curve)
    scalars = [pow(3, exponent, curve.n) for exponent in range(64)]
    expected = [points.multiply(scalar, base) for scalar in scalars]
    with ThreadPoolExecutor(max_workers=4) as executor:
        found = list(executor.map(lambda scalar: points.multiply(scalar, base), scalars * 4))
    assert found == expected * 4


@FEW
@given(field_element=st.integers(2, 2**600))
def test_the_integrated_mapping_gives_a_point_of_the_curve(
    curve: Curve, field_element: int
) -> None:
    assume(field_element % curve.p not in (0, 1, curve.p - 1))
    if curve.name != "P-224":
        domain = EcKeyAgreement(curve)
        domain.validate(domain.integrated_mapping(field_element))
