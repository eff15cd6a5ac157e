"""Chip authentication and PACE-CAM with the simulated chips, which share no code with us."""

import os

import pytest

from egate.emrtd.access.bac import open_with_bac
from egate.emrtd.access.card_access import CardAccess, PaceMapping
from egate.emrtd.access.master_file import read_card_access
from egate.emrtd.access.pace import open_with_pace
from egate.emrtd.checks import CheckResult, Outcome
from egate.emrtd.chip_authentication.ca import (
    ChipAuthentication,
    ChipAuthenticationResult,
    ChipNotAuthenticated,
    authenticate_chip,
)
from egate.emrtd.chip_authentication.pace_cam import PaceCamEvidence, check_pace_cam
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.reading import select_lds1
from egate.emrtd.mrz.mrz_key import MrzKey
from tests.emrtd_passport import TODAY, anchors, carry, chip_of, page_of, passport, sent_to

PROFILES = {
    "bac-ca-dh-3des-modp2048-256": "DH, RFC5114-2048-256, 3DES",
    "bac-ca-dh-aes128-modp2048-256": "DH, RFC5114-2048-256, AES-128",
    "bac-ca-dh-aes192-modp2048-256": "DH, RFC5114-2048-256, AES-192",
    "bac-ca-dh-aes256-modp2048-256": "DH, RFC5114-2048-256, AES-256",
    "bac-ca-ecdh-3des-bp256": "ECDH, brainpoolP256r1, 3DES",
    "bac-ca-ecdh-aes128-bp256": "ECDH, brainpoolP256r1, AES-128",
    "bac-ca-ecdh-aes192-bp256": "ECDH, brainpoolP256r1, AES-192",
    "bac-ca-ecdh-aes256-bp256": "ECDH, brainpoolP256r1, AES-256",
    "ca-dh-3des-modp1024-160": "DH, RFC5114-1024-160, 3DES",
    "ca-ecdh-aes128-p521": "ECDH, P-521, AES-128",
    "ca-two-keys": "ECDH, brainpoolP256r1, AES-128, key 1",
    "ca-two-ciphers": "ECDH, brainpoolP256r1, AES-128",
    "ca-key-identifier": "ECDH, brainpoolP256r1, AES-128, key 195",
    "ca-key-alone": "ECDH, P-256, 3DES; 3DES assumed, EF.DG14 names no cipher",
    "ca-named": "ECDH, P-256, AES-128",
    "ca-standardized": "ECDH, brainpoolP256r1, AES-128",
    "ca-pkcs3": "DH, RFC5114-2048-256, AES-128",
}


def authenticated(
    profile: str, *, extended_length: bool = True, quirk: str = ""
) -> ChipAuthenticationResult:
    settings = {"quirk": quirk} if quirk else {}
    document = passport(profile, **settings)
    transmit = sent_to(chip_of(document, profile=profile, **settings))
    carry(select_lds1(), transmit)
    channel = carry(open_with_bac(MrzKey.from_mrz(page_of(document)), os.urandom), transmit)
    dg14 = document.files[LdsFile.EF_DG14.file_id]
    conversation = authenticate_chip(channel, dg14, os.urandom, extended_length=extended_length)
    return carry(conversation, transmit)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_chip_has_its_key(profile: str) -> None:
    result = authenticated(profile)
    assert isinstance(result, ChipAuthentication), result
    assert result.detail == PROFILES[profile]


@pytest.mark.parametrize(
    ("quirk", "detail"),
    [
        ("ca-key-id-bare", "ECDH, brainpoolP256r1, AES-128, key 141"),
        ("ca-key-id-signed", "ECDH, brainpoolP256r1, AES-128, key 141"),
        ("ca-key-id-refused", "ECDH, brainpoolP256r1, AES-128, key 141"),
        ("ca-cipher-unnamed", "ECDH, brainpoolP256r1, 3DES; 3DES assumed, EF.DG14 names no cipher"),
    ],
)
def test_every_name_of_a_key(quirk: str, detail: str) -> None:
    result = authenticated("bac", quirk=quirk)
    assert isinstance(result, ChipAuthentication), result
    assert result.detail == detail


@pytest.mark.parametrize("profile", ["cloned-ca", "cloned-ca-3des"])
def test_a_copy_does_not(profile: str) -> None:
    result = authenticated(profile)
    assert isinstance(result, ChipNotAuthenticated)
    assert result.outcome is Outcome.FAILED
    assert "the chip agreed and does not have the keys" in result.detail


def opened_with_cam(profile: str) -> CheckResult:
    document = passport(profile)
    transmit = sent_to(chip_of(document, profile=profile))
    card_access = carry(read_card_access(), transmit)
    assert card_access is not None
    found = CardAccess.parse(card_access)
    offer = next(o for o in found.offers if o.mapping is PaceMapping.CHIP_AUTHENTICATION)
    key = MrzKey.from_mrz(page_of(document))
    opening = carry(open_with_pace(offer, key, os.urandom), transmit)
    assert opening.chip_authentication_data is not None
    evidence = PaceCamEvidence(
        opening.chip_mapping_public,
        opening.chip_authentication_data,
        offer.parameter_id,
        document.master_files[0x011D],
    )
    return check_pace_cam(evidence, anchors(), TODAY, issuing_state="BGD")


@pytest.mark.parametrize(
    ("profile", "curve"),
    [
        ("pace-cam-ecdh-aes128-bp256", "brainpoolP256r1"),
        ("pace-cam-ecdh-aes256-p521", "P-521"),
        ("pace-cam-ca", "brainpoolP256r1"),
        ("pace-gm-and-cam", "brainpoolP256r1"),
    ],
)
def test_pace_cam(profile: str, curve: str) -> None:
    result = opened_with_cam(profile)
    assert (result.outcome, result.detail) == (Outcome.SUCCESSFUL, f"PACE-CAM: {curve}")


def test_pace_cam_of_a_copy() -> None:
    result = opened_with_cam("cloned-cam")
    assert result.outcome is Outcome.FAILED
    assert result.detail == "PACE-CAM: the chip does not have the key in EF.CardSecurity"
