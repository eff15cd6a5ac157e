"""Key agreement: what agrees, and every public key and parameter that is refused."""

import hashlib
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd import asn1
from egate.emrtd.crypto import libcrypto, libcrypto_points, modular_power
from egate.emrtd.crypto.dh_domain import KNOWN_GROUPS, RFC5114_GROUPS, DhGroup
from egate.emrtd.crypto.dh_group import DhKeyAgreement
from egate.emrtd.crypto.domain_parameters import STANDARDISED_DOMAIN_PARAMETERS, standardised
from egate.emrtd.crypto.ec_domain import STANDARD_CURVES, Curve, DomainParametersRejected
from egate.emrtd.crypto.ec_group import EcKeyAgreement, _points_of
from egate.emrtd.crypto.key_agreement import KeyAgreement, key_agreement_of_spki
from egate.emrtd.crypto.key_agreement_errors import MappingNotPossible, PublicKeyInvalid
from egate.emrtd.crypto.modular_power import power
from egate.emrtd.crypto.plain_points import PlainPoints

X942, PKCS3 = "2a8648ce3e0201", "2a864886f70d010301"
P256 = EcKeyAgreement(next(curve for curve in STANDARD_CURVES if curve.name == "P-256"))
SMALL_DH = DhKeyAgreement(RFC5114_GROUPS[0])
DH = RFC5114_GROUPS
ALL = [EcKeyAgreement(c) for c in STANDARD_CURVES] + [DhKeyAgreement(g) for g in KNOWN_GROUPS]


def stream(seed: bytes) -> Callable[[int], bytes]:
    state = [seed]

    def random(count: int) -> bytes:
        state[0] = hashlib.sha256(state[0]).digest()
        return hashlib.shake_256(state[0]).digest(count)

    return random


@pytest.mark.parametrize("domain", ALL, ids=lambda domain: domain.name)
def test_both_sides_share_a_secret(domain: KeyAgreement) -> None:
    ours, theirs = domain.private_key(stream(b"we")), domain.private_key(stream(b"they"))
    nonce = bytes(range(16))
    our_public, their_public = domain.public_key(ours), domain.public_key(theirs)
    mapped = domain.generic_mapping(nonce, ours, their_public)
    assert mapped == domain.generic_mapping(nonce, theirs, our_public)
    for generator in (None, mapped):
        secret = domain.shared_secret(ours, domain.public_key(theirs, generator))
        assert secret == domain.shared_secret(theirs, domain.public_key(ours, generator))
        assert len(secret) == domain.size_bytes
    assert domain.public_key(1) == domain.generator
    domain.validate(mapped)
    domain.validate(domain.as_data_object(our_public))


@pytest.mark.parametrize(
    "curve", [ec.SECP192R1(), ec.SECP521R1(), ec.BrainpoolP256R1()], ids=lambda c: c.name
)
def test_the_secret_is_the_one_another_library_finds(curve: ec.EllipticCurve) -> None:
    their_private = ec.derive_private_key(0x1234567, curve)
    spki = their_private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    domain, public = key_agreement_of_spki(spki)
    ours = ec.EllipticCurvePublicKey.from_encoded_point(curve, domain.public_key(77))
    assert domain.shared_secret(77, public) == their_private.exchange(ec.ECDH(), ours)


@pytest.mark.parametrize("group", KNOWN_GROUPS, ids=lambda group: group.name)
def test_the_groups_are_what_they_claim(group: DhGroup) -> None:
    assert (group.p - 1) % group.q == 0
    assert pow(group.g, group.q, group.p) == 1
    for number in (group.p, group.q):
        assert pow(3, number - 1, number) == 1
    assert group.p.bit_length() == int(group.name.split("-")[1])


def test_the_standardised_parameters() -> None:
    names = {number: domain.name for number, domain in STANDARDISED_DOMAIN_PARAMETERS.items()}
    assert names == {
        0: "RFC5114-1024-160",
        1: "RFC5114-2048-224",
        2: "RFC5114-2048-256",
        8: "P-192",
        9: "brainpoolP192r1",
        10: "P-224",
        11: "brainpoolP224r1",
        12: "P-256",
        13: "brainpoolP256r1",
        14: "brainpoolP320r1",
        15: "P-384",
        16: "brainpoolP384r1",
        17: "brainpoolP512r1",
        18: "P-521",
    }
    with pytest.raises(DomainParametersRejected, match="parameters 7 are not standardised"):
        standardised(7)


# --- public keys that are refused


def on_p256(x: int, y: int) -> bytes:
    return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


G = P256.generator
P = P256.curve.p


@pytest.mark.parametrize(
    ("public", "reason"),
    [
        (b"", "not an uncompressed point"),
        (b"\x00", "not an uncompressed point"),
        (b"\x00" * 65, "not an uncompressed point"),
        (b"\x02" + G[1:33], "not an uncompressed point"),
        (G + b"\x00", "not an uncompressed point"),
        (G[:-1], "not an uncompressed point"),
        (on_p256(0, 0), "not on P-256"),
        (on_p256(P256.curve.x, P256.curve.y ^ 1), "not on P-256"),
        (on_p256(P, P256.curve.y), "beyond the field"),
        (on_p256(P256.curve.x, P), "beyond the field"),
    ],
)
def test_wrong_points(public: bytes, reason: str) -> None:
    for use in (
        P256.validate,
        lambda point: P256.shared_secret(2, point),
        lambda point: P256.public_key(2, point),
        lambda point: P256.generic_mapping(bytes(16), 2, point),
    ):
        with pytest.raises(PublicKeyInvalid, match=reason):
            use(public)


def dh_number(value: int) -> bytes:
    return value.to_bytes(128, "big")


@pytest.mark.parametrize(
    ("public", "reason"),
    [
        (b"", "length"),
        (bytes(130), "length"),
        (bytes(128), "outside"),
        (dh_number(1), "outside"),
        (dh_number(SMALL_DH.group.p - 1), "outside"),
        (dh_number(SMALL_DH.group.p), "outside"),
        (dh_number(SMALL_DH.group.p + 1), "outside"),
        (dh_number(2), "outside"),  # of another, larger order
        (dh_number(pow(3, SMALL_DH.group.q, SMALL_DH.group.p)), "outside"),
    ],
)
def test_elements_outside_the_subgroup(public: bytes, reason: str) -> None:
    for use in (
        SMALL_DH.validate,
        lambda element: SMALL_DH.shared_secret(2, element),
        lambda element: SMALL_DH.public_key(2, element),
        lambda element: SMALL_DH.generic_mapping(bytes(16), 2, element),
    ):
        with pytest.raises(PublicKeyInvalid, match=reason):
            use(public)


def test_a_public_value_may_have_a_sign_octet_or_no_leading_zeros() -> None:
    private = next(k for k in range(2, 5000) if SMALL_DH.public_key(k)[0] == 0)
    public = SMALL_DH.public_key(private)
    short = SMALL_DH.as_data_object(public)
    assert len(short) < 128
    secrets = {SMALL_DH.shared_secret(9, form) for form in (short, public, b"\x00" + public)}
    assert secrets == {SMALL_DH.shared_secret(private, SMALL_DH.public_key(9))}
    assert P256.as_data_object(G) == G


# --- mappings that end in nothing


def test_a_generic_mapping_into_the_identity() -> None:
    opposite = P256.public_key(P256.order - 5)
    with pytest.raises(MappingNotPossible, match="identity"):
        P256.generic_mapping((10).to_bytes(16, "big"), 2, opposite)
    inverse = SMALL_DH.public_key(SMALL_DH.order - 5)
    with pytest.raises(MappingNotPossible, match="no generator"):
        SMALL_DH.generic_mapping((10).to_bytes(16, "big"), 2, inverse)


@pytest.mark.parametrize("element", [0, 1, P - 1, P])
def test_field_elements_that_encode_no_point(element: int) -> None:
    with pytest.raises(MappingNotPossible, match="encode no point"):
        P256.integrated_mapping(element)


@pytest.mark.parametrize("element", [0, 1, SMALL_DH.group.p])
def test_field_elements_that_encode_no_generator(element: int) -> None:
    with pytest.raises(MappingNotPossible, match="no generator"):
        SMALL_DH.integrated_mapping(element)


def test_p224_has_no_integrated_mapping() -> None:
    with pytest.raises(MappingNotPossible, match="P-224 has no integrated mapping"):
        standardised(10).integrated_mapping(5)


def test_a_private_key_of_zero_gives_no_key() -> None:
    with pytest.raises(PublicKeyInvalid, match="identity"):
        P256.public_key(P256.order)


# --- private keys


def test_private_keys_are_drawn_again_until_they_fit() -> None:
    draws = [b"\xff" * 32, bytes(32), P256.order.to_bytes(32, "big"), (7).to_bytes(32, "big")]
    assert P256.private_key(lambda _: draws.pop(0)) == 7
    assert not draws


def test_surplus_bits_are_cut_off() -> None:
    p521 = standardised(18)
    assert p521.private_key(lambda count: b"\xfe" + bytes(count - 2) + b"\x03") == 3


def test_a_source_that_repeats_itself_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="randomness"):
        P256.private_key(bytes)


# --- keys of EF.DG14


def sequence(*parts: bytes) -> bytes:
    return asn1.encode(asn1.SEQUENCE, b"".join(parts))


def number(value: int) -> bytes:
    return asn1.encode(asn1.INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def spki(kind: str, parameters: bytes, key: bytes) -> bytes:
    algorithm = sequence(asn1.encode(asn1.OBJECT_IDENTIFIER, bytes.fromhex(kind)), parameters)
    return sequence(algorithm, asn1.encode(asn1.BIT_STRING, b"\x00" + key))


def dh_spki(kind: str, p: int, g: int, *more: int, y: bytes | None = None) -> bytes:
    public = SMALL_DH.public_key(5)
    key = number(int.from_bytes(public, "big")) if y is None else y
    return spki(kind, sequence(*(number(value) for value in (p, g, *more))), key)


def test_a_key_as_x942_and_as_pkcs3() -> None:
    group = SMALL_DH.group
    public = SMALL_DH.public_key(5)
    for key in (
        dh_spki(X942, group.p, group.g, group.q),
        dh_spki(PKCS3, group.p, group.g),
        dh_spki(PKCS3, group.p, group.g, 160),
        dh_spki(PKCS3, group.p, group.g, y=asn1.encode(asn1.INTEGER, public)),
    ):
        assert key_agreement_of_spki(key) == (SMALL_DH, public)


def test_parameters_without_their_sign_octets() -> None:
    group = SMALL_DH.group
    raw = (value.to_bytes((value.bit_length() + 7) // 8, "big") for value in (group.p, group.g))
    parameters = sequence(*(asn1.encode(asn1.INTEGER, value) for value in raw))
    public = SMALL_DH.public_key(5)
    key = spki(PKCS3, parameters, asn1.encode(asn1.INTEGER, public))
    assert key_agreement_of_spki(key) == (SMALL_DH, public)


def test_a_key_with_standardised_parameters() -> None:
    public = P256.public_key(5)
    key = spki("04007f00070102", number(12), public)
    assert key_agreement_of_spki(key) == (P256, public)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (dh_spki(PKCS3, 23, 2), "p is no known group's"),
        (dh_spki(PKCS3, SMALL_DH.group.p, 2), "g not those of RFC5114-1024-160"),
        (dh_spki(X942, SMALL_DH.group.p, SMALL_DH.group.g, 23), "q not those of"),
        (dh_spki(X942, SMALL_DH.group.p, 4, 23), "g, q not those of"),
        (spki("04007f00070102", number(3), b"\x04"), "parameters 3 are not standardised"),
        (spki("04007f00070102", number(1 << 16_000), b"\x04"), "parameters beyond the table"),
        (spki("2a864886f70d010101", number(3), b"\x04"), "of kind 1.2.840.113549.1.1.1"),
    ],
)
def test_domain_parameters_that_are_not_known(key: bytes, reason: str) -> None:
    with pytest.raises(DomainParametersRejected, match=reason):
        key_agreement_of_spki(key)


def test_keys_that_are_not_of_their_group() -> None:
    with pytest.raises(PublicKeyInvalid):
        key_agreement_of_spki(spki("04007f00070102", number(12), G[:-1] + b"\x00"))
    with pytest.raises(PublicKeyInvalid):
        key_agreement_of_spki(dh_spki(PKCS3, SMALL_DH.group.p, SMALL_DH.group.g, y=number(1)))


# --- machines whose libcrypto lacks something


def test_without_libcrypto_the_same_bytes_come_out(monkeypatch: pytest.MonkeyPatch) -> None:
    mapped = P256.generic_mapping(bytes(16), 6, P256.public_key(7))

    def missing(_: Curve) -> None:
        raise libcrypto.LibcryptoUnavailable("libcrypto is not installed")

    monkeypatch.setattr("egate.emrtd.crypto.ec_group.LibcryptoPoints", missing)
    _points_of.cache_clear()
    try:
        assert isinstance(_points_of(P256.curve), PlainPoints)
        assert P256.generic_mapping(bytes(16), 6, P256.public_key(7)) == mapped
    finally:
        _points_of.cache_clear()


def test_a_libcrypto_without_the_curve() -> None:
    unknown = Curve("curve of nobody", "1.2.3.4", 23, 1, 1, 3, 10, 29)
    with pytest.raises(libcrypto.LibcryptoUnavailable, match="lacks curve of nobody"):
        libcrypto_points.LibcryptoPoints(unknown)


def test_a_point_that_libcrypto_refuses() -> None:
    points = libcrypto_points.LibcryptoPoints(P256.curve)
    with pytest.raises(RuntimeError, match="refuses"):
        points.multiply(2, G[:-1] + b"\x00")


@given(base=st.integers(0, 2**2100), exponent=st.integers(0, 2**300), group=st.sampled_from(DH))
def test_powers_are_those_of_python(base: int, exponent: int, group: DhGroup) -> None:
    assert power(base, exponent, group.p) == pow(base, exponent, group.p)


def test_a_modulus_that_libcrypto_refuses() -> None:
    with pytest.raises(RuntimeError, match="refuses"):
        power(3, 5, 16)


def test_powers_without_libcrypto(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = SMALL_DH.shared_secret(77, SMALL_DH.public_key(78))
    modular_power._library.cache_clear()

    def missing(_: libcrypto.Signatures) -> None:
        raise libcrypto.LibcryptoUnavailable("libcrypto is not installed")

    monkeypatch.setattr(libcrypto, "load", missing)
    try:
        assert SMALL_DH.shared_secret(77, SMALL_DH.public_key(78)) == secret
        assert modular_power._library() is None
    finally:
        modular_power._library.cache_clear()
