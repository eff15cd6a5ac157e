"""PACE-CAM's verification: appendix I of 9303-11, and every way it can end."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.chip_authentication.pace_cam import PaceCamEvidence, check_pace_cam
from egate.emrtd.crypto.domain_parameters import standardised
from egate.emrtd.lds.card_security import CardSecurity
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.emrtd.tlv import encode
from hardware_mocks.pki.signed_data import Signer, signed_data
from tests.eac_worked_example import DH, ECDH, WorkedExample
from tests.trust_data import Anchors
from tests.trust_forge import NOW, TODAY, Forge

ID_SECURITY_OBJECT = "0.4.0.127.0.7.3.2.1"
# 9303-11 appendix I: ChipAuthenticationPublicKeyInfo, PK_Map,IC and CA_IC.
KEY_INFO = bytes.fromhex(
    "3062060904007F000702020102305230"
    "0C060704007F0007010202010D034200041872709494399E7470A6431BE25E83"
    "EEE24FEA568C2ED28DB48E05DB3A610DC884D256A40E35EFCB59BF6753D3A489"
    "D28C7A4D973C2DA138A6E7A4A08F68E16F02010D"
)
MAPPING_PUBLIC = bytes.fromhex(
    "04A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3"
    "04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E23"
)
CA_IC = bytes.fromhex("85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3")

BD = Forge()


def signed(
    *infos: bytes, signer: Signer | None = None, content_type: str = ID_SECURITY_OBJECT
) -> bytes:
    content = encode(0x31, b"".join(infos))
    return signed_data(content_type, content, signer or BD.signer(), NOW)


APPENDIX_I = PaceCamEvidence(MAPPING_PUBLIC, CA_IC, 13, signed(KEY_INFO))


def checked(
    evidence: PaceCamEvidence,
    *,
    cscas: list[Certificate] | None = None,
    crl: RevocationList | None = None,
    state: str | None = "BGD",
) -> tuple[Outcome, str]:
    anchors = Anchors([BD.csca()] if cscas is None else cscas, [crl or BD.crl()])
    result = check_pace_cam(evidence, anchors, TODAY, issuing_state=state)
    assert result.check_id is CheckId.CHIP_AUTHENTICATION
    assert result.detail.startswith("PACE-CAM: ")
    return result.outcome, result.detail.removeprefix("PACE-CAM: ")


def test_appendix_i() -> None:
    assert checked(APPENDIX_I) == (Outcome.SUCCESSFUL, "brainpoolP256r1")
    padded = replace(APPENDIX_I, card_security=signed(KEY_INFO) + bytes(9))
    assert checked(padded, state=None)[0] is Outcome.SUCCESSFUL


@pytest.mark.parametrize("position", [1, 64])
def test_another_mapping_key_fails(position: int) -> None:
    other = bytearray(MAPPING_PUBLIC)
    other[position] ^= 1
    found = checked(replace(APPENDIX_I, mapping_public=bytes(other)))
    assert found == (Outcome.FAILED, "the chip does not have the key in EF.CardSecurity")


@pytest.mark.parametrize("data", [b"", bytes(32), b"\xff" * 32])
def test_no_chip_authentication_data_fails(data: bytes) -> None:
    found = checked(replace(APPENDIX_I, authentication_data=data))
    assert found == (Outcome.FAILED, "the chip gave no chip authentication data")


def test_another_factor_fails() -> None:
    found = checked(replace(APPENDIX_I, authentication_data=CA_IC[:-1] + b"\x00"))
    assert found[0] is Outcome.FAILED


def test_an_unreadable_file_proves_nothing() -> None:
    for raw, detail in [
        (None, "the chip does not give EF.CardSecurity"),
        (b"\x31\x00", "EF.CardSecurity cannot be read: CMS: tag 31 instead of 30"),
        (
            signed(KEY_INFO, content_type="2.23.136.1.1.1"),
            "EF.CardSecurity cannot be read: EF.CardSecurity is signed as something else",
        ),
    ]:
        assert checked(replace(APPENDIX_I, card_security=raw)) == (Outcome.UNDETERMINED, detail)


def test_a_changed_file_fails() -> None:
    raw = signed(KEY_INFO)
    at = raw.index(KEY_INFO[40:60])
    changed = raw[:at] + bytes((raw[at] ^ 1,)) + raw[at + 1 :]
    found = checked(replace(APPENDIX_I, card_security=changed))
    assert found == (Outcome.FAILED, "messageDigest is not that of the content")


def test_a_file_that_nobody_trusted_signed_proves_nothing() -> None:
    found = checked(APPENDIX_I, cscas=[])
    assert found == (
        Outcome.UNDETERMINED,
        "the key matches; no trusted CSCA for the signer",
    )


def test_an_expired_or_revoked_signer_vouches_for_nothing() -> None:
    expired = replace(APPENDIX_I, card_security=signed(KEY_INFO, signer=BD.signer(years=(-3, -1))))
    assert checked(expired) == (
        Outcome.UNDETERMINED,
        "the key matches; the signer is no longer valid",
    )
    signer = BD.signer()
    serial = Certificate.parse(signer.certificate.raw).serial
    revoked = replace(APPENDIX_I, card_security=signed(KEY_INFO, signer=signer))
    outcome, detail = checked(revoked, crl=BD.crl([serial]))
    assert outcome is Outcome.UNDETERMINED
    assert detail.startswith("the key matches; ")
    assert "revoked" in detail


def test_a_signer_of_another_state_fails() -> None:
    found = checked(APPENDIX_I, state="UTO")
    assert found == (
        Outcome.FAILED,
        "the signer of EF.CardSecurity is not of the issuing State",
    )


def key_info(parameter_id: int, private: int, key_id: bytes) -> bytes:
    public = standardised(parameter_id).public_key(private)
    algorithm = encode(0x06, bytes.fromhex("04007F00070102")) + b"\x02\x01" + bytes((parameter_id,))
    spki = encode(0x30, encode(0x30, algorithm) + encode(0x03, b"\x00" + public))
    return encode(0x30, encode(0x06, bytes.fromhex("04007F000702020102")) + spki + key_id)


def test_the_key_is_found_by_the_number_of_the_domain_parameters() -> None:
    other = key_info(13, 5, bytes.fromhex("020111"))
    both = replace(APPENDIX_I, card_security=signed(other, KEY_INFO))
    assert checked(both)[0] is Outcome.SUCCESSFUL
    wrong_number = replace(APPENDIX_I, parameter_id=99)
    assert checked(wrong_number)[0] is Outcome.SUCCESSFUL  # the only one
    unclear = checked(replace(both, parameter_id=99))
    assert unclear == (
        Outcome.UNDETERMINED,
        "the key in EF.CardSecurity cannot be used: 2 keys, none of them number 99",
    )
    none = checked(replace(APPENDIX_I, card_security=signed()))
    assert none[0] is Outcome.UNDETERMINED


@given(st.integers(1, 2**128), st.integers(1, 2**128), st.sampled_from([12, 13, 15, 18]))
def test_whoever_has_the_key_passes(static: int, mapping: int, parameter_id: int) -> None:
    """CA_IC as 9303-11 §4.4.3.5.1 has the chip make it."""
    domain = standardised(parameter_id)
    factor = pow(static, -1, domain.order) * mapping % domain.order
    size = (domain.order.bit_length() + 7) // 8
    evidence = PaceCamEvidence(
        domain.public_key(mapping),
        factor.to_bytes(size, "big"),
        parameter_id,
        signed(key_info(parameter_id, static, encode(0x02, bytes((parameter_id,))))),
    )
    assert checked(evidence) == (Outcome.SUCCESSFUL, domain.name)


@pytest.mark.parametrize("example", [ECDH, DH], ids=lambda example: example.name)
def test_ef_card_security_of_bsi(example: WorkedExample) -> None:
    file = CardSecurity.parse(example.card_security)
    signer = file.signed.signers[0]
    certificate = file.signed.certificate_of(signer)
    assert certificate is not None
    file.signed.check_signature(signer, certificate)
    (key,) = file.infos.chip_authentication_public_keys()
    assert key.key_id == 1
    evidence = PaceCamEvidence(b"", b"\x01", 1, example.card_security)
    assert checked(evidence)[0] is Outcome.FAILED
