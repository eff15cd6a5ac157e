"""What the trust store keeps, and where each thing came from."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.deviation_list import DeviationList
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.trust.audit import Occasion


class Kind(StrEnum):
    """Kinds of things a store keeps; the names are those of ``trust import --json``."""

    CSCA = "csca"
    LINK = "link"
    DSC = "dsc"
    CRL = "crl"
    DEVIATION = "deviation"


ANCHORS = (Kind.CSCA, Kind.LINK)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where something came from and why it is believed.

    Args:
        source: name of the file.
        source_sha256: of the whole file, hexadecimal.
        trusted_by: the reason in words, for auditors.
        is_unanchored: it rests, in the end, on nothing but the operator's word.

    """

    source: str
    source_sha256: str
    trusted_by: str
    is_unanchored: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the store.

    Args:
        kind: what it is.
        country: normal spelling, "" if it names none.
        ski: subject key identifier of a certificate.
        der: the thing itself.
        provenance: where it came from.

    """

    kind: Kind
    country: str
    ski: bytes | None
    der: bytes = field(repr=False)
    provenance: Provenance

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the thing, hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    def certificate(self) -> Certificate:
        """Return it as a certificate; parsed once."""
        return parsed_certificate(self.der)

    def revocation_list(self) -> RevocationList:
        """Return it as a CRL; parsed once."""
        return parsed_crl(self.der)

    def deviation_list(self) -> DeviationList:
        """Return it as a deviation list; parsed once."""
        return parsed_deviation_list(self.der)


@dataclass(frozen=True, slots=True)
class Pending:
    """A single certificate that waits for a second officer; nobody trusts it.

    Args:
        entry: the certificate, believed by nothing.
        occasion: who took it in, when, and where he says it was received.

    """

    entry: Entry
    occasion: Occasion


class ListKind(StrEnum):
    """Kinds of signed or bare lists that an import takes in."""

    MASTER_LIST = "master list"
    DEVIATION_LIST = "deviation list"
    SIGNER_LIST = "document signer list"


@dataclass(frozen=True, slots=True)
class ListRecord:
    """A list that was taken in: the list itself is not kept, what it brought is.

    Args:
        kind: of the list.
        country: State of its signer, normal spelling; "" of a list without a signature.
        signed_at: what its signer says, UTC; None if it does not say.
        imported_at: when it was last taken in, UTC.
        source: name of the file.
        source_sha256: of the whole file, hexadecimal.
        count: how many things it holds.
        is_unanchored: it rests, in the end, on nothing but the operator's word.

    """

    kind: ListKind
    country: str
    signed_at: datetime | None
    imported_at: datetime
    source: str
    source_sha256: str
    count: int
    is_unanchored: bool


@lru_cache(maxsize=8192)
def parsed_certificate(der: bytes) -> Certificate:
    """Return ``Certificate.parse(der)``, from memory if it was asked before."""
    return Certificate.parse(der)


@lru_cache(maxsize=512)
def parsed_crl(der: bytes) -> RevocationList:
    """Return ``RevocationList.parse(der)``, from memory if it was asked before."""
    return RevocationList.parse(der)


@lru_cache(maxsize=64)
def parsed_deviation_list(der: bytes) -> DeviationList:
    """Return ``DeviationList.of_signed(der)``, from memory if it was asked before."""
    return DeviationList.of_signed(der)
