"""What the rules of the policy look at, from what a session knows so far."""

from egate.domain.evidence import ChipEvidence, TravelDocument
from egate.domain.policy.case import PROOF, Case
from egate.domain.session import model as m
from egate.emrtd.checks import Outcome


def document_of(session: m.Session) -> TravelDocument | None:
    """Return the document of ``session``: what the chip says, else what the MRZ claims."""
    chip = session.chip
    return (chip.document if chip else None) or session.document


def case_of(session: m.Session) -> Case:
    """Return the case of ``session``."""
    chip, background, document = session.chip, session.background, document_of(session)
    return Case(
        direction=session.direction,
        document_code=document.document_code if document else "",
        issuing_state=document.issuing_state if document else "",
        nationality=document.nationality if document else "",
        is_signed=chip is not None and chip.document is not None and _is_proven(chip),
        began_at=session.began_at,
        fallback_reasons=frozenset(background.fallback_reasons) if background else frozenset(),
    )


def _is_proven(chip: ChipEvidence) -> bool:
    """Say whether its State signed what the chip says; one result against it is enough."""
    shown = {c.check_id for c in chip.checks if c.outcome is Outcome.SUCCESSFUL}
    against = {c.check_id for c in chip.checks if c.outcome is not Outcome.SUCCESSFUL}
    return shown >= PROOF and not against & PROOF
