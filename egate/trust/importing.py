"""Import of lists, certificates and CRLs: what is believed, on whose word (9303-12 §9).

A master list is believed if its signer chains to an anchor the operator names or to a
CSCA already kept. Distribution is not trust: what chains to nothing is refused, unless
the operator takes it on his own word, and that is written on every certificate it brings.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.distinguished_name import is_same_name
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.trust.audit import Action, AuditEvent, Occasion
from egate.trust.belief import (
    DEVIATION_LIST_SIGNING,
    MASTER_LIST_SIGNING,
    Belief,
    Beliefs,
)
from egate.trust.content import ContentKind, Item, items_of
from egate.trust.entry import Entry, Kind, ListKind, ListRecord, Provenance
from egate.trust.store import StoreUpdate

_MAX_LISTED: Final = 20_000


class _Refused(Exception):
    """An item is not believed, or not readable; the message says why."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that was not taken: file, place in it, reason; a whole file has no place."""

    file: str
    index: int | None
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    Args:
        imported: new or newly believed things, by kind.
        unchanged: things that were there already.
        rejected: things not taken.
        countries: States of everything taken or there already.

    """

    imported: Counter[Kind] = field(default_factory=Counter)
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    countries: set[str] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        """No file, list or single certificate was refused; bad entries of a list may have been."""
        return not any(rejection.index is None for rejection in self.rejected)


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    sha256: str


class TrustImport:
    """One import into one update of the store."""

    def __init__(
        self,
        store: StoreUpdate,
        *,
        occasion: Occasion,
        anchors: Sequence[Certificate] = (),
        accept_unanchored: bool = False,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Prepare an import.

        Args:
            store: the update that everything goes into.
            occasion: when, and by whom if stated.
            anchors: CSCA certificates the operator vouches for.
            accept_unanchored: believe also what chains to nothing.
            progress: called with the number of certificates looked at since the last call.

        """
        self._store = store
        self._occasion = occasion
        self._beliefs = Beliefs(store.trusted, anchors, accept_unanchored=accept_unanchored)
        self._progress = progress
        self.report = ImportReport()

    def add_files(self, files: Sequence[tuple[str, bytes]]) -> ImportReport:
        """Take what the files hold, in whatever order makes most of it believable.

        Args:
            files: name and content of each.

        Raises:
            UnknownContent: a file is nothing we know.

        """
        waiting: list[tuple[_Source, Item, str]] = []
        sources = []
        for name, content in files:
            source = _Source(name, hashlib.sha256(content).hexdigest())
            sources.append(source)
            waiting += [(source, item, "") for item in items_of(content)]
        refused = self._pass(waiting)
        # One list may bring the CSCA of the next, one link the key of the next.
        while refused and len(refused) < len(waiting):
            waiting, refused = refused, self._pass(refused)
        for source, item, reason in refused:
            self.report.rejected.append(Rejection(source.name, item.index, reason))
        self._write_down(sources)
        return self.report

    def _write_down(self, sources: Sequence[_Source]) -> None:
        detail: dict[str, object] = {
            "files": [{"name": each.name, "sha256": each.sha256} for each in sources],
            "imported": {kind.value: count for kind, count in self.report.imported.items()},
            "unchanged": self.report.unchanged,
            "rejected": len(self.report.rejected),
        }
        self._store.record(AuditEvent(self._occasion, Action.IMPORT, detail))

    def _pass(self, waiting: list[tuple[_Source, Item, str]]) -> list[tuple[_Source, Item, str]]:
        refused = []
        # Certificates and lists first: CRLs and signers are believed by them.
        late = (ContentKind.CRL, ContentKind.DEVIATION_LIST)
        for source, item, _ in sorted(waiting, key=lambda each: each[1].kind in late):
            try:
                self._add(source, item)
            except (_Refused, DocumentRejected, LibcryptoUnavailable) as error:
                refused.append((source, item, str(error)))
        return refused

    def _add(self, source: _Source, item: Item) -> None:
        match item.kind:
            case ContentKind.MASTER_LIST:
                belief, signed = self._believe_list(item.der, MASTER_LIST_SIGNING)
                count = self._add_list(source, signed.content, belief)
                self._record_list(source, ListKind.MASTER_LIST, belief, signed, count)
            case ContentKind.BARE_MASTER_LIST:
                belief = self._believed(self._beliefs.of_unsigned_list())
                count = self._add_list(source, item.der, belief)
                self._record_list(source, ListKind.MASTER_LIST, belief, None, count)
            case ContentKind.DEVIATION_LIST:
                belief, signed = self._believe_list(item.der, DEVIATION_LIST_SIGNING)
                # Kept as it is: what it says of which documents is read where it is used.
                self._keep(Kind.DEVIATION, source, belief, _country_of(signed), item.der)
                self._record_list(source, ListKind.DEVIATION_LIST, belief, signed, 1)
            case ContentKind.CERTIFICATE:
                self._add_certificate(source, Certificate.parse(item.der))
            case ContentKind.CRL:
                self._add_crl(source, RevocationList.parse(item.der))
            case None:
                raise _Refused("no list, certificate or CRL")

    def _believe_list(self, der: bytes, purpose: str) -> tuple[Belief, SignedData]:
        """Return why a signed list is believed.

        Raises:
            _Refused: its signature is wrong, or its signer chains to nothing.
            DocumentRejected: it cannot be read or verified.

        """
        signed = SignedData.parse(der)
        signer = signed.signers[0]
        certificate = _signer_of(signed)
        if certificate is None:
            raise _Refused("the list has no certificate of its signer")
        signed.check_signature(signer, certificate)
        belief = self._beliefs.of_list_signer(certificate, signed.certificates, purpose)
        return self._believed(belief), signed

    def _record_list(
        self, source: _Source, kind: ListKind, belief: Belief, signed: SignedData | None, count: int
    ) -> None:
        record = ListRecord(
            kind=kind,
            country=_country_of(signed) if signed else "",
            signed_at=signed.signers[0].signing_time() if signed else None,
            imported_at=self._occasion.at,
            source=source.name,
            source_sha256=source.sha256,
            count=count,
            is_unanchored=belief.is_unanchored,
        )
        self._store.record_list(record)

    def _add_list(self, source: _Source, content: bytes, belief: Belief) -> int:
        listed_certificates = list(_listed(content))
        for index, listed in enumerate(listed_certificates):
            self._progress(1)
            try:
                certificate = Certificate.parse(listed)
                kind = self._kind_of_csca(certificate)
            except (_Refused, DocumentRejected, LibcryptoUnavailable) as error:
                self.report.rejected.append(Rejection(source.name, index, str(error)))
                continue
            self._keep_certificate(kind, source, belief, certificate)
        return len(listed_certificates)

    def _add_certificate(self, source: _Source, certificate: Certificate) -> None:
        self._progress(1)
        if not certificate.is_ca and not is_own_issuer(certificate):
            certificate.public_key()
            belief = self._beliefs.of_document_signer(certificate)
            self._keep_certificate(Kind.DSC, source, belief, certificate)
            return
        kind = self._kind_of_csca(certificate)
        find = self._beliefs.of_csca if kind is Kind.CSCA else self._beliefs.of_link
        self._keep_certificate(kind, source, self._believed(find(certificate)), certificate)

    def _kind_of_csca(self, certificate: Certificate) -> Kind:
        """Tell a self-signed CSCA from a link.

        Raises:
            _Refused: it says that it signed itself, and did not.
            DocumentRejected: its key is one that no State may use.

        """
        certificate.public_key()
        if not is_own_issuer(certificate):
            return Kind.LINK
        if certificate.is_self_signed():
            return Kind.CSCA
        # Two keys may share one identifier (IL, TR, HU), so it may be a link after all.
        if self._beliefs.of_signature(certificate, certificate.country) is None:
            raise _Refused("its own signature is wrong")
        return Kind.LINK

    def _add_crl(self, source: _Source, crl: RevocationList) -> None:
        belief = self._believed(self._beliefs.of_crl(crl))
        older = []
        for entry in self._store.trusted.crl_entries_of(crl.country):
            kept = entry.revocation_list()
            if kept.raw == crl.raw or not is_same_name(kept.issuer, crl.issuer):
                continue
            if not belief.is_unanchored and kept.is_complete and crl.is_complete:
                if kept.this_update > crl.this_update and not entry.provenance.is_unanchored:
                    self.report.unchanged += 1  # a newer list of this State is kept
                    return
                older.append(entry)
        self._keep(Kind.CRL, source, belief, crl.country, crl.raw)
        for entry in older:
            self._store.remove(entry)

    def _keep_certificate(
        self, kind: Kind, source: _Source, belief: Belief, certificate: Certificate
    ) -> None:
        self._keep(kind, source, belief, certificate.country, certificate.raw, certificate.ski)

    def _keep(
        self,
        kind: Kind,
        source: _Source,
        belief: Belief,
        country: str,
        der: bytes,
        ski: bytes | None = None,
    ) -> None:
        provenance = Provenance(source.name, source.sha256, belief.reason, belief.is_unanchored)
        entry = Entry(kind, country, ski, der, provenance)
        self.report.countries.add(country)
        if self._is_known(entry):
            self.report.unchanged += 1
            return
        self._store.put(entry)
        self.report.imported[kind] += 1

    def _is_known(self, entry: Entry) -> bool:
        """Return whether the same thing is kept, and believed no less than now."""
        if entry.kind is Kind.DSC:
            return self._store.has_signer(entry.fingerprint)
        kept = self._store.trusted.find(entry.fingerprint)
        return kept is not None and (
            entry.provenance.is_unanchored or not kept.provenance.is_unanchored
        )

    def _believed(self, belief: Belief | None) -> Belief:
        if belief is None:
            raise _Refused("chains to no trusted CSCA")
        return belief


def _signer_of(signed: SignedData) -> Certificate | None:
    return next((c for c in signed.certificates if signed.signers[0].names(c)), None)


def _country_of(signed: SignedData) -> str:
    signer = _signer_of(signed)
    return signer.country if signer else ""


def is_own_issuer(certificate: Certificate) -> bool:
    """Return whether the certificate says that its own key signed it."""
    return certificate.is_self_issued and certificate.aki in (None, certificate.ski)


def _listed(content: bytes) -> Iterator[bytes]:
    """Yield the certificates of a CscaMasterList (9303-12 §9.2)."""
    fields = asn1.decode(content).expect(asn1.SEQUENCE, "master list").fields("master list")
    fields.take(asn1.INTEGER)
    for number, element in enumerate(fields.take(asn1.SET).children()):
        if number == _MAX_LISTED:
            raise Asn1Malformed(f"more than {_MAX_LISTED} certificates in a list")
        yield element.raw
