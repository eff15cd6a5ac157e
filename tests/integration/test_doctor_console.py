"""``egate doctor`` at a console with its lane and its centre, all well, and amiss in each part."""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from egate.cli.service_identity import issue
from egate.console.audit.log import FILE_NAME
from egate.trust.store import update
from tests.centre_harness import Centre
from tests.conftest import ROOT
from tests.console_harness import OFFICERS, Site, site

pytestmark = pytest.mark.asyncio(loop_scope="session")
CHECKS = [
    *("settings", "lane BDDAC-E-01", "centre"),
    *("certificate", "certificate_key", "certificate_authority"),
    *("clock", "disk", "officers", "audit_log", "records", "evidence", "reason_codes"),
]
_CONFIG = """
listen = "127.0.0.1:0"
state = "state"
[tls]
ca = "{ca}"
certificate = "{certificate}"
key = "{key}"
[[gates]]
id = "{gate}"
address = "{lane}"
[centre]
address = "{centre}"
[desk]
border_crossing_point = "BDDAC"
station = "DAC-D-12"
authority = "SB"
book = "desk.sqlite"
reason_codes = "{reason_codes}"
"""


@dataclass
class Hall:
    """A console that is served, with the settings that it would have in a file."""

    there: Site
    folder: Path

    def config(self, more: str = "", **changes: object) -> Path:
        settings = self.there.console.settings
        (gate,), tls = settings.gates, settings.tls
        assert settings.centre
        values = {"ca": tls.ca, "certificate": tls.certificate, "key": tls.key}
        values |= {"gate": gate.id, "lane": gate.address, "centre": settings.centre.address}
        values |= {"reason_codes": ROOT / "config" / "reason_codes.toml"}
        file = self.folder / "console.toml"
        file.write_text(_CONFIG.format(**values | changes) + more)
        return file


@pytest_asyncio.fixture(loop_scope="session")
async def hall(centre: Centre, tmp_path: Path) -> AsyncIterator[Hall]:
    async with site(tmp_path, centre=centre, lanes=1) as there:
        there.officers.add("supervisor-1", *OFFICERS["supervisor-1"])
        yield Hall(there, tmp_path)


async def doctor(config: Path, *words: str) -> tuple[int, str]:
    """Run it beside the console, which goes on; return the exit code and what it printed."""
    command = ("-m", "egate.cli", "doctor", "--config", str(config), *words)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode()


async def amiss(config: Path) -> dict[str, str]:
    """Return the details of what is amiss, by name."""
    code, printed = await doctor(config, "--json")
    checks = json.loads(printed)["checks"]
    failed = {each["name"]: each["detail"] for each in checks if not each["ok"]}
    assert code == bool(failed)
    return failed


async def test_a_console_that_is_well(hall: Hall) -> None:
    code, printed = await doctor(hall.config(), "--json")
    checks = json.loads(printed)["checks"]
    assert (code, [each["name"] for each in checks]) == (0, CHECKS)
    assert hall.there.lanes[0].address in checks[1]["detail"]
    code, printed = await doctor(hall.config())
    assert (code, printed.splitlines()[-1]) == (0, "all is well")
    assert "1 may log in" in printed


@pytest.mark.parametrize(
    ("changes", "check", "says"),
    [
        ({"lane": "127.0.0.1:9"}, "lane BDDAC-E-01", "see that the gate runs"),
        ({"gate": "BDDAC-E-07"}, "lane BDDAC-E-07", "there is BDDAC-E-01; correct id or address"),
        ({"centre": "127.0.0.1:9"}, "centre", "records wait at the desk meanwhile"),
        ({"reason_codes": "none.toml"}, "reason_codes", "No such file"),
    ],
)
async def test_what_is_amiss_is_named(
    hall: Hall, changes: dict[str, str], check: str, says: str
) -> None:
    failed = await amiss(hall.config(**changes))
    assert list(failed) == [check]
    assert says in failed[check]


async def test_a_trust_store_that_the_desk_names_must_be_there(hall: Hall) -> None:
    store = hall.folder / "trust"
    config = hall.config(f'trust_store = "{store}"\n')
    failed = await amiss(config)
    assert list(failed) == ["trust_store"]
    assert f"no trust store here: egate trust import --store {store}" in failed["trust_store"]
    with update(store) as change:
        change.commit()
    assert await amiss(config) == {}


async def test_what_the_console_keeps_is_looked_at(hall: Hall) -> None:
    hall.there.console.access.accounts.disable("supervisor-1")
    with closing(sqlite3.connect(hall.folder / "desk.sqlite")) as book, book:
        book.execute(
            "INSERT INTO desk_record (record_id, kind, sealed, refused)"
            " VALUES ('0197', 'crossing', x'00', 'conflict')"
        )
    log = hall.folder / "state" / FILE_NAME
    with closing(sqlite3.connect(log)) as spoilt, spoilt:
        for (name,) in spoilt.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            spoilt.execute(f"DROP TRIGGER {name}")
        spoilt.execute("UPDATE act SET officer_id = 'nobody' WHERE seq = 1")
    failed = await amiss(hall.config())
    assert list(failed) == ["officers", "audit_log", "records"]
    assert "no supervisor can log in: egate console officer add" in failed["officers"]
    assert "was changed; keep the file" in failed["audit_log"]
    assert "the centre refused 1: see them at the console" in failed["records"]


async def test_the_reader_of_a_desk_is_left_alone_while_the_console_runs(hall: Hall) -> None:
    scanner = '[desk.page_scanner]\ndriver = "folder"\naddress = "/nowhere/pages"\n'
    code, printed = await doctor(hall.config(scanner))
    assert "not looked at: the console runs and has it" in printed
    assert code == 0
    assert (await doctor(hall.config(scanner.replace('"folder"', '"telepathy"'))))[0] == 2


async def test_certificates_and_folders_are_looked_at(hall: Hall, tmp_path: Path) -> None:
    ours = hall.there.console.settings.tls
    gate = issue(ours.ca.parent, "gate", "BDDAC-E-09")
    (tmp_path / "specimens" / "nowhere at all").mkdir(parents=True)
    page = f'[page_tls]\ncertificate = "{ours.certificate}"\nkey = "{ours.key}"\n'
    more = page + 'names = ["hall-9"]\n[policy]\nfile = "none.toml"\nkeys = "none"\n'
    file = hall.config(more, certificate=gate.certificate, key=gate.key)
    file.write_text('specimens = "specimens"\n' + file.read_text())
    failed = await amiss(file)
    assert "is of urn:egate:gate:BDDAC-E-09, of no console" in failed["certificate"]
    assert "not for hall-9: issue one for these names" in failed["page_certificate"]
    assert "No such file" in failed["policy"]
    assert "not the folder of a State" in failed["specimens"]
