"""PC/SC that goes away and comes back: its service, its reader, a call that never returns."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from drivers.chip_reader.pcsc import PcscChipReader, PcscOptions
from egate.emrtd.conversation import Conversation
from egate.emrtd.errors import ChipLost
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import OK
from egate.ports.devices import DeviceError
from hardware_mocks.wire.pace import Pace
from hardware_mocks.wire.vpcd import AT_ONCE, VirtualCard
from tests.conftest import absent
from tests.pcscd import READER, VPCD_PORT, Pcscd, missing, own_pcscd

pytestmark = [pytest.mark.system, pytest.mark.alone]  # pcscd is one for the whole machine


class Chip:
    """Answers every command with 9000."""

    atr = bytes.fromhex("3B888001000000000000000009")

    def enter_field(self) -> None:
        pass

    def reset(self) -> None:
        pass

    def transmit(self, apdu: bytes) -> bytes | None:
        return b"\x90\x00"


def talk(exchanges: int = 3) -> Conversation[ResponseApdu]:
    answer = ResponseApdu.decode(b"\x6f\x00")
    for _ in range(exchanges):
        answer = yield CommandApdu(0x00, 0x84, 0x00, 0x00, le=8)
    return answer


@pytest.fixture
def pcscd() -> Iterator[Pcscd]:
    if lacking := missing():
        absent(lacking)
    with own_pcscd() as daemon:
        yield daemon


@pytest.fixture
async def reader(pcscd: Pcscd) -> AsyncIterator[PcscChipReader]:  # noqa: ARG001 - it runs meanwhile
    made = PcscChipReader(READER, PcscOptions(stall_seconds=0.5))
    yield made
    await made.aclose()


@asynccontextmanager
async def inserted(pace: Pace = AT_ONCE) -> AsyncIterator[None]:
    async with VirtualCard("127.0.0.1", VPCD_PORT) as card:
        await card.insert(Chip(), pace)
        yield


async def reads(reader: PcscChipReader) -> None:
    """Read a chip, after as many attempts as a gate that goes on would make."""
    async with asyncio.timeout(15):
        while True:
            async with inserted():
                with suppress(DeviceError, ChipLost):
                    async with reader.chip() as carry:
                        assert (await carry(talk())).status == OK
                        return


async def reason(reader: PcscChipReader) -> str:
    async with asyncio.timeout(10):
        with pytest.raises(DeviceError) as caught:
            async with reader.chip():
                pass
    return caught.value.reason


async def test_pcscd_that_is_restarted(pcscd: Pcscd, reader: PcscChipReader) -> None:
    await reads(reader)
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(reason(reader))
        await asyncio.sleep(0.1)  # it waits for a chip
        pcscd.stop()
        assert "pcscd" in await waiting
    assert "pcscd does not run" in await reason(reader)
    pcscd.start()
    await reads(reader)


async def test_a_reader_that_is_unplugged_and_plugged(pcscd: Pcscd, reader: PcscChipReader) -> None:
    await reads(reader)
    pcscd.stop()
    pcscd.start(with_reader=False)
    assert "reader" in await reason(reader)
    pcscd.stop()
    pcscd.start()
    await reads(reader)


async def test_a_chip_that_never_answers_costs_a_thread_and_no_more(
    reader: PcscChipReader,
) -> None:
    async with inserted(Pace(apdu_ms=1500.0)), reader.chip() as carry:
        with pytest.raises(DeviceError, match=r"does not return after 0.5 s"):
            await carry(talk())
        with pytest.raises(DeviceError, match="in use by another program"):
            await reader.check()  # by the call that has not returned yet
    await reads(reader)
    await reader.check()


async def test_a_look_that_is_given_up_ends_although_pcscd_hangs(
    pcscd: Pcscd, reader: PcscChipReader
) -> None:
    await reads(reader)
    pcscd.send(signal.SIGSTOP)
    try:
        looking = asyncio.ensure_future(reader.check())  # noqa: TID251 - ends below
        await asyncio.sleep(0.1)  # not yet long enough to count as stalled
        looking.cancel()
        assert (await asyncio.wait((looking,), timeout=5))[0]
    finally:
        pcscd.send(signal.SIGCONT)
    await reads(reader)


async def test_pcscd_that_hangs(pcscd: Pcscd, reader: PcscChipReader) -> None:
    await reads(reader)
    pcscd.send(signal.SIGSTOP)
    try:
        reasons = [await reason(reader) for _ in range(5)]
        assert "does not return" in reasons[0]
        assert "restart pcscd" in reasons[-1]  # and no thread for every attempt
    finally:
        pcscd.send(signal.SIGCONT)
    await reads(reader)
