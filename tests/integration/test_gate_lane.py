"""The whole shell over simulated devices: sessions from the first step to the centre."""

import asyncio
import io
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from egate.domain.record import CrossingStatus, Direction, RecordVerdict
from egate.domain.session import model as m
from egate.emrtd.checks import Outcome
from egate.gate.chip_reading import ChipInspection
from egate.observability.logging import configure_logging
from egate.ports.devices import BarrierSensors, DeviceError, DeviceName
from egate.ports.supervision import GateState, OfficerOrder
from tests.gate_lane import IDENTITY, QUICK, Centre, Procedure, good_chip, hall
from tests.gate_samples import BACKGROUND, DOCUMENT, SECRETS, chip, face

OPEN, CLOSED, RELEASED = (
    m.BarrierPosition.EXIT_OPEN,
    m.BarrierPosition.CLOSED,
    m.BarrierPosition.RELEASED,
)


async def test_a_traveller_passes_and_the_centre_knows(tmp_path: Path) -> None:
    log = io.StringIO()
    configure_logging(log, logging.DEBUG)
    async with hall(tmp_path) as h:
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        await h.present()
        await h.until_state(m.Passing)
        await h.until(lambda: h.barrier.now.entry_open)
        await h.walk_through()
        (record,) = await h.records(1)
        await h.until(lambda: h.barrier.positions[-1] is CLOSED)
        assert h.gate.supervision.status().state is GateState.IDLE
        await h.until(lambda: not h.gate.supervision.status().outbox_depth)
        assert h.gate.executor._work is None  # nothing of the traveller is kept
    assert h.barrier.positions == [CLOSED, OPEN, CLOSED, CLOSED]
    assert record.status is CrossingStatus.COMPLETED
    assert record.document == DOCUMENT
    assert record.gate_seq == 1
    assert record.passage_confirmed
    assert [step.step for step in record.steps] == ["mrz", "chip", "face", "passage"]
    assert not [secret for secret in SECRETS if secret in log.getvalue()]
    assert "Inspecting" in log.getvalue()


async def test_records_are_numbered_without_a_gap(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        for number in range(3):
            await h.walk_up()
            await h.until_state(m.ReadingMrz)
            await h.go_back()
            await h.until_state(m.Idle)
            await h.records(number + 1)
        assert [record.gate_seq for record in h.centre.records] == [1, 2, 3]
        assert {r.status for r in h.centre.records} == {CrossingStatus.ABANDONED}
        assert len({r.crossing_id for r in h.centre.records}) == 3


async def test_a_chip_that_leaves_the_field_twice_is_admitted(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        h.procedure.exchanges = 100_000
        await h.walk_up()
        await h.present()
        for lost in (1, 2):
            await h.until(lambda lost=lost: h.procedure.begun == lost)
            await h.chip_reader.remove()
            await h.until(lambda lost=lost: getattr(h.state, "lost", 0) == lost)
            if lost == 2:
                h.procedure.exchanges = 3
            await h.chip_reader.insert(good_chip)
        await h.until_state(m.Passing)
        await h.until(lambda: h.barrier.now.entry_open)
        await h.walk_through()
        (record,) = await h.records(1)
    assert record.attempts == 3
    assert record.verdict is RecordVerdict.ADMIT


async def test_a_referred_traveller_waits_for_the_officer(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        h.procedure.inspection = ChipInspection(chip(DG_HASHES=Outcome.FAILED), b"portrait")
        await h.walk_up()
        await h.present()
        await h.until_state(m.AwaitingOfficer)
        status = h.gate.supervision.status()
        (record,) = await h.records(1)
        assert status.findings == record.findings == ("ELECTRONIC.PA.DG_HASHES",)
        assert status.crossing_id == record.crossing_id
        assert h.barrier.signals[-1] is m.LaneSignal.STOP
        assert OPEN not in h.barrier.positions
        assert h.gate.supervision.order(OfficerOrder.RESET, "officer-1")
        await h.until_state(m.Idle)
        assert not h.gate.supervision.order(OfficerOrder.RESET, "officer-1")
        await h.go_back()
        assert len(h.centre.records) == 1


async def test_an_unreadable_mrz_is_asked_for_again(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        h.mrz_reader.present("P<UTO", "NOISE")
        await h.until(lambda: h.gate.runner.message is m.TravellerMessage.PLACE_DOCUMENT_AGAIN)
        await h.present()
        await h.until_state(m.Passing)


async def test_a_document_laid_down_by_somebody_who_waited_begins_a_session(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as h:
        h.gate.supervision.order(OfficerOrder.CLOSE_LANE, "officer-1")
        await h.until_state(m.OutOfService)
        await h.walk_up()
        assert h.gate.supervision.order(OfficerOrder.OPEN_LANE, "officer-1")
        await h.until_state(m.Idle)
        await h.present()
        await h.until_state(m.Passing)


async def test_a_document_without_a_traveller_begins_nothing(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        await h.present()
        await asyncio.sleep(0.02)
        assert h.state == m.Idle()


async def test_tailgating_closes_the_open_lane(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        await h.walk_up()
        await h.present()
        await h.until_state(m.Passing)
        await h.until(lambda: h.barrier.now.entry_open)
        await h.beams()
        await h.beams(mouth=True)
        await h.until_state(m.AwaitingOfficer)
        await h.until(lambda: h.barrier.positions[-1] is CLOSED)
        (record,) = await h.records(1)
    assert record.findings == ("PHYSICAL.SINGLE_PERSON",)


async def test_the_emergency_input_releases_until_input_and_officer_end_it(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        await h.barrier.sense(replace(h.barrier.now, emergency_release=True))
        await h.until_state(m.Evacuating)
        await h.until(lambda: h.barrier.positions[-1] is RELEASED)
        assert not h.gate.supervision.order(OfficerOrder.RESET, "officer-1")
        await h.barrier.sense(BarrierSensors())
        await h.until(lambda: not h.state.raised)
        assert h.gate.supervision.order(OfficerOrder.RESET, "officer-1")
        await h.until_state(m.Idle)
        (record,) = await h.records(1)
    assert record.status is CrossingStatus.ABORTED


async def test_an_evacuation_needs_no_journal_and_its_record_is_not_lost(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        h.database.execute("PRAGMA query_only = ON")
        assert h.gate.supervision.order(OfficerOrder.EVACUATE, "officer-1")
        await h.until_state(m.Evacuating)
        await h.until(lambda: h.barrier.positions[-1] is RELEASED)
        assert not h.centre.records
        h.database.execute("PRAGMA query_only = OFF")
        (record,) = await h.records(1)
        await h.until(lambda: not h.state.lane.faults)
        h.gate.supervision.order(OfficerOrder.RESET, "officer-1")
        await h.until_state(m.Idle)
    assert record.status is CrossingStatus.ABORTED
    assert record.gate_seq == 1


async def test_a_gate_that_cannot_record_admits_nobody(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        h.procedure.exchanges = 100_000
        await h.walk_up()
        await h.present()
        await h.until_state(m.Inspecting)
        await h.until(lambda: h.procedure.begun)
        h.database.execute("PRAGMA query_only = ON")
        h.procedure.exchanges = 3
        await h.chip_reader.remove()
        await h.chip_reader.insert(good_chip)
        await h.until_state(m.OutOfService)
        assert h.gate.supervision.status().findings == ("journal",)
        h.database.execute("PRAGMA query_only = OFF")
        await h.until_state(m.Idle)
        (record,) = await h.records(1)
    assert OPEN not in h.barrier.positions
    assert record.status is CrossingStatus.ABORTED


async def test_a_full_disk_admits_nobody_and_loses_no_record(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        steps: list[str] = []
        h.gate.runner.on_change(lambda: steps.append(type(h.state).__name__))
        h.centre.away = True
        h.database.execute("PRAGMA max_page_count = 1")  # as many as there are
        for _ in range(50):
            if isinstance(h.state, m.OutOfService):
                break
            await h.walk_up()
            await h.go_back()
        await h.until_state(m.OutOfService)
        await h.walk_up()
        await h.present()
        await h.until(lambda: "centre_away" in h.gate.supervision.status().conditions)
        steps.clear()
        await asyncio.sleep(0.3)
        assert not steps  # it does not promise again and again what it cannot keep
        h.database.execute("PRAGMA max_page_count = 100000")
        await h.until(lambda: not isinstance(h.state, m.OutOfService))
        h.centre.away = False
        await h.until(lambda: h.centre.records and not h.gate.supervision.status().outbox_depth)
        records = h.centre.records
    assert OPEN not in h.barrier.positions
    assert [record.gate_seq for record in records] == list(range(1, len(records) + 1))
    assert len({record.crossing_id for record in records}) == len(records)


@pytest.mark.parametrize("failing", range(1, 7))
async def test_a_journal_that_fails_once_at_any_step_costs_no_record(
    tmp_path: Path, failing: int
) -> None:
    async with hall(tmp_path) as h:
        journal = h.gate.runner._journal
        append, steps = journal.append, []

        def flaky(event, state, reports, at) -> None:  # noqa: ANN001
            steps.append((event, type(state)))
            if len(steps) == failing:
                raise DeviceError(DeviceName.JOURNAL, "full")
            append(event, state, reports, at)

        journal.append = flaky
        await h.walk_up()
        if failing > 1:  # else the document would begin another session for who still waits
            await h.present()
        await h.until(lambda: isinstance(h.state, m.Passing) or len(steps) > failing)
        opened = isinstance(h.state, m.Passing)
        if opened:
            await h.walk_through()
        await h.until_state(m.Idle)
        (record,) = await h.records(1)
    decisions = [n for n, (_, state) in enumerate(steps, 1) if state is m.Passing]
    assert (OPEN in h.barrier.positions) == opened == (decisions not in ([], [failing]))
    assert record.gate_seq == 1
    completed = (CrossingStatus.COMPLETED, RecordVerdict.ADMIT)
    aborted = (CrossingStatus.ABORTED, RecordVerdict.NONE)
    assert (record.status, record.verdict) == (completed if opened else aborted)


async def test_the_decision_itself_must_be_recorded(tmp_path: Path) -> None:
    class Spoiler:
        """Compares well, and spoils the journal just before the decision."""

        hall = None

        def on_guidance(self, listener: object) -> None:
            pass

        async def run(self, portrait, images):  # noqa: ANN001, ANN202
            await asyncio.wait([portrait])
            await self.hall.until(lambda: self.hall.state.session.chip)
            self.hall.database.execute("PRAGMA query_only = ON")
            return self.evidence

    spoiler = Spoiler()
    async with hall(tmp_path, ways=(Procedure(), lambda _: spoiler)) as h:
        spoiler.evidence = face()
        spoiler.hall = h
        await h.walk_up()
        await h.present()
        await h.until_state(m.OutOfService)
        h.database.execute("PRAGMA query_only = OFF")
        (record,) = await h.records(1)
    assert OPEN not in h.barrier.positions
    assert record.verdict is RecordVerdict.NONE


@pytest.mark.parametrize("name", ["mrz_reader", "barrier", "chip_reader"])
async def test_a_lost_device_closes_the_lane_until_it_answers(tmp_path: Path, name: str) -> None:
    async with hall(tmp_path) as h:
        await h.walk_up()
        await h.present()
        await h.chip_reader.remove()
        await h.until_state(m.Inspecting)
        failed = getattr(h, name).fail()
        if failed is not None:
            await failed
        (record,) = await h.records(1)
        assert record.status is CrossingStatus.ABORTED
        await h.until_state(m.Idle)
        await h.beams()
        await h.beams(mouth=True)
        await h.beams()
        h.procedure.exchanges = 3
        await h.walk_up()
        await h.until_state(m.ReadingMrz)


async def test_an_unreachable_centre_stops_nobody(tmp_path: Path) -> None:
    async with hall(tmp_path, centre=Centre(away=True)) as h:
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        await h.go_back()
        await h.until(lambda: not h.gate.supervision.status().centre_reachable)
        assert h.gate.supervision.status().outbox_depth == 1
        h.centre.away = False
        await h.records(1)
        await h.until(lambda: h.gate.supervision.status().centre_reachable)


async def test_a_stopped_gate_reports_whom_it_leaves(tmp_path: Path) -> None:
    centre = Centre()
    async with hall(tmp_path, centre=centre) as h:
        await h.walk_up()
        await h.present()
        await h.until_state(m.Passing)
    assert h.barrier.positions[-1] is CLOSED
    async with hall(tmp_path, centre=centre) as again:
        (record,) = await again.records(1)
        assert again.state == m.Idle()
    assert record.status is CrossingStatus.INTERRUPTED
    assert record.verdict is RecordVerdict.ADMIT
    assert record.document == DOCUMENT


async def test_time_runs_out(tmp_path: Path) -> None:
    async with hall(tmp_path, policy=replace(QUICK, mrz_seconds=0.05)) as h:
        await h.walk_up()
        (record,) = await h.records(1)
    assert record.findings == ("OPTICAL.MRZ.CHECK_DIGITS",)


async def test_watchers_see_every_change(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        changes = h.gate.supervision.changes()
        assert (await anext(changes)).state is GateState.IDLE
        await h.walk_up()
        async with asyncio.timeout(5):
            while (await anext(changes)).state is not GateState.READING_MRZ:
                pass
        await changes.aclose()


async def test_lists_and_authorisations_are_asked_about_the_traveller(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        h.background.answers.clear()
        await h.walk_up()
        await h.present()
        await h.until(lambda: h.comparison.compared)
        (subject,) = h.background.asked
        assert (subject.document, subject.direction, subject.port) == (
            DOCUMENT,
            Direction.ENTRY,
            IDENTITY.border_crossing_point,
        )
        assert isinstance(h.state, m.Inspecting)
        assert subject.crossing_id == h.state.session.id
        assert subject.at == h.state.session.began_at
        assert not any(secret in repr(subject) for secret in SECRETS)
        h.background.answers.set()
        await h.until_state(m.Passing)
        await h.walk_through()
        (record,) = await h.records(1)
    assert {c.outcome for c in record.checks if c.check_id in BACKGROUND} == {Outcome.SUCCESSFUL}
