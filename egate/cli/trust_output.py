"""What a trust store holds and how old it is, as JSON values."""

from datetime import datetime, timedelta

from egate.emrtd.crypto.public_key import EcPublicKey, RsaPublicKey
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.passive_authentication import distinguished_name
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.trust.ages import Ages, CrlAge, CscaAge, Freshness, ListAge
from egate.trust.audit import AuditEvent
from egate.trust.entry import Entry, Pending


def entry_as_json(entry: Entry) -> dict[str, str]:
    """Return a CSCA or link certificate as ``trust list`` shows it."""
    certificate = entry.certificate()
    return {
        "country": entry.country,
        "subject": distinguished_name.shown(certificate.subject),
        "ski": (entry.ski or b"").hex(),
        "not_after": certificate.not_after.date().isoformat(),
        "key": _key(certificate),
        "source": entry.provenance.source,
        "kind": entry.kind.value,
        "fingerprint": entry.fingerprint,
        "source_sha256": entry.provenance.source_sha256,
        "trusted_by": entry.provenance.trusted_by,
    }


def pending_as_json(pending: Pending) -> dict[str, str]:
    """Return a certificate that waits, with who took it in, when, and from where."""
    occasion = pending.occasion
    return entry_as_json(pending.entry) | {
        "provenance": occasion.statement,
        "officer": occasion.officer,
        "at": shown(occasion.at),
    }


def event_as_json(event: AuditEvent) -> dict[str, object]:
    """Return one line of the trail."""
    return {
        "at": shown(event.occasion.at),
        "officer": event.occasion.officer,
        "action": event.action.value,
        "statement": event.occasion.statement,
        "store_version": event.version,
        "detail": dict(event.detail),
    }


def ages_as_json(ages: Ages) -> dict[str, object]:
    """Return the ages of lists and CRLs, and how the own State's CSCA stands."""
    return {
        "lists": [_list_age(each) for each in ages.lists],
        "crls": [_crl_age(each) for each in ages.crls],
        "own": ages.own and _csca_age(ages.own),
        "stale": [name for name, how in _standing(ages) if how not in _SERVES],
        "due": [name for name, how in _standing(ages) if how is Freshness.DUE],
    }


_SERVES = (Freshness.CURRENT, Freshness.DUE)


def _standing(ages: Ages) -> list[tuple[str, Freshness]]:
    """Return the name of each thing that can be stale, and how it stands."""
    lists = [
        (f"{each.record.kind} {each.record.country}".strip(), each.freshness) for each in ages.lists
    ]
    crls = [(f"CRL {each.country}", each.freshness) for each in ages.crls]
    own = [(f"CSCA {ages.own.country}", ages.own.freshness)] if ages.own else []
    return [*own, *lists, *crls]


def _list_age(each: ListAge) -> dict[str, object]:
    record = each.record
    return {
        "kind": record.kind.value,
        "country": record.country,
        "signed_at": record.signed_at and shown(record.signed_at),
        "imported_at": shown(record.imported_at),
        "age_days": days(each.age),
        "freshness": each.freshness.value,
        "count": record.count,
        "source": record.source,
        "source_sha256": record.source_sha256,
    }


def _crl_age(each: CrlAge) -> dict[str, object]:
    return {
        "country": each.country,
        "number": each.number,
        "this_update": shown(each.this_update),
        "next_update": each.next_update and shown(each.next_update),
        "age_days": days(each.age),
        "remaining_days": None if each.remaining is None else days(each.remaining),
        "freshness": each.freshness.value,
        "fingerprint": each.fingerprint,
    }


def _csca_age(each: CscaAge) -> dict[str, object]:
    return {
        "country": each.country,
        "count": each.count,
        "not_after": each.not_after and shown(each.not_after),
        "remaining_days": None if each.remaining is None else days(each.remaining),
        "freshness": each.freshness.value,
        "is_unanchored": each.is_unanchored,
    }


def days(span: timedelta) -> float:
    """Return days with one decimal."""
    return round(span / timedelta(days=1), 1)


def shown(moment: datetime) -> str:
    """Return a moment in UTC, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _key(certificate: Certificate) -> str:
    try:
        match certificate.public_key():
            case RsaPublicKey() as key:
                return f"RSA {key.modulus.bit_length()}"
            case EcPublicKey() as key:
                return f"EC {key.curve.name}"
    except DocumentRejected as error:
        return str(error)
