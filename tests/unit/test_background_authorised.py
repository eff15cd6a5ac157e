"""The gate asks the centre about authorisations, and knows what it may say without it."""

import io
import logging
from dataclasses import replace

import pytest

from egate.domain.authorisation.background import BackgroundAnswer, check_background
from egate.domain.authorisation.traveller import Known, Traveller
from egate.domain.evidence import BackgroundEvidence, StayGrant, TravelDocument
from egate.domain.record import Direction
from egate.emrtd.checks import CheckId, Outcome
from egate.gate.background.authorised import AuthorisationsAtGate
from egate.gate.background.subject import BackgroundSubject
from egate.observability.logging import configure_logging
from egate.ports.authorisations import AuthorisationsAway
from tests.authorisation_samples import ARRIVING, RULES, VISA, at, rules
from tests.authorisation_samples import RULES_TEXT as TEXT
from tests.gate_samples import DOCUMENT, SESSION_ID

FOREIGNER = replace(
    DOCUMENT,
    issuing_state=ARRIVING.document.issuing_state,
    document_number=ARRIVING.document.document_number,
    nationality=ARRIVING.nationality,
)
CITIZEN = replace(DOCUMENT, issuing_state="BGD", nationality="BGD", document_number="A01234567")
CENTRES_RULES = rules(TEXT.replace(f'version = "{RULES.version}"', 'version = "2026-12.9"'))


class Centre:
    """Answers by what it knows, or not at all."""

    def __init__(self, known: Known | None) -> None:
        self._known = known
        self.asked: list[tuple[Traveller, str]] = []

    async def check(self, traveller: Traveller, crossing_id: str) -> BackgroundAnswer:
        self.asked.append((traveller, crossing_id))
        if self._known is None:
            raise AuthorisationsAway("127.0.0.1:7443: UNAVAILABLE")
        return check_background(traveller, self._known, CENTRES_RULES)


def subject(
    document: TravelDocument = FOREIGNER, direction: Direction = Direction.ENTRY
) -> BackgroundSubject:
    return BackgroundSubject(SESSION_ID, document, direction, "BDDAC", at("2026-11-22"))


async def ask(centre: Centre, about: BackgroundSubject) -> BackgroundEvidence:
    return await AuthorisationsAtGate(centre, RULES).check(about)


def outcomes(evidence: BackgroundEvidence) -> dict[CheckId, Outcome]:
    return {check.check_id: check.outcome for check in evidence.checks}


async def test_the_centre_is_asked_about_this_traveller_here_and_now() -> None:
    centre = Centre(Known())
    await ask(centre, subject())
    assert centre.asked == [(ARRIVING, SESSION_ID)]


async def test_the_answer_says_by_what_one_enters_and_by_which_rules() -> None:
    evidence = await ask(Centre(Known((VISA,))), subject())
    assert evidence.grant == StayGrant("VISA_MRV", "N1", 60, "2027-01-20")
    assert set(outcomes(evidence).values()) == {Outcome.SUCCESSFUL}
    assert {check.detail.partition(": ")[0] for check in evidence.checks} == {"rules 2026-12.9"}
    assert evidence.fallback_reasons == ()


async def test_a_stay_without_a_limit_has_no_last_day() -> None:
    visa = replace(VISA, kind=type(VISA.kind).NVR, max_stay_days=None)
    evidence = await ask(Centre(Known((visa,))), subject())
    assert evidence.grant == StayGrant("NVR", "N1", None, "")


@pytest.mark.parametrize(
    ("document", "direction", "undetermined"),
    [
        (CITIZEN, Direction.ENTRY, {CheckId.STAY}),
        (CITIZEN, Direction.EXIT, {CheckId.STAY, CheckId.CLEARANCE}),
        (FOREIGNER, Direction.ENTRY, {CheckId.STAY, CheckId.AUTHORISATION}),
        (FOREIGNER, Direction.EXIT, {CheckId.STAY, CheckId.AUTHORISATION}),
    ],
)
async def test_without_an_answer_the_rules_alone_say_what_they_can(
    document: TravelDocument, direction: Direction, undetermined: set[CheckId]
) -> None:
    evidence = await ask(Centre(None), subject(document, direction))
    assert evidence.fallback_reasons == ("centre_away",)
    assert evidence.grant is None
    found = outcomes(evidence)
    assert set(found) == {CheckId.AUTHORISATION, CheckId.STAY, CheckId.CLEARANCE}
    assert {c for c, outcome in found.items() if outcome is Outcome.UNDETERMINED} == undetermined
    assert {c for c, o in found.items() if o is Outcome.SUCCESSFUL} == set(found) - undetermined
    assert all(check.detail.startswith(f"rules {RULES.version}: ") for check in evidence.checks)


async def test_nobody_is_named_in_the_log() -> None:
    log = io.StringIO()
    configure_logging(log, logging.DEBUG)
    await ask(Centre(None), subject())
    assert "authorisations away" in log.getvalue()
    assert FOREIGNER.document_number not in log.getvalue()
