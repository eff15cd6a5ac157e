"""Certificates, CRLs and deviation lists on their way into the store, one at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.deviation_list import DeviationList
from egate.emrtd.passive_authentication.distinguished_name import is_same_name
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.trust.audit import Occasion
from egate.trust.belief import Belief, Beliefs
from egate.trust.entry import Entry, Kind, Pending, Provenance
from egate.trust.report import ImportReport, Note, Refused, Unbelieved
from egate.trust.store import StoreUpdate


@dataclass(frozen=True, slots=True)
class Source:
    """A file and a place in it.

    Args:
        name: of the file.
        sha256: of the whole file, hexadecimal.
        index: of the thing in the file, from 0; None if the file is the thing.

    """

    name: str
    sha256: str
    index: int | None = None


class Intake:
    """Puts what is believed into the store, each in the place of what it replaces."""

    def __init__(self, store: StoreUpdate, beliefs: Beliefs, report: ImportReport) -> None:
        self._store = store
        self._beliefs = beliefs
        self._report = report

    def take_certificate(self, source: Source, certificate: Certificate) -> Kind:
        """Take a certificate that comes by itself, and return what it is.

        Raises:
            Unbelieved: a CSCA or link that chains to nothing.
            Refused, DocumentRejected: it is not sound.

        """
        if not certificate.is_ca and not certificate.is_self_issued:
            self._take_document_signer(source, certificate)
            return Kind.DSC
        if kept := self._settled(certificate):
            return kept
        kind = self.kind_of_csca(certificate)
        find = self._beliefs.of_csca if kind is Kind.CSCA else self._beliefs.of_link
        self._keep_certificate(kind, source, believed(find(certificate)), certificate)
        return kind

    def take_listed(
        self,
        source: Source,
        certificate: Certificate,
        belief: Belief,
        companions: Sequence[Certificate],
    ) -> None:
        """Take a certificate of a list that is believed.

        Args:
            source: the list.
            certificate: one of those in it.
            belief: why the list is believed.
            companions: those of the list that have the key identifier its issuer should have.

        Raises:
            Refused, DocumentRejected: it is not sound.

        """
        if certificate.is_document_signer:
            # Italy's list has one: what its key signs must not become an anchor's.
            self._take_document_signer(source, certificate)
            return
        if self._settled(certificate):
            return
        kind = self.kind_of_csca(certificate)
        if kind is Kind.LINK and self._beliefs.is_contradicted(certificate, companions):
            raise Refused("the key of its issuer did not sign it")
        self._keep_certificate(kind, source, belief, certificate)

    def kind_of_csca(self, certificate: Certificate) -> Kind:
        """Tell a self-signed CSCA from a link.

        Raises:
            Refused: it says that it signed itself, and did not.
            DocumentRejected: its key is one that no State may use.

        """
        certificate.public_key()
        if not is_own_issuer(certificate):
            return Kind.LINK
        if certificate.is_self_signed():
            return Kind.CSCA
        # Two keys may share one identifier (IL, TR, HU), so it may be a link after all.
        if self._beliefs.of_signature(certificate, certificate.country) is None:
            raise Refused("its own signature is wrong")
        return Kind.LINK

    def take_crl(self, source: Source, crl: RevocationList) -> None:
        """Take a CRL in the place of an older one of the same issuer and key.

        Raises:
            Unbelieved: no trusted CSCA of its State signed it.

        """
        belief = believed(self._beliefs.of_crl(crl))
        older = []
        for entry in self._store.trusted.crl_entries_of(crl.country):
            kept = entry.revocation_list()
            if kept.raw == crl.raw or not _may_replace(crl, kept):
                continue
            if entry.provenance.is_unanchored and not belief.is_unanchored:
                older.append(entry)  # a word gives way to a signature, whatever it says
            elif belief.signer is not None and kept.verify_signed_by(belief.signer):
                if _issued(kept) > _issued(crl):
                    self._keep_newer(source, entry, "CRL", crl.this_update, kept.this_update)
                    return
                older.append(entry)
        self._keep(Kind.CRL, source, belief, crl.country, crl.raw)
        for entry in older:
            self._store.remove(entry)

    def take_deviation_list(
        self, source: Source, belief: Belief, signed: SignedData, der: bytes, country: str
    ) -> None:
        """Take a deviation list in the place of an older one of its State.

        It is kept as it is: what it says of which documents is read where it is used.

        Raises:
            DocumentRejected: it cannot be read.

        """
        DeviationList.of_signed(der)
        older = []
        signed_at = signed.signers[0].signing_time()
        for entry in self._store.trusted.deviation_entries_of(country):
            kept_at = SignedData.parse(entry.der).signers[0].signing_time()
            may_replace = belief.is_unanchored <= entry.provenance.is_unanchored
            if entry.der == der or not may_replace or signed_at is None or kept_at is None:
                continue
            if kept_at > signed_at:
                self._keep_newer(source, entry, "deviation list", signed_at, kept_at)
                return
            older.append(entry)
        self._keep(Kind.DEVIATION, source, belief, country, der)
        for entry in older:
            self._store.remove(entry)

    def hold(self, source: Source, certificate: Certificate, occasion: Occasion) -> None:
        """Keep a certificate that nobody trusts before another officer approves it.

        Args:
            source: its file.
            certificate: a sound CSCA or link that chains to nothing.
            occasion: who took it in, when, and where he says it is from.

        """
        kind = self.kind_of_csca(certificate)
        origin = Provenance(source.name, source.sha256, "pending", is_unanchored=True)
        entry = Entry(kind, certificate.country, certificate.ski, certificate.raw, origin)
        if self._store.find_pending(entry.fingerprint):
            self._report.unchanged += 1
            return
        self._store.put_pending(Pending(entry, occasion))
        self._report.pending.append(entry)

    def note(self, source: Source, text: str) -> None:
        """Let the officers know of something."""
        self._report.notes.append(Note(source.name, source.index, text))

    def _keep_newer(
        self, source: Source, kept: Entry, what: str, offered_at: datetime, kept_at: datetime
    ) -> None:
        """Refuse to go back: what was superseded says less than what is known by now."""
        self._report.unchanged += 1
        self._report.countries.add(kept.country)
        offered, newer = (each.date().isoformat() for each in (offered_at, kept_at))
        self.note(source, f"{what} of {kept.country} of {offered} refused: one of {newer} is kept")

    def _take_document_signer(self, source: Source, certificate: Certificate) -> None:
        if self._store.has_signer(certificate.fingerprint):
            self._report.unchanged += 1
            self._report.countries.add(certificate.country)
            return
        certificate.public_key()
        belief = believed(self._beliefs.of_document_signer(certificate))
        self._keep_certificate(Kind.DSC, source, belief, certificate)

    def _settled(self, certificate: Certificate) -> Kind | None:
        """Return the kind of a certificate that is kept and could not be believed more."""
        kept = self._store.trusted.find(certificate.fingerprint)
        if kept is None or kept.provenance.is_unanchored:
            return None
        self._report.unchanged += 1
        self._report.countries.add(kept.country)
        return kept.kind

    def _keep_certificate(
        self, kind: Kind, source: Source, belief: Belief, certificate: Certificate
    ) -> None:
        self._keep(kind, source, belief, certificate.country, certificate.raw, certificate.ski)

    def _keep(
        self,
        kind: Kind,
        source: Source,
        belief: Belief,
        country: str,
        der: bytes,
        ski: bytes | None = None,
    ) -> None:
        provenance = Provenance(source.name, source.sha256, belief.reason, belief.is_unanchored)
        entry = Entry(kind, country, ski, der, provenance)
        self._report.countries.add(country)
        if self._is_known(entry):
            self._report.unchanged += 1
            return
        self._store.put(entry)
        self._report.imported[kind] += 1

    def _is_known(self, entry: Entry) -> bool:
        """Return whether the same thing is kept, and believed no less than now."""
        kept = self._store.trusted.find(entry.fingerprint)
        return kept is not None and (
            entry.provenance.is_unanchored or not kept.provenance.is_unanchored
        )


def believed(belief: Belief | None) -> Belief:
    """Return the belief there is.

    Raises:
        Unbelieved: there is none.

    """
    if belief is None:
        raise Unbelieved("chains to no trusted CSCA")
    return belief


def is_own_issuer(certificate: Certificate) -> bool:
    """Return whether the certificate says that its own key signed it."""
    return certificate.is_self_issued and certificate.aki in (None, certificate.ski)


def _may_replace(crl: RevocationList, kept: RevocationList) -> bool:
    return crl.is_complete and kept.is_complete and is_same_name(kept.issuer, crl.issuer)


def _issued(crl: RevocationList) -> tuple[datetime, int]:
    """Return what orders the lists of one key; a State may begin to count anew."""
    return crl.this_update, crl.number or 0
