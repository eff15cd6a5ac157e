"""The serial mocks byte by byte, through the end of the line that a gate opens."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

import pytest

from hardware_mocks.barrier.board import BarrierBoard
from hardware_mocks.barrier.lane import Lane
from hardware_mocks.barrier.signal_board import SignalBoard
from hardware_mocks.faults import CLEAN, FaultyLine, WireFaults, drawn
from hardware_mocks.mrz_reader.elyctis import ElyctisReader
from hardware_mocks.mrz_reader.line_push import LinePushReader
from hardware_mocks.wire.pty import Pty

# 9303-4 Appendix B
LINES = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)


class GateEnd:
    """The gate's end, with nothing but system calls."""

    def __init__(self, pty: Pty) -> None:
        self.fd = os.open(pty.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def send(self, frame: str) -> None:
        os.write(self.fd, bytes.fromhex(frame))

    async def receive(self, count: int) -> bytes:
        loop, ready, received = asyncio.get_running_loop(), asyncio.Event(), b""
        loop.add_reader(self.fd, ready.set)
        try:
            async with asyncio.timeout(5):
                while len(received) < count:
                    await ready.wait()
                    ready.clear()
                    with suppress(BlockingIOError):
                        received += os.read(self.fd, count - len(received))
        finally:
            loop.remove_reader(self.fd)
        return received


class Device(Protocol):
    async def run(self) -> None: ...


@asynccontextmanager
async def running(device: Device, pty: Pty) -> AsyncIterator[GateEnd]:
    end = GateEnd(pty)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(device.run())
        yield end
        pty.close()
    os.close(end.fd)


async def test_elyctis_inquire() -> None:
    pty = Pty(baud=None)
    reader = ElyctisReader(pty)
    async with running(reader, pty) as gate:
        gate.send("49 00 00")
        assert await gate.receive(3) == bytes.fromhex("49 00 00")
        await reader.lay(LINES)
        gate.send("49 00 00")
        assert await gate.receive(92) == b"\x49\x00\x59" + "\r".join(LINES).encode()
        await reader.lift()
        gate.send("49 00 00")
        assert await gate.receive(3) == bytes.fromhex("49 00 00")


async def test_elyctis_continuous_mode() -> None:
    pty = Pty(baud=None)
    reader = ElyctisReader(pty, separator=b"\r\n")
    async with running(reader, pty) as gate:
        gate.send("43 00 01 01")
        assert await gate.receive(3) == bytes.fromhex("43 00 00")
        await reader.lay(LINES)
        assert await gate.receive(93) == b"\x49\x00\x5a" + "\r\n".join(LINES).encode()
        gate.send("43 00 01 00")
        assert await gate.receive(3) == bytes.fromhex("43 00 00")
        await reader.lay(LINES)
        gate.send("43 00 01 00")
        assert await gate.receive(3) == bytes.fromhex("43 00 00")


def test_elyctis_finds_a_request_behind_noise_and_in_pieces() -> None:
    with Pty(baud=None) as pty:
        reader = ElyctisReader(pty)
        assert reader.answers(b"\xff\x00\x49") == []
        assert reader.answers(b"\x00") == []
        assert reader.answers(b"\x00") == [b"\x49\x00\x00"]


async def test_line_push_frame() -> None:
    pty = Pty(baud=None)
    reader = LinePushReader(pty, start_of_document=b"\x1c", end_of_document=b"\x1d")
    async with running(reader, pty) as gate:
        await reader.lay(LINES)
        expected = b"\x1c\x02" + LINES[0].encode() + b"\r" + LINES[1].encode() + b"\r\x03\x1d"
        assert await gate.receive(94) == expected


async def test_the_board_on_its_line() -> None:
    pty = Pty(baud=None)
    now = 0.0
    board = BarrierBoard(pty, clock=lambda: now)
    async with running(board, pty) as gate:
        gate.send("01 05 00 00 FF 00 8C 3A")
        assert await gate.receive(8) == bytes.fromhex("01 05 00 00 FF 00 8C 3A")
        gate.send("01 02 00 00 00 08 79 CC")
        assert (await gate.receive(6))[3] == 0b0101  # both doors still closed
        now = 1.0
        gate.send("01 02 00 00 00 08 79 CC")
        assert (await gate.receive(6))[3] == 0b0110  # entry open, exit closed
        gate.send("02 05 00 01 FF 00 DD C9")  # another unit's: no answer, and nothing moves
        gate.send("01 01 00 00 00 08 3D CC")
        assert (await gate.receive(6))[3] == 0b0001
        gate.send("01 07 41 E2")  # a function it has not: only silence ends the frame
        assert (await gate.receive(5))[:3] == bytes.fromhex("01 87 01")


async def test_a_signal_board_of_its_own_has_the_emergency_contact_and_the_lamps() -> None:
    pty = Pty(baud=None)
    lane = Lane(emergency_apart=True, lights_apart=True)
    async with running(SignalBoard(pty, lane), pty) as gate:
        for emergency, button, wanted in ((0, 0, 1), (1, 0, 0), (1, 1, 0b100), (0, 1, 0b101)):
            lane.emergency, lane.release_button = bool(emergency), bool(button)
            assert not lane.read_input(8)  # not wired to the barrier's board
            gate.send("01 02 00 08 00 03 B9 C9")
            assert (await gate.receive(6))[3] == wanted
        gate.send("01 0F 00 04 00 03 01 01 BF 57")  # red
        await gate.receive(8)
        assert lane.light == "stop"
        gate.send("01 0F 00 04 00 03 01 02 FF 56")  # green
        await gate.receive(8)
        assert lane.light == "pass"
        lane.write_coil(4, True)  # the barrier's board has no lamps here
        assert lane.light == "pass"
        gate.send("01 05 00 00 FF 00 8C 3A")  # nor has this one a door
        await gate.receive(8)
        lane.advance(1.0)
        assert lane.entry.opened == 0
        gate.send("01 01 00 00 00 08 3D CC")
        assert (await gate.receive(6))[3] == 0b00100001


async def test_the_line_is_as_slow_as_its_baud_rate() -> None:
    pty = Pty(baud=9600)
    async with running(ElyctisReader(pty), pty) as gate:
        begun = asyncio.get_running_loop().time()
        gate.send("49 00 00")
        await gate.receive(3)
        assert asyncio.get_running_loop().time() - begun >= 6 * 10 / 9600


async def test_bytes_survive_a_cancelled_read() -> None:
    with Pty(baud=300) as pty:
        end = GateEnd(pty)
        end.send("01 02 03 04 05 06 07 08")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await pty.read()
        assert await pty.read() == bytes(range(1, 9))
        os.close(end.fd)


async def test_an_unplugged_line_fails_at_the_gate_and_works_again_when_plugged_in() -> None:
    pty = Pty(baud=None)
    reader = ElyctisReader(pty)
    async with running(reader, pty) as gate:
        await asyncio.sleep(0)
        pty.unplug()
        with pytest.raises(OSError, match="Input/output"):
            os.write(gate.fd, b"\x49\x00\x00")
        with pytest.raises(FileNotFoundError):
            GateEnd(pty)
        await reader.lay(LINES)
        pty.plug()
        again = GateEnd(pty)
        again.send("49 00 00")
        assert len(await again.receive(92)) == 92
        os.close(again.fd)


def test_what_nobody_reads_is_lost_and_stops_nobody() -> None:
    async def push() -> None:
        with Pty(baud=None) as pty:
            for _ in range(3):
                await pty.write(bytes(60_000))

    asyncio.run(push())


async def test_faults_on_the_line() -> None:
    faults = WireFaults(noise_before=b"\x00\xff", one_byte_at_a_time=True)
    pty = Pty(baud=None, faults=faults)
    async with running(ElyctisReader(pty), pty) as gate:
        gate.send("49 00 00")
        assert await gate.receive(5) == b"\x00\xff\x49\x00\x00"


def test_each_fault_does_what_it_says() -> None:
    frame = bytes(range(40))
    assert FaultyLine(CLEAN).pieces(frame) == [frame]
    spoiled = FaultyLine(WireFaults(seed=1, spoil_first=1))
    (first,) = spoiled.pieces(frame)
    assert sum(a != b for a, b in zip(first, frame, strict=True)) == 1
    assert spoiled.pieces(frame) == [frame]
    cut = FaultyLine(WireFaults(seed=1, cut_first=1))
    (first,) = cut.pieces(frame)
    assert 0 < len(first) < len(frame)
    assert frame.startswith(first)
    assert cut.pieces(frame) == [frame]
    silent = FaultyLine(WireFaults(silent_first=1, noise_before=b"\xff"))
    assert [silent.pieces(frame), silent.pieces(frame)] == [[], [b"\xff" + frame]]
    dead = FaultyLine(WireFaults(dead_after_bytes=50))
    assert [dead.pieces(frame), dead.pieces(frame), dead.pieces(frame)] == [
        [frame],
        [frame[:10]],
        [],
    ]


def test_the_same_seed_gives_the_same_faults() -> None:
    frames = [bytes(range(90))] * 6
    for seed in range(50):
        one, other = FaultyLine(drawn(seed)), FaultyLine(drawn(seed))
        assert [one.pieces(f) for f in frames] == [other.pieces(f) for f in frames]
        last = b"".join(one.pieces(frames[0]))
        assert last.endswith(frames[0])  # in the end the line works
