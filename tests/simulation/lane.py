"""People and devices of one lane, as the gate's own runner meets them."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from egate.domain.evidence import BackgroundEvidence, ListUsed, TravelDocument
from egate.domain.session import model as m
from egate.emrtd.checks import Outcome
from tests.gate_samples import BACKGROUND, DOCUMENT, OPTICAL, chip, face, results

DOCUMENTS: Final = tuple(
    replace(DOCUMENT, issuing_state=state, nationality=state, document_number=f"{state[0]}{n:07}")
    for state in ("UTO", "BGD")
    for n in range(24)
)
"""Of a few people, who come and go by any gate."""
_CHIP: Final = chip()
_BAD_CHIP: Final = chip(DG_HASHES=Outcome.FAILED)
_FACE: Final = face()
_OTHER_FACE: Final = face(0.1, FACE=Outcome.FAILED)
_OPTICAL: Final = results(OPTICAL)
_NOTHING_AGAINST: Final = results(BACKGROUND)
_USUAL: Final = 0.8
"""Of what people and devices do."""

Post = Callable[[m.Event], None]


class Devices:
    """An ``Executor``: each device answers after a while, and mostly well.

    Args:
        chance: of this lane.
        lists: that are in force now.

    """

    def __init__(self, chance: random.Random, lists: Callable[[], tuple[ListUsed, ...]]) -> None:
        self._chance, self._lists = chance, lists
        self.document = DOCUMENTS[0]

    def forget(self, case: m.SessionId | None = None) -> None:
        """Keep nothing that could be forgotten."""

    async def execute(self, command: m.Command) -> m.Event | None:
        if not isinstance(command, m.ReadMrz | m.InspectChip | m.CompareFace | m.CheckBackground):
            return None
        chance = self._chance
        await asyncio.sleep(chance.uniform(0.5, 8))
        well = chance.random() < _USUAL
        match command:
            case m.ReadMrz(session):
                if well:
                    return m.MrzRead(session, self.document, _OPTICAL, 0.01)
                return chance.choice((m.MrzUnreadable(session), None))
            case m.InspectChip(session):
                evidence = _CHIP if well else chance.choice((_CHIP, _BAD_CHIP))
                return m.ChipInspected(session, replace(evidence, document=self.document))
            case m.CompareFace(session):
                return m.FaceCompared(session, _FACE if well else _OTHER_FACE)
            case m.CheckBackground(session):
                evidence = BackgroundEvidence(_NOTHING_AGAINST, self._lists())
                return m.BackgroundChecked(session.id, evidence, self.document)


class People:
    """Does what somebody in the lane, or an officer, does when the gate stands so.

    Args:
        chance: of this lane.
        later: posts an event after so many seconds, unless the gate was killed.

    """

    def __init__(self, chance: random.Random, later: Callable[[float, m.Event], None]) -> None:
        self._chance, self._later = chance, later

    def see(self, state: m.State) -> None:
        soon = self._chance.uniform(1, 4)
        match state:
            case m.Entering(inside=False):
                self._later(soon, m.TravellerInside())
                self._later(soon + 1, m.EntryClosed())
            case m.Passing():
                for event in self._leaving():
                    self._later(soon, event)
            case m.AwaitingOfficer(session_id, occupancy=occupancy):
                if occupancy.inside:
                    self._later(soon, m.TravellerLeft())
                self._later(10 * soon, m.OfficerReset(session_id))
            case m.Releasing():
                self._later(soon, m.TravellerLeft())
            case m.Evacuating():
                self._later(20 * soon, m.OfficerReset())
            case _:
                pass

    def _leaving(self) -> tuple[m.Event, ...]:
        if self._chance.random() < _USUAL:
            return (m.PassageConfirmed(),)
        odd = (m.TravellerLeft(), m.SecondPersonDetected(), m.EmergencyRaised())
        return (self._chance.choice(odd),) if self._chance.random() < _USUAL else ()


def somebody(chance: random.Random) -> TravelDocument:
    return chance.choice(DOCUMENTS)
