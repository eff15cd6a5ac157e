"""Import of lists, certificates and CRLs: what is believed, on whose word (9303-12 §9).

A master list is believed if its signer chains to an anchor the operator names or to a
CSCA already kept. Distribution is not trust: what chains to nothing is refused, unless
the operator takes it on his own word, and that is written on every certificate it brings.
A single certificate with a stated provenance waits for a second officer instead.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.trust.audit import Action, AuditEvent, Occasion
from egate.trust.belief import DEVIATION_LIST_SIGNING, MASTER_LIST_SIGNING, Belief, Beliefs
from egate.trust.content import ContentKind, Item, UnknownContent, items_of
from egate.trust.entry import Kind, ListKind, ListRecord
from egate.trust.intake import Intake, Source, believed
from egate.trust.report import ImportReport, Refused, Rejection, Unbelieved
from egate.trust.store import StoreUpdate

_MAX_LISTED: Final = 20_000
# Each list may bring the CSCA of the next, each link the key of the next. A real chain is
# a few steps long; one made to need a pass for each of its steps is cut here.
_MAX_PASSES: Final = 16
_LATE: Final = (ContentKind.CRL, ContentKind.DEVIATION_LIST)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An item that is not taken yet, and why."""

    source: Source
    item: Item
    error: Exception | None = None


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
            occasion: when, and by whom if stated. With a statement of provenance, a single
                certificate that chains to nothing is kept for another officer to approve.
            anchors: CSCA certificates the operator vouches for.
            accept_unanchored: believe also what chains to nothing.
            progress: called with the number of certificates looked at since the last call.

        """
        self._store = store
        self._occasion = occasion
        self._anchors = anchors
        self._accept_unanchored = accept_unanchored
        self._beliefs = Beliefs(
            store.trusted,
            anchors,
            accept_unanchored=accept_unanchored,
            is_unattended=occasion.is_unattended,
        )
        self._progress = progress
        self._signers: Counter[Source] = Counter()
        self.report = ImportReport()
        self._intake = Intake(store, self._beliefs, self.report)

    def add_files(self, files: Sequence[tuple[str, bytes]]) -> ImportReport:
        """Take what the files hold, in whatever order makes most of it believable.

        Args:
            files: name and content of each.

        Raises:
            UnknownContent: a file is nothing we know; the message names it, and nothing is done.

        """
        waiting: list[_Waiting] = []
        sources = []
        for name, content in files:
            source = Source(name, hashlib.sha256(content).hexdigest())
            sources.append(source)
            try:
                items = items_of(content)
            except UnknownContent as error:
                raise UnknownContent(f"{name}: {error}") from error
            waiting += [_Waiting(replace(source, index=item.index), item) for item in items]
        for _ in range(_MAX_PASSES):
            before = len(waiting)
            waiting = self._pass(waiting)
            if not 0 < len(waiting) < before:
                break
        for each in waiting:
            self._refuse(each)
        for source, count in self._signers.items():
            self._record_list(source, ListKind.SIGNER_LIST, Belief("", is_unanchored=True), count)
        self._write_down(sources)
        return self.report

    def _pass(self, waiting: Sequence[_Waiting]) -> list[_Waiting]:
        """Try each, and return those that may be taken when more is trusted."""
        refused = []
        # Certificates and lists first: CRLs and signers are believed by them.
        for each in sorted(waiting, key=lambda each: each.item.kind in _LATE):
            try:
                self._add(each.source, each.item)
            except Refused as error:
                refused.append(replace(each, error=error))
            except (DocumentRejected, LibcryptoUnavailable) as error:
                self._refuse(replace(each, error=error))  # whatever comes, it stays unreadable
        return refused

    def _refuse(self, each: _Waiting) -> None:
        """Reject it, or keep it for a second officer if it may wait for one."""
        may_wait = isinstance(each.error, Unbelieved) and self._occasion.statement
        if may_wait and each.item.kind is ContentKind.CERTIFICATE and each.item.index is None:
            self._intake.hold(each.source, Certificate.parse(each.item.der), self._occasion)
            return
        self.report.rejected.append(Rejection(each.source.name, each.source.index, str(each.error)))

    def _add(self, source: Source, item: Item) -> None:
        match item.kind:
            case ContentKind.MASTER_LIST:
                belief, signed, country = self._believe_list(item.der, MASTER_LIST_SIGNING)
                count = self._add_list(source, signed.content, belief)
                self._record_list(source, ListKind.MASTER_LIST, belief, count, (signed, country))
            case ContentKind.BARE_MASTER_LIST:
                belief = believed(self._beliefs.of_unsigned_list())
                count = self._add_list(source, item.der, belief)
                self._record_list(source, ListKind.MASTER_LIST, belief, count)
            case ContentKind.DEVIATION_LIST:
                belief, signed, country = self._believe_list(item.der, DEVIATION_LIST_SIGNING)
                self._intake.take_deviation_list(source, belief, signed, item.der, country)
                self._record_list(source, ListKind.DEVIATION_LIST, belief, 1, (signed, country))
            case ContentKind.CERTIFICATE:
                self._progress(1)
                kind = self._intake.take_certificate(source, Certificate.parse(item.der))
                if kind is Kind.DSC and source.index is not None:
                    self._signers[replace(source, index=None)] += 1
            case ContentKind.CRL:
                self._intake.take_crl(source, RevocationList.parse(item.der))
            case None:
                raise Refused("no list, certificate or CRL")

    def _believe_list(self, der: bytes, purpose: str) -> tuple[Belief, SignedData, str]:
        """Return why a signed list is believed, the list, and its signer's State.

        Raises:
            Refused: its signature is wrong, or its signer chains to nothing.
            DocumentRejected: it cannot be read or verified.

        """
        signed = SignedData.parse(der)
        signer = signed.signers[0]
        certificate = next((c for c in signed.certificates if signer.names(c)), None)
        if certificate is None:
            raise Refused("the list has no certificate of its signer")
        signed.check_signature(signer, certificate)
        belief = self._beliefs.of_list_signer(certificate, signed.certificates, purpose)
        return believed(belief), signed, certificate.country

    def _add_list(self, source: Source, content: bytes, belief: Belief) -> int:
        listed = _listed(content)
        certificates = []
        by_identifier: dict[bytes | None, list[Certificate]] = {}
        for der, index in listed.items():
            with self._rejecting(source, index):
                certificate = Certificate.parse(der)
                certificates.append((certificate, index))
                by_identifier.setdefault(certificate.ski, []).append(certificate)
        for certificate, index in certificates:
            self._progress(1)
            beside = by_identifier.get(certificate.aki, []) if certificate.aki else []
            with self._rejecting(source, index):
                self._intake.take_listed(source, certificate, belief, beside)
        return len(listed)

    @contextmanager
    def _rejecting(self, source: Source, index: int) -> Iterator[None]:
        """Let a bad entry of a list be one rejection, and the list go on."""
        try:
            yield
        except (Refused, DocumentRejected, LibcryptoUnavailable) as error:
            self.report.rejected.append(Rejection(source.name, index, str(error)))

    def _record_list(
        self,
        source: Source,
        kind: ListKind,
        belief: Belief,
        count: int,
        signed: tuple[SignedData, str] | None = None,
    ) -> None:
        """Write down that a list was taken, and say so if a newer one was taken before."""
        record = ListRecord(
            kind=kind,
            country=signed[1] if signed else "",
            signed_at=signed[0].signers[0].signing_time() if signed else None,
            imported_at=self._occasion.at,
            source=source.name,
            source_sha256=source.sha256,
            count=count,
            is_unanchored=belief.is_unanchored,
        )
        self._store.record_list(record)
        newer = newer_than(record, self._store.trusted.lists)
        if newer and kind is ListKind.MASTER_LIST:
            self._intake.note(
                source,
                f"older than the {kind} of {record.country or 'nobody'} of"
                f" {newer.date().isoformat()}; it takes nothing away",
            )

    def _write_down(self, sources: Sequence[Source]) -> None:
        report = self.report
        detail: dict[str, object] = {
            "files": [{"name": each.name, "sha256": each.sha256} for each in sources],
            "anchors": [anchor.fingerprint for anchor in self._anchors],
            "accept_unanchored": self._accept_unanchored,
            "unattended": self._occasion.is_unattended,
            "imported": {kind.value: count for kind, count in report.imported.items()},
            "unchanged": report.unchanged,
            "rejected": len(report.rejected),
            "pending": [entry.fingerprint for entry in report.pending],
        }
        self._store.record(AuditEvent(self._occasion, Action.IMPORT, detail))


def newer_than(record: ListRecord, others: Sequence[ListRecord]) -> datetime | None:
    """Return when a newer list of the same kind and State was signed, if one was."""
    if record.signed_at is None:
        return None
    signed = (
        each.signed_at
        for each in others
        if each.signed_at and (each.kind, each.country) == (record.kind, record.country)
    )
    newest = max(signed, default=record.signed_at)
    return newest if newest > record.signed_at else None


def _listed(content: bytes) -> dict[bytes, int]:
    """Return the certificates of a CscaMasterList (9303-12 §9.2), each with its first place."""
    fields = asn1.decode(content).expect(asn1.SEQUENCE, "master list").fields("master list")
    fields.take(asn1.INTEGER)
    listed: dict[bytes, int] = {}
    for index, element in enumerate(fields.take(asn1.SET).children()):
        if index == _MAX_LISTED:
            raise Asn1Malformed(f"more than {_MAX_LISTED} certificates in a list")
        listed.setdefault(element.raw, index)
    return listed
