"""The catalogue of simulated passports, and what ``--set`` makes of them."""

import hashlib
import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware_mocks.chip import data_groups as lds
from hardware_mocks.chip.chip_key import ChipKeyOrder
from hardware_mocks.chip.document import Document, Holder
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.profiles import PROFILES, make_document
from hardware_mocks.chip.security_infos import pace_info
from hardware_mocks.chip.settings import KEYS, changed
from hardware_mocks.chip.words import chip_key_order, pace_offer
from hardware_mocks.outcome import BadInput
from hardware_mocks.pki.pki import Pki
from hardware_mocks.pki.terminals import CV_KINDS

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
# AES: 256 bytes of answer less status and MAC, the header of DO'87', a byte of padding.
AES_SHORT_READ = 223


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki.make(NOW, CV_KINDS)


def made(pki: Pki, profile: str, **settings: str) -> Document:
    return make_document(changed(PROFILES[profile], settings), pki, NOW)


@pytest.mark.parametrize("profile", ["standard-ext-max", "standard-short"])
def test_the_standard_document_can_be_read_within_the_budget(pki: Pki, profile: str) -> None:
    """With 8 APDUs to open it, 80 are left for reading 223 bytes each."""
    files = made(pki, profile).files
    for file in (lds.EF_COM, lds.DG1, lds.DG14):
        assert len(files[file]) <= AES_SHORT_READ
    assert 1_350 <= len(files[lds.EF_SOD]) <= 7 * AES_SHORT_READ
    assert 14_500 <= len(files[lds.DG2]) <= 15_157
    assert set(files) == {lds.EF_COM, lds.EF_SOD, lds.DG1, lds.DG2, lds.DG14}


def test_the_families_cover_every_combination() -> None:
    of_pace = [name for name in PROFILES if name.startswith("pace-") and name.count("-") >= 4]
    # GM: 11 curves and 3 groups by 4 ciphers; IM: the same without P-224; CAM: curves, AES.
    assert len(of_pace) == 14 * 4 + 13 * 4 + 11 * 3
    assert len({profile.description for profile in PROFILES.values()}) > 0.9 * len(PROFILES)
    for wanted in (
        "bac", "bac-aa-rsa4096-sha256", "bac-aa-ecdsa-p521-sha512-der", "pace-only",
        "pace-im-dh-3des-modp1024-160", "pace-cam-ecdh-aes256-p521", "ca-dh-aes256-modp2048-256",
        "bac-ca-ecdh-3des-bp256", "td1-long-number-pace", "td2-bac", "can", "cloned-cam",
        "cloned-ca", "dg2-large-short", "lds17", "every-group",
    ):  # fmt: skip
        assert wanted in PROFILES, wanted


@pytest.mark.parametrize(
    "name", [name for name in PROFILES if not name.startswith("bac-aa-rsa") and "4096" not in name]
)
def test_every_profile_can_be_issued(pki: Pki, name: str) -> None:
    document = make_document(PROFILES[name], pki, NOW)
    assert document.files[lds.EF_SOD][0] == 0x77
    assert document.basic_access or document.pace


def test_words_say_what_is_offered() -> None:
    assert pace_offer("gm-ecdh-aes128-p256") == PaceOffer()
    assert pace_offer("im-dh-3des-modp1024-160") == PaceOffer("IM", "DH", "3DES", 0)
    assert pace_offer("cam-ecdh-aes256-bp512+explicit") == PaceOffer(
        "CAM", "ECDH", "AES-256", 17, explicit=True
    )
    assert chip_key_order("ecdh-3des+aes128-bp256#195:named") == ChipKeyOrder(
        13, ("3DES", "AES-128"), 195, "named"
    )
    assert chip_key_order("dh-alone-modp2048-256") == ChipKeyOrder(2, ())


@pytest.mark.parametrize(
    "word",
    ["", "gm", "gm-ecdh-aes128", "gm-ecdh-aes512-p256", "gm-dh-aes128-p256", "im-ecdh-aes128-p224",
     "cam-ecdh-3des-p256", "gm-ecdh-aes128-p256+named"],
)  # fmt: skip
def test_what_is_no_pace(word: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  any of the reasons
        pace_offer(word)


@pytest.mark.parametrize(
    "word",
    ["ecdh-aes128-modp2048-256", "dh-aes128-p256", "ecdh-rot13-p256", "ecdh-aes128-p256:pkcs3",
     "dh-aes128-modp2048-256:named", "ecdh-aes128-p256#x", "ecdh-aes128-p256:odd"],
)  # fmt: skip
def test_what_is_no_key_of_chip_authentication(word: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  any of the reasons
        chip_key_order(word)


def test_settings_change_the_access(pki: Pki) -> None:
    assert made(pki, "bac").pace == ()
    opened = made(pki, "bac", access="pace-only")
    assert opened.pace == (PaceOffer(),)
    assert not opened.basic_access
    assert made(pki, "standard-short", access="bac").pace == ()
    changed_offer = made(pki, "bac", mapping="im", cipher="aes256", domain="modp2048-224").pace
    assert changed_offer == (PaceOffer("IM", "DH", "AES-256", 1),)
    listed = made(pki, "bac", pace="gm-ecdh-3des-p256,im-ecdh-aes192-bp320").pace
    assert [offer.cipher for offer in listed] == ["3DES", "AES-192"]
    assert made(pki, "pace-only", pace="none", bac="true").pace == ()


def test_settings_change_the_document(pki: Pki) -> None:
    document = made(
        pki, "bac", document_type="TD1", lds="1.7", groups="11,16", ca="dh-3des-modp1024-160",
        dg2_bytes="33000", portrait_format="grey",
    )  # fmt: skip
    assert len(document.mrz) == 3
    assert {0x010B, 0x0110, lds.DG14} <= set(document.files)
    assert len(document.files[lds.DG2]) >= 33_000
    assert b"0107" in document.files[lds.EF_COM]
    assert document.chip_keys[0].order == ChipKeyOrder(0, ("3DES",))


def test_settings_change_the_portraits(pki: Pki) -> None:
    settings = {"faces": "token,full", "face_encoding": "39794-5", "portrait_bytes": "5000"}
    document = made(pki, "bac", **settings)
    assert document.files[lds.DG2].count(b"\xff\xd8\xff") == 2
    assert b"\x7f\x2e" in document.files[lds.DG2]
    apart = made(pki, "bac", faces="full,full", a_template_each="true")
    assert apart.files[lds.DG2].count(b"FAC\x00") == 2


def test_a_forger_shows_the_keys_of_another_chip(pki: Pki) -> None:
    genuine, clone = made(pki, "ca-ecdh-aes128-bp256"), made(pki, "cloned-ca")
    forged = made(pki, "forged-ca")
    for document, shows_its_own in ((genuine, True), (clone, False), (forged, True)):
        (key,) = document.chip_keys
        assert (key.public in document.files[lds.DG14]) is shows_its_own
    signed = hashlib.sha256(genuine.files[lds.DG14]).digest()
    assert signed in genuine.files[lds.EF_SOD]
    for document, is_signed in ((clone, True), (forged, False)):
        digest = hashlib.sha256(document.files[lds.DG14]).digest()
        assert (digest in document.files[lds.EF_SOD]) is is_signed


def test_a_downgrade_leaves_dg14_as_it_was_signed(pki: Pki) -> None:
    listed = pace_info(PaceOffer())
    weaker, without = made(pki, "downgraded-pace"), made(pki, "downgraded-bac")
    assert [offer.cipher for offer in weaker.pace] == ["3DES"]
    assert without.pace == ()
    for document in (weaker, without):
        assert listed in document.files[lds.DG14]
        assert hashlib.sha256(document.files[lds.DG14]).digest() in document.files[lds.EF_SOD]


def test_the_documentation_names_profiles_and_settings_that_there_are() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "simulated-passports.md"
    rows = [line for line in page.read_text().splitlines() if line.startswith("| `")]
    words = {word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[1])}
    named = {word for word in words if not word.endswith("...")}
    assert named <= set(PROFILES) | set(KEYS)
    assert set(KEYS) - named <= {each.name for each in fields(Holder)}


@pytest.mark.parametrize(
    ("key", "value"),
    [("access", "free"), ("cipher", "rot13"), ("domain", "p257"), ("mapping", "xm"),
     ("pace", "gm"), ("ca", "ecdh"), ("groups", "2"), ("groups", "x"), ("lds", "2.0"),
     ("document_type", "MRV"), ("dg2_bytes", "-1"), ("dg2_bytes", "999999999"),
     ("aa_curve", "P-192"), ("portrait_format", "png"), ("applications", "all"),
     ("faces", "profile"), ("faces", ",".join(["full"] * 10)), ("face_encoding", "19794"),
     ("portrait_bytes", "0")],
)  # fmt: skip
def test_settings_that_cannot_be(key: str, value: str) -> None:
    with pytest.raises(BadInput, match=f"--set {key}"):
        changed(PROFILES["standard-short"], {key: value})


def test_mapping_and_domain_must_go_together() -> None:
    with pytest.raises(BadInput, match="P-224"):
        changed(PROFILES["standard-short"], {"mapping": "im", "domain": "p224"})
