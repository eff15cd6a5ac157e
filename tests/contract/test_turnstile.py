"""What is a turnstile's alone: its frames, its refusals, and passages that it tells."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.barrier.turnstile_frames import (
    Acknowledged,
    Covered,
    Payload,
    Refused,
    TurnstileDecoder,
    encode,
)
from drivers.catalogue import BARRIERS, find
from egate.domain.session.barrier import BarrierPosition, LaneSignal
from egate.ports.devices import Barrier, DeviceError
from hardware_mocks.barrier.turnstile import TurnstileController, frame_of
from hardware_mocks.faults import WireFaults
from hardware_mocks.wire.pty import Pty

EXIT_OPEN = BarrierPosition.EXIT_OPEN


@pytest.mark.parametrize(
    ("covered", "frame"),
    [
        ("size", "02 02 00 44 01 47"),
        ("frame", "02 02 00 44 01 45"),
        ("command", "02 02 00 44 01 45"),
    ],
)
def test_the_frame_of_an_order(covered: Covered, frame: str) -> None:
    assert encode(b"\x44\x01", covered) == bytes.fromhex(frame)
    assert list(TurnstileDecoder(covered).feed(bytes.fromhex(frame))) == [Payload(b"\x44\x01")]


def test_answers_of_one_byte_and_noise() -> None:
    given = list(TurnstileDecoder("size").feed(bytes.fromhex("00 06 FF 15 02 00 00 06")))
    assert given == [Acknowledged(), Refused(), Acknowledged()]


@given(st.binary(max_size=300))
def test_any_bytes_are_survived_and_the_buffer_stays_small(noise: bytes) -> None:
    decoder = TurnstileDecoder("size")
    list(decoder.feed(noise))
    assert len(decoder._buffer) <= 40
    repeated = encode(b"\x53\x01\x02\x03", "size") * 12
    assert Payload(b"\x53\x01\x02\x03") in list(decoder.feed(repeated))


@given(st.binary(max_size=120), st.lists(st.integers(0, 120), max_size=6))
def test_pieces_make_no_difference(stream: bytes, cuts: Sequence[int]) -> None:
    ends = sorted(min(cut, len(stream)) for cut in cuts)
    pieces = [stream[a:b] for a, b in zip([0, *ends], [*ends, len(stream)], strict=True)]
    decoder = TurnstileDecoder("size")
    assert [m for p in pieces for m in decoder.feed(p)] == list(
        TurnstileDecoder("size").feed(stream)
    )


@asynccontextmanager
async def turnstile(
    *,
    third_beam: bool = True,
    faults: WireFaults | None = None,
    told: str = "wired",
    **options: float | str,
) -> AsyncIterator[tuple[Barrier, TurnstileController]]:
    with Pty(baud=None, faults=faults or WireFaults()) as pty:
        quick = {"answer_seconds": 0.1, "poll_seconds": 0.01, "third_beam": told}
        barrier = find(BARRIERS, "turnstile")(pty.path, quick | options)
        controller = TurnstileController(pty, motor_seconds=0.05, third_beam=third_beam)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(controller.run())
            async with aclosing(barrier):
                yield barrier, controller
            running.cancel()


async def beams_of_a_passage(
    barrier: Barrier, controller: TurnstileController, *, back: bool
) -> list[bool]:
    """Let somebody through an open door; return the third beam at every change of a sensor."""
    beams = []
    await barrier.set_position(EXIT_OPEN)
    controller.lane.presence[2] = True
    await asyncio.sleep(0.06)  # three ticks of the controller
    async with asyncio.timeout(5), aclosing(barrier.sensors()) as sensors:
        async for now in sensors:
            beams.append(now.presence[2])
            if len(beams) == 1:
                controller.lane.presence[1:] = [back, False]
            elif beams[-2:] == [True, False]:
                return beams
    raise AssertionError("the sensors ended")


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("faults", [WireFaults(), WireFaults(one_byte_at_a_time=True)])
async def test_a_passage_that_is_told_stands_for_the_third_beam(
    faults: WireFaults, *, back: bool
) -> None:
    async with turnstile(third_beam=False, faults=faults, told="told") as (barrier, controller):
        beams = await beams_of_a_passage(barrier, controller, back=back)
        assert beams.count(True) == 1


async def test_a_passage_that_is_told_twice_is_seen_by_the_wired_beam_alone() -> None:
    async with turnstile() as (barrier, controller):
        assert await beams_of_a_passage(barrier, controller, back=False) == [True, False]
        async with asyncio.timeout(5):
            while controller._to_tell or not controller._tellings:
                await barrier.check()
                await asyncio.sleep(0.01)
        assert controller._tellings < 3  # it was confirmed, not given up


async def test_a_command_that_the_controller_lacks_is_refused_and_named() -> None:
    async with turnstile(command_lights=0x70) as (barrier, _):
        with pytest.raises(DeviceError, match="refused command 70"):
            await barrier.set_signal(LaneSignal.STOP)
        await barrier.check()


async def test_another_reach_of_the_check_byte_is_told() -> None:
    async with turnstile(check_from="frame", answer_seconds=0.02) as (barrier, _):
        with pytest.raises(DeviceError, match="refused command"):
            await barrier.check()


async def test_doors_that_were_told_nothing_are_not_believed() -> None:
    async with turnstile(command_doors=0x4C, command_lights=0x44) as (barrier, _):
        with pytest.raises(DeviceError, match="did not take an order"):
            await barrier.set_position(EXIT_OPEN)


async def test_a_controller_without_an_answer_is_lost() -> None:
    with Pty(baud=None) as pty:
        barrier = find(BARRIERS, "turnstile")(pty.path, {"answer_seconds": 0.01})
        with pytest.raises(DeviceError, match="does not answer"):
            await barrier.check()
        await barrier.aclose()


async def test_two_passages_that_are_told_at_once_are_two_breaks_of_the_beam() -> None:
    async with turnstile(third_beam=False, told="told") as (barrier, controller):
        await barrier.check()
        for _ in range(2):
            await controller._pty.write(frame_of(b"\x1a"))
        beams = []
        async with asyncio.timeout(5), aclosing(barrier.sensors()) as sensors:
            async for now in sensors:
                beams.append(now.presence[2])
                if beams[-4:] == [True, False, True, False]:
                    return


async def test_an_answer_that_is_late_is_not_taken_for_the_next() -> None:
    with Pty(baud=None) as pty:
        barrier = find(BARRIERS, "turnstile")(pty.path, {"answer_seconds": 0.1})

        async def answer_late_and_then_at_once() -> None:
            assert await pty.read() == frame_of(b"W\x01")
            await pty.write(b"\x06")
            assert await pty.read() == frame_of(b"S")
            await asyncio.sleep(0.15)
            await pty.write(frame_of(b"S\x00\x05\x00"))  # both doors closed
            await asyncio.sleep(0.03)
            assert await pty.read() == frame_of(b"S")
            await pty.write(frame_of(b"S\x00\x0a\x00"))  # both doors open

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(answer_late_and_then_at_once())
            async with aclosing(barrier.sensors()) as sensors:
                now = await anext(sensors)
        assert now.entry_open
        assert now.exit_open
        await barrier.aclose()
