"""How old what is trusted is, at a moment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from egate.emrtd import asn1
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.trust.ages import Freshness, ages, crl_ages, csca_age, list_ages
from egate.trust.collection import Collection
from egate.trust.entry import Entry, Kind, ListKind, ListRecord, Provenance
from tests.trust_forge import NOW, Forge, key

BD, IN = Forge(), Forge(country="IN", csca_key=key("indian"))
SIGNED = Provenance("file", "00", "signed", is_unanchored=False)
ON_WORD = replace(SIGNED, is_unanchored=True)
DAY = timedelta(days=1)
LIST = ListRecord(
    kind=ListKind.MASTER_LIST,
    country="DE",
    signed_at=NOW,
    imported_at=NOW,
    source="file",
    source_sha256="00",
    count=1,
    is_unanchored=False,
)


def of_crl(crl: RevocationList, provenance: Provenance = SIGNED) -> Entry:
    return Entry(Kind.CRL, crl.country, None, crl.raw, provenance)


def of_csca(csca: Certificate, provenance: Provenance = SIGNED) -> Entry:
    return Entry(Kind.CSCA, csca.country, csca.ski, csca.raw, provenance)


@pytest.mark.parametrize(
    ("age_days", "freshness"),
    [
        (-1, Freshness.NOT_YET),
        (0, Freshness.CURRENT),
        (76, Freshness.CURRENT),
        (77, Freshness.DUE),
        (90, Freshness.DUE),
        (91, Freshness.STALE),
    ],
)
def test_a_list_becomes_due_and_stale(age_days: int, freshness: Freshness) -> None:
    (found,) = list_ages([LIST], NOW + age_days * DAY)
    assert (found.freshness, found.age) == (freshness, age_days * DAY)


def test_the_newest_list_of_each_state_and_kind_counts() -> None:
    older = replace(LIST, signed_at=NOW - DAY, imported_at=NOW + DAY)
    italian = replace(LIST, country="IT", signed_at=None, imported_at=NOW + DAY)
    deviations = replace(LIST, kind=ListKind.DEVIATION_LIST)
    store = Collection((), [LIST, older, italian, deviations])
    found = ages(store, NOW + 2 * DAY)
    assert [each.record for each in found.lists] == [deviations, LIST, italian]
    newest = found.newest(ListKind.MASTER_LIST)
    assert newest is not None
    assert newest.record is italian
    assert found.newest(ListKind.SIGNER_LIST) is None
    assert found.own is None


@pytest.mark.parametrize(
    ("after_days", "freshness"),
    [
        (-2, Freshness.NOT_YET),
        (-1, Freshness.CURRENT),
        (22, Freshness.CURRENT),
        (24, Freshness.DUE),
        (30, Freshness.DUE),
        (31, Freshness.STALE),
    ],
)
def test_a_crl_becomes_due_and_stale(after_days: int, freshness: Freshness) -> None:
    (found,) = crl_ages(Collection([of_crl(BD.crl(days=(-1, 30)))]), NOW + after_days * DAY)
    assert found.freshness is freshness
    assert found.country == "BD"
    assert found.number == 1
    assert found.age == (after_days + 1) * DAY
    assert found.remaining == (30 - after_days) * DAY


def test_a_crl_without_an_end_is_stale() -> None:
    whole = asn1.decode(BD.crl().raw)
    tbs, *rest = whole.children()
    version, algorithm, issuer, this_update, _, *others = tbs.children()
    kept = (version, algorithm, issuer, this_update, *others)
    shorter = asn1.encode(tbs.tag, b"".join(each.raw for each in kept))
    raw = asn1.encode(whole.tag, shorter + b"".join(each.raw for each in rest))
    (found,) = crl_ages(Collection([of_crl(RevocationList.parse(raw))]), NOW)
    assert (found.next_update, found.remaining) == (None, None)
    assert found.freshness is Freshness.STALE


def test_the_newest_believed_crl_of_each_state_counts() -> None:
    old, new = BD.crl(days=(-9, 5)), BD.crl(days=(-1, 30))
    forged = BD.crl(days=(0, 90), signed_by=key("forger"))
    store = Collection([of_crl(new), of_crl(old), of_crl(forged, ON_WORD), of_crl(IN.crl())])
    assert [(each.country, each.this_update) for each in crl_ages(store, NOW)] == [
        ("BD", new.this_update),
        ("IN", IN.crl().this_update),
    ]
    store.remove(of_crl(new).fingerprint)
    store.remove(of_crl(old).fingerprint)
    assert crl_ages(store, NOW)[0].this_update == forged.this_update
    store.remove(of_crl(forged).fingerprint)
    assert [each.country for each in crl_ages(store, NOW)] == ["IN"]


def test_the_own_state_needs_a_valid_anchor() -> None:
    store = Collection([of_csca(IN.csca())])
    assert csca_age(store, "BD", NOW).freshness is Freshness.MISSING
    store.add(of_csca(BD.csca(years=(-9, -1))))
    assert csca_age(store, "BD", NOW).freshness is Freshness.STALE
    store.add(of_csca(BD.csca(years=(1, 2))))
    assert csca_age(store, "BD", NOW).freshness is Freshness.NOT_YET
    store.add(of_csca(BD.csca(years=(-1, 1)), ON_WORD))
    found = csca_age(store, "BD", NOW)
    assert (found.count, found.freshness, found.is_unanchored) == (1, Freshness.CURRENT, True)
    store.add(of_csca(BD.csca(years=(-1, 5))))
    own = ages(store, NOW, "BD").own
    assert own is not None
    assert (own.count, own.is_unanchored) == (2, False)
    assert own.not_after == BD.csca().not_after
    assert own.remaining == BD.csca().not_after - NOW
    assert csca_age(store, "BD", BD.csca().not_after - 89 * DAY).freshness is Freshness.DUE
