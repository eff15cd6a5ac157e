"""Entries in memory, found by fingerprint, key identifier and State."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.trust.entry import ANCHORS, Entry, Kind, ListRecord


class Collection:
    """What is trusted, as ``TrustAnchors`` of passive authentication. Nothing here blocks."""

    def __init__(self, entries: Iterable[Entry] = (), lists: Iterable[ListRecord] = ()) -> None:
        """Take in ``entries``, and what is known of the ``lists`` that brought them."""
        self.lists: Sequence[ListRecord] = tuple(lists)
        self._entries: dict[str, Entry] = {}
        self._by_ski: dict[bytes, list[Entry]] = {}
        self._by_country: dict[str, list[Entry]] = {}
        self._crls: dict[str, list[Entry]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take ``entry`` in; it takes the place of the same thing with another provenance."""
        fingerprint = entry.fingerprint
        self.remove(fingerprint)
        self._entries[fingerprint] = entry
        for places in self._places(entry):
            places.append(entry)

    def remove(self, fingerprint: str) -> None:
        """Forget the thing with this fingerprint, if it is here."""
        if entry := self._entries.pop(fingerprint, None):
            for places in self._places(entry):
                places.remove(entry)

    def find(self, fingerprint: str) -> Entry | None:
        """Return the thing with this fingerprint."""
        return self._entries.get(fingerprint)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def anchors_with_key_identifier(self, ski: bytes) -> Sequence[Entry]:
        """Return CSCA and link certificates with this subject key identifier."""
        return self._by_ski.get(ski, ())

    def anchors_of(self, country: str) -> Sequence[Entry]:
        """Return CSCA and link certificates of a State."""
        return self._by_country.get(country, ())

    def crl_entries_of(self, country: str) -> Sequence[Entry]:
        """Return the CRLs of a State."""
        return self._crls.get(country, ())

    @property
    def countries_of_crls(self) -> Sequence[str]:
        """States that have a CRL here."""
        return [country for country, entries in self._crls.items() if entries]

    def cscas_with_key_identifier(self, ski: bytes) -> Sequence[Certificate]:
        return [entry.certificate() for entry in self.anchors_with_key_identifier(ski)]

    def cscas_of(self, country: str) -> Sequence[Certificate]:
        return [entry.certificate() for entry in self.anchors_of(country)]

    def crls_of(self, country: str) -> Sequence[RevocationList]:
        return [entry.revocation_list() for entry in self.crl_entries_of(country)]

    @property
    def version(self) -> str:
        """SHA-256 over everything that decides, hexadecimal; document signers do not."""
        lines = sorted(
            f"{entry.kind} {fingerprint} {entry.provenance.is_unanchored:d}\n"
            for fingerprint, entry in self._entries.items()
            if entry.kind is not Kind.DSC
        )
        return hashlib.sha256("".join(lines).encode("ascii")).hexdigest()

    def _places(self, entry: Entry) -> Iterator[list[Entry]]:
        if entry.kind in ANCHORS:
            yield self._by_country.setdefault(entry.country, [])
            if entry.ski is not None:
                yield self._by_ski.setdefault(entry.ski, [])
        elif entry.kind is Kind.CRL:
            yield self._crls.setdefault(entry.country, [])
