"""One key for everything about a travel document: where its rows lie, what is locked for it."""

import hashlib
import re
import uuid
from typing import Final

from egate.central.uuids import to_uuid

_NOT_OF_A_NUMBER: Final = re.compile("[^A-Z0-9]")


def document_key(issuing_state: str, document_number: str) -> uuid.UUID | None:
    """Return the key of a document, None when the number holds no letter and no digit.

    Fillers, spaces and lower case are no part of a number (9303-3 §4.3), so a number that an
    officer keyed in has the key of the one that a gate read. A digest and not the number itself:
    all keys are of one size and spread evenly over shards. 128 bits of it, since two documents
    with one key would share their stays. Migration 0002 makes the same key in SQL.

    Args:
        issuing_state: one to three letters.
        document_number: as the document or an officer has it.

    """
    number = plain_number(document_number)
    if not number:
        return None
    return to_uuid(hashlib.sha256(f"{issuing_state}<{number}".encode()).digest()[:16])


def plain_number(document_number: str) -> str:
    """Return the letters and digits of a number, upper case; "" when it has none."""
    return _NOT_OF_A_NUMBER.sub("", document_number.upper())
