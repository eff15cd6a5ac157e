"""The centre is asked about authorisations and stays; without it the rules alone answer."""

from dataclasses import replace
from typing import Final

from egate.domain.authorisation.background import BackgroundAnswer, check_background
from egate.domain.authorisation.rules import AuthorisationRules
from egate.domain.authorisation.travel_authorisation import AuthorisationKind, DocumentKey
from egate.domain.authorisation.traveller import Known, Traveller
from egate.domain.evidence import BackgroundEvidence, CheckResult, StayGrant
from egate.domain.session.flow import Condition
from egate.gate.background.subject import BackgroundSubject
from egate.observability.logging import logger
from egate.ports.authorisations import Authorisations, AuthorisationsAway

_NOBODY_ANSWERED: Final = Known(silent=frozenset(AuthorisationKind), crossings=None)


class AuthorisationsAtGate:
    """BACKGROUND.AUTHORISATION, STAY and CLEARANCE; a ``BackgroundPart``.

    Args:
        authorisations: the centre's, which answer in time or say that they are away.
        rules: the gate's own, for when they are.

    """

    def __init__(self, authorisations: Authorisations, rules: AuthorisationRules) -> None:
        self._authorisations = authorisations
        self._rules = rules

    async def check(self, subject: BackgroundSubject) -> BackgroundEvidence:
        """Return the centre's answer, else what can be said without it, marked as such."""
        traveller = _traveller(subject)
        try:
            answer = await self._authorisations.check(traveller, subject.crossing_id)
        except AuthorisationsAway as error:
            logger().warning(
                "authorisations away", crossing_id=subject.crossing_id, reason=str(error)
            )
        else:
            return _evidence(answer)
        alone = check_background(traveller, _NOBODY_ANSWERED, self._rules)
        return replace(_evidence(alone), fallback_reasons=(Condition.CENTRE_AWAY.value,))


def _traveller(subject: BackgroundSubject) -> Traveller:
    document = subject.document
    return Traveller(
        document=DocumentKey(document.issuing_state, document.document_number),
        document_code=document.document_code,
        nationality=document.nationality,
        direction=subject.direction,
        port=subject.port,
        at=subject.at,
    )


def _evidence(answer: BackgroundAnswer) -> BackgroundEvidence:
    return BackgroundEvidence(
        checks=tuple(_with_rules_named(check, answer.rules_version) for check in answer.checks),
        grant=_grant(answer),
    )


def _with_rules_named(check: CheckResult, rules_version: str) -> CheckResult:
    return replace(check, detail=f"rules {rules_version}: {check.detail}")


def _grant(answer: BackgroundAnswer) -> StayGrant | None:
    grant, until = answer.grant, answer.authorised_until
    if grant is None:
        return None
    last_day = until.isoformat() if until else ""
    return StayGrant(grant.kind.name, grant.number, grant.limit.days, last_day)
