"""Officers' signing keys under their passwords."""

from pathlib import Path

import pytest

from egate.policy_files.keys import KeyUnusable, officers_keys
from egate.policy_files.sealed_keys import PasswordWrong, SealedKeys, public_pem
from egate.policy_files.signatures import sign, signers

PASSWORD = "five words that nobody guesses"  # noqa: S105 - of the tests


def test_a_key_signs_for_who_has_the_password(tmp_path: Path) -> None:
    keys = SealedKeys(tmp_path / "sealed")
    assert keys.public_half("a.rahman") is None
    public = keys.make("a.rahman", PASSWORD)
    assert keys.public_half("a.rahman") == public.public_bytes_raw()
    signer = keys.open("a.rahman", PASSWORD)
    (tmp_path / "a.rahman.pem").write_bytes(public_pem(public))
    signature = sign(b"content", signer.key, signer.officer)
    assert signers(b"content", [signature], officers_keys(tmp_path)) == ("a.rahman",)


def test_it_lies_sealed_where_nobody_else_reads(tmp_path: Path) -> None:
    keys = SealedKeys(tmp_path / "sealed")
    keys.make("a.rahman", PASSWORD)
    seed = keys.open("a.rahman", PASSWORD).key.private_bytes_raw()
    (file,) = (tmp_path / "sealed").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert seed not in file.read_bytes()


def test_another_password_or_another_officer_s_file_does_not_open(tmp_path: Path) -> None:
    keys = SealedKeys(tmp_path)
    keys.make("a.rahman", PASSWORD)
    with pytest.raises(PasswordWrong):
        keys.open("a.rahman", PASSWORD + "!")
    (tmp_path / "s.begum.key").write_bytes((tmp_path / "a.rahman.key").read_bytes())
    with pytest.raises(PasswordWrong):
        keys.open("s.begum", PASSWORD)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"salt": 1}', b"\xff", b"[" * 4000])
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.rahman.key").write_bytes(content)
    with pytest.raises(KeyUnusable, match="not a sealed key"):
        SealedKeys(tmp_path).open("a.rahman", PASSWORD)


def test_what_makes_no_key_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="12 to 200 characters"):
        SealedKeys(tmp_path).make("a.rahman", "short")
    with pytest.raises(KeyUnusable, match="No such file"):
        SealedKeys(tmp_path).open("a.rahman", PASSWORD)
    (tmp_path / "file").touch()
    with pytest.raises(KeyUnusable, match="file"):
        SealedKeys(tmp_path / "file").make("a.rahman", PASSWORD)
