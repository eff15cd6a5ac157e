"""A daemon with wrong settings or a wrong certificate ends at once: one line, exit code 2."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from egate.cli.main import main
from egate.cli.service_identity import create_authority, issue
from tests.conftest import ROOT

PAST = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
FUTURE = (datetime(2098, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))

TLS = '[tls]\nca = "ca.pem"\ncertificate = "own.pem"\nkey = "own.key"\n'
GATE = f"""
[gate]
id = "BDDAC-A-01"
border_crossing_point = "BDDAC"
direction = "entry"
journal = "journal.sqlite"
trust_store = "trust"
authorisation_rules = "{ROOT / "config" / "authorisation_rules.toml"}"
policy = "{ROOT / "config" / "policy.toml"}"
[devices]
mrz_reader = {{ driver = "elyctis", address = "/dev/none" }}
chip_reader = {{ driver = "vpcd", address = "127.0.0.1:0" }}
camera = {{ driver = "opencv", address = "/dev/none" }}
barrier = {{ driver = "modbus", address = "/dev/none" }}
[centre]
address = "127.0.0.1:1"
[service]
listen = "127.0.0.1:0"
[display]
listen = "127.0.0.1:0"
{TLS}"""
CENTRAL = f"""
listen = "127.0.0.1:0"
[page]
listen = "127.0.0.1:0"
[database]
dsn = "postgresql://nobody@127.0.0.1:1/none"
keys = "keys"
{TLS}"""
CONSOLE = f"""
listen = "127.0.0.1:0"
state = "console"
[[gates]]
id = "BDDAC-A-01"
address = "127.0.0.1:1"
{TLS}"""
SERVICES = {
    "gate": ("gate run", "gate", "BDDAC-A-01", GATE),
    "central": ("central serve", "centre", "dhaka", CENTRAL),
    "console": ("console serve", "console", "hall-1", CONSOLE),
}


class Service:
    """One daemon whose certificate and settings are good until a test changes them."""

    def __init__(self, name: str, folder: Path) -> None:
        self.command, self.role, self.id, self.text = SERVICES[name]
        self.folder = folder
        self.authority = folder / "authority"
        create_authority(self.authority)
        self.take(self.role)

    def take(
        self,
        role: str,
        validity: tuple[datetime, datetime] | None = None,
        authority: Path | None = None,
    ) -> None:
        made = issue(
            authority or self.authority,
            role,
            self.id,
            **({} if validity is None else {"validity": validity}),  # type: ignore[arg-type]
        )
        shutil.copy(self.authority / "authority.pem", self.folder / "ca.pem")
        shutil.copy(made.certificate, self.folder / "own.pem")
        shutil.copy(made.key, self.folder / "own.key")

    def refusal(self, capsys: pytest.CaptureFixture[str], code: int = 2) -> str:
        config = self.folder / "config.toml"
        config.write_text(self.text)
        assert main([*self.command.split(), "--config", str(config)]) == code
        said = capsys.readouterr()
        assert said.out == ""
        # A gate has tried to make its barrier safe before; its log is JSON.
        lines = [line for line in said.err.splitlines() if not line.startswith("{")]
        assert len(lines) == 1, said.err
        return lines[0]


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Service:
    return Service(request.param, tmp_path)


def another_authority(service: Service) -> None:
    create_authority(service.folder / "other")
    service.take(service.role, authority=service.folder / "other")


def another_key(service: Service) -> None:
    other = issue(service.authority, service.role, "another")
    shutil.copy(other.key, service.folder / "own.key")


def a_folder(service: Service) -> None:
    (service.folder / "own.key").unlink()
    (service.folder / "own.key").mkdir()


WRONG: dict[str, tuple[Callable[[Service], object], str]] = {
    "no certificate": (lambda s: (s.folder / "own.pem").unlink(), "own.pem: No such file"),
    "no key": (lambda s: (s.folder / "own.key").unlink(), "own.key: No such file"),
    "no authority": (lambda s: (s.folder / "ca.pem").unlink(), "ca.pem: No such file"),
    "a folder": (a_folder, "own.key: Is a directory"),
    "empty": (lambda s: (s.folder / "own.pem").write_bytes(b""), "own.pem: no PEM certificate"),
    "noise": (lambda s: (s.folder / "ca.pem").write_bytes(b"\xff" * 99), "ca.pem: no PEM"),
    "key in DER": (lambda s: (s.folder / "own.key").write_bytes(b"0\x03\x02"), "own.key: no PEM"),
    "another key": (another_key, "own.key: not the key of"),
    "another authority": (another_authority, "own.pem: not issued by an authority of"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_certificate(
    service: Service, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, said = WRONG[fault]
    spoil(service)
    assert said in service.refusal(capsys)


OF_TIME = {
    "expired": (PAST, "own.pem: expired on 2021-01-01"),
    "not yet": (FUTURE, "own.pem: not valid before 2098-01-01"),
}


@pytest.mark.parametrize("fault", OF_TIME)
def test_a_centre_whose_certificate_is_not_valid_has_nobody_to_serve(
    tmp_path: Path, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service, (validity, said) = Service("central", tmp_path), OF_TIME[fault]
    service.take(service.role, validity)
    assert said in service.refusal(capsys)


@pytest.mark.parametrize("fault", OF_TIME)
def test_a_gate_whose_certificate_is_not_valid_tells_it_and_goes_on(
    tmp_path: Path, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service, (validity, said) = Service("gate", tmp_path), OF_TIME[fault]
    service.take(service.role, validity)
    config = tmp_path / "config.toml"
    config.write_text(service.text)
    assert main(["gate", "run", "--config", str(config)]) == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert "trust" in line  # it came so far
    assert said not in line


def test_a_certificate_for_another_role(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "centre" if service.role == "gate" else "gate"
    service.take(other)
    expected = f"own.pem: a certificate for a {other}, and this is a {service.role}"
    assert expected in service.refusal(capsys)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[tls]", "colour = 1\n[tls]", "colour: unknown key"),
        ("[tls]", "[other]\n[tls]", "other: unknown key"),
        ('ca = "ca.pem"\n', "", "tls.ca: Field required"),
        ('ca = "ca.pem"', "ca = 5", "tls.ca: "),
        ('ca = "ca.pem"', 'ca = "a\\u0000b"', "tls.ca: "),
        ('"127.0.0.1:0"', '"127.0.0.1:65536"', "there is no such port"),
        ('"127.0.0.1:0"', '"127.0.0.1"', "listen: "),
        ('"127.0.0.1:0"', "7", "listen: "),
        ("[tls]", "[tls", "not TOML"),
    ],
)
def test_wrong_settings(
    service: Service, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    if service.role == "gate" and old == '"127.0.0.1:0"':
        old = f"listen = {old}"
        new = f"listen = {new}"
    assert old in service.text
    service.text = service.text.replace(old, new)
    line = service.refusal(capsys)
    assert said in line
    assert "config.toml: " in line


def test_a_database_that_is_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "database: no connection" in Service("central", tmp_path).refusal(capsys, 3)
