"""Why something is believed: the chain from it to a key that is trusted already."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.country import is_same_state
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.trust.collection import Collection, key_of
from egate.trust.entry import Entry
from egate.trust.report import Refused

MASTER_LIST_SIGNING: Final = "2.23.136.1.1.3"
DEVIATION_LIST_SIGNING: Final = "2.23.136.1.1.8"

# A real import tries a few hundred keys in vain: two keys of one identifier, no identifier.
# Whoever makes it more wants to keep this machine busy.
_MAX_VAIN_TRIES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Belief:
    """A reason in words, and whether it rests on nothing but the operator's word.

    Args:
        reason: for auditors.
        is_unanchored: nothing but the operator's word stands behind it.
        signer: whose key made the signature, if one did.

    """

    reason: str
    is_unanchored: bool = False
    signer: Certificate | None = None


_OPERATORS_WORD: Final = Belief("accepted without an anchor", is_unanchored=True)


class Beliefs:
    """Looks for a reason to believe; None is no reason.

    Methods raise ``Refused`` when signatures were tried in vain too often.
    """

    def __init__(
        self,
        trusted: Collection,
        anchors: Sequence[Certificate],
        *,
        accept_unanchored: bool,
        is_unattended: bool = False,
    ) -> None:
        """Look among ``trusted`` and ``anchors``.

        Args:
            trusted: what is kept.
            anchors: CSCA certificates the operator vouches for.
            accept_unanchored: believe also what chains to nothing.
            is_unattended: what is kept on an operator's word vouches for nothing further.

        """
        self._trusted = trusted
        self._anchors = anchors
        self._anchor_keys = {key_of(anchor) for anchor in anchors} - {None}
        self._otherwise = _OPERATORS_WORD if accept_unanchored else None
        self._is_unattended = is_unattended
        self._vain_tries = 0

    def of_unsigned_list(self) -> Belief | None:
        """A list without a signature rests on the operator alone."""
        return self._otherwise

    def of_list_signer(
        self, signer: Certificate, companions: Iterable[Certificate], purpose: str
    ) -> Belief | None:
        """Return why the signer of a list is believed.

        Args:
            signer: must be certified for this purpose (9303-12 §7.1.1.3).
            companions: certificates beside it; a CSCA or link that chains may stand between.
            purpose: extended key usage, one of the two above.

        """
        # A master list speaks of all States, a deviation list of its own documents only.
        state = signer.country if purpose == DEVIATION_LIST_SIGNING else None
        if purpose in signer.extended_key_usages:
            if belief := self.of_signature(signer, state):
                return belief
            for companion in companions:
                is_ca = companion.is_ca and _is_of(companion.country, state)
                if is_ca and signer.verify_signed_by(companion):
                    belief = self._is_anchor(companion) or self.of_signature(companion, state)
                    if belief:
                        return belief
        return self._otherwise

    def of_csca(self, csca: Certificate) -> Belief | None:
        """Return why a self-signed CSCA is believed: by itself it proves nothing."""
        if belief := self._is_anchor(csca):
            return belief
        for entry in self._trusted.anchors_with_key(csca):
            if entry.country == csca.country and not entry.provenance.is_unanchored:
                return Belief(f"has the key of {entry.fingerprint}")
        return self._otherwise

    def of_link(self, link: Certificate) -> Belief | None:
        """Return why a link certificate is believed: an older key of its own State signed it."""
        return self.of_signature(link, link.country) or self._is_anchor(link) or self._otherwise

    def of_document_signer(self, signer: Certificate) -> Belief | None:
        """A document signer is no anchor: its path is verified whenever it is used."""
        unverified = None if self._is_unattended else Belief("not verified", is_unanchored=True)
        return self.of_signature(signer) or unverified

    def of_crl(self, crl: RevocationList) -> Belief | None:
        """Return why a CRL is believed: a trusted CSCA of its State signed it."""
        for anchor in self._anchors:
            if is_same_state(anchor.country, crl.country) and self._signed(crl, anchor):
                return _by_anchor(anchor)
        entries = self._trusted.anchors_of(crl.country)
        named_first = sorted(entries, key=lambda each: each.ski is None or each.ski != crl.aki)
        return self._signed_by_any(crl, named_first) or self._otherwise

    def of_signature(self, certificate: Certificate, state: str | None = None) -> Belief | None:
        """Return who of the anchors and trusted CSCAs signed; an anchored one is preferred.

        Args:
            certificate: whose signature is looked at.
            state: the signer must be of this State; any may sign if None.

        """
        aki = certificate.aki
        for anchor in self._anchors:
            may_be = aki is None or anchor.ski in (None, aki)
            if may_be and _is_of(anchor.country, state) and self._signed(certificate, anchor):
                return _by_anchor(anchor)
        if aki is None:
            entries = self._trusted.anchors_of(certificate.country)
        else:
            entries = self._trusted.anchors_with_key_identifier(aki)
        return self._signed_by_any(certificate, (e for e in entries if _is_of(e.country, state)))

    def is_contradicted(self, link: Certificate, companions: Iterable[Certificate]) -> bool:
        """Return whether keys of the identifier that a link names are here, and none signed it.

        Args:
            link: it may still be believed because a list has it.
            companions: certificates of that identifier beside it in the list.

        """
        kept = self._trusted.anchors_with_key_identifier(link.aki or b"")
        issuers = {each.spki: each for each in (*(e.certificate() for e in kept), *companions)}
        self._check_tries()
        return bool(issuers) and not any(self._signed(link, each) for each in issuers.values())

    def _is_anchor(self, certificate: Certificate) -> Belief | None:
        if key_of(certificate) in self._anchor_keys:
            return Belief("has the key of an anchor")
        return None

    def _signed_by_any(
        self, signed: Certificate | RevocationList, entries: Iterable[Entry]
    ) -> Belief | None:
        self._check_tries()
        if self._is_unattended:
            entries = (each for each in entries if not each.provenance.is_unanchored)
        for entry in _each_key_once(sorted(entries, key=lambda e: e.provenance.is_unanchored)):
            if self._signed(signed, entry.certificate()):
                return Belief(
                    f"signed by {entry.fingerprint}",
                    entry.provenance.is_unanchored,
                    entry.certificate(),
                )
        return None

    def _signed(self, signed: Certificate | RevocationList, issuer: Certificate) -> bool:
        if signed.verify_signed_by(issuer):
            return True
        self._vain_tries += 1
        self._check_tries()
        return False

    def _check_tries(self) -> None:
        if self._vain_tries > _MAX_VAIN_TRIES:
            raise Refused("too many signatures were tried in vain")


def _by_anchor(anchor: Certificate) -> Belief:
    return Belief(f"signed by anchor {anchor.fingerprint}", signer=anchor)


def _each_key_once(entries: Iterable[Entry]) -> Iterator[Entry]:
    tried: set[bytes] = set()
    for entry in entries:
        spki = entry.certificate().spki
        if spki not in tried:
            tried.add(spki)
            yield entry


def _is_of(country: str, state: str | None) -> bool:
    return state is None or is_same_state(country, state)
