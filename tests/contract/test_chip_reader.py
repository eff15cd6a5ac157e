"""What every chip reader promises, on the wires it has."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

import pytest

from drivers.catalogue import CHIP_READERS, find
from drivers.chip_reader.pcsc import PcscChipReader, PcscOptions
from drivers.chip_reader.vpcd import VpcdChipReader, VpcdOptions
from egate.emrtd.conversation import Conversation
from egate.emrtd.errors import ChipLost
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK
from egate.ports.devices import ChipReader, DeviceError, DriverOptionError
from tests.conftest import absent
from tests.pcscd import READER, VPCD_PORT, missing, running_pcscd

GET_CHALLENGE = CommandApdu(0x00, 0x84, 0x00, 0x00, le=8)
ATR = bytes.fromhex("3B8880010000000000000000 09".replace(" ", ""))


@dataclass
class Card:
    """A virtual card by hand: counts its challenges, so that a stale answer shows.

    Its frames are spelt out here, byte by byte, on purpose.
    """

    port: int
    silent: bool = False
    echo: bool = False
    seen: list[bytes] = dataclasses.field(default_factory=list)
    challenges: int = 0
    _writer: asyncio.StreamWriter | None = None
    late: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    asked: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    unpowered: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)

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

    def leave(self) -> None:
        assert self._writer is not None
        self._writer.transport.abort()

    async def _answer(self, message: bytes) -> bytes | None:
        self.seen.append(message)
        if message == b"\x04":
            return ATR
        if len(message) == 1:
            if message == b"\x00" and self.challenges:
                self.unpowered.set()
            return None
        if self.echo:
            return message + b"\x90\x00"
        self.asked.set()
        self.challenges += 1
        answer = bytes((self.challenges,)) * 8 + b"\x90\x00"
        if self.silent:
            await self.late.wait()
        return answer


@dataclass
class Field:
    """A reader, and where cards connect to be in its field."""

    reader: ChipReader
    port: int


@pytest.fixture(scope="module")
def pcscd() -> Iterator[None]:
    if lacking := missing():
        absent(lacking)
    with running_pcscd():
        yield


@pytest.fixture(params=["vpcd", pytest.param("pcsc", marks=pytest.mark.alone)])
async def field(request: pytest.FixtureRequest) -> AsyncIterator[Field]:
    if request.param == "pcsc":
        request.getfixturevalue("pcscd")
        async with aclosing(PcscChipReader(READER, PcscOptions())) as pcsc:
            await pcsc.check()
            yield Field(pcsc, VPCD_PORT)
        return
    async with aclosing(VpcdChipReader("127.0.0.1", 0)) as vpcd:
        await vpcd.check()
        yield Field(vpcd, vpcd.port)


@pytest.fixture
async def chip_reader() -> AsyncIterator[VpcdChipReader]:
    async with aclosing(VpcdChipReader("127.0.0.1", 0)) as reader:
        await reader.check()
        yield reader


@asynccontextmanager
async def inserted(port: int, *, silent: bool = False, echo: bool = False) -> AsyncIterator[Card]:
    """Hold a card in the field until the end of the block."""
    card = Card(port, silent=silent, echo=echo)
    async with asyncio.TaskGroup() as tasks:
        living = tasks.create_task(card.live())
        try:
            yield card
        finally:
            living.cancel()


def single(command: CommandApdu) -> Conversation[ResponseApdu]:
    return (yield command)


async def challenge(reader: ChipReader) -> bytes:
    async with asyncio.timeout(5), reader.chip() as carry:
        answer = await carry(single(GET_CHALLENGE))
        assert answer.status == OK
        return answer.data


async def abandoned_challenge(reader: ChipReader) -> None:
    async with reader.chip() as carry, asyncio.timeout(0.05):
        await carry(single(GET_CHALLENGE))


async def test_gives_the_chip_powered_and_reset(field: Field) -> None:
    async with inserted(field.port) as card:
        assert await challenge(field.reader) == b"\x01" * 8
        await card.unpowered.wait()
        command = card.seen.index(GET_CHALLENGE.encode())
        assert {b"\x01", b"\x02", b"\x04"} <= set(card.seen[:command])


async def test_a_cancelled_wait_leaves_it_usable(field: Field) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02), field.reader.chip():
            pass
    await test_gives_the_chip_powered_and_reset(field)


async def test_the_chip_stays_for_the_next_session(field: Field) -> None:
    async with inserted(field.port) as card:
        assert await challenge(field.reader) == b"\x01" * 8
        assert await challenge(field.reader) == b"\x02" * 8
        first, second = (n for n, seen in enumerate(card.seen) if seen == GET_CHALLENGE.encode())
        assert b"\x00" in card.seen[first:second]  # unpowered by the first session


async def test_a_chip_that_leaves_is_lost_and_the_next_one_works(field: Field) -> None:
    async with inserted(field.port) as card, field.reader.chip() as carry:
        await carry(single(GET_CHALLENGE))
        card.leave()
        with pytest.raises(ChipLost):
            await carry(single(GET_CHALLENGE))
        with pytest.raises(ChipLost):
            await carry(single(GET_CHALLENGE))
    await test_gives_the_chip_powered_and_reset(field)


async def test_an_answer_of_an_abandoned_exchange_never_arrives(field: Field) -> None:
    async def answer_late(card: Card) -> None:
        await card.asked.wait()
        await asyncio.sleep(0.1)
        card.silent = False
        card.late.set()

    async with inserted(field.port, silent=True) as card, asyncio.TaskGroup() as tasks:
        tasks.create_task(answer_late(card))
        with pytest.raises(TimeoutError):
            await abandoned_challenge(field.reader)
        assert await challenge(field.reader) == b"\x02" * 8


async def test_nor_does_it_arrive_at_the_next_exchange_of_the_session(field: Field) -> None:
    async with inserted(field.port, silent=True) as card, field.reader.chip() as carry:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await carry(single(GET_CHALLENGE))
        await card.asked.wait()
        card.silent = False
        card.late.set()
        assert (await carry(single(GET_CHALLENGE))).data == b"\x02" * 8


async def test_a_cancelled_conversation_sends_no_further_command(field: Field) -> None:
    closed: list[bool] = []

    def three() -> Conversation[None]:
        try:
            for _ in range(3):
                yield GET_CHALLENGE
        finally:
            closed.append(True)

    conversation = three()
    async with inserted(field.port, silent=True) as card, field.reader.chip() as carry:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await carry(conversation)
        await card.asked.wait()
        card.silent = False
        card.late.set()
        assert (await carry(single(GET_CHALLENGE))).data == b"\x02" * 8
        assert closed == [True]


async def test_a_carry_does_not_outlive_its_block(field: Field) -> None:
    async with inserted(field.port):
        async with field.reader.chip() as carry:
            pass
        with pytest.raises(ChipLost):
            await carry(single(GET_CHALLENGE))


async def test_extended_commands_and_long_answers_pass(field: Field) -> None:
    command = CommandApdu(0x00, 0x88, 0x00, 0x00, data=bytes(range(256)) * 8, le=0x10000)
    async with inserted(field.port, echo=True), field.reader.chip() as carry:
        answer = await carry(single(command))
    assert answer.data == command.encode()


async def test_a_mute_chip_is_lost() -> None:
    reader = VpcdChipReader("127.0.0.1", 0, VpcdOptions(apdu_timeout_seconds=0.05))
    async with aclosing(reader):
        await reader.check()
        async with inserted(reader.port, silent=True), reader.chip() as carry:
            with pytest.raises(ChipLost):
                await carry(single(GET_CHALLENGE))


@pytest.mark.parametrize("garbage", [b"\x00\x00", b"\x00\x01x\x00\x01x"])
async def test_a_far_end_that_breaks_the_wire_is_dropped(
    chip_reader: VpcdChipReader, garbage: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", chip_reader.port)
    writer.write(garbage)
    async with asyncio.timeout(2):
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()
    await test_gives_the_chip_powered_and_reset(Field(chip_reader, chip_reader.port))


async def test_a_busy_port_is_named(chip_reader: VpcdChipReader) -> None:
    second = VpcdChipReader("127.0.0.1", chip_reader.port)
    with pytest.raises(DeviceError, match=f"port {chip_reader.port} .*in use"):
        await second.check()
    with pytest.raises(DeviceError, match="in use"):
        async with second.chip():
            pass


@pytest.mark.usefixtures("pcscd")
async def test_a_reader_that_is_not_there_is_named() -> None:
    reader = PcscChipReader("Omnikey", PcscOptions())
    with pytest.raises(DeviceError, match=r"Omnikey: there is no such reader \(there are: Virtual"):
        await reader.check()
    await reader.aclose()
    ambiguous = PcscChipReader("Virtual PCD", PcscOptions())
    with pytest.raises(DeviceError, match="2 readers fit"):
        await ambiguous.check()
    await ambiguous.aclose()


@pytest.mark.parametrize("address", ["", "localhost", "localhost:x", ":1", "localhost:70000"])
def test_a_bad_address_is_refused(address: str) -> None:
    with pytest.raises(DriverOptionError, match="driver vpcd"):
        find(CHIP_READERS, "vpcd")(address, {})


def test_bad_options_are_refused() -> None:
    with pytest.raises(DriverOptionError, match="apdu_timeout_seconds"):
        find(CHIP_READERS, "vpcd")("vpcd://127.0.0.1:35963", {"apdu_timeout_seconds": 0})
    with pytest.raises(
        DriverOptionError, match=r"exclusive: unknown option \(known: stall_seconds\)"
    ):
        find(CHIP_READERS, "pcsc")("Omnikey", {"exclusive": True})


async def test_tells_whether_a_chip_lies_there_and_powers_none(field: Field) -> None:
    async def until(wanted: bool) -> None:  # noqa: FBT001 - what is waited for
        async with asyncio.timeout(5):
            while await field.reader.occupied() is not wanted:  # noqa: ASYNC110 - asked again
                await asyncio.sleep(0.02)

    await until(wanted=False)
    async with inserted(field.port) as card:
        await until(wanted=True)
        powered = b"\x01" in card.seen
        assert await challenge(field.reader) == b"\x01" * 8
        assert await field.reader.occupied()
    await until(wanted=False)
    assert not powered or isinstance(field.reader, PcscChipReader)  # pcscd does on insertion
