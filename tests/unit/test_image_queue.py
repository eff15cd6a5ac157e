"""Pictures that wait for the centre: sealed, bounded, forgotten in time, and never in the way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from egate.domain.session.states import SessionId
from egate.domain.time import UtcSeconds
from egate.gate.clocks import Clocks
from egate.gate.image_sending import ImageSending
from egate.outbox.images import ImageLimits, ImageQueue
from egate.outbox.sealing import Seal
from egate.ports.case_images import CaseImage, CaseImageKind, ImageRefused
from egate.ports.reporting import CentreUnavailable
from egate.ports.supervision import GateState, GateStatus, TravellerMessage

ONE, TWO = (f"0197f000-0000-7000-8000-{number:012x}" for number in (1, 2))
NOW = UtcSeconds(1_790_000_000.0)
FACE = b"\xff\xd8\xff a face"
LIMITS = ImageLimits(keep_seconds=100.0, most_bytes=10_000)


def picture(kind: CaseImageKind = CaseImageKind.LIVE_FRAME, jpeg: bytes = FACE) -> CaseImage:
    return CaseImage(kind, jpeg)


def opened(folder: Path, limits: ImageLimits = LIMITS, key: bytes = b"k" * 32) -> ImageQueue:
    return ImageQueue(folder / "images", Seal(key), limits)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / "images").iterdir())


def test_what_waits_longest_comes_first_also_after_a_restart(tmp_path: Path) -> None:
    queue = opened(tmp_path)
    queue.add(TWO, 0, picture(jpeg=FACE + b"2"), UtcSeconds(NOW + 1))
    queue.add(ONE, 0, picture(), NOW)
    queue.add(ONE, 1, picture(CaseImageKind.CHIP_PORTRAIT), NOW)
    queue = opened(tmp_path)
    found = []
    while waiting := queue.oldest(NOW):
        found.append((waiting.crossing_id, waiting.image.kind, waiting.image.jpeg))
        queue.settle(waiting)
    assert found == [
        (ONE, "live_frame", FACE),
        (ONE, "chip_portrait", FACE),
        (TWO, "live_frame", FACE + b"2"),
    ]
    assert names(tmp_path) == []


def test_on_the_disk_there_is_no_face(tmp_path: Path) -> None:
    opened(tmp_path).add(ONE, 0, picture(), NOW)
    (file,) = (tmp_path / "images").iterdir()
    assert b"a face" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "images").stat().st_mode & 0o777 == 0o700


def test_too_old_ones_are_forgotten(tmp_path: Path) -> None:
    queue = opened(tmp_path)
    queue.add(ONE, 0, picture(), NOW)
    queue.add(TWO, 0, picture(), UtcSeconds(NOW + 50))
    waiting = queue.oldest(UtcSeconds(NOW + 101))
    assert waiting is not None
    assert waiting.crossing_id == TWO
    assert queue.oldest(UtcSeconds(NOW + 151)) is None
    assert names(tmp_path) == []


def test_of_too_many_the_oldest_go(tmp_path: Path) -> None:
    queue = opened(tmp_path, replace(LIMITS, most_bytes=2_500))
    for number in range(5):
        queue.add(ONE, number, picture(jpeg=FACE + bytes(1000)), UtcSeconds(NOW + number))
    assert [name.split(".")[1] for name in names(tmp_path)] == ["03", "04"]


@pytest.mark.parametrize("spoilt", ["key", "bits", "name", "stranger", "torn"])
def test_what_cannot_be_believed_is_forgotten(tmp_path: Path, spoilt: str) -> None:
    queue = opened(tmp_path)
    queue.add(ONE, 0, picture(), NOW)
    (file,) = (tmp_path / "images").iterdir()
    match spoilt:
        case "key":
            queue = opened(tmp_path, key=b"x" * 32)
        case "bits":
            file.write_bytes(file.read_bytes()[:-1] + b"\0")
        case "name":
            file.rename(file.with_name(file.name.replace(ONE, TWO)))
        case "stranger":
            file.rename(file.with_name("0-notes"))
        case "torn":
            file.rename(file.with_name(f"{file.name}.new"))
            queue = opened(tmp_path)
    assert queue.oldest(NOW) is None
    assert names(tmp_path) == []


class Lane:
    """Statuses one after another, and the pictures of whoever is referred."""

    def __init__(self, *statuses: GateStatus) -> None:
        self.statuses = statuses
        self.depth = 0
        self.asked: list[str] = []

    def status(self) -> GateStatus:
        return replace(IDLE, outbox_depth=self.depth)

    async def changes(self) -> AsyncIterator[GateStatus]:
        for status in self.statuses:
            yield status

    def images(self, session: SessionId) -> tuple[CaseImage, ...]:
        self.asked.append(session)
        return (picture(), picture(CaseImageKind.PAD_FRAME), picture(CaseImageKind.CHIP_PORTRAIT))


class Sink:
    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.sent: list[tuple[str, str]] = []

    async def put(self, crossing_id: str, image: CaseImage) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append((crossing_id, image.kind.value))


IDLE = GateStatus("G", GateState.IDLE, TravellerMessage.WELCOME)
PASSING = replace(IDLE, state=GateState.PASSING, crossing_id=TWO)
REFERRED = replace(IDLE, state=GateState.AWAITING_OFFICER, crossing_id=ONE)
KINDS = (CaseImageKind.LIVE_FRAME, CaseImageKind.CHIP_PORTRAIT)


async def run(folder: Path, lane: Lane, sink: Sink, looks: int) -> list[float]:
    """Keep what the lane has, then look ``looks`` times for something to send."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == looks:
            raise asyncio.CancelledError

    sending = ImageSending(
        lane,  # type: ignore[arg-type]
        lane.images,
        opened(folder),
        sink,
        KINDS,
        Clocks(lambda: 0.0, lambda: NOW),
        sleep=sleep,
    )
    await sending.keep()
    with pytest.raises(asyncio.CancelledError):
        await sending.send()
    return slept


@pytest.mark.asyncio
async def test_pictures_of_the_referred_alone_are_sent(tmp_path: Path) -> None:
    lane, sink = Lane(IDLE, PASSING, REFERRED, REFERRED, IDLE), Sink()
    slept = await run(tmp_path, lane, sink, 3)
    assert lane.asked == [ONE]
    assert sink.sent == [(ONE, "live_frame"), (ONE, "chip_portrait")]
    assert slept == [0.0, 0.0, 2.0]


@pytest.mark.asyncio
async def test_while_a_record_waits_no_picture_is_sent(tmp_path: Path) -> None:
    lane, sink = Lane(REFERRED), Sink()
    lane.depth = 1
    assert await run(tmp_path, lane, sink, 3) == [2.0] * 3
    assert sink.sent == []
    assert len(names(tmp_path)) == 2


@pytest.mark.asyncio
async def test_when_the_centre_is_away_they_wait(tmp_path: Path) -> None:
    sink = Sink(CentreUnavailable("away"))
    assert await run(tmp_path, Lane(REFERRED), sink, 2) == [30.0, 0.0]
    assert sink.sent == [(ONE, "live_frame")]


@pytest.mark.asyncio
async def test_one_that_is_refused_for_ever_is_forgotten(tmp_path: Path) -> None:
    sink = Sink(ImageRefused("no record"))
    await run(tmp_path, Lane(REFERRED), sink, 3)
    assert sink.sent == [(ONE, "chip_portrait")]
    assert names(tmp_path) == []


@pytest.mark.asyncio
async def test_a_lost_disk_stops_neither_loop(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    lane, sink = Lane(REFERRED, IDLE), Sink()
    queue_folder = tmp_path / "images"
    original = ImageQueue.__init__

    def then_lose_it(self: ImageQueue, *arguments: object) -> None:
        original(self, *arguments)  # type: ignore[arg-type]
        queue_folder.rmdir()

    ImageQueue.__init__ = then_lose_it  # type: ignore[method-assign,assignment]
    try:
        assert await run(tmp_path, lane, sink, 2) == [30.0, 30.0]
    finally:
        ImageQueue.__init__ = original  # type: ignore[method-assign]
