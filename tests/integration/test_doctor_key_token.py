"""What `egate doctor` says of a lane's key on a token of SoftHSM2."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from egate.cli.main import main
from egate.cli.service_identity import create_authority
from egate.reporting.key_on_token import OnToken
from tests.integration.test_surface_services import GATE
from tests.key_tokens import TokenOfTests, certify, lane_on, new_token


@pytest.fixture
def hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TokenOfTests:
    return new_token(tmp_path / "hsm", monkeypatch)


@pytest.fixture
def tls(hsm: TokenOfTests, tmp_path: Path) -> Iterator[OnToken]:
    create_authority(tmp_path / "pki")
    with lane_on(hsm, tmp_path, tmp_path / "pki") as made:
        certify(made, tmp_path / "pki")
        made.opened.close()  # one process is logged in once
        yield made


def looked(folder: Path, tls: OnToken, capsys: pytest.CaptureFixture[str]) -> tuple[bool, str]:
    """What is said of the token; of the lane nothing else is there."""
    table = "".join(f'{name} = "{getattr(tls, name)}"\n' for name in ("ca", "certificate", "key"))
    named = tls.key_token
    config = folder / "gate.toml"
    config.write_text(
        f'{GATE.partition("[tls]")[0]}[tls]\n{table}[tls.key_token]\ndriver = "pkcs11"\n'
        f'address = "{named.address}"\ncertificate = "{named.certificate}"\n'
    )
    capsys.readouterr()
    assert main(["doctor", "--config", str(config), "--json"]) == 1
    checks = {each["name"]: each for each in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["certificate_key"]["ok"]
    return checks["key_token"]["ok"], checks["key_token"]["detail"]


def test_a_token_that_has_the_key_is_well(
    tmp_path: Path, tls: OnToken, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tls.key_token.certificate
    said = looked(tmp_path, tls, capsys)
    assert said == (True, f"has the key of {own}, which never leaves it")


def test_what_is_amiss_is_said(
    tmp_path: Path, tls: OnToken, hsm: TokenOfTests, capsys: pytest.CaptureFixture[str]
) -> None:
    hsm.take_away()
    assert looked(tmp_path, tls, capsys) == (False, "token BDDAC-A-01: is not there")
    hsm.bring_back()
    (name,) = tls.opened.public_keys()
    tls.opened.remove(name)
    tls.opened.close()
    ok, said = looked(tmp_path, tls, capsys)
    assert (ok, said) == (False, "token BDDAC-A-01: has no key egate of our certificate")
    hsm.pin_file.write_text("000000")
    for expected in ("refuses the PIN of", "refused a PIN, which is not tried again"):
        ok, said = looked(tmp_path, tls, capsys)
        assert not ok
        assert expected in said
    tls.key_token.certificate.write_bytes(b"not PEM")
    said = f"{tls.key_token.certificate}: no PEM certificate"
    assert looked(tmp_path, tls, capsys) == (False, said)
