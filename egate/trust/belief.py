"""Why something is believed: the chain from it to a key that is trusted already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.country import is_same_state
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.trust.collection import Collection

MASTER_LIST_SIGNING: Final = "2.23.136.1.1.3"
DEVIATION_LIST_SIGNING: Final = "2.23.136.1.1.8"


@dataclass(frozen=True, slots=True)
class Belief:
    """A reason in words, and whether it rests on nothing but the operator's word."""

    reason: str
    is_unanchored: bool = False


_OPERATORS_WORD: Final = Belief("accepted without an anchor", is_unanchored=True)


class Beliefs:
    """Looks for a reason to believe; None is no reason."""

    def __init__(
        self, trusted: Collection, anchors: Sequence[Certificate], *, accept_unanchored: bool
    ) -> None:
        self._trusted = trusted
        self._anchors = anchors
        self._otherwise = _OPERATORS_WORD if accept_unanchored else None

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
        if purpose in signer.extended_key_usages:
            if belief := self.of_signature(signer):
                return belief
            for companion in companions:
                if companion.is_ca and signer.verify_signed_by(companion):
                    belief = self._is_anchor(companion) or self.of_signature(companion)
                    if belief:
                        return belief
        return self._otherwise

    def of_csca(self, csca: Certificate) -> Belief | None:
        """Return why a self-signed CSCA is believed: by itself it proves nothing."""
        if belief := self._is_anchor(csca):
            return belief
        for entry in self._trusted.anchors_of(csca.country):
            if entry.certificate().has_key_of(csca):
                reason = f"has the key of {entry.fingerprint}"
                if not entry.provenance.is_unanchored:
                    return Belief(reason)
        return self._otherwise

    def of_link(self, link: Certificate) -> Belief | None:
        """Return why a link certificate is believed: an older key of its own State signed it."""
        return self.of_signature(link, link.country) or self._is_anchor(link) or self._otherwise

    def of_document_signer(self, signer: Certificate) -> Belief:
        """A document signer is no anchor: its path is verified whenever it is used."""
        return self.of_signature(signer) or Belief("not verified", is_unanchored=True)

    def of_crl(self, crl: RevocationList) -> Belief | None:
        """Return why a CRL is believed: a trusted CSCA of its State signed it."""
        for anchor in self._anchors:
            if is_same_state(anchor.country, crl.country) and crl.verify_signed_by(anchor):
                return Belief(f"signed by anchor {anchor.fingerprint}")
        for entry in self._trusted.anchors_of(crl.country):
            if crl.verify_signed_by(entry.certificate()):
                return Belief(f"signed by {entry.fingerprint}", entry.provenance.is_unanchored)
        return self._otherwise

    def _is_anchor(self, certificate: Certificate) -> Belief | None:
        if any(anchor.has_key_of(certificate) for anchor in self._anchors):
            return Belief("has the key of an anchor")
        return None

    def of_signature(self, certificate: Certificate, state: str | None = None) -> Belief | None:
        """Return who of the anchors and trusted CSCAs signed; an anchored one is preferred.

        Args:
            certificate: whose signature is looked at.
            state: the signer must be of this State; any may sign if None.

        """
        for anchor in self._anchors:
            if _is_of(anchor.country, state) and certificate.verify_signed_by(anchor):
                return Belief(f"signed by anchor {anchor.fingerprint}")
        if certificate.aki is None:
            entries = self._trusted.anchors_of(certificate.country)
        else:
            entries = self._trusted.anchors_with_key_identifier(certificate.aki)
        found = [
            entry
            for entry in entries
            if _is_of(entry.country, state) and certificate.verify_signed_by(entry.certificate())
        ]
        if not found:
            return None
        best = min(found, key=lambda entry: entry.provenance.is_unanchored)
        return Belief(f"signed by {best.fingerprint}", best.provenance.is_unanchored)


def _is_of(country: str, state: str | None) -> bool:
    return state is None or is_same_state(country, state)
