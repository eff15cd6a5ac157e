"""Entries in memory, found by fingerprint, key identifier and State."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from egate.emrtd.crypto.public_key import PublicKey, load_public_key
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.deviation_list import DeviationList
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.trust.entry import ANCHORS, Entry, Kind, ListRecord

# Entries by fingerprint: one is found and removed at once, however many there are.
_Place = dict[str, Entry]


class Collection:
    """What is trusted, as ``TrustAnchors`` of passive authentication. Nothing here blocks."""

    def __init__(self, entries: Iterable[Entry] = (), lists: Iterable[ListRecord] = ()) -> None:
        """Take in ``entries``, and what is known of the ``lists`` that brought them."""
        self.lists: Sequence[ListRecord] = tuple(lists)
        self._entries: dict[str, Entry] = {}
        self._by_ski: dict[bytes, _Place] = {}
        self._by_country: dict[str, _Place] = {}
        self._others: dict[tuple[Kind, str], _Place] = {}
        self._by_key: dict[PublicKey | None, _Place] | None = None
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take ``entry`` in; it takes the place of the same thing with another provenance."""
        fingerprint = entry.fingerprint
        self.remove(fingerprint)
        self._entries[fingerprint] = entry
        for place in self._places(entry):
            place[fingerprint] = entry

    def remove(self, fingerprint: str) -> None:
        """Forget the thing with this fingerprint, if it is here."""
        if entry := self._entries.pop(fingerprint, None):
            for place in self._places(entry):
                del place[fingerprint]

    def find(self, fingerprint: str) -> Entry | None:
        """Return the thing with this fingerprint."""
        return self._entries.get(fingerprint)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def anchors_with_key_identifier(self, ski: bytes) -> Sequence[Entry]:
        """Return CSCA and link certificates with this subject key identifier."""
        return _of(self._by_ski.get(ski))

    def anchors_of(self, country: str) -> Sequence[Entry]:
        """Return CSCA and link certificates of a State."""
        return _of(self._by_country.get(country))

    def anchors_with_key(self, certificate: Certificate) -> Sequence[Entry]:
        """Return CSCA and link certificates of the very key of ``certificate``."""
        if self._by_key is None:
            self._by_key = {}
            for fingerprint, entry in self._entries.items():
                if entry.kind in ANCHORS:
                    place = self._by_key.setdefault(key_of(entry.certificate()), {})
                    place[fingerprint] = entry
        return _of(self._by_key.get(key_of(certificate)))

    def crl_entries_of(self, country: str) -> Sequence[Entry]:
        """Return the CRLs of a State."""
        return _of(self._others.get((Kind.CRL, country)))

    def deviation_entries_of(self, country: str) -> Sequence[Entry]:
        """Return the deviation lists of a State; each ``der`` is a whole CMS, believed before."""
        return _of(self._others.get((Kind.DEVIATION, country)))

    @property
    def deviation_entries(self) -> Sequence[Entry]:
        """Every deviation list."""
        return [entry for entry in self if entry.kind is Kind.DEVIATION]

    @property
    def countries_of_crls(self) -> Sequence[str]:
        """States that have a CRL here."""
        return [
            country
            for (kind, country), entries in self._others.items()
            if kind is Kind.CRL and entries
        ]

    def cscas_with_key_identifier(self, ski: bytes) -> Sequence[Certificate]:
        return [entry.certificate() for entry in self.anchors_with_key_identifier(ski)]

    def cscas_of(self, country: str) -> Sequence[Certificate]:
        return [entry.certificate() for entry in self.anchors_of(country)]

    def crls_of(self, country: str) -> Sequence[RevocationList]:
        return [entry.revocation_list() for entry in self.crl_entries_of(country)]

    def deviations_of(self, country: str) -> Sequence[DeviationList]:
        """Return those that a State signed; nobody's word alone excuses a document."""
        entries = self.deviation_entries_of(country)
        return [each.deviation_list() for each in entries if not each.provenance.is_unanchored]

    @property
    def version(self) -> str:
        """SHA-256 over everything that decides, hexadecimal; document signers do not."""
        lines = sorted(
            f"{entry.kind} {fingerprint} {entry.provenance.is_unanchored:d}\n"
            for fingerprint, entry in self._entries.items()
            if entry.kind is not Kind.DSC
        )
        return hashlib.sha256("".join(lines).encode("ascii")).hexdigest()

    def _places(self, entry: Entry) -> Iterator[_Place]:
        if entry.kind in ANCHORS:
            yield self._by_country.setdefault(entry.country, {})
            if entry.ski is not None:
                yield self._by_ski.setdefault(entry.ski, {})
            if self._by_key is not None:
                yield self._by_key.setdefault(key_of(entry.certificate()), {})
        else:
            yield self._others.setdefault((entry.kind, entry.country), {})


def _of(place: _Place | None) -> Sequence[Entry]:
    return tuple(place.values()) if place else ()


@lru_cache(maxsize=8192)
def _key_of_spki(spki: bytes) -> PublicKey | None:
    try:
        return load_public_key(spki)
    except DocumentRejected:
        return None


def key_of(certificate: Certificate) -> PublicKey | None:
    """Return the key, from memory if it was asked before; None for one no State may use."""
    return _key_of_spki(certificate.spki)
