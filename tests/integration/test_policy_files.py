"""A gate with officers' keys takes what two of them signed, and nothing else."""

import base64
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from egate.cli.main import main
from egate.domain.policy.parse import PolicyInvalid
from egate.gate.policy_file import load_policy
from egate.policy_files.signatures import signature_file
from tests.gate_samples import POLICY, ROOT
from tests.policy_officers import key_folder, private_pem, public_pem, signed_by

A, B, C = "a.rahman", "s.begum", "n.karim"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(ROOT / "config" / "policy.toml", tmp_path / "policy.toml"))


def refusal(file: Path, keys: Path) -> str:
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(file, "standard", keys)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any], str]:
    code = main(["policy", *(str(word) for word in words), "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out else {}, said.err


def key_file(folder: Path, officer: str, mode: int = 0o600) -> Path:
    file = folder / f"{officer}.key"
    file.write_bytes(private_pem(officer))
    file.chmod(mode)
    return file


def test_two_officers_make_a_policy(file: Path, tmp_path: Path) -> None:
    keys = key_folder(tmp_path)
    for officers in ((A, B), (C, A), (A, B, C)):
        assert load_policy(signed_by(file, *officers), "standard", keys) == POLICY


def test_without_keys_no_signature_is_looked_at(file: Path) -> None:
    assert load_policy(file, "standard") == POLICY


def test_what_two_officers_did_not_sign_is_refused(file: Path, tmp_path: Path) -> None:
    keys = key_folder(tmp_path, A, B)
    assert "signed by 0 known officers, not 2" in refusal(file, keys)
    for officers in ((A,), (A, A), (A, C)):
        assert "signed by 1 known officers, not 2" in refusal(signed_by(file, *officers), keys)
    assert refusal(file, keys).endswith("not fitting: n.karim")


def test_one_changed_byte_is_refused(file: Path, tmp_path: Path) -> None:
    keys = key_folder(tmp_path)
    signed_by(file, A, B)
    file.write_text(file.read_text("utf-8") + " ")
    assert refusal(file, keys).endswith("not 2; not fitting: a.rahman, s.begum")


def test_an_officer_cannot_sign_for_another(file: Path, tmp_path: Path) -> None:
    keys = key_folder(tmp_path)
    beside = signature_file(signed_by(file, A, C))
    beside.write_text(beside.read_text().replace(C, B))
    assert "signed by 1 known officers" in refusal(file, keys)


def test_one_key_under_two_names_is_refused(file: Path, tmp_path: Path) -> None:
    keys = key_folder(tmp_path, A)
    (keys / "z.pem").write_bytes(public_pem(A))
    assert refusal(signed_by(file, A, B), keys).endswith("z.pem: is the key of a.rahman.pem")


OF_ANOTHER_KIND = (
    generate_private_key(SECP256R1())
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("x.pem", b"nothing", "x.pem: not an Ed25519 public key in PEM"),
        ("x.pem", OF_ANOTHER_KIND, "x.pem: not an Ed25519 public key in PEM"),
        ("x.pem", b"-" * 5000, "x.pem: not an Ed25519 public key in PEM"),
        ("x y.pem", b"", "x y.pem: the file is not named as an officer"),
    ],
)
def test_a_folder_with_a_bad_key_is_refused(
    file: Path, tmp_path: Path, name: str, content: bytes, fault: str
) -> None:
    keys = key_folder(tmp_path)
    (keys / name).write_bytes(content)
    assert refusal(signed_by(file, A, B), keys).endswith(fault)


def test_a_folder_that_is_none_or_too_full_is_refused(file: Path, tmp_path: Path) -> None:
    assert refusal(file, tmp_path / "nowhere").endswith("nowhere: No such file or directory")
    keys = key_folder(tmp_path)
    for number in range(100):
        (keys / f"o{number}.pem").touch()
    assert refusal(file, keys).endswith("more than 100 keys")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "x.pem").mkdir()
    assert refusal(file, tmp_path / "more").endswith("x.pem: Is a directory")


SHORT = base64.b64encode(b"x" * 63).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"signatures": 3}',
        '{"signatures": [3]}',
        '{"signatures": [{"officer": "a"}]}',
        '{"signatures": [{"officer": "a/b", "signature": ""}]}',
        '{"signatures": [{"officer": 3, "signature": ""}]}',
        '{"signatures": [{"officer": "a", "signature": 3}]}',
        '{"signatures": [{"officer": "a", "signature": "*"}]}',
        f'{{"signatures": [{{"officer": "a", "signature": "{SHORT}"}}]}}',
        f'{{"signatures": [{"0," * 20}0]}}',
        "[" * 10_000,
        " " * 20_000,
        "\udcff",
    ],
)
def test_signatures_that_are_none_are_refused(file: Path, tmp_path: Path, text: str) -> None:
    signature_file(file).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert refusal(file, key_folder(tmp_path)).endswith("not a list of signatures")


def test_signatures_that_cannot_be_read_are_refused(file: Path, tmp_path: Path) -> None:
    signature_file(file).mkdir()
    assert refusal(file, key_folder(tmp_path)).endswith("policy.toml.sig: Is a directory")


def test_officers_sign_one_after_the_other_and_verify(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = key_folder(tmp_path)
    assert run(capsys, "verify", file, "--keys", keys)[:2] == (
        1,
        {"verified": False, "fault": f"{file}: signed by 0 known officers, not 2"},
    )
    for number, officer in enumerate((A, A, B)):
        words = ("sign", file, "--key", key_file(tmp_path, officer), "--officer", officer)
        code, found, _ = run(capsys, *words)
        assert (code, found["signatures"]) == (0, max(1, number))
    code, found, _ = run(capsys, "verify", file, "--keys", keys)
    assert (code, found) == (0, {"verified": True, "officers": [A, B]})
    assert load_policy(file, "standard", keys) == POLICY


def test_a_key_may_come_by_standard_input(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(private_pem(A))))
    assert run(capsys, "sign", file, "--key", "-", "--officer", A)[0] == 0
    code, found, _ = run(capsys, "verify", file, "--keys", key_folder(tmp_path))
    assert (code, found["fault"]) == (1, f"{file}: signed by 1 known officers, not 2")


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_key_that_others_may_read_signs_nothing(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: int
) -> None:
    key = key_file(tmp_path, A, mode)
    code, _, fault = run(capsys, "sign", file, "--key", key, "--officer", A)
    assert code == 2
    assert fault.startswith(f"egate: {key}: others may read it: chmod 600")
    assert not signature_file(file).exists()


@pytest.mark.parametrize("content", [b"", b"x" * 5000, OF_ANOTHER_KIND])
def test_what_is_no_key_signs_nothing(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    key = key_file(tmp_path, A)
    key.write_bytes(content)
    code, _, fault = run(capsys, "sign", file, "--key", key, "--officer", A)
    assert code == 2
    assert fault.count("\n") == 1
    assert not signature_file(file).exists()


def test_nobody_signs_what_no_gate_would_take(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(file.read_text("utf-8").replace("placements = 3", "placements = 0"))
    words = ("sign", file, "--key", key_file(tmp_path, A), "--officer", A)
    assert run(capsys, *words)[::2] == (
        2,
        f"egate: {file}: placements: is not a whole number from 1 to 10\n",
    )
    code, found, _ = run(capsys, "check", file)
    assert (code, found["ok"]) == (1, False)
    assert found["fault"] == "placements: is not a whole number from 1 to 10"


def test_a_policy_that_is_one_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found, _ = run(capsys, "check", file, "--profile", "strict")
    assert (code, found["ok"], found["profile"]) == (0, True, "strict")
    assert (found["version"], found["rules"], found["waivers"]) == (POLICY.version, [], [])
    assert main(["policy", "check", str(file)]) == 0
    assert f"version: {POLICY.version}\n" in capsys.readouterr().out


def test_a_folder_that_takes_no_signatures_is_told(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signature_file(file).with_name("policy.toml.sig.new").mkdir()
    words = ("sign", file, "--key", key_file(tmp_path, A), "--officer", A)
    code, _, fault = run(capsys, *words)
    assert (code, fault) == (2, f"egate: {signature_file(file)}.new: Is a directory\n")
