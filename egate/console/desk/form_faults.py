"""What is wrong with a form, by its fields."""

from collections.abc import Mapping, Sequence
from typing import Final

DECIDED_LATER: Final = frozenset(
    {"reason_code", "legal_basis", "offload_until", "identity_confirmed", "second"}
)
_FIELDS: Final = {
    "occurred_at": "paper_time",
    "fallback_reasons": "fallback",
    "document": "document_number",
    "second_officer_id": "second",
    "documents_seen": "seen_clearance",
    "status": "outcome",
}
"""Of a record or a decision, where the form calls them otherwise."""


class NotEntered(Exception):
    """Something is missing or wrong; the form is shown again.

    Args:
        faults: field of the form to what is wrong with it, in the domain's words.

    """

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


def status_of(faults: Mapping[str, str]) -> int:
    if "book" in faults:
        return 503
    return 422 if faults else 200


def by_field(faults: Sequence[str]) -> dict[str, str]:
    """Return what is wrong by the fields of the form."""
    found: dict[str, str] = {}
    for fault in faults:
        path, _, reason = fault.partition(": ")
        field = path.rpartition(".")[2]
        found.setdefault(_FIELDS.get(field, field), reason)
    return found
