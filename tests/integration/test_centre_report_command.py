"""``egate central report`` beside a running centre and by itself."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from egate.central.embedded import running_address
from egate.central.service import running_centre
from egate.cli.service_identity import issue
from egate.observability.logging import logger
from egate.settings import CentralSettings, load
from tests.centre_harness import Centre, database_folder, record

SETTINGS = """
listen = "127.0.0.1:0"
agreement = "agreement.toml"
[page]
listen = "127.0.0.1:0"
[database]
{database}
[tls]
ca = "{ca}"
certificate = "{certificate}"
key = "{key}"
"""
DAYS = ("--from", "2026-09-01", "--to", "2026-09-30")
ROOT = Path(__file__).resolve().parents[2]


async def command(*arguments: str | Path) -> tuple[int, bytes, bytes]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "egate.cli", "central", "report", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ, PYTHONIOENCODING="ascii"),
    )
    async with asyncio.timeout(25):
        said, faults = await process.communicate()
    return process.returncode or 0, said, faults


def config(folder: Path, pki: Path, database: str) -> Path:
    tls = issue(pki, "centre", "dhaka")
    file = folder / "central.toml"
    file.write_text(
        SETTINGS.format(database=database, ca=tls.ca, certificate=tls.certificate, key=tls.key)
    )
    (folder / "agreement.toml").write_bytes((ROOT / "config/agreement.toml").read_bytes())
    return file


@pytest_asyncio.fixture(loop_scope="session")
async def settings(centre: Centre, tmp_path: Path) -> AsyncIterator[Path]:
    address = centre.address
    database = f'dsn = "{address.dsn}"\nkeys = "{address.keys}"'
    yield config(tmp_path, centre.pki, database)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_report_in_each_format(centre: Centre, settings: Path) -> None:
    await centre.submit(record(1), record(2))
    await centre.database.execute("UPDATE crossing SET accepted_at = now() - interval '1 minute'")
    code, said, faults = await command("--config", settings, *DAYS, "--language", "en")
    assert code == 0, faults
    document = json.loads(said)
    assert document["tables"]["totals"][0] == {"measure": "Attempts at gates and desks", "value": 2}
    assert document["tables"]["indicators"][0]["number"] == "4.1"
    code, said, faults = await command("--config", settings, *DAYS, "--format", "csv")
    assert code == 0, faults
    assert "গেট ও ডেস্কে মোট চেষ্টা" in said.decode("utf-8-sig")


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("--from", "2026-09-30", "--to", "2026-09-01"), "ends before it begins"),
        (("--from", "yesterday", "--to", "2026-09-01"), "not a date"),
        (("--from", "2020-01-01", "--to", "2026-09-01"), "more than 366 days"),
        (("--from", "2026-09-01"), "--to"),
        ((*DAYS, "--format", "doc"), "--format"),
    ],
)
async def test_bad_usage_is_one_line(
    settings: Path, arguments: tuple[str, ...], fault: str
) -> None:
    code, said, faults = await command("--config", settings, *arguments)
    assert (code, said) == (2, b"")
    assert fault in faults.decode()
    assert faults.count(b"\n") == 1


@pytest.mark.asyncio(loop_scope="session")
async def test_a_bad_agreement_is_named(settings: Path) -> None:
    settings.with_name("agreement.toml").write_text("financial_year = 1")
    code, _, faults = await command("--config", settings, *DAYS)
    assert code == 2
    assert b"agreement.toml" in faults


async def test_beside_a_centre_with_a_database_of_its_own(centre_pki: Path, tmp_path: Path) -> None:
    with database_folder() as folder:
        own = folder / "postgresql"
        file = config(tmp_path, centre_pki, f'embedded = "{own}"')
        assert running_address(own) is None
        async with running_centre(load(CentralSettings, file), logger()):
            code, _, faults = await command("--config", file, *DAYS)
            assert code == 0, faults
        assert running_address(own) is None
