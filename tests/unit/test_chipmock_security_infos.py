"""What a chip tells about its PACE, as 9303-11 prints it and as another parser reads it."""

import pytest
from asn1crypto.keys import ECDomainParameters

from hardware_mocks.chip.domain_parameters import GROUPS
from hardware_mocks.chip.elliptic import Curve
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.security_infos import (
    explicit_parameters,
    pace_domain_parameter_info,
    pace_info,
    pace_infos,
    security_infos,
    standardized_parameters,
)
from hardware_mocks.tlv import elements

# 9303-11 appendix G.1, "ASN.1 encoding of the BrainpoolP256r1 domain parameters".
BRAINPOOL_P256R1 = bytes.fromhex(
    "3081EC 06072A8648CE3D0201 3081E0 020101 302C 06072A8648CE3D0101"
    "022100A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377 3044"
    "04207D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9"
    "042026DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6"
    "0441048BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262"
    "547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997"
    "022100A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7 020101"
)


@pytest.mark.parametrize(
    ("offer", "encoded"),
    [
        (PaceOffer("GM", "ECDH", "AES-128", 13), "3012060A04007F0007020204020202010202010D"),
        (PaceOffer("GM", "DH", "AES-128", 0), "3012060A04007F00070202040102020102020100"),
        (PaceOffer("CAM", "ECDH", "AES-128", 13), "3012060A04007F0007020204060202010202010D"),
        (PaceOffer("IM", "ECDH", "3DES", 18), "3012060A04007F00070202040401020102020112"),
        (PaceOffer("IM", "DH", "AES-256", 2), "3012060A04007F00070202040304020102020102"),
        (PaceOffer("GM", "ECDH", "AES-192", 12, explicit=True),
         "3012060A04007F0007020204020302010202012C"),
    ],
)  # fmt: skip
def test_pace_info(offer: PaceOffer, encoded: str) -> None:
    assert pace_info(offer) == bytes.fromhex(encoded)


def test_explicit_parameters_are_those_of_the_standard() -> None:
    assert explicit_parameters(GROUPS[13]) == BRAINPOOL_P256R1


def test_named_parameters() -> None:
    named = bytes.fromhex("300C060704007F000701020 2010D".replace(" ", ""))
    assert standardized_parameters(13) == named


def test_domain_parameter_info() -> None:
    offer = PaceOffer("IM", "ECDH", "AES-128", 13, explicit=True)
    (info,) = elements(pace_domain_parameter_info(offer))
    assert [part.raw for part in elements(info.value)] == [
        bytes.fromhex("060904007F000702020404"),
        BRAINPOOL_P256R1,
        bytes.fromhex("02012D"),
    ]


@pytest.mark.parametrize("number", [n for n, group in GROUPS.items() if isinstance(group, Curve)])
def test_curves_written_out_are_read_by_another_parser(number: int) -> None:
    curve = GROUPS[number]
    assert isinstance(curve, Curve)
    (algorithm,) = elements(explicit_parameters(curve))
    read = ECDomainParameters.load(elements(algorithm.value)[1].raw).chosen
    assert int(read["field_id"]["parameters"].native) == curve.domain.p
    assert read["base"].to_coords() == curve.domain.g
    assert read["order"].native == curve.order
    assert int.from_bytes(read["curve"]["a"].native, "big") == curve.domain.a
    assert int.from_bytes(read["curve"]["b"].native, "big") == curve.domain.b


def test_modp_parameters_are_p_g_and_q() -> None:
    (algorithm,) = elements(explicit_parameters(GROUPS[1]))
    oid, numbers = elements(algorithm.value)
    assert oid.value == bytes.fromhex("2A8648CE3E0201")
    p, g, q = (int.from_bytes(part.value, "big") for part in elements(numbers.value))
    assert pow(g, q, p) == 1
    assert (p.bit_length(), q.bit_length()) == (2048, 224)


def test_a_set_of_offers_is_in_order_and_tells_each_thing_once() -> None:
    offers = (
        PaceOffer(parameter_id=13, explicit=True),
        PaceOffer(cipher="AES-256", parameter_id=13, explicit=True),
        PaceOffer(),
        PaceOffer(),
    )
    infos = pace_infos(offers)
    assert len(infos) == 4
    assert security_infos(infos)[:1] == b"\x31"
    (encoded,) = elements(security_infos(infos))
    parts = [part.raw for part in elements(encoded.value)]
    assert parts == sorted(infos)
