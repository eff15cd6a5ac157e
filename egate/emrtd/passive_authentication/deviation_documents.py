"""Which documents a deviation list means: conditions that all must hold (9303-12 §10).

Document numbers belong to people: they are looked up by hash and never shown.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import Final

from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.distinguished_name import is_same_name
from egate.emrtd.passive_authentication.document_type import is_of_type

_UPPER: Final = bytes.maketrans(ascii_lowercase.encode(), ascii_uppercase.encode())
_NO_NUMBER: Final = bytes(set(range(256)) - set((ascii_letters + digits).encode()))


@dataclass(frozen=True, slots=True)
class DocumentIdentity:
    """What is known of the document at hand.

    Args:
        document_code: first two characters of the MRZ, fillers left out; "" if not known.
        document_numbers: of the page and of DG1, which may differ; personal.
        signer: its document signer; None if not known.
        issued: date of issue, which only DG12 has; None if not known.

    """

    document_code: str
    document_numbers: tuple[str, ...] = field(repr=False)
    signer: Certificate | None = field(repr=False)
    issued: date | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class DocumentSignerIdentifier:
    """One of three ways to name a document signer; the others are None.

    Args:
        issuer: Name, DER.
        serial: of the certificate, beside the issuer.
        ski: subject key identifier.
        digest: hash of the certificate.

    """

    issuer: bytes | None = field(default=None, repr=False)
    serial: int | None = None
    ski: bytes | None = None
    digest: bytes | None = None

    def names(self, signer: Certificate, hash_name: str | None) -> bool:
        """Return whether ``signer`` is meant; a digest needs the hash of the list."""
        if self.issuer is not None:
            return self.serial == signer.serial and is_same_name(self.issuer, signer.issuer)
        if self.digest is not None:
            return (
                hash_name is not None and hashlib.new(hash_name, signer.raw).digest() == self.digest
            )
        return self.ski == signer.ski


@dataclass(frozen=True, slots=True)
class DeviationDocuments:
    """Which documents deviate: those that meet every condition; None is no condition.

    Args:
        document_type: as in the MRZ.
        signer: of the documents.
        issued: first and last day of issue.
        numbers: of the documents, in the normal form of ``normal_number``; personal.

    """

    document_type: str | None = None
    signer: DocumentSignerIdentifier | None = None
    issued: tuple[date, date] | None = None
    numbers: frozenset[bytes] | None = field(default=None, repr=False)

    def name(self, document: DocumentIdentity, hash_name: str | None) -> bool:
        """Return whether ``document`` is one of them.

        The date of issue is rarely known. It is then for the State of the gate to say
        what counts (9303-3 §7.3.6): signer or number alone do, a type alone does not.

        Args:
            document: what is known of it.
            hash_name: of digests in the list.

        """
        conditions = []
        if self.signer is not None:
            signer = document.signer
            conditions.append(signer is not None and self.signer.names(signer, hash_name))
        if self.numbers is not None:
            numbers = map(normal_number, document.document_numbers)
            conditions.append(any(number in self.numbers for number in numbers))
        if self.issued is not None:
            if document.issued is not None:
                conditions.append(self.issued[0] <= document.issued <= self.issued[1])
            elif not conditions:
                return False
        if self.document_type is not None:
            conditions.append(is_of_type(document.document_code, self.document_type))
        # An entry without any condition would excuse every document of its State.
        return bool(conditions) and all(conditions)


def normal_number(number: str | bytes) -> bytes:
    """Return letters and digits only, in capitals: an MRZ has fillers where a list has spaces."""
    raw = number.encode("ascii", "replace") if isinstance(number, str) else number
    return raw.translate(_UPPER, _NO_NUMBER)
