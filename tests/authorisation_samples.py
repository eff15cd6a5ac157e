"""A traveller, authorisations and a past, of which each test changes one thing."""

import datetime as dt
import tomllib
from dataclasses import replace

from egate.domain.authorisation.background import BackgroundAnswer, check_background
from egate.domain.authorisation.parse import parse_authorisation_rules
from egate.domain.authorisation.rules import AuthorisationRules
from egate.domain.authorisation.succession import Succession, SuccessionKind
from egate.domain.authorisation.travel_authorisation import (
    AuthorisationKind,
    DocumentKey,
    TravelAuthorisation,
)
from egate.domain.authorisation.traveller import Known, PastCrossing, Traveller
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId, CheckResult
from tests.conftest import ROOT

RULES_FILE = ROOT / "config" / "authorisation_rules.toml"
RULES_TEXT = RULES_FILE.read_text("utf-8")
DHAKA = dt.timezone(dt.timedelta(hours=6))
PASSPORT = DocumentKey("SRB", "012345678")
OLDER = DocumentKey("SRB", "007654321")
OTHER = DocumentKey("SRB", "999999999")
BANGLADESHI = DocumentKey("BGD", "A01234567")


def rules(text: str = RULES_TEXT) -> AuthorisationRules:
    return parse_authorisation_rules(tomllib.loads(text))


RULES = rules()


def at(day: str, time: str = "12:00") -> UtcSeconds:
    """Return a moment of Dhaka's clocks."""
    moment = dt.datetime.fromisoformat(f"{day}T{time}:00").replace(tzinfo=DHAKA)
    return UtcSeconds(moment.timestamp())


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


ARRIVING = Traveller(PASSPORT, "P", "SRB", Direction.ENTRY, "BDDAC", at("2026-11-22"))
"""A foreigner whose State has no agreement of any kind."""
DEPARTING = replace(ARRIVING, direction=Direction.EXIT)
CITIZEN_ARRIVING = replace(ARRIVING, document=BANGLADESHI, nationality="BGD")
CITIZEN_DEPARTING = replace(CITIZEN_ARRIVING, direction=Direction.EXIT)


def issued(kind: AuthorisationKind, **changes: object) -> TravelAuthorisation:
    """Return an authorisation of ``PASSPORT`` that is good throughout 2026."""
    usual = TravelAuthorisation(
        kind=kind,
        number="N1",
        linked_document=PASSPORT,
        valid_from=day("2026-01-01"),
        valid_to=day("2026-12-31"),
        entries_allowed=None,
        entries_used=0,
        max_stay_days=60,
    )
    return replace(usual, **changes)


VISA = issued(AuthorisationKind.VISA_MRV)
ENTERED = PastCrossing(
    PASSPORT, Direction.ENTRY, "BDDAC", at("2026-11-01"), AuthorisationKind.VISA_MRV, 30
)
RENEWED = Succession(SuccessionKind.RENEWED, OLDER, PASSPORT)


def answer(
    traveller: Traveller = ARRIVING, rules: AuthorisationRules = RULES, **known: object
) -> BackgroundAnswer:
    return check_background(traveller, Known(**known), rules)


def check_of(found: BackgroundAnswer, check_id: CheckId) -> CheckResult:
    (check,) = [each for each in found.checks if each.check_id is check_id]
    return check
