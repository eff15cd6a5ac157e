"""Several parts answer about one traveller, beside each other."""

import asyncio

import pytest

from egate.domain.evidence import BackgroundEvidence, ListUsed, StayGrant
from egate.domain.record import Direction
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.gate.background.checking import BackgroundChecking
from egate.gate.background.subject import BackgroundSubject
from tests.gate_samples import DOCUMENT, ENTERED_AT, SESSION_ID

SUBJECT = BackgroundSubject(SESSION_ID, DOCUMENT, Direction.ENTRY, "BDDAC", ENTERED_AT)


class Part:
    """Gives its answer, once everybody was asked."""

    def __init__(self, evidence: BackgroundEvidence, everybody: asyncio.Barrier) -> None:
        self._evidence = evidence
        self._everybody = everybody

    async def check(self, subject: BackgroundSubject) -> BackgroundEvidence:
        assert subject is SUBJECT
        await self._everybody.wait()
        return self._evidence


async def test_all_parts_are_asked_at_once_and_every_answer_counts() -> None:
    everybody = asyncio.Barrier(2)
    hit = CheckResult(CheckId.WATCHLIST, Outcome.FAILED)
    stays = CheckResult(CheckId.STAY, Outcome.SUCCESSFUL)
    used = ListUsed("EXIT_BAN", 3, ENTERED_AT, "ab" * 32)
    grant = StayGrant("E_VISA", "E1", 30, "2027-02-13")
    answers = [
        BackgroundEvidence((hit,), (used,)),
        BackgroundEvidence((stays,), grant=grant, fallback_reasons=("centre_away",)),
    ]
    async with asyncio.timeout(5):
        evidence = await BackgroundChecking([Part(each, everybody) for each in answers]).check(
            SUBJECT
        )
    assert evidence == BackgroundEvidence((hit, stays), (used,), grant, ("centre_away",))


async def test_a_bug_of_a_part_is_no_answer() -> None:
    class Broken:
        async def check(self, _: BackgroundSubject) -> BackgroundEvidence:
            raise RuntimeError("bug")

    with pytest.raises(ExceptionGroup):
        await BackgroundChecking([Broken()]).check(SUBJECT)
