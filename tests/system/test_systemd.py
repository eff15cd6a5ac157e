"""systemd's side of the three services: units that are sound, and processes that keep to them."""

import configparser
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from egate.cli.service_identity import create_authority, issue
from egate.observability.systemd import Systemd
from tests.centre_harness import database_folder
from tests.gate_process import Process, free_port, make_settings, running
from tests.gate_samples import ROOT

pytestmark = pytest.mark.system

UNITS = ROOT / "config" / "systemd"
ANALYZE = shutil.which("systemd-analyze")
SERVICES = ("gate", "central", "console")
UNITS_OF_OURS = (*SERVICES, "central-backup")
WATCHDOG_SECONDS = 0.3
MOST_EXPOSED = 2.5
"""Of 10 that systemd-analyze gives to a service without any protection."""


class Manager:
    """Hears what a service says, as systemd does."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self.wire = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.wire.bind(str(self.path))
        self.wire.settimeout(60)

    @property
    def environment(self) -> Mapping[str, str]:
        micros = str(round(WATCHDOG_SECONDS * 1e6))
        return {"NOTIFY_SOCKET": str(self.path), "WATCHDOG_USEC": micros}

    def hears(self) -> str:
        return self.wire.recv(4096).decode()

    def falls_silent(self) -> bool:
        """Say whether nothing more is said, after what was said already."""
        try:
            while self.hears():
                pass
        except TimeoutError:
            return True
        return False

    def hears_all(self, process: subprocess.Popen[str]) -> list[str]:
        """Return what is said until ``process`` has ended."""
        assert process.wait(timeout=60) == 0
        self.wire.setblocking(False)
        said = []
        try:
            while True:
                said.append(self.hears())
        except BlockingIOError:
            return said


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    manager = Manager(tmp_path)
    for name, value in manager.environment.items():
        monkeypatch.setenv(name, value)
    with manager.wire:
        yield manager


def tls_table(folder: Path, role: str, name: str) -> str:
    create_authority(folder / "tls")
    tls = issue(folder / "tls", role, name)
    return f'[tls]\nca = "{tls.ca}"\ncertificate = "{tls.certificate}"\nkey = "{tls.key}"\n'


@contextmanager
def gate(folder: Path) -> Iterator[Process]:
    arguments = ("up", "--devices-only", "--pki", str(folder / "pki"))
    with running("hardware_mocks", *arguments) as lane:
        settings = make_settings(folder, lane.until(), f"127.0.0.1:{free_port()}")
        with running("egate.cli", "gate", "run", "--config", str(settings), out="stderr") as one:
            yield one


@contextmanager
def central(folder: Path) -> Iterator[Process]:
    with database_folder() as database:
        config = folder / "central.toml"
        config.write_text(
            'listen = "127.0.0.1:0"\n[page]\nlisten = "127.0.0.1:0"\n'
            f'[database]\nembedded = "{database}"\n' + tls_table(folder, "centre", "dhaka")
        )
        with running("egate.cli", "central", "serve", "--config", str(config), out="stderr") as one:
            yield one


@contextmanager
def console(folder: Path) -> Iterator[Process]:
    config = folder / "console.toml"
    config.write_text(
        'listen = "127.0.0.1:0"\nstate = "console"\n'
        '[[gates]]\nid = "DAC-D-01"\naddress = "127.0.0.1:1"\n'
        + tls_table(folder, "console", "hall-1")
    )
    with running("egate.cli", "console", "serve", "--config", str(config), out="stderr") as one:
        yield one


STARTED = {"gate": gate, "central": central, "console": console}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_says_that_it_is_ready_lives_and_ends(
    name: str, manager: Manager, tmp_path: Path
) -> None:
    with STARTED[name](tmp_path) as service:
        assert manager.hears() == "READY=1"
        assert [manager.hears() for _ in range(3)] == ["WATCHDOG=1"] * 3
        service.popen.send_signal(signal.SIGTERM)
        assert "STOPPING=1" in manager.hears_all(service.popen)


def test_a_loop_that_is_stuck_feeds_no_watchdog(manager: Manager, tmp_path: Path) -> None:
    with console(tmp_path) as service:
        assert manager.hears() == "READY=1"
        assert manager.hears() == "WATCHDOG=1"
        service.popen.send_signal(signal.SIGSTOP)
        manager.wire.settimeout(5 * WATCHDOG_SECONDS)
        assert manager.falls_silent()
        service.popen.send_signal(signal.SIGCONT)
        manager.wire.settimeout(60)
        assert manager.hears() == "WATCHDOG=1"


def test_a_process_that_was_started_by_hand_tells_nobody() -> None:
    manager = Systemd.of({}, 1)
    assert manager.watchdog_seconds is None
    manager.say("READY=1")


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "15000000"}, 15),
        ({"WATCHDOG_USEC": "15000000", "WATCHDOG_PID": "7"}, 15),
        ({"WATCHDOG_USEC": "15000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({}, None),
    ],
)
def test_a_watchdog_is_fed_that_is_ours(environment: dict[str, str], seconds: float | None) -> None:
    named = {"NOTIFY_SOCKET": "/run/systemd/notify", **environment}
    assert Systemd.of(named, 7).watchdog_seconds == seconds


def test_an_abstract_socket_is_found() -> None:
    name = f"egate-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(f"\0{name}")
        Systemd(f"@{name}", None).say("READY=1", "STATUS=serves")
        assert wire.recv(100) == b"READY=1\nSTATUS=serves"


def installed(name: str, folder: Path) -> Path:
    """Return the unit as if its program were on this machine."""
    unit = folder / f"egate-{name}.service"
    text = (UNITS / unit.name).read_text()
    unit.write_text(text.replace("ExecStart=/opt/egate/current/bin/egate", "ExecStart=/bin/true"))
    return unit


def analyze(*arguments: str | Path) -> str:
    if ANALYZE is None:
        pytest.skip("no systemd-analyze: Debian's package systemd has it")
    ended = subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.mark.parametrize("name", UNITS_OF_OURS)
def test_a_unit_is_sound_and_gives_little_away(name: str, tmp_path: Path) -> None:
    unit = installed(name, tmp_path)
    assert analyze("verify", "--man=no", unit) == ""
    analyze("security", "--offline=yes", f"--threshold={round(10 * MOST_EXPOSED)}", unit)


def test_the_backup_is_begun_each_day_by_a_command_that_there_is(tmp_path: Path) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.read(UNITS / "egate-central-backup.service")
    program, *command = unit["Service"]["ExecStart"].split()
    assert program == "/opt/egate/current/bin/egate"
    assert command == [
        *("central", "backup", "--config", "/etc/egate/central.toml"),
        *("--to", "/var/lib/egate/central-backups", "--keep", "14"),
    ]
    installed("central-backup", tmp_path)
    timer = shutil.copy(UNITS / "egate-central-backup.timer", tmp_path)
    assert analyze("verify", "--man=no", timer) == ""


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_starts_a_command_that_there_is(name: str) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.read(UNITS / f"egate-{name}.service")
    program, *command = unit["Service"]["ExecStart"].split()
    assert program == "/opt/egate/current/bin/egate"
    assert command == [
        name, {"gate": "run"}.get(name, "serve"), "--config", f"/etc/egate/{name}.toml"
    ]  # fmt: skip
    assert (ROOT / "config" / f"{name}.toml").is_file()


def test_a_gate_may_ask_how_good_the_clock_is() -> None:
    # adjtimex(2) is in @clock, which @system-service leaves out and ProtectClock forbids.
    assert "adjtimex" not in analyze("syscall-filter", "@system-service")
    text = (UNITS / "egate-gate.service").read_text()
    assert "\nSystemCallFilter=@system-service adjtimex\n" in text
    assert "\nProtectClock" not in text
