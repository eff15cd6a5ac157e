"""What a deviation list does to the checks of a document (9303-3 §7.3, BSI TR-03135-1 §5.8.2).

A failure that the document's own State announced is *undetermined*: an officer decides. The
list makes nothing successful, and it takes away the proof of a key that may be compromised.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from egate.emrtd.checks import CheckId, CheckResult, Outcome, overall
from egate.emrtd.chip_authentication.genuineness import Attempt, Mechanism
from egate.emrtd.deviation_types import AA_KEY_COMPROMISED, Explanation, Faults, words
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.dg12 import AdditionalDocumentDetails
from egate.emrtd.mrz.parse import Mrz
from egate.emrtd.passive_authentication import country
from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.deviation_documents import DocumentIdentity
from egate.emrtd.passive_authentication.deviation_list import DeviationDescription, DeviationList
from egate.emrtd.passive_authentication.verify import PassiveAuthentication

_MOST_NAMED: Final = 8
_PROOF_BY_AA: Final = (CheckId.ACTIVE_AUTHENTICATION, Outcome.SUCCESSFUL)
_CHECKS: Final = {
    Mechanism.CHIP_AUTHENTICATION: CheckId.CHIP_AUTHENTICATION,
    Mechanism.ACTIVE_AUTHENTICATION: CheckId.ACTIVE_AUTHENTICATION,
}


@dataclass(frozen=True, slots=True)
class DeviationsOfDocument:
    """What the deviation lists of its State say of one document.

    Args:
        source: the list for people; "" if there is none.
        descriptions: of the document; nothing if it is not named.

    """

    source: str = ""
    descriptions: tuple[DeviationDescription, ...] = ()

    @property
    def check(self) -> CheckResult:
        """The result of looking the document up."""
        outcome, detail = Outcome.SUCCESSFUL, f"{self.source} does not name the document"
        if not self.source:
            outcome, detail = Outcome.NOT_SUPPORTED, "there is no deviation list of this State"
        elif self.descriptions:
            named = list(dict.fromkeys(map(words, self.descriptions)))[:_MOST_NAMED]
            outcome = Outcome.UNDETERMINED
            detail = f"{self.source} names the document: {', '.join(named)}"
        return CheckResult(CheckId.DEVIATION, outcome, detail)


def identity_of(
    mrzs: Iterable[Mrz | None], signer: Certificate | None = None, dg12: bytes | None = None
) -> DocumentIdentity:
    """Return what a deviation list can know the document by.

    Args:
        mrzs: of the page and of DG1, as far as they were read; the first one says the type.
        signer: the document signer, if there is one.
        dg12: the file, for the date of issue; None if it was not read.

    """
    read = [mrz for mrz in mrzs if mrz is not None]
    return DocumentIdentity(
        document_code=read[0].document_code if read else "",
        document_numbers=tuple(mrz.document_number for mrz in read),
        signer=signer,
        issued=_date_of_issue(dg12),
    )


def look_up(
    document: DocumentIdentity, issuing_state: str | None, anchors: TrustAnchors
) -> DeviationsOfDocument:
    """Look ``document`` up in the deviation lists of its own State.

    Args:
        document: what is known of it.
        issuing_state: as in the MRZ; None if it was not read, then the signer says it.
        anchors: whose deviation lists are trusted.

    """
    signing_state = document.signer.country if document.signer else ""
    states = [signing_state if issuing_state is None else country.normalise(issuing_state)]
    # Some States sign for one another, and then either may have announced it.
    if country.is_same_state(signing_state, states[0]):
        states.append(signing_state)
    consulted = [
        (_source(state, each), each.describe(document))
        for state in dict.fromkeys(states)
        for each in anchors.deviations_of(state)
    ]
    naming = [each for each in consulted if each[1]] or consulted
    return DeviationsOfDocument(
        source=" and ".join(dict.fromkeys(source for source, _ in naming)),
        descriptions=tuple(each for _, descriptions in naming for each in descriptions),
    )


def apply_deviations(
    checks: Iterable[CheckResult], deviations: DeviationsOfDocument, faults: Faults
) -> tuple[CheckResult, ...]:
    """Return ``checks`` in their order, those that the deviations concern with another outcome.

    Args:
        checks: of one document.
        deviations: of the same document.
        faults: what exactly failed.

    """
    explanation = Explanation.by(deviations.descriptions)
    is_compromised = any(each.kind == AA_KEY_COMPROMISED for each in deviations.descriptions)

    def apply(check: CheckResult) -> CheckResult:
        if check.outcome is Outcome.FAILED and explanation.covers(check.check_id, faults):
            detail = f"{check.detail}; {deviations.source} says so"
            return replace(check, outcome=Outcome.UNDETERMINED, detail=detail)
        is_proof = (check.check_id, check.outcome) == _PROOF_BY_AA
        if is_compromised and is_proof:  # TR-03135-1 §5.8.2.1.4
            detail = f"the key may be compromised; {deviations.source} says so"
            return replace(check, outcome=Outcome.FAILED, detail=detail)
        return check

    return tuple(map(apply, checks))


def with_deviations(
    authentication: PassiveAuthentication, deviations: DeviationsOfDocument
) -> PassiveAuthentication:
    """Return passive authentication as it stands by the deviations of the document."""
    faults = Faults(data_groups=authentication.changed_data_groups)
    checks = apply_deviations(authentication.checks, deviations, faults)
    return replace(authentication, checks=checks, outcome=overall(checks))


def apply_to_attempts(
    attempts: Iterable[Attempt], checks: Iterable[CheckResult]
) -> tuple[Attempt, ...]:
    """Return ``attempts`` as they stand by ``checks``, to which deviations were applied.

    An announced failure disproves nothing, and a key that may be compromised proves nothing.

    Args:
        attempts: of each mechanism what the chip did.
        checks: among them those of chip and active authentication.

    """
    by_id = {check.check_id: check for check in checks}

    def apply(attempt: Attempt) -> Attempt:
        if attempt.mechanism is Mechanism.PACE_CAM:
            return attempt
        check = by_id[_CHECKS[attempt.mechanism]]
        explained = attempt.outcome is Outcome.FAILED and check.outcome is Outcome.UNDETERMINED
        compromised = (
            attempt.mechanism is Mechanism.ACTIVE_AUTHENTICATION
            and attempt.outcome is Outcome.SUCCESSFUL
            and check.outcome is Outcome.FAILED
        )
        if explained or compromised:
            return replace(attempt, outcome=Outcome.UNDETERMINED, detail=check.detail)
        return attempt

    return tuple(map(apply, attempts))


def _date_of_issue(dg12: bytes | None) -> date | None:
    if dg12 is None:
        return None
    try:
        return date.fromisoformat(AdditionalDocumentDetails.parse(dg12).date_of_issue or "")
    except (DocumentRejected, ValueError):  # unknown parts are X
        return None


def _source(state: str, listed: DeviationList) -> str:
    dated = f" of {listed.signed_at.date()}" if listed.signed_at else ""
    return f"the deviation list of {state}{dated}"
