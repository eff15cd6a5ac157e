"""What waits for a checker, counted: who is told, and what a centre that is away leaves."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from egate.console.access.officer import ConsoleRole, Officer
from egate.console.language import Language
from egate.console.supervision import to_check
from egate.console.supervision.to_check import LISTS, ToCheck
from egate.ports.reporting import CentreUnavailable


@dataclass
class Centre:
    """Lists that the test holds in its hand."""

    proposals: Mapping[str, int] = field(default_factory=dict)
    is_away: bool = False
    is_silent: bool = False

    async def waiting(self) -> Mapping[str, int]:
        if self.is_silent:
            await asyncio.Event().wait()
        if self.is_away:
            raise CentreUnavailable("away")
        return self.proposals


def officer(officer_id: str, role: ConsoleRole = ConsoleRole.SUPERVISOR) -> Officer:
    return Officer(officer_id, "", frozenset({role}), Language.ENGLISH)


async def test_nobody_is_told_of_their_own_and_only_who_checks_is_told_at_all() -> None:
    told: list[None] = []
    centre = Centre({"rahman": 2, "begum": 1})
    counting = ToCheck(None, centre, lambda: told.append(None))
    for _ in range(2):
        await counting.count_proposals()
    assert len(told) == 1
    assert counting.of(officer("Rahman")) == {LISTS: 1}  # however it is written
    assert counting.of(officer("haque")) == {LISTS: 3}
    assert counting.of(officer("haque", ConsoleRole.OFFICER)) == {}


@pytest.mark.parametrize("fault", ["is_away", "is_silent"])
async def test_of_a_centre_that_does_not_answer_what_was_known_stays(
    monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(to_check, "_PATIENCE_SECONDS", 0.01)
    centre = Centre({"rahman": 2})
    counting = ToCheck(None, centre, lambda: None)
    await counting.count_proposals()
    setattr(centre, fault, True)
    await counting.count_proposals()
    assert counting.of(officer("begum")) == {LISTS: 2}


async def test_a_console_without_centre_and_policy_counts_nothing() -> None:
    counting = ToCheck(None, None, lambda: None)
    await counting.count_changes()
    await counting.count_proposals()
    assert counting.of(officer("begum")) == {}
