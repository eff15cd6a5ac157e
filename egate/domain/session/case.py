"""What the rules of the policy look at, from what a session knows so far."""

from egate.domain.evidence import ChipEvidence
from egate.domain.policy.case import PROOF, Case
from egate.domain.session import model as m
from egate.emrtd.checks import Outcome


def case_of(session: m.Session) -> Case:
    """Return the case of ``session``: by the chip's document, else by what the MRZ claims."""
    chip = session.chip
    shown = chip.document if chip else None
    document = shown or session.document
    return Case(
        direction=session.direction,
        document_code=document.document_code if document else "",
        issuing_state=document.issuing_state if document else "",
        nationality=document.nationality if document else "",
        is_signed=chip is not None and shown is not None and _is_proven(chip),
        began_at=session.began_at,
    )


def _is_proven(chip: ChipEvidence) -> bool:
    """Say whether its State signed what the chip says; one result against it is enough."""
    shown = {c.check_id for c in chip.checks if c.outcome is Outcome.SUCCESSFUL}
    against = {c.check_id for c in chip.checks if c.outcome is not Outcome.SUCCESSFUL}
    return shown >= PROOF and not against & PROOF
