"""Certificate revocation lists (9303-12 §7.1.4, appendix D).

A State signs one complete list with its newest key, and it covers older keys too. A
list that is missing or out of date leaves the question open: *undetermined*.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Self

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed, Element
from egate.emrtd.checks import Outcome
from egate.emrtd.passive_authentication import country, distinguished_name
from egate.emrtd.passive_authentication.certificate import (
    AUTHORITY_KEY_IDENTIFIER,
    Certificate,
    is_signed_with,
    key_identifier_of,
    readable_extensions,
)
from egate.emrtd.passive_authentication.distinguished_name import is_same_name

MAX_CRL_BYTES: Final = 8 * 1024 * 1024
_MAX_REVOKED: Final = 100_000
_EXTENSIONS: Final = 0xA0
_CRL_NUMBER: Final = "2.5.29.20"
_REASON_CODE: Final = "2.5.29.21"
_REMOVE_FROM_CRL: Final = bytes.fromhex("0A0108")
# A list with one of these speaks for a part only (RFC 5280 §5.2.4, §5.2.5).
_PARTIAL: Final = frozenset({"2.5.29.27", "2.5.29.28"})


@dataclass(frozen=True, slots=True)
class RevocationList:
    """One CRL.

    Args:
        raw: the whole list, DER.
        tbs: what its signature covers.
        issuer: Name.
        this_update: UTC.
        next_update: UTC; None if the list does not say when it ends.
        revoked: when each serial number was revoked.
        is_complete: it is neither a delta nor for a part of the certificates.
        aki: key identifier of the signer; None when absent or broken.
        signature_algorithm: AlgorithmIdentifier.
        signature: bytes.
        number: counts the lists of one issuer (RFC 5280 §5.2.3); None when absent or broken.

    """

    raw: bytes = field(repr=False)
    tbs: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    this_update: datetime
    next_update: datetime | None
    revoked: Mapping[int, datetime] = field(repr=False)
    is_complete: bool
    aki: bytes | None
    signature_algorithm: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    number: int | None = None

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a DER CRL.

        Raises:
            Asn1Malformed: not a CRL.

        """
        if len(raw) > MAX_CRL_BYTES:
            raise Asn1Malformed(f"CRL of more than {MAX_CRL_BYTES} bytes")
        outer = asn1.decode(raw).expect(asn1.SEQUENCE, "CRL").fields("CRL")
        tbs = outer.take(asn1.SEQUENCE)
        algorithm = outer.take(asn1.SEQUENCE)
        signature = asn1.bits(outer.take())
        fields = tbs.fields("CRL")
        fields.optional(asn1.INTEGER)
        fields.take(asn1.SEQUENCE)
        issuer = fields.take(asn1.SEQUENCE)
        this_update = asn1.moment(fields.take())
        next_update = fields.optional(asn1.UTC_TIME, asn1.GENERALIZED_TIME)
        entries = fields.optional(asn1.SEQUENCE)
        extensions = dict(readable_extensions(fields.rest(), _EXTENSIONS))
        return cls(
            raw=raw,
            tbs=tbs.raw,
            issuer=issuer.raw,
            this_update=this_update,
            next_update=None if next_update is None else asn1.moment(next_update),
            revoked=_entries(entries),
            is_complete=not _PARTIAL & extensions.keys(),
            aki=key_identifier_of(extensions.get(AUTHORITY_KEY_IDENTIFIER)),
            number=_crl_number(extensions.get(_CRL_NUMBER)),
            signature_algorithm=algorithm.raw,
            signature=signature,
        )

    @property
    def country(self) -> str:
        """The State in its normal spelling, "" if the issuer names none."""
        return country.normalise(distinguished_name.country_of(self.issuer))

    def verify_signed_by(self, issuer: Certificate) -> bool:
        """Return whether the key of ``issuer`` made the signature.

        Raises:
            LibcryptoUnavailable: this machine cannot tell.

        """
        return is_signed_with(issuer, self.signature_algorithm, self.signature, self.tbs)

    def is_current(self, day: date) -> bool:
        """Return whether ``day`` is between thisUpdate and nextUpdate, both included (UTC)."""
        if self.next_update is None:
            return False
        return self.this_update.date() <= day <= self.next_update.date()


def check_revocation(
    signer: Certificate,
    csca: Certificate,
    cscas: Sequence[Certificate],
    crls: Sequence[RevocationList],
    at: date,
) -> tuple[Outcome, str]:
    """Return whether the signer or its CSCA is revoked, and why.

    Args:
        signer: the document signer.
        csca: whose key verified it.
        cscas: every trusted CSCA and link certificate of that State.
        crls: every CRL kept for that State.
        at: the day to decide for.

    Raises:
        LibcryptoUnavailable: this machine cannot tell who signed a CRL.

    """
    covering = [
        crl
        for crl in crls
        if is_same_name(crl.issuer, signer.issuer) or is_same_name(crl.issuer, csca.subject)
    ]
    signed = [crl for crl in covering if _is_signed(crl, cscas)]
    if any(signer.serial in crl.revoked for crl in signed):
        return Outcome.FAILED, "the signer is revoked"
    if _is_key_revoked(csca, cscas, crls):
        return Outcome.FAILED, "the CSCA is revoked"
    if any(crl.is_complete and crl.is_current(at) for crl in signed):
        return Outcome.SUCCESSFUL, ""
    if signed:
        return Outcome.UNDETERMINED, "the CRL of this State is out of date"
    if covering:
        return Outcome.UNDETERMINED, "the CRL is signed by no trusted CSCA of this State"
    return Outcome.UNDETERMINED, "no CRL of this State"


def _is_key_revoked(
    csca: Certificate, cscas: Sequence[Certificate], crls: Sequence[RevocationList]
) -> bool:
    """Return whether the key is revoked, or one that it was linked from (9303-12 §4.1.5.1).

    A key may have several certificates, and its State revokes it by any of them.
    """
    listed: set[bytes] = set()
    for crl in crls:
        named = {each.raw for each in cscas if _lists(crl, each)}
        if named and _is_signed(crl, cscas):
            listed |= named
    seen: set[bytes] = set()
    waiting = [csca] if listed else []
    while waiting:
        key = waiting.pop()
        if key.raw in seen:
            continue
        of_key = [each for each in cscas if each.has_key_of(key)]
        seen.update(each.raw for each in of_key)
        if listed & seen:
            return True
        waiting += [
            issuer
            for link in of_key
            for issuer in cscas
            if issuer.raw not in seen and _may_link(issuer, link) and link.verify_signed_by(issuer)
        ]
    return False


def _lists(crl: RevocationList, certificate: Certificate) -> bool:
    return certificate.serial in crl.revoked and is_same_name(certificate.issuer, crl.issuer)


def _may_link(issuer: Certificate, link: Certificate) -> bool:
    return None in (link.aki, issuer.ski) or link.aki == issuer.ski


def _is_signed(crl: RevocationList, cscas: Sequence[Certificate]) -> bool:
    """Return whether one of ``cscas`` signed; the one that the list names is asked first."""
    named_first = sorted(cscas, key=lambda csca: csca.ski is None or csca.ski != crl.aki)
    return any(crl.verify_signed_by(csca) for csca in named_first)


def _crl_number(content: bytes | None) -> int | None:
    try:
        return None if content is None else asn1.integer(asn1.decode(content))
    except Asn1Malformed:
        return None


def _entries(entries: Element | None) -> Mapping[int, datetime]:
    revoked: dict[int, datetime] = {}
    for number, entry in enumerate(() if entries is None else entries.children()):
        if number == _MAX_REVOKED:
            raise Asn1Malformed(f"CRL of more than {_MAX_REVOKED} certificates")
        fields = entry.fields("CRL entry")
        serial, since = asn1.integer(fields.take()), asn1.moment(fields.take())
        if _is_revocation(fields.optional(asn1.SEQUENCE)):
            revoked[serial] = since
    return MappingProxyType(revoked)


def _is_revocation(extensions: Element | None) -> bool:
    """Return whether the entry revokes, for whatever reason: a certificate on hold is revoked.

    States may not give reasons (9303-12 §7.1.4), and do. One takes a revocation back
    (RFC 5280 §5.3.1).
    """
    try:
        return not any(map(_takes_back, () if extensions is None else extensions.children()))
    except Asn1Malformed:
        return True


def _takes_back(extension: Element) -> bool:
    fields = extension.fields("CRL entry extension")
    kind = asn1.oid(fields.take())
    fields.optional(asn1.BOOLEAN)
    return kind == _REASON_CODE and asn1.octets(fields.take()) == _REMOVE_FROM_CRL
