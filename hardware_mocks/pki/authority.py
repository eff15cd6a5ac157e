"""One State's country signing certification authority and those it certifies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hardware_mocks.pki import certificate
from hardware_mocks.pki.certificate import Certificate, RevocationList, Subject
from hardware_mocks.pki.keys import CurveForm, SigningKey, new_key
from hardware_mocks.pki.signed_data import Signer
from hardware_mocks.pki.terminals import CvKind, TerminalAuthority, establish_terminals

_DAY: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=365)
# The document signers of a State: name -> kind of key.
_SIGNERS: Final = {
    "standard": "brainpoolP256r1",
    "rsa-pss": "rsa2048",
    "revoked": "brainpoolP256r1",
    "expired": "brainpoolP256r1",
    "previous": "brainpoolP256r1",
    "named-curve": "brainpoolP256r1",
    "misnamed-curve": "brainpoolP256r1",
    "passports-only": "brainpoolP256r1",
}
_CURVE_FORMS: Final[Mapping[str, CurveForm]] = {
    "named-curve": "named",
    "misnamed-curve": "misnamed",
}
UNLISTED: Final = "unknown"
SEAL_SIGNER: Final = "VS"
_SEAL_SIGNER_SERIAL: Final = 0x5EA1


@dataclass(frozen=True, slots=True)
class Authority:
    """The PKI of one State.

    ``csca`` is the key in use and ``previous`` the one before it, with ``link`` from the old to
    the new. ``unlisted`` is a CSCA of the same State that is in no list; it certified the
    signer named "unknown". ``seals`` signs visible digital seals. ``terminals`` are those who may
    read fingerprints, by algorithm.
    """

    state: str
    csca: Signer
    previous: Signer
    link: Certificate
    unlisted: Certificate
    signers: Mapping[str, Signer]
    seals: Signer
    crl: bytes
    terminals: Mapping[CvKind, TerminalAuthority]


def establish(
    state: str, country: str, now: datetime, cv_kinds: Sequence[CvKind] = ("ecdsa",)
) -> Authority:
    """Make the PKI of a State: three letters as in its MRZ, two as in its certificates.

    Args:
        state: issuing State of the MRZ, as ``BGD``.
        country: country of the names, as ``BD``.
        now: the moment around which the periods of validity lie, UTC.
        cv_kinds: algorithms of which it has a CVCA; RSA keys take their time.

    """
    named = certificate.name(C=country, O="GOV", OU="DIP", CN=f"CSCA-TEST-{state}")
    unlisted_name = certificate.name(C=country, O="GOV", OU="DIP", CN=f"CSCA-UNLISTED-{state}")
    older = Subject(named, state, now - 4 * _YEAR, now + 10 * _YEAR, now - _YEAR)
    newer = Subject(named, state, now - _YEAR, now + 13 * _YEAR, now + 2 * _YEAR)
    previous = _root(older)
    csca = _root(newer)
    unlisted = _root(Subject(unlisted_name, state, *_period(newer)))
    link = certificate.csca(newer, csca.key, named, previous.key)
    issuers = {"previous": previous, "expired": previous, UNLISTED: unlisted}
    signers = {
        signer: _document_signer(
            SigningKey(new_key(kind), curve=_CURVE_FORMS.get(signer, "explicit")),
            issuers.get(signer, csca),
            _signer_subject(signer, state, country, now),
        )
        for signer, kind in {**_SIGNERS, UNLISTED: "brainpoolP256r1"}.items()
    }
    revoked = [signers["revoked"].certificate.serial]
    return Authority(
        state=state,
        csca=csca,
        previous=previous,
        link=Certificate.parse(link),
        unlisted=unlisted.certificate,
        signers=signers,
        seals=_seal_signer(country, csca, now),
        crl=certificate.crl(
            named, csca.key, RevocationList(1, now - _DAY, now + 90 * _DAY, revoked)
        ),
        terminals={kind: establish_terminals(country, kind, now.date()) for kind in cv_kinds},
    )


def master_list_signer(authority: Authority, country: str, now: datetime) -> Signer:
    """Make a master list signer that chains to the authority's CSCA."""
    key = SigningKey(new_key("brainpoolP384r1"), "sha384")
    named = certificate.name(C=country, O="GOV", OU="DIP", CN="ML-TEST")
    subject = Subject(named, authority.state, now - _DAY, now + _YEAR, now + _YEAR)
    csca = authority.csca
    raw = certificate.master_list_signer(subject, key, csca.certificate.subject, csca.key)
    return Signer(key, Certificate.parse(raw))


def _root(subject: Subject) -> Signer:
    key = SigningKey(new_key("brainpoolP384r1"), "sha384")
    return Signer(key, Certificate.parse(certificate.csca(subject, key, subject.name, key)))


def _document_signer(key: SigningKey, issuer: Signer, subject: Subject) -> Signer:
    raw = certificate.document_signer(subject, key, issuer.certificate.subject, issuer.key)
    return Signer(key, Certificate.parse(raw))


def _seal_signer(country: str, csca: Signer, now: datetime) -> Signer:
    named = certificate.name(C=country, CN=SEAL_SIGNER)
    subject = Subject(named, country, now - _YEAR, now + 10 * _YEAR, now + _YEAR)
    key = SigningKey(new_key("brainpoolP256r1"))
    issuer = csca.certificate.subject
    raw = certificate.seal_signer(subject, key, issuer, csca.key, _SEAL_SIGNER_SERIAL)
    return Signer(key, Certificate.parse(raw))


def _signer_subject(signer: str, state: str, country: str, now: datetime) -> Subject:
    named = certificate.name(C=country, O="GOV", OU="DIP", CN=f"DS-TEST-{signer.upper()}")
    if signer == "expired":
        return Subject(named, state, now - 900 * _DAY, now - 2 * _DAY, now - 800 * _DAY)
    issued = now - 450 * _DAY if signer == "previous" else now - 90 * _DAY
    types = ("P",) if signer == "passports-only" else ("I", "P")
    return Subject(named, state, issued, now + 10 * _YEAR, issued + 120 * _DAY, types)


def _period(subject: Subject) -> tuple[datetime, datetime, datetime]:
    return subject.not_before, subject.not_after, subject.private_until
