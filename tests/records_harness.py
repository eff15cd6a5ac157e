"""What a centre of the tests of search, records and statistics has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol, TypeVar

from egate.central.statistics.facts import make_all_facts
from egate.domain.evidence import CheckResult, StayGrant, TravelDocument
from egate.domain.record import (
    CaptureMode,
    CrossingRecord,
    CrossingStatus,
    Direction,
    RecordVerdict,
)
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId, Outcome
from egate.ports.reporting import PendingRecord
from egate.reporting.client import CentreClient
from egate.reporting.decision_client import DecisionClient
from egate.reporting.decision_mapping import encode_decision
from tests.centre_harness import Centre, pending, record
from tests.unit.test_decision import CLEARED

DAY = 86_400.0
VISITOR = TravelDocument(
    "P", "IND", "Z1234567", "2031-05-02", "SEN", "ARUN", "IND", "1986-03-09", "M"
)
CITIZEN = TravelDocument(
    "P", "BGD", "A01234567", "2033-01-30", "RAHMAN", "NUSRAT", "BGD", "1991-11-21", "F"
)
DESK = "BDDAC-DESK-1"
REFERRED, SETTLED = 6, 7
"""Numbers of the referral, and of the desk's record that settles it."""


def crossing_id(number: int) -> str:
    return record(number).crossing_id


async def fill(centre: Centre, now: float) -> None:
    """Give the centre a short history of two persons, one of whom a desk let in."""
    await centre.submit(*_visitor(now), *_citizen(now))
    tls = centre.tls("console", DESK)
    async with closing_later(CentreClient(centre.at.grpc, tls)) as crossings:
        await crossings.submit(pending(_settled(now)))
    async with closing_later(DecisionClient(centre.at.grpc, tls)) as decisions:
        cleared = replace(
            CLEARED, crossing_id=crossing_id(REFERRED), decided_at=UtcSeconds(now - 1700),
            seen_at=UtcSeconds(now - 1750), reason_text="the same face, older",
        )  # fmt: skip
        payload = encode_decision(cleared)
        await decisions.submit([PendingRecord(1, cleared.decision_id, payload)])


async def count(centre: Centre) -> None:
    """Let the statistics of the centre have all that it has."""
    await centre.database.execute(
        "UPDATE crossing SET accepted_at = accepted_at - interval '1 hour'"
    )
    await make_all_facts(centre.database)


class _Closing(Protocol):
    async def close(self) -> None: ...


_Client = TypeVar("_Client", bound=_Closing)


@asynccontextmanager
async def closing_later(client: _Client) -> AsyncIterator[_Client]:
    try:
        yield client
    finally:
        await client.close()


def _settled(now: float) -> CrossingRecord:
    return replace(
        _passed(SETTLED, now - 1700, CITIZEN, Direction.ENTRY),
        gate_id=DESK,
        gate_seq=1,
        capture_mode=CaptureMode.DESK,
        entered_by="officer-1",
        supersedes=crossing_id(REFERRED),
        decision_id=CLEARED.decision_id,
        signer="",
        attempts=0,
        checks=(),
    )


def _visitor(now: float) -> list[CrossingRecord]:
    grant = StayGrant("VISA_MRV", "V100200", 30, "2026-05-01")
    return [
        _passed(1, now - 300 * DAY, VISITOR, Direction.ENTRY, grant=grant),
        _passed(2, now - 290 * DAY, VISITOR, Direction.EXIT),
        _passed(3, now - 100 * DAY, VISITOR, Direction.ENTRY, grant=grant),
        _passed(4, now - 40 * DAY, VISITOR, Direction.EXIT),
    ]


def _citizen(now: float) -> list[CrossingRecord]:
    return [
        _passed(5, now - 3 * 3600, CITIZEN, Direction.EXIT),
        replace(
            _passed(REFERRED, now - 1800, CITIZEN, Direction.ENTRY),
            verdict=RecordVerdict.REFER,
            status=CrossingStatus.REFERRED,
            findings=("BIOMETRIC.FACE",),
            passage_confirmed=False,
            similarity=0.3123,
            threshold=0.4,
            fallback_reasons=("lists_stale",),
        ),
    ]


def _passed(
    number: int,
    at: float,
    document: TravelDocument,
    direction: Direction,
    grant: StayGrant | None = None,
) -> CrossingRecord:
    return record(
        number,
        direction=direction,
        occurred_at=UtcSeconds(at),
        recorded_at=UtcSeconds(at + 9),
        verdict=RecordVerdict.ADMIT,
        status=CrossingStatus.COMPLETED,
        findings=(),
        document=document,
        grant=grant,
        signer="BD:1a2b",
        attempts=1,
        checks=(
            CheckResult(CheckId.ACCESS, Outcome.SUCCESSFUL, "PACE-GM", 410),
            CheckResult(CheckId.FACE, Outcome.FAILED, "", 830),
        ),
    )
