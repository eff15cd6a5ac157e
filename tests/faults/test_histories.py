"""What random clients are answered is what a model of the centre's interface allows."""

from dataclasses import replace

import pytest

from tests.centre_harness import Centre
from tests.faults.anomalies import anomalies
from tests.faults.history import Counted, History, Put, random_history

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]


async def test_no_answer_that_the_model_does_not_allow(centre: Centre) -> None:
    """A minute, and a tenth of it calls: the rest of the machine is for other tests."""
    history = await random_history(centre, gates=2, seconds=60, seed=1, share=0.1)
    assert anomalies(history) == []
    assert history.lost_calls > 20
    assert any("conflict" in (put.reasons or ()) for put in history.puts)
    assert all(len(stored) > 60 for stored in history.stored.values())


GOOD = History(
    puts=[
        Put(1, 0.0, 1.0, ((1, 0), (2, 0)), ("", ""), 2),
        Put(1, 2.0, 3.0, ((2, 1), (3, 0)), ("conflict", ""), 3),
        Put(1, 4.0, 5.0, ((4, 0),)),
    ],
    counts=[Counted(1, 1.5, 1.6, 2), Counted(1, 3.5, 4.5, 4)],
    stored={1: {1: 0, 2: 0, 3: 0, 4: 0}},
)


async def test_a_good_history_is_allowed() -> None:
    assert anomalies(GOOD) == []


SPOILT = {
    "was accepted and is not there": lambda h: h.stored[1].pop(1),
    "is there and was never sent": lambda h: h.stored[1].update({9: 0}),
    "was refused and is there": lambda h: h.stored[1].update({2: 1}),
    "4 was refused before anything else": lambda h: (
        h.stored[1].pop(4),
        _say(h, 2, reasons=("conflict",)),
    ),
    "1 was refused: not answered": lambda h: _say(h, 0, reasons=("not answered", "")),
    "3 were counted, and there were 2 to 2": lambda h: _count(h, 0, 3),
    "2 were counted, and there were 3 to 4": lambda h: _count(h, 1, 2),
    "all to 3 were said to be there": lambda h: _say(h, 0, watermark=3),
    "all to 1 were said to be there": lambda h: _say(h, 1, watermark=1),
    "4 were counted, and later 3": lambda h: h.counts.append(Counted(1, 5.0, 6.0, 3)),
}


def _say(history: History, at: int, **changes: object) -> None:
    history.puts[at] = replace(history.puts[at], **changes)  # type: ignore[arg-type]


def _count(history: History, at: int, total: int) -> None:
    history.counts[at] = replace(history.counts[at], total=total)


@pytest.mark.parametrize("said", SPOILT)
async def test_what_no_centre_may_answer_is_found(said: str) -> None:
    stored = {1: dict(GOOD.stored[1])}
    history = History(list(GOOD.puts), list(GOOD.counts), stored)
    SPOILT[said](history)
    assert any(said in each for each in anomalies(history))
