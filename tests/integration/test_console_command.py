"""``egate console serve`` as a process, to a gate over mutual TLS."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import httpx
import pytest

from egate.cli.main import main
from egate.cli.service_identity import create_authority, issue
from egate.console.reaching import Reached
from egate.outbox.database import owning
from egate.ports.supervision import GateState, GateStatus, OfficerOrder, TravellerMessage
from egate.reporting.gate_service import serve_gate
from egate.settings import ConsoleSettings, Tls, load
from tests.console_harness import console_of

ROOT = Path(__file__).resolve().parents[2]


class Gate:
    def __init__(self) -> None:
        self.now = GateStatus(
            "DAC-D-01",
            GateState.AWAITING_OFFICER,
            TravellerMessage.OFFICER_WILL_HELP,
            crossing_id="0190a",
            findings=("BIOMETRIC.FACE",),
        )
        self.ordered: asyncio.Queue[tuple[OfficerOrder, str]] = asyncio.Queue()

    def status(self) -> GateStatus:
        return self.now

    async def changes(self) -> AsyncIterator[GateStatus]:
        yield self.now
        await asyncio.Event().wait()

    def attended(self) -> AbstractContextManager[None]:
        return nullcontext()

    def order(self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None) -> bool:
        self.ordered.put_nowait((order, officer_id))
        return True


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    create_authority(folder)
    return folder


def configuration(folder: Path, tls: Tls, gate: str = "127.0.0.1:1", **changes: str) -> str:
    values = {
        "listen": '"127.0.0.1:0"',
        "state": '"console"',
        **changes,
    }
    file = folder / "console.toml"
    file.write_text(
        "\n".join(f"{key} = {value}" for key, value in values.items())
        + f'\n[tls]\nca = "{tls.ca}"\ncertificate = "{tls.certificate}"\nkey = "{tls.key}"\n'
        f'[[gates]]\nid = "DAC-D-01"\naddress = "{gate}"\n'
    )
    return str(file)


async def test_an_order_goes_from_the_page_to_the_gate(pki: Path, tmp_path: Path) -> None:
    gate = Gate()
    async with (
        asyncio.timeout(25),
        serve_gate(gate, "127.0.0.1:0", issue(pki, "gate", "DAC-D-01")) as address,
    ):
        config = configuration(tmp_path, issue(pki, "console", "hall-1"), address)
        with console_of(load(ConsoleSettings, Path(config)), Reached({})) as made:
            secret, token = made.officers.session("officer-1")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "egate.cli", "console", "serve", "--config", config),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert process.stdout
        url = (await process.stdout.readline()).decode().removeprefix("console: ").strip()
        async with (
            httpx.AsyncClient(
                base_url=url, cookies={"language": "en", "session": secret}
            ) as client,
            client.stream("GET", "/hall/events") as stream,
        ):
            async for line in stream.aiter_lines():
                if "does not match the chip" in line:
                    break
            # The stream stays open: the process must end all the same.
            answer = await client.post(
                "/hall/lanes/DAC-D-01/orders",
                json={"order": "reset", "crossing_id": "0190a"},
                headers={"Origin": url, "X-Console-Token": token},
            )
            assert answer.json()["result"] == "carried_out"
            assert await gate.ordered.get() == (OfficerOrder.RESET, "officer-1")
            process.send_signal(signal.SIGTERM)
            _, said = await process.communicate()
    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in said.splitlines()] == ["ready", "audit head"]


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def serve(config: str) -> int:
    return main(["console", "serve", "--config", config])


def test_a_busy_port_is_exit_3(
    pki: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tls = issue(pki, "console", "hall-2")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert serve(configuration(tmp_path, tls, listen=f'"{address}"')) == 3
    assert re.search(f"{address}: .*in use", one_line(capsys))


DESK = """
[centre]
address = "127.0.0.1:1"
[desk]
station = "D-12"
authority = "SB"
border_crossing_point = "BDDAC"
book = "desk.sqlite"
"""
SCANNER = '[desk.page_scanner]\ndriver = "{}"\naddress = "pages"\n'
READER = '[desk.reader]\ndriver = "line_push"\naddress = "/dev/null"\n'


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (READER + SCANNER.format("folder"), "desk: reader and page_scanner: name one"),
        (SCANNER.format("flatbed"), "desk.page_scanner: .*flatbed.*folder, socket"),
    ],
)
def test_what_reads_at_a_desk_is_one_device_that_is_known(
    pki: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], named: str, said: str
) -> None:
    file = Path(configuration(tmp_path, issue(pki, "console", "hall-8")))
    file.write_text(file.read_text() + DESK + named)
    assert serve(str(file)) == 2
    assert re.search(said, one_line(capsys))


def test_a_desk_whose_trust_store_is_not_there_does_not_start(
    pki: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(configuration(tmp_path, issue(pki, "console", "hall-10")))
    (tmp_path / "pages").mkdir()
    store = 'trust_store = "nowhere"\n'
    scanner = SCANNER.format("folder").replace("pages", str(tmp_path / "pages"))
    file.write_text(file.read_text() + DESK + store + scanner)
    assert serve(str(file)) == 3
    assert re.search("console: .*nowhere: no trust store here", one_line(capsys))


def test_a_desk_s_book_is_of_one_process(
    pki: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(configuration(tmp_path, issue(pki, "console", "hall-6")))
    file.write_text(file.read_text() + DESK)
    with owning(tmp_path / "desk.sqlite"):
        assert serve(str(file)) == 3
    assert "the console, or another command, has it open" in one_line(capsys)


def test_a_reader_that_no_driver_knows_is_exit_2(
    pki: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(configuration(tmp_path, issue(pki, "console", "hall-7")))
    file.write_text(
        file.read_text() + '[centre]\naddress = "127.0.0.1:1"\n[desk]\nstation = "D-12"\n'
        'authority = "SB"\nborder_crossing_point = "BDDAC"\nbook = "desk.sqlite"\n'
        '[desk.reader]\ndriver = "abacus"\naddress = "/dev/null"\n'
    )
    assert serve(str(file)) == 2
    assert "desk.reader: " in one_line(capsys)


def test_bad_settings_are_exit_2_and_one_line(
    pki: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tls = issue(pki, "console", "hall-3")
    other = issue(pki, "console", "hall-4")
    mixed = tls.model_copy(update={"key": other.key})
    missing = tls.model_copy(update={"certificate": tmp_path / "none.pem"})
    for config, expected in (
        (lambda: configuration(tmp_path, tls, listen='"0.0.0.0:7300"'), "page_tls"),
        (lambda: configuration(tmp_path, tls, colour='"red"'), "colour: unknown key"),
        (lambda: configuration(tmp_path, mixed), "not the key of"),
        (lambda: configuration(tmp_path, missing), "none.pem"),
        (lambda: str(tmp_path / "absent.toml"), "absent.toml"),
    ):
        assert serve(config()) == 2
        assert expected in one_line(capsys)


def test_two_lanes_with_one_id_are_refused(
    pki: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(configuration(tmp_path, issue(pki, "console", "hall-5")))
    lane = '[[gates]]\nid = "DAC-D-01"\naddress = "127.0.0.1:2"\n'
    file.write_text(file.read_text() + lane)
    assert serve(str(file)) == 2
    assert "one id" in one_line(capsys)


def test_the_example_configuration_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    """Only its certificates are missing on this machine."""
    assert serve(str(ROOT / "config" / "console.toml")) == 2
    assert "/etc/egate/tls" in one_line(capsys)
