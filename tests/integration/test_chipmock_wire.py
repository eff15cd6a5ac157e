"""The card's side of vpcd's wire, over real TCP, and the commands that use it."""

import asyncio
import json
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware_mocks.__main__ import main
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.document import Document
from hardware_mocks.wire.pace import Pace
from hardware_mocks.wire.vpcd import ReaderAbsent, VirtualCard

SELECT_APPLICATION = bytes.fromhex("00A4040C07A0000002471001")
GET_CHALLENGE = bytes.fromhex("0084000008")
DOCUMENT = Document(
    ("P<UTO".ljust(44, "<"), "L898902C<3UTO6908061F9406236".ljust(44, "<")), "123456", {}
)


@dataclass
class Reader:
    """vpcd as it is on the wire: length and payload in two writes."""

    incoming: asyncio.StreamReader
    outgoing: asyncio.StreamWriter

    async def send(self, message: bytes) -> None:
        self.outgoing.write(len(message).to_bytes(2, "big"))
        await self.outgoing.drain()
        self.outgoing.write(message)
        await self.outgoing.drain()

    async def exchange(self, message: bytes) -> bytes:
        await self.send(message)
        size = int.from_bytes(await self.incoming.readexactly(2), "big")
        return await self.incoming.readexactly(size)

    async def hung_up(self) -> bool:
        return await self.incoming.read() == b""


@dataclass
class Ended:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Ended]


@dataclass
class Slot:
    """A listening virtual reader: its port, and the cards that have connected."""

    port: int
    cards: asyncio.Queue[Reader]


@asynccontextmanager
async def listening() -> AsyncIterator[Slot]:
    cards: asyncio.Queue[Reader] = asyncio.Queue()
    readers: list[Reader] = []

    def connected(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        readers.append(Reader(incoming, outgoing))
        cards.put_nowait(readers[-1])

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        async with asyncio.timeout(20):
            yield Slot(server.sockets[0].getsockname()[1], cards)
    finally:
        for reader in readers:
            reader.outgoing.close()
        server.close()
        await server.wait_closed()


async def test_power_atr_and_commands() -> None:
    chip = Chip(DOCUMENT)
    async with listening() as slot, VirtualCard("127.0.0.1", slot.port) as card:
        await card.insert(chip)
        reader = await slot.cards.get()
        await reader.send(b"\x01")
        atr = await reader.exchange(b"\x04")
        assert atr[:1] == b"\x3b"
        assert (atr[1] & 0x0F) + 5 == len(atr)
        assert await reader.exchange(SELECT_APPLICATION) == b"\x90\x00"
        await reader.send(b"\x02")
        assert await reader.exchange(GET_CHALLENGE) == b"\x69\x85"  # the reset was heeded
        await reader.send(b"\x00")


async def test_a_message_may_come_byte_by_byte() -> None:
    async with listening() as slot, VirtualCard("127.0.0.1", slot.port) as card:
        await card.insert(Chip(DOCUMENT))
        reader = await slot.cards.get()
        framed = len(SELECT_APPLICATION).to_bytes(2, "big") + SELECT_APPLICATION
        for byte in framed:
            reader.outgoing.write(bytes([byte]))
            await reader.outgoing.drain()
        assert await reader.incoming.readexactly(4) == b"\x00\x02\x90\x00"


async def test_a_slow_chip_on_a_slow_link_answers_no_earlier_than_it_can() -> None:
    pace = Pace(link_kbit=106, apdu_ms=3)
    clock = asyncio.get_running_loop().time
    async with listening() as slot, VirtualCard("127.0.0.1", slot.port) as card:
        await card.insert(Chip(DOCUMENT), pace)
        reader = await slot.cards.get()
        for command in (SELECT_APPLICATION, GET_CHALLENGE):
            began = clock()
            answer = await reader.exchange(command)
            # Both directions at 106 bits a millisecond, and the chip's own time.
            assert clock() - began >= 0.003 + (len(command) + len(answer)) * 8 / 106_000


async def test_the_connection_closes_when_the_chip_leaves() -> None:
    chip = Chip(DOCUMENT, leaves_after=1)
    async with listening() as slot, VirtualCard("127.0.0.1", slot.port) as card:
        await card.insert(chip)
        reader = await slot.cards.get()
        await reader.exchange(SELECT_APPLICATION)
        await reader.send(GET_CHALLENGE)
        assert await reader.hung_up()
        await card.gone()
        assert not card.inserted
        await card.insert(chip)
        again = await slot.cards.get()
        assert await again.exchange(SELECT_APPLICATION) == b"\x90\x00"


async def test_a_removed_chip_hangs_up_at_once() -> None:
    async with listening() as slot, VirtualCard("127.0.0.1", slot.port) as card:
        await card.insert(Chip(DOCUMENT))
        reader = await slot.cards.get()
        await card.remove()
        assert await reader.hung_up()
        assert not card.inserted


async def test_an_absent_reader_is_named() -> None:
    async with listening() as slot:
        port = slot.port
    async with VirtualCard("127.0.0.1", port, patience_seconds=0.2) as card:
        with pytest.raises(ReaderAbsent, match=str(port)):
            await card.insert(Chip(DOCUMENT))


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command of the mocks in this process."""

    def run(*words: str | Path) -> Ended:
        code = main([str(word) for word in words])
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return run


async def run_chip(port: int, *words: str) -> asyncio.subprocess.Process:
    arguments = ("-m", "hardware_mocks", "chip", "--vpcd", f"127.0.0.1:{port}", *words)
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


async def ready_line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    ready: dict[str, Any] = json.loads(await process.stdout.readline())
    return ready


async def test_the_chip_command_is_a_passport_until_the_reader_hangs_up(
    tmp_path: Path, command: Command
) -> None:
    made = command("pki", "--out", tmp_path, "--json")
    assert made.returncode == 0, made.stderr
    async with listening() as slot:
        process = await run_chip(
            slot.port, "--profile", "bac", "--set", f"pki={tmp_path}", "--set", "surname=RAHMAN"
        )
        ready = await ready_line(process)
        assert ready["mrz"][0].startswith("P<BGDRAHMAN<<")
        assert len(ready["can"]) == 6
        assert Path(ready["pki"]) == tmp_path
        reader = await slot.cards.get()
        assert await reader.exchange(SELECT_APPLICATION) == b"\x90\x00"
        reader.outgoing.close()
        assert await process.wait() == 0


async def test_a_terminated_chip_leaves_no_folder_behind() -> None:
    async with listening() as slot:
        process = await run_chip(slot.port, "--profile", "bac")
        folder = Path((await ready_line(process))["pki"])
        await slot.cards.get()
        assert await asyncio.to_thread(folder.is_dir)
        process.terminate()
        assert await process.wait() == 143
        assert not await asyncio.to_thread(folder.exists)


async def test_a_chip_terminated_amid_its_answers_ends_in_silence() -> None:
    async with listening() as slot:
        process = await run_chip(slot.port, "--profile", "bac")
        await ready_line(process)
        reader = await slot.cards.get()
        reader.outgoing.write(2000 * bytes([0, len(GET_CHALLENGE), *GET_CHALLENGE]))
        await reader.incoming.readexactly(4)
        process.terminate()
        _, errors = await process.communicate()
        assert (process.returncode, errors) == (143, b"")


def test_the_pki_command_says_what_is_where(tmp_path: Path, command: Command) -> None:
    index = json.loads(command("pki", "--out", tmp_path / "new", "--json").stdout)
    folder = Path(index["folder"])
    for name in (index["anchor"], index["master_list"], index["states"]["BGD"]["crl"]):
        assert (folder / name).stat().st_size > 100
    key = folder / index["states"]["UTO"]["signers"]["standard"]["key"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_profiles_are_listed(command: Command) -> None:
    listed = json.loads(command("chip", "--list-profiles", "--json").stdout)
    names = [each["name"] for each in listed]
    assert {"standard-ext-max", "standard-short", "cloned", "leaves-field"} <= set(names)
    assert all({"name", "readable", "description"} == set(each) for each in listed)
    assert command("chip", "--list-profiles").stdout.split() == names


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--profile", "none", "--vpcd", "127.0.0.1:9"], "--profile"),
        (["--profile", "bac", "--vpcd", "nowhere"], "--vpcd"),
        (["--profile", "bac", "--vpcd", "127.0.0.1:9", "--set", "colour=red"], "colour"),
        (["--profile", "bac", "--vpcd", "127.0.0.1:9", "--set", "surname"], "surname"),
        (["--profile", "bac", "--vpcd", "127.0.0.1:9", "--set", "pki=/nonexistent"], "pki"),
        (["--profile", "bac", "--vpcd", "127.0.0.1:9", "--set", "surname=MÜLLER"], "letters"),
        (["--profile", "bac", "--vpcd", "127.0.0.1:9", "--set", "signer=nobody"], "signer"),
        (["--profile", "bac", "--vpcd", "127.0.0.1:9", "--set", "portrait=/nothing"], "portrait"),
    ],
)
def test_bad_usage_is_one_line(command: Command, words: list[str], fault: str) -> None:
    ended = command("chip", *words)
    assert ended.returncode == 2, ended.stderr
    assert fault in ended.stderr
    assert ended.stderr.count(os.linesep) == 1


def test_a_reader_that_never_comes_is_unavailable(command: Command) -> None:
    ended = command("chip", "--profile", "bac", "--vpcd", "127.0.0.1:9", "--patience", "0.3")
    assert ended.returncode == 3
    assert "127.0.0.1:9" in ended.stderr
