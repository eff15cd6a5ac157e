"""What ties the two halves of a segregated lane together: one document, told by its digest."""

import hashlib
from typing import Final

from egate.domain.evidence import TravelDocument

_LABEL: Final = b"dip.egate.v1 token"
_END: Final = b"\x00"  # no field holds one, so no two documents have the same bytes


def document_digest(document: TravelDocument) -> bytes:
    """Return 32 bytes that are the same for the same document, at the kiosk and at the gate.

    They are made of the fields that a check digit protects (9303-4 §4.2.2) and of the issuing
    State, since a misread letter of a name must not turn a traveller away. Whoever guesses a
    document can make its digest, so it is as personal as the document's number.
    """
    fields = (
        document.issuing_state,
        document.document_number,
        document.date_of_birth,
        document.date_of_expiry,
    )
    return hashlib.sha256(_LABEL + b"".join(_END + each.encode() for each in fields)).digest()
