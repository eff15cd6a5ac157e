"""What every ``Signer`` promises: from a file, and on a token of SoftHSM2."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from egate.cli.service_identity import create_authority, issue
from egate.ports.signing import Signer, SignerUnavailable
from egate.reporting import credentials
from egate.reporting.key_on_token import OnToken
from egate.reporting.station_key import StationKey
from egate.settings import Tls
from tests.key_tokens import TokenOfTests, certify, lane_on, new_token, tpm, tpm_token


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    create_authority(tmp_path / "pki")
    return tmp_path / "pki"


@pytest.fixture
def hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TokenOfTests:
    return new_token(tmp_path / "hsm", monkeypatch)


@pytest.fixture
def on_token(hsm: TokenOfTests, tmp_path: Path, authority: Path) -> Iterator[OnToken]:
    with lane_on(hsm, tmp_path, authority) as tls:
        certify(tls, authority)
        yield tls


@pytest.fixture(params=["file", "token"])
def tls(request: pytest.FixtureRequest, authority: Path) -> Tls:
    if request.param == "file":
        return issue(authority, "gate", "BDDAC-A-01")
    held: OnToken = request.getfixturevalue("on_token")
    return held


def verify(signer: Signer, signature: bytes, message: bytes) -> None:
    key = serialization.load_der_public_key(signer.public_key)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    key.verify(signature, message, ec.ECDSA(hashes.SHA256()))


def test_signs_for_its_public_key(tls: Tls) -> None:
    signer = StationKey(tls)
    for message in (b"", b"a record", bytes(100_000)):
        verify(signer, signer.sign(message), message)
    with pytest.raises(InvalidSignature):
        verify(signer, signer.sign(b"a record"), b"another record")
    assert signer.key_id == hashlib.sha256(signer.public_key).digest()


def test_its_key_is_that_of_the_certificate(tls: Tls) -> None:
    signer = StationKey(tls)
    signer.sign(b"")
    loaded = credentials.load(tls)
    assert (
        loaded.own_key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        == signer.public_key
    )
    assert credentials.own_certificate(tls).read_bytes() == loaded.certificate


def test_signs_with_the_new_key_after_enrolling_anew(tls: Tls, authority: Path) -> None:
    signer = StationKey(tls)
    before = signer.key_id
    if isinstance(tls, OnToken):
        certify(tls, authority)
    else:
        issue(authority, "gate", "BDDAC-A-01")
    verify(signer, signer.sign(b"the next record"), b"the next record")
    assert signer.key_id != before


def test_signatures_of_a_token_are_of_the_lower_form(on_token: OnToken) -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # SEC 2 §2.4.2
    signer = StationKey(on_token)
    for number in range(20):
        assert decode_dss_signature(signer.sign(bytes([number])))[1] <= order // 2


def test_a_key_on_a_token_cannot_be_had(on_token: OnToken, hsm: TokenOfTests) -> None:
    key = credentials.load(on_token).own_key
    with pytest.raises(TypeError, match="never leaves it"):
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    StationKey(on_token).sign(b"")
    shown = hsm.run("--list-objects", "--type", "privkey")
    assert "sensitive, always sensitive, never extractable, local" in shown


def test_a_token_that_is_gone_is_unavailable_and_comes_back(
    on_token: OnToken, hsm: TokenOfTests
) -> None:
    signer = StationKey(on_token)
    signer.sign(b"")
    hsm.take_away()
    for _ in range(2):
        with pytest.raises(SignerUnavailable, match="token BDDAC-A-01: "):
            signer.sign(b"a record")
    hsm.bring_back()
    verify(signer, signer.sign(b"a record"), b"a record")


def test_a_key_that_is_gone_from_its_token_is_said(on_token: OnToken) -> None:
    signer = StationKey(on_token)
    on_token.opened.remove(signer.public_key)
    with pytest.raises(SignerUnavailable, match="has no key egate of our certificate"):
        signer.sign(b"a record")


def test_a_wrong_pin_is_given_once_also_after_a_new_start(hsm: TokenOfTests) -> None:
    hsm.pin_file.write_text("000000")
    first, later = hsm.opened(), hsm.opened()
    with pytest.raises(SignerUnavailable, match=r"refuses the PIN of .*pin, which is not tried"):
        first.public_keys()
    with pytest.raises(SignerUnavailable, match="refused a PIN, which is not tried again"):
        first.public_keys()
    first.close()
    with pytest.raises(SignerUnavailable, match="refused a PIN, which is not tried again"):
        later.public_keys()
    assert "user PIN count low" in hsm.slots()
    hsm.run("--list-objects")  # by hand, with the right one
    hsm.pin_file.write_text("493817\n")
    assert later.public_keys() == []
    later.close()


def test_another_pin_in_the_file_is_tried_without_a_new_start(hsm: TokenOfTests) -> None:
    hsm.pin_file.write_text("000000")
    token = hsm.opened()
    with pytest.raises(SignerUnavailable, match="refuses the PIN"):
        token.public_keys()
    hsm.pin_file.write_text("493817")
    assert token.public_keys() == []
    token.close()


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), (b"", "not a PIN"), (b"\xff" * 6, "not a PIN")]
)
def test_a_pin_that_cannot_be_read_is_said(
    hsm: TokenOfTests, content: bytes | None, said: str
) -> None:
    hsm.pin_file.unlink()
    if content is not None:
        hsm.pin_file.write_bytes(content)
    token = hsm.opened()
    with pytest.raises(SignerUnavailable, match=said):
        token.public_keys()
    token.close()


def test_a_key_that_was_brought_from_elsewhere_is_told(
    on_token: OnToken, hsm: TokenOfTests, tmp_path: Path
) -> None:
    on_token.opened.check(StationKey(on_token).public_key)
    key = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "brought.der"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    file.with_suffix(".pub").write_bytes(public)
    named = ("--label", "egate", "--id", "0102")
    hsm.run("--write-object", str(file), "--type", "privkey", *named)
    hsm.run("--write-object", str(file.with_suffix(".pub")), "--type", "pubkey", *named)
    on_token.opened.sign(public, b"it signs")
    with pytest.raises(SignerUnavailable, match="its key can be taken out, or was"):
        on_token.opened.check(public)


def test_a_tpm_signs_for_a_key_that_was_made_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: Path
) -> None:
    tpm_of_tests = tpm_token(tmp_path / "tpm", monkeypatch)
    with tpm(tmp_path / "tpm" / "tpm") as address:
        monkeypatch.setenv("TPM2_PKCS11_TCTI", address)
        with lane_on(tpm_of_tests, tmp_path, authority) as tls:
            certify(tls, authority)
            signer = StationKey(tls)
            for message in (b"a record", b"the next one"):
                verify(signer, signer.sign(message), message)
            tls.opened.check(signer.public_key)
            assert tls.opened.public_keys() == [signer.public_key]
    with tpm(tmp_path / "tpm" / "tpm") as address:  # after a new start of the machine
        monkeypatch.setenv("TPM2_PKCS11_TCTI", address)
        with lane_on(tpm_of_tests, tmp_path, authority) as tls:
            verify(StationKey(tls), StationKey(tls).sign(b"later"), b"later")
            tls.opened.remove(StationKey(tls).public_key)
            assert tls.opened.public_keys() == []
