"""What every MRZ reader promises, on serial lines with their faults."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass

import pytest

from drivers.catalogue import MRZ_READERS, find
from drivers.mrz_reader import serial_reader
from egate.ports.devices import DeviceError, DriverOptionError, MrzLines, MrzReader
from hardware_mocks.faults import WireFaults
from hardware_mocks.mrz_reader.elyctis import ElyctisReader
from hardware_mocks.mrz_reader.line_push import LinePushReader
from hardware_mocks.mrz_reader.rte_native import RteReader
from hardware_mocks.mrz_reader.syn_imager import SynImager
from hardware_mocks.wire.pty import Pty

TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)

FAULTS = {
    "clean": WireFaults(),
    "noise": WireFaults(noise_before=b"\x00\xff\x03"),
    "noise like a header": WireFaults(noise_before=b"\x49\x00\x5a"),
    "byte by byte": WireFaults(one_byte_at_a_time=True),
    "spoiled": WireFaults(seed=3, spoil_first=2),
    "cut": WireFaults(seed=5, cut_first=2),
}
READERS: dict[str, tuple[str, dict[str, float | str]]] = {
    "elyctis continuous": ("elyctis", {"debounce_seconds": 0.2}),
    "elyctis inquire": ("elyctis", {"mode": "inquire", "poll_seconds": 0.02}),
    "line push": ("line_push", {"debounce_seconds": 0.2}),
    "rte native": ("rte_native", {"debounce_seconds": 0.2}),
    "syn imager": ("syn_imager", {"poll_seconds": 0.02, "debounce_seconds": 0.2}),
    "syn presentation": ("syn_imager", {"mode": "presentation", "debounce_seconds": 0.2}),
}
Device = ElyctisReader | LinePushReader | RteReader | SynImager


@dataclass
class Line:
    reader: MrzReader
    device: Device
    pty: Pty


def device_on(pty: Pty, name: str) -> Device:
    if name.startswith("syn"):
        return SynImager(pty, presentation="presentation" in name)
    kinds = {"elyctis": ElyctisReader, "line_push": LinePushReader, "rte_native": RteReader}
    return kinds[READERS[name][0]](pty)


async def line_for(name: str, faults: WireFaults, **others: float) -> AsyncIterator[Line]:
    driver, options = READERS[name][0], READERS[name][1] | others
    with Pty(baud=None, faults=faults) as pty:
        reader = find(MRZ_READERS, driver)(pty.path, options)
        device = device_on(pty, name)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(device.run())
            async with aclosing(reader):
                await reader.check()
                yield Line(reader, device, pty)
            running.cancel()


@pytest.fixture(params=READERS)
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    async for made in line_for(request.param, FAULTS["clean"]):
        yield made


@pytest.fixture(params=FAULTS)
def faults(request: pytest.FixtureRequest) -> WireFaults:
    return FAULTS[request.param]


@pytest.fixture(params=READERS)
async def bad_line(request: pytest.FixtureRequest, faults: WireFaults) -> AsyncIterator[Line]:
    async for made in line_for(request.param, faults):
        yield made


async def next_document(reader: MrzReader) -> MrzLines:
    async with asyncio.timeout(5), aclosing(reader.documents()) as documents:
        return await anext(documents)


async def present_until(line: Line, wanted: tuple[str, ...]) -> None:
    """Lay the document down again and again, as a traveller does, until it is given."""

    async def lay() -> None:
        while True:
            await line.device.lay(wanted)
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as tasks:
        laying = tasks.create_task(lay())
        while (await next_document(line.reader)).lines != wanted:
            pass
        laying.cancel()


async def test_gives_the_lines(line: Line) -> None:
    await line.device.lay(TD3)
    assert await next_document(line.reader) == MrzLines(TD3)
    await line.device.lay(TD1)
    assert await next_document(line.reader) == MrzLines(TD1)


async def test_gives_the_lines_over_a_bad_line(bad_line: Line) -> None:
    await present_until(bad_line, TD3)
    await present_until(bad_line, TD1)


async def test_a_cancelled_wait_leaves_it_usable(line: Line) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.03):
            await anext(line.reader.documents())
    await test_gives_the_lines(line)


async def test_a_document_that_stays_is_given_once(line: Line) -> None:
    for lines in (TD3, TD3, TD1):
        await line.device.lay(lines)
        if lines == TD3:
            assert await nothing_new_after_the_first(line.reader)
    assert await next_document(line.reader) == MrzLines(TD1)


async def nothing_new_after_the_first(reader: MrzReader) -> bool:
    given = []
    try:
        async with asyncio.timeout(0.1), aclosing(reader.documents()) as documents:
            async for document in documents:
                given.append(document)  # noqa: PERF401 - what came before the timeout counts
    except TimeoutError:
        pass
    return len(given) <= 1


async def test_an_unplugged_line_is_a_lost_device_and_comes_back(line: Line) -> None:
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(lost(line.reader))
        await asyncio.sleep(0)
        line.pty.unplug()
        assert "unplugged" in await waiting
    assert "no such device" in await lost(line.reader)
    line.pty.plug()
    await until_it_answers(line.reader)
    await present_until(line, TD3)


async def lost(reader: MrzReader) -> str:
    async with asyncio.timeout(5):
        try:
            await anext(reader.documents())
        except DeviceError as error:
            return error.reason
    raise AssertionError("a document came from a line that is not there")


async def until_it_answers(reader: MrzReader) -> None:
    async with asyncio.timeout(5):
        while True:
            try:
                return await reader.check()
            except DeviceError:
                continue


async def test_an_imager_that_sees_nothing_is_not_lost_and_is_released_in_the_end() -> None:
    async for line in line_for("syn imager", FAULTS["clean"]):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):  # 25 triggers
                await anext(line.reader.documents())
        assert isinstance(line.device, SynImager)
        assert line.device._on
        await line.reader.aclose()
        async with asyncio.timeout(5):
            while line.device._on:  # noqa: ASYNC110 - the device has no event for it
                await asyncio.sleep(0.005)


async def test_a_busy_line_is_named(line: Line) -> None:
    second = find(MRZ_READERS, "line_push")(line.pty.path, {})
    with pytest.raises(DeviceError, match="in use by another program"):
        await second.check()


@pytest.mark.parametrize(("driver", "mode"), [("elyctis", "inquire"), ("syn_imager", "trigger")])
async def test_a_mute_reader_that_is_asked_is_lost(driver: str, mode: str) -> None:
    with Pty(baud=None) as pty:  # nobody runs on the far end
        reader = find(MRZ_READERS, driver)(pty.path, {"mode": mode, "poll_seconds": 0.01})
        assert "does not answer" in await lost(reader)
        await reader.aclose()


@pytest.fixture
def soon_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a reader that tells by itself be asked at once whether it is there."""
    monkeypatch.setattr(serial_reader, "_QUIET_SECONDS", 0.02)
    monkeypatch.setattr(serial_reader, "_ANSWER_SECONDS", 0.02)


@pytest.mark.usefixtures("soon_asked")
@pytest.mark.parametrize("name", ["elyctis continuous", "syn presentation"])
async def test_a_reader_that_tells_by_itself_and_falls_mute_is_lost(name: str) -> None:
    driver, options = READERS[name]
    with Pty(baud=None) as pty:  # nobody runs on the far end
        reader = find(MRZ_READERS, driver)(pty.path, options)
        assert (await lost(reader)).endswith("does not answer")
        await reader.aclose()


@pytest.mark.usefixtures("soon_asked")
async def test_a_reader_whose_answers_make_no_sense_is_lost() -> None:
    noise = WireFaults(cut_first=10_000, noise_before=b"\x49\x00\x02\xff\xff")
    with Pty(baud=None, faults=noise) as pty:
        reader = find(MRZ_READERS, "elyctis")(pty.path, {})
        device = device_on(pty, "elyctis continuous")
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(device.run())
            with pytest.raises(DeviceError, match="what comes makes no sense"):
                await reader.check()
            assert "what comes makes no sense" in await lost(reader)
            await reader.aclose()
            running.cancel()


@pytest.mark.usefixtures("soon_asked")
async def test_a_document_that_lies_on_a_quiet_reader_is_given_once() -> None:
    async for line in line_for("elyctis continuous", FAULTS["clean"]):
        await line.device.lay(TD3)
        given = []
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5), aclosing(line.reader.documents()) as documents:
                async for document in documents:
                    given.append(document)  # noqa: PERF401 - what came before the timeout counts
        assert given == [MrzLines(TD3)]
        await line.device.lift()
        await line.device.lay(TD3)  # by the traveller, who was asked to
        assert await next_document(line.reader) == MrzLines(TD3)


class LaidAgain(ElyctisReader):
    """Says what still lies there when it is asked, and with it what was laid at that moment."""

    def answers(self, received: bytes) -> list[bytes]:
        return [b"".join(super().answers(received) * 2)]


@pytest.mark.usefixtures("soon_asked")
async def test_a_document_laid_again_while_the_reader_is_asked_is_given() -> None:
    with Pty(baud=None) as pty:
        reader = find(MRZ_READERS, "elyctis")(pty.path, {"debounce_seconds": 0.01})
        device = LaidAgain(pty)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(device.run())
            await reader.check()
            await device.lay(TD3)
            for _ in range(3):
                assert await next_document(reader) == MrzLines(TD3)
            await reader.aclose()
            running.cancel()


@pytest.mark.parametrize(
    ("path", "reason"), [("/dev/serial/by-id/none", "no such device"), (__file__, "onfigure")]
)
async def test_what_is_no_line_is_named(path: str, reason: str) -> None:
    reader = find(MRZ_READERS, "line_push")(path, {})
    with pytest.raises(DeviceError, match=reason):
        await reader.check()


@pytest.mark.parametrize(
    "options",
    [
        {"colour": 1},
        {"baud_rate": "fast"},
        {"baud_rate": 1},
        {"mode": "sometimes"},
        {"debounce_seconds": True},
    ],
)
def test_bad_options_are_refused(options: dict[str, int | float | str | bool]) -> None:
    with pytest.raises(DriverOptionError, match=next(iter(options))):
        find(MRZ_READERS, "elyctis")("/dev/ttyUSB0", options)


def test_an_unknown_driver_is_named() -> None:
    with pytest.raises(DriverOptionError, match="elyctis, line_push"):
        find(MRZ_READERS, "telepathy")


TELLS = ["elyctis continuous", "elyctis inquire", "syn imager"]


@pytest.fixture
async def listened(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Line, list[MrzLines]]]:
    """A reader that is listened to, as a gate does, and what it gave."""
    given: list[MrzLines] = []

    async def listen(reader: MrzReader) -> None:
        async for document in reader.documents():
            given.append(document)  # noqa: PERF401 - what came so far is looked at

    patient = {"poll_seconds": 0.15} if "poll_seconds" in READERS[request.param][1] else {}
    async for made in line_for(request.param, FAULTS["clean"], **patient):
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(listen(made.reader))
            await asyncio.sleep(0)
            yield made, given
            listening.cancel()


async def until_occupied(reader: MrzReader, wanted: bool) -> None:  # noqa: FBT001 - is waited for
    async with asyncio.timeout(5):
        while await reader.occupied() is not wanted:  # noqa: ASYNC110 - asked again and again
            await asyncio.sleep(0.02)


async def until_given(given: list[MrzLines], count: int) -> None:
    async with asyncio.timeout(5):
        while len(given) < count:  # noqa: ASYNC110 - the reader has no event for it
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("listened", TELLS, indirect=True)
async def test_tells_whether_a_document_lies_there(
    listened: tuple[Line, list[MrzLines]],
) -> None:
    line, given = listened
    await until_occupied(line.reader, wanted=False)
    await line.device.lay(TD3)
    await until_occupied(line.reader, wanted=True)
    for _ in range(5):
        assert await line.reader.occupied()
        await asyncio.sleep(0.05)
    assert given == [MrzLines(TD3)]  # it was not presented again by being asked about
    await line.device.lift()
    await until_occupied(line.reader, wanted=False)
    await asyncio.sleep(line.reader._debounce._seconds)  # a document that stays is read once
    await line.device.lay(TD3)
    await until_occupied(line.reader, wanted=True)
    await until_given(given, 2)
    assert given == [MrzLines(TD3)] * 2


@pytest.mark.parametrize("listened", sorted(READERS.keys() - set(TELLS)), indirect=True)
async def test_a_reader_that_only_pushes_cannot_tell(
    listened: tuple[Line, list[MrzLines]],
) -> None:
    line, given = listened
    await line.device.lay(TD3)
    await until_given(given, 1)
    assert not await line.reader.occupied()
