"""What a lane trusts while it is at work: a real store, a real folder, no restart."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from egate.domain.session import model as m
from egate.gate.clocks import Clocks
from egate.gate.trust_keeping import TrustKeeping, TrustPlan
from egate.ports.devices import DeviceError, DeviceName
from egate.ports.supervision import TrustAlarm
from egate.trust.source import Source, source_at
from egate.trust.store import StoreUpdate, TrustStore, TrustStoreError, update
from tests.gate_lane import CLOCKS, Trust, hall
from tests.trust_forge import NOW, Forge, key
from tests.trust_taking import BD, CSCA, IN, take

DAY = timedelta(days=1)


class Lane:
    """A store, a folder of updates, and a clock that a test moves."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store"
        self.source = folder / "source"
        self.source.mkdir()
        self.now: datetime = NOW
        self.clocks = Clocks(lambda: 0.0, self.utc)

    def utc(self) -> float:
        return self.now.timestamp()

    async def opened(self, source: Source | None = None, own_state: str = "BD") -> TrustKeeping:
        return await TrustKeeping.opened(TrustPlan(self.store, own_state, source), self.clocks)

    def offer(self, name: str, content: bytes) -> None:
        (self.source / name).write_bytes(content)


@pytest.fixture
def lane(tmp_path: Path) -> Lane:
    made = Lane(tmp_path)
    take(made.store, CSCA.raw)
    return made


async def test_a_new_version_is_seen_and_an_inspection_keeps_its_own(lane: Lane) -> None:
    keeping = await lane.opened()
    first = keeping.snapshot()
    assert first.version == TrustStore.open(lane.store).version == keeping.status.store_version
    await keeping.look()
    assert keeping.snapshot() is first
    take(lane.store, BD.crl().raw)
    await keeping.look()
    assert keeping.snapshot().version == TrustStore.open(lane.store).version != first.version
    assert keeping.snapshot().anchors.crls_of("BD")
    assert not first.anchors.crls_of("BD")


@pytest.mark.parametrize("content", [b"", b"no database" * 1000, None])
async def test_a_damaged_store_leaves_the_one_before_in_use(
    lane: Lane, content: bytes | None
) -> None:
    keeping = await lane.opened()
    first = keeping.snapshot()
    file = lane.store / "trust.sqlite3"
    whole = file.read_bytes()
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    await keeping.look()
    assert keeping.snapshot() is first
    assert keeping.status.alarms == (TrustAlarm.STORE_UNUSABLE,)
    assert keeping.fault is None
    file.write_bytes(whole)
    await keeping.look()
    assert keeping.status.alarms == ()


async def test_a_lane_starts_with_a_usable_store_or_not_at_all(lane: Lane) -> None:
    (lane.store / "trust.sqlite3").write_bytes(b"damaged")
    with pytest.raises(TrustStoreError):
        await lane.opened()


async def test_the_end_of_the_own_csca_is_told_before_it_comes(lane: Lane) -> None:
    keeping = await lane.opened()
    told: list[bool] = []
    keeping.on_change(lambda: told.append(keeping.fault is not None))
    assert keeping.status.own_state == "BD"
    end = CSCA.not_after
    assert keeping.status.own_csca_until == end.date().isoformat()
    lane.now = end - 89 * DAY
    await keeping.look()
    assert keeping.status.alarms == (TrustAlarm.OWN_CSCA_DUE,)
    assert keeping.fault is None
    lane.now = end + DAY
    with pytest.raises(DeviceError, match="own_csca: no valid CSCA certificate of BD"):
        await keeping.check()
    assert keeping.status.alarms == (TrustAlarm.OWN_CSCA_MISSING,)
    await keeping.look()
    assert told == [False, True]  # once for each change
    other = await lane.opened(own_state="IN")
    assert other.fault
    assert other.status.own_csca_until == ""


async def test_alarms_come_before_a_crl_is_stale(lane: Lane) -> None:
    take(lane.store, BD.crl(days=(-1, 30)).raw, IN.crl(days=(-1, 20)).raw, accept_unanchored=True)
    keeping = await lane.opened()
    assert keeping.status.alarms == ()
    lane.now = NOW + 24 * DAY
    await keeping.look()
    assert keeping.status.alarms == (TrustAlarm.CRL_DUE, TrustAlarm.CRL_STALE)
    assert (keeping.status.crls_due, keeping.status.crls_stale) == (("BD",), ("IN",))
    lane.now = NOW - 3 * DAY
    await keeping.look()
    assert keeping.status.alarms == (TrustAlarm.FROM_THE_FUTURE,)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(keeping: TrustKeeping) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(keeping.run())
        yield
        task.cancel()


async def test_the_lane_updates_itself(lane: Lane) -> None:
    naps: list[float] = []
    woken = asyncio.Event()

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        await woken.wait()
        await asyncio.sleep(0.01)

    source = source_at(str(lane.source))
    plan = TrustPlan(lane.store, "BD", source, every_seconds=1000.0)
    keeping = TrustKeeping(plan, lane.clocks, sleep=sleep)
    lane.offer("bd.crl", BD.crl().raw)
    async with running(keeping):
        await until(lambda: keeping.snapshot().anchors.crls_of("BD"))
        await until(lambda: 1000.0 in naps)
        lane.offer("junk", b"junk")
        woken.set()
        await until(lambda: keeping.status.alarms == (TrustAlarm.UPDATE_REFUSED,))
        (lane.source / "junk").unlink()
        await until(lambda: keeping.status.alarms == ())
        lane.source.rename(lane.source.with_name("gone"))
        await until(lambda: keeping.status.alarms == (TrustAlarm.UPDATE_FAILED,))
        await until(lambda: 60.0 in naps)  # a failed round is tried again soon
        lane.source.with_name("gone").rename(lane.source)
        await until(lambda: keeping.status.alarms == ())
    assert keeping.snapshot().anchors.crls_of("BD")


async def test_a_source_that_finds_a_bug_is_an_alarm_and_no_stop(lane: Lane) -> None:
    class Broken:
        address = "broken"

        async def look(self, known: object) -> object:
            raise RecursionError("nobody foresaw this")

    keeping = TrustKeeping(TrustPlan(lane.store, "BD", Broken()), lane.clocks)
    async with running(keeping):
        await until(lambda: keeping.status.alarms == (TrustAlarm.UPDATE_FAILED,))


async def test_an_update_under_way_ends_with_the_lane(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for the rest of a long list when the gate is told to stop."""
    before = TrustStore.open(lane.store).version
    lane.offer("bd.cer", BD.link(key("new")).raw)
    keeping = await lane.opened(source_at(str(lane.source)))
    begun, stopped, ended = (threading.Event() for _ in range(3))

    @contextmanager
    def slow(folder: Path) -> Iterator[StoreUpdate]:
        begun.set()
        stopped.wait(5)
        try:
            with update(folder) as store:
                yield store
        finally:
            ended.set()

    monkeypatch.setattr("egate.trust.updating.update", slow)
    async with running(keeping):
        assert await asyncio.to_thread(begun.wait, 5)
    stopped.set()
    assert await asyncio.to_thread(ended.wait, 5)
    assert TrustStore.open(lane.store).version == before


MISSING = DeviceError(DeviceName.OWN_CSCA, "no valid CSCA certificate of BD")


async def test_a_lane_without_the_own_csca_is_out_of_service_from_the_first_moment(
    tmp_path: Path,
) -> None:
    trust = Trust()
    trust.fault = MISSING
    async with hall(tmp_path, trust=trust) as h:
        await h.until_state(m.OutOfService)
        status = h.gate.supervision.status()
        assert status.findings == ("own_csca",)
        assert status.message is m.TravellerMessage.LANE_CLOSED
        await h.walk_up()
        assert isinstance(h.state, m.OutOfService)
        await h.go_back()
        trust.become(trust.status)
        await h.until_state(m.Idle)
        trust.become(trust.status, MISSING)
        await h.until_state(m.OutOfService)
        assert not h.centre.records


async def test_officers_hear_of_alarms(tmp_path: Path) -> None:
    trust = Trust()
    async with hall(tmp_path, trust=trust) as h:
        changes = h.gate.supervision.changes()
        assert (await anext(changes)).trust.alarms == ()
        trust.become(replace(trust.status, alarms=(TrustAlarm.LIST_DUE,)))
        while not (status := await anext(changes)).trust.alarms:
            pass
        assert status.trust.alarms == ("list_due",)
        await changes.aclose()


async def test_the_own_csca_comes_with_an_update(tmp_path: Path, lane: Lane) -> None:
    """The whole way: out of service, a link and a new key by the folder, and back."""
    lane.now = CSCA.not_after + DAY
    new = Forge(csca_key=key("new"))
    ends = (lane.now.year - NOW.year) + 2
    source = source_at(str(lane.source))
    plan = TrustPlan(lane.store, "BD", source, every_seconds=0.02)
    keeping = TrustKeeping(plan, Clocks(CLOCKS.monotonic, lane.clocks.utc))
    await keeping.look()
    folder = tmp_path / "journal"
    folder.mkdir()
    async with hall(folder, trust=keeping) as h:
        await h.until_state(m.OutOfService)
        subject_years = (-1, ends)
        lane.offer("new.cer", new.csca(years=subject_years).raw)
        lane.offer("link.cer", BD.link(key("new")).raw)
        await h.until_state(m.Idle)
        assert h.gate.supervision.status().trust.alarms == ()
