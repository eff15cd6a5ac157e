"""EF.CardAccess: what is offered, in which order, and why not the rest."""

import pytest

from egate.emrtd import asn1
from egate.emrtd.access.card_access import CardAccess
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.crypto.dh_domain import RFC5114_GROUPS
from egate.emrtd.crypto.ec_domain import STANDARD_CURVES
from egate.emrtd.crypto.kdf import SmAlgorithm
from egate.emrtd.oid import oid_content

ID_PACE = "0.4.0.127.0.7.2.2.4"
TWO = b"\x02\x01\x02"


def sequence(*parts: bytes) -> bytes:
    return asn1.encode(asn1.SEQUENCE, b"".join(parts))


def number(value: int) -> bytes:
    return asn1.encode(asn1.INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    return asn1.encode(asn1.OBJECT_IDENTIFIER, oid_content(dotted))


def info(protocol: str, parameter_id: int | None = None, version: bytes = TWO) -> bytes:
    last = b"" if parameter_id is None else number(parameter_id)
    return sequence(oid(f"{ID_PACE}.{protocol}"), version, last)


def card_access(*entries: bytes) -> CardAccess:
    return CardAccess.parse(asn1.encode(asn1.SET, b"".join(entries)))


def explicit_p256(parameter_id: int | None, *, a_less: int = 0, kind: str = "2") -> bytes:
    curve = next(curve for curve in STANDARD_CURVES if curve.name == "P-256")

    def octets(value: int) -> bytes:
        return value.to_bytes(32, "big")

    parameters = sequence(
        number(1),
        sequence(oid("1.2.840.10045.1.1"), number(curve.p)),
        sequence(
            asn1.encode(asn1.OCTET_STRING, octets(curve.a - a_less)),
            asn1.encode(asn1.OCTET_STRING, octets(curve.b)),
        ),
        asn1.encode(asn1.OCTET_STRING, b"\x04" + octets(curve.x) + octets(curve.y)),
        number(curve.n),
        number(1),
    )
    algorithm = sequence(oid("1.2.840.10045.2.1"), parameters)
    last = b"" if parameter_id is None else number(parameter_id)
    return sequence(oid(f"{ID_PACE}.{kind}"), algorithm, last)


def explicit_dh(parameter_id: int | None, g_more: int = 0) -> bytes:
    group = RFC5114_GROUPS[2]
    parameters = sequence(number(group.p), number(group.g + g_more), number(group.q))
    algorithm = sequence(oid("1.2.840.10046.2.1"), parameters)
    last = b"" if parameter_id is None else number(parameter_id)
    return sequence(oid(f"{ID_PACE}.1"), algorithm, last)


def names(found: CardAccess) -> list[str]:
    return [f"{offer.mapping}, {offer.cipher}, {offer.domain.name}" for offer in found.offers]


# --- order


def test_the_strongest_comes_first() -> None:
    found = card_access(
        info("2.1", 12),
        info("1.2", 2),
        info("4.2", 13),
        info("2.4", 16),
        info("6.2", 13),
        info("2.2", 8),
        info("2.3", 12),
    )
    assert names(found) == [
        "GM, AES-256, brainpoolP384r1",
        "CAM, AES-128, brainpoolP256r1",
        "GM, AES-192, P-256",
        "IM, AES-128, brainpoolP256r1",
        "GM, 3DES, P-256",
        "GM, AES-128, RFC5114-2048-256",
        "GM, AES-128, P-192",
    ]
    assert found.unsupported == ()


def test_a_weak_group_is_not_saved_by_its_cipher() -> None:
    found = card_access(info("1.4", 0), info("2.1", 12))
    assert names(found) == ["GM, 3DES, P-256", "GM, AES-256, RFC5114-1024-160"]


def test_a_weak_cipher_is_not_saved_by_its_group() -> None:
    found = card_access(info("2.1", 18), info("2.2", 12))
    assert names(found) == ["GM, AES-128, P-256", "GM, 3DES, P-521"]


def test_the_same_offer_twice_is_one() -> None:
    found = card_access(info("2.2", 12), info("2.2", 12))
    assert len(found.offers) == 1
    assert not found.offers[0].needs_reference


# --- references (quirk 12)


def test_several_sets_of_parameters_need_a_reference() -> None:
    several = card_access(info("2.2", 12), info("2.2", 13))
    assert [(offer.parameter_id, offer.needs_reference) for offer in several.offers] == [
        (12, True),
        (13, True),
    ]
    one = card_access(info("2.2", 12), info("4.2", 12), info("6.2", 12))
    assert not any(offer.needs_reference for offer in one.offers)


def test_a_set_that_we_cannot_use_makes_it_ambiguous_too() -> None:
    found = card_access(info("2.2", 12), info("2.2", 7))
    assert [offer.needs_reference for offer in found.offers] == [True]


# --- explicit parameters


@pytest.mark.parametrize(("wanted", "given"), [(None, None), (40, 40), (None, 40), (40, None)])
def test_explicit_parameters_of_a_standard_curve(wanted: int | None, given: int | None) -> None:
    found = card_access(info("2.2", wanted), explicit_p256(given))
    assert names(found) == ["GM, AES-128, P-256"]
    assert found.offers[0].parameter_id == wanted


def test_explicit_parameters_by_number() -> None:
    found = card_access(
        info("1.2", 41), info("2.2", 40), explicit_p256(40), explicit_dh(41), explicit_dh(42)
    )
    assert names(found) == ["GM, AES-128, P-256", "GM, AES-128, RFC5114-2048-256"]
    assert all(offer.needs_reference for offer in found.offers)


# --- reasons


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([info("2.2", 7)], ".2.2: domain parameters 7 are not standardised"),
        ([info("2.2", 19)], ".2.2: domain parameters 19 are not standardised"),
        ([info("2.2", 33)], ".2.2: 0 sets of explicit domain parameters fit"),
        ([info("2.2")], ".2.2: 0 sets of explicit domain parameters fit"),
        (
            [info("2.2"), explicit_p256(40), explicit_p256(41)],
            ".2.2: 2 sets of explicit domain parameters fit",
        ),
        ([info("2.2", 41), explicit_p256(40)], ".2.2: 0 sets of explicit"),
        ([info("2.2"), explicit_p256(None, a_less=1)], ".2.2: explicit parameters: a not those"),
        ([info("1.2"), explicit_dh(None, g_more=1)], ".1.2: explicit parameters: g not those"),
        ([info("4.2", 40), explicit_p256(40)], ".4.2: 0 sets of explicit"),
        ([info("4.2", 10)], ".4.2: P-224 has no integrated mapping, as p = 1 mod 4"),
        ([info("2.2", 0)], ".2.2: RFC5114-1024-160 is not for ECDH"),
        ([info("1.2", 12)], ".1.2: P-256 is not for DH"),
        ([info("6.1", 12)], ".6.1: PACE-CAM is not defined with 3DES"),
        ([info("5.2", 12)], ".5.2: unknown protocol"),
        ([info("2.5", 12)], ".2.5: unknown protocol"),
        ([info("2.2.1", 12)], ".2.2.1: unknown protocol"),
        ([info("2.2", 12, b"\x02\x01\x01")], ".2.2: version 1"),
        ([info("2.2", 12, b"\x05\x00")], ".2.2: integer: tag 05 instead of 02"),
        ([sequence(oid(ID_PACE + ".2.2"), TWO, b"\x05\x00")], ".2.2: an identifier that is no"),
        ([sequence(oid(ID_PACE + ".2"), TWO, b"\x05\x00")], ".2: an identifier that is no number"),
    ],
)
def test_why_an_offer_is_not_supported(entries: list[bytes], reason: str) -> None:
    found = card_access(*entries, info("2.4", 18))
    assert names(found) == ["GM, AES-256, P-521"]
    (why,) = found.unsupported
    assert why.startswith(ID_PACE + reason)


def test_other_protocols_are_nothing_to_speak_of() -> None:
    ca = sequence(oid("0.4.0.127.0.7.2.2.3.2.2"), b"\x02\x01\x01")
    assert card_access(ca) == CardAccess((), ())


@pytest.mark.parametrize("raw", [b"", b"\x30\x00", b"\x31\x05\x30", b"\x31\x02\x04\x00"])
def test_what_is_no_file_of_the_kind(raw: bytes) -> None:
    with pytest.raises(Asn1Malformed):
        CardAccess.parse(raw)


def test_the_ciphers() -> None:
    found = card_access(*[info(f"2.{cipher}", 18) for cipher in (1, 2, 3, 4)])
    assert [offer.cipher for offer in found.offers] == [
        SmAlgorithm.AES_256,
        SmAlgorithm.AES_192,
        SmAlgorithm.AES_128,
        SmAlgorithm.TDES,
    ]
