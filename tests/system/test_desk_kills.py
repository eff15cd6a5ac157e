"""A console that is killed at any write of its desk's book loses nothing and doubles nothing."""

import asyncio
import multiprocessing
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from egate.console.desk.writing import DeskWaiting
from egate.outbox.chain_audit import audit_of
from egate.reporting.mapping import decode
from tests.desk_kills import CROSSINGS, DECISIONS, work, work_and_die
from tests.desk_samples import STATION, Sink, desk

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]
_MOST_ACTS = 400
_KILLED = -9


@pytest.fixture(scope="module")
def forking() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.desk_kills"])
    return context


def lines(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


async def restarted(folder: Path) -> tuple[Sink, Sink]:
    """What is sent by the console that starts again, when officers enter everything again."""
    crossings, decisions = Sink(), Sink()
    async with desk(folder, crossings, decisions) as writing:
        for each in lines(folder / "told"):
            assert await writing.state_of(each) is not None
        for entries in work():
            await writing.enter(entries)
        await writing.send()
        for refused in await writing.unsettled(9):  # an officer has seen why, and mended it
            await writing.send_again(refused.record_id)
        await writing.send()
        assert writing.waiting() == DeskWaiting()
    return crossings, decisions


def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(
    tmp_path: Path, forking: ForkServerContext
) -> None:
    for act in range(_MOST_ACTS):
        folder = tmp_path / f"desk-{act}"
        folder.mkdir()
        process = forking.Process(target=work_and_die, args=(folder, act))
        process.start()
        process.join()
        crossings, decisions = asyncio.run(restarted(folder))
        # The centre tells what comes twice by its id.
        at_centre = {*lines(folder / "crossings"), *crossings.sent}
        assert len(at_centre) == CROSSINGS
        assert at_centre >= set(lines(folder / "told"))
        assert len({*lines(folder / "decisions"), *decisions.sent}) == DECISIONS
        numbers = [decode(each).gate_seq for each in crossings.payloads.values()]
        assert len(set(numbers)) == len(numbers)
        assert set(numbers) <= set(range(1, CROSSINGS + 1))
        audit = audit_of(folder / "desk.sqlite", STATION.console_id)
        assert (audit.found, audit.links) == (None, CROSSINGS)
        if process.exitcode != _KILLED:
            break
    assert process.exitcode == 0
    assert act > 60
