"""``egate audit verify`` with the settings of a gate or a desk: the chain on its own disk."""

import json
import sqlite3
from pathlib import Path

import pytest

from egate.cli.main import main
from egate.cli.service_identity import create_authority, issue
from egate.domain.time import UtcSeconds
from egate.gate.memory import Memory
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from tests.conftest import ROOT
from tests.station_keys import KeyOfTests

GATE, DESK = "BDDAC-A-01", "hall-1"
CONSOLE = """
listen = "127.0.0.1:7300"
state = "console"
[tls]
ca = "{tls.ca}"
certificate = "{tls.certificate}"
key = "{tls.key}"
[[gates]]
id = "BDDAC-A-01"
address = "127.0.0.1:7100"
[centre]
address = "127.0.0.1:1"
"""
BOOK = """
[desk]
border_crossing_point = "BDDAC"
station = "DAC-D-12"
authority = "SB"
book = "station.sqlite"
"""


def recorded(folder: Path, station_id: str) -> Path:
    """A station's database with three records."""
    with open_database(folder / "station.sqlite") as database:
        outbox = Memory(database, Seal(bytes(32)), KeyOfTests()).outbox(station_id)
        for number in (1, 2, 3):
            with database:
                outbox.add(f"id {number}", number, f"record {number}".encode(), UtcSeconds(0.0))
    return folder / "station.sqlite"


def of_gate(folder: Path) -> Path:
    text = (ROOT / "config/gate.toml").read_text()
    file = folder / "gate.toml"
    file.write_text(text.replace("/var/lib/egate/gate/journal.sqlite", str(recorded(folder, GATE))))
    return file


def of_console(folder: Path, *, with_desk: bool) -> Path:
    create_authority(folder)
    settings = CONSOLE.format(tls=issue(folder, "console", DESK))
    if with_desk:
        settings += BOOK
        recorded(folder, DESK)
    file = folder / "console.toml"
    file.write_text(settings)
    return file


def verify(
    file: Path, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, dict[str, object]]:
    code = main(["audit", "verify", "--json", "--config", str(file), *options])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("station", [GATE, DESK])
def test_a_whole_chain(tmp_path: Path, capsys: pytest.CaptureFixture[str], station: str) -> None:
    file = of_gate(tmp_path) if station == GATE else of_console(tmp_path, with_desk=True)
    whole = {"whole": True, "station": station, "links": 3, "break": None}
    assert verify(file, capsys) == (0, whole)
    assert main(["audit", "verify", "--config", str(file)]) == 0
    assert capsys.readouterr().out == f"whole: 3 links of {station}\n"


def test_a_break_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = of_gate(tmp_path)
    with sqlite3.connect(tmp_path / "station.sqlite") as database:
        database.execute("DELETE FROM chain_link WHERE gate_seq = 2")
    code, said = verify(file, capsys)
    assert (code, said["whole"], said["links"]) == (1, False, 1)
    assert said["break"] == {"number": 3, "what": "does not hang on the link before"}
    assert main(["audit", "verify", "--config", str(file)]) == 1
    broken = "BROKEN: record 3 of BDDAC-A-01 does not hang on the link before\n"
    assert capsys.readouterr().out == broken


def test_what_is_no_chain_of_a_station_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = of_gate(tmp_path)
    assert main(["audit", "verify", "--config", str(file), "--from", "2027-01-01"]) == 2
    assert "are for a centre's settings" in capsys.readouterr().err
    (tmp_path / "station.sqlite").write_bytes(b"x" * 5000)
    assert main(["audit", "verify", "--config", str(file)]) == 3
    assert "station.sqlite: cannot be read" in capsys.readouterr().err
    assert main(["audit", "verify", "--config", str(tmp_path / "none.toml")]) == 2


def test_a_console_without_a_desk_has_no_chain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "verify", "--config", str(of_console(tmp_path, with_desk=False))]) == 2
    assert "console.toml" in capsys.readouterr().err
