"""What every chip reader promises, on the wires it has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

import pytest

from drivers.chip_reader.vpcd import VpcdChipReader, VpcdOptions
from egate.emrtd.errors import ChipLost
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.iso7816.status import OK
from egate.ports.devices import ChipReader, DeviceError

GET_CHALLENGE = CommandApdu(0x00, 0x84, 0x00, 0x00, le=8)
ATR = bytes.fromhex("3B8880010000000000000000 09".replace(" ", ""))


@dataclass
class Card:
    """A virtual card by hand: counts its challenges, so that a stale answer shows.

    Its frames are spelt out here, byte by byte, on purpose.
    """

    port: int
    silent: bool = False
    seen: list[bytes] = field(default_factory=list)
    challenges: int = 0
    _writer: asyncio.StreamWriter | None = None
    late: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def live(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writer = writer
        try:
            while True:
                length = int.from_bytes(await reader.readexactly(2), "big")
                answer = await self._answer(await reader.readexactly(length))
                if answer is not None:
                    writer.write(len(answer).to_bytes(2, "big") + answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.gone.set()

    def leave(self) -> None:
        assert self._writer is not None
        self._writer.transport.abort()

    async def _answer(self, message: bytes) -> bytes | None:
        self.seen.append(message)
        if message == b"\x04":
            return ATR
        if len(message) == 1:
            return None
        self.challenges += 1
        answer = bytes((self.challenges,)) * 8 + b"\x90\x00"
        if self.silent:
            await self.late.wait()
        return answer


@pytest.fixture
async def chip_reader() -> AsyncIterator[VpcdChipReader]:
    reader = VpcdChipReader("127.0.0.1", 0, VpcdOptions(apdu_timeout_seconds=3.0))
    async with aclosing(reader):
        await reader.check()
        yield reader


@pytest.fixture
async def tasks() -> AsyncIterator[asyncio.TaskGroup]:
    async with asyncio.TaskGroup() as group, asyncio.timeout(10):
        yield group


async def challenge(reader: ChipReader) -> bytes:
    async with asyncio.timeout(5), reader.chip() as transceive:
        answer = await transceive(GET_CHALLENGE)
        assert answer.status == OK
        return answer.data


async def abandoned_challenge(reader: ChipReader) -> None:
    async with reader.chip() as transceive, asyncio.timeout(0.05):
        await transceive(GET_CHALLENGE)


async def test_gives_the_chip(chip_reader: VpcdChipReader, tasks: asyncio.TaskGroup) -> None:
    card = Card(chip_reader.port)
    tasks.create_task(card.live())
    assert await challenge(chip_reader) == b"\x01" * 8
    await chip_reader.aclose()
    await card.gone.wait()
    assert card.seen == [b"\x01", b"\x02", b"\x04", GET_CHALLENGE.encode(), b"\x00"]


async def test_a_cancelled_wait_leaves_it_usable(
    chip_reader: VpcdChipReader, tasks: asyncio.TaskGroup
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02), chip_reader.chip():
            pass
    await test_gives_the_chip(chip_reader, tasks)


async def test_the_chip_stays_for_the_next_session(
    chip_reader: VpcdChipReader, tasks: asyncio.TaskGroup
) -> None:
    tasks.create_task(Card(chip_reader.port).live())
    assert await challenge(chip_reader) == b"\x01" * 8
    assert await challenge(chip_reader) == b"\x02" * 8
    await chip_reader.aclose()


async def test_a_chip_that_leaves_is_lost_and_the_next_one_works(
    chip_reader: VpcdChipReader, tasks: asyncio.TaskGroup
) -> None:
    card = Card(chip_reader.port)
    tasks.create_task(card.live())
    async with chip_reader.chip() as transceive:
        await transceive(GET_CHALLENGE)
        card.leave()
        with pytest.raises(ChipLost):
            await transceive(GET_CHALLENGE)
        with pytest.raises(ChipLost):
            await transceive(GET_CHALLENGE)
    await test_gives_the_chip(chip_reader, tasks)


async def test_an_answer_of_an_abandoned_exchange_never_arrives(
    chip_reader: VpcdChipReader, tasks: asyncio.TaskGroup
) -> None:
    card = Card(chip_reader.port, silent=True)
    tasks.create_task(card.live())
    with pytest.raises(TimeoutError):
        await abandoned_challenge(chip_reader)
    card.silent = False
    card.late.set()
    assert await challenge(chip_reader) == b"\x02" * 8
    await chip_reader.aclose()


async def test_a_transceive_does_not_outlive_its_block(
    chip_reader: VpcdChipReader, tasks: asyncio.TaskGroup
) -> None:
    tasks.create_task(Card(chip_reader.port).live())
    async with chip_reader.chip() as transceive:
        pass
    with pytest.raises(ChipLost):
        await transceive(GET_CHALLENGE)
    await chip_reader.aclose()


async def test_a_mute_chip_is_lost(tasks: asyncio.TaskGroup) -> None:
    reader = VpcdChipReader("127.0.0.1", 0, VpcdOptions(apdu_timeout_seconds=0.05))
    await reader.check()
    card = Card(reader.port, silent=True)
    tasks.create_task(card.live())
    async with reader.chip() as transceive:
        with pytest.raises(ChipLost):
            await transceive(GET_CHALLENGE)
    card.late.set()
    await reader.aclose()


@pytest.mark.parametrize("garbage", [b"\x00\x00", b"\x00\x01x\x00\x01x"])
async def test_a_far_end_that_breaks_the_wire_is_dropped(
    chip_reader: VpcdChipReader, tasks: asyncio.TaskGroup, garbage: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", chip_reader.port)
    writer.write(garbage)
    async with asyncio.timeout(2):
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()
    await test_gives_the_chip(chip_reader, tasks)


async def test_a_busy_port_is_named(chip_reader: VpcdChipReader) -> None:
    second = VpcdChipReader("127.0.0.1", chip_reader.port)
    with pytest.raises(DeviceError, match=f"port {chip_reader.port} .*in use"):
        await second.check()
    with pytest.raises(DeviceError, match="in use"):
        async with second.chip():
            pass
