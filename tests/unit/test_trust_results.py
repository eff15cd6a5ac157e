"""Check by check what passive authentication finds: BSI TR-03135-1 v2.5 §5.6.4, one case a line.

A case says what is wrong and which checks are then not successful; the others must be. The
tables of TR-03135-1: 5.33 path, 5.34 validity, 5.37 revocation, 5.41 hashes, 5.43 State,
§5.8.2 what a deviation list says.
"""
# ruff: noqa: E501  a table is read by its lines

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from egate.emrtd import asn1
from egate.emrtd.checks import Outcome
from egate.emrtd.deviations import identity_of, look_up, with_deviations
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.deviation_list import DeviationList
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.emrtd.passive_authentication.verify import PassiveAuthentication, verify
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import Signer
from tests.deviation_forge import by_issuer_and_serial, description, deviation, documents, listed
from tests.trust_data import Anchors
from tests.trust_forge import DG1, NOW, TODAY, YEAR, Forge, key, make_sod, security_object

BD = Forge()
NEW = Forge(csca_key=key("new"))
SIGNER = BD.signer()
CSCA = BD.csca()
LINK = BD.link(key("new"))
NEWEST = Forge(csca_key=key("newest"))
NEWEST_CSCA = NEWEST.csca()
OLD_NAME = mock.name(C="BD", O="OLD", CN="CSCA")
RENAMED = Certificate.parse(mock.csca(BD.subject(OLD_NAME), BD.csca_key, OLD_NAME, BD.csca_key))
DAY = timedelta(days=1)
GROUPS = {1: DG1, 2: b"\x75\x03abc"}

PATH, VALIDITY, REVOCATION = "CERTIFICATE_PATH", "DS_VALIDITY", "DS_REVOCATION"
SIGNATURE, HASHES, COUNTRY = "SOD_SIGNATURE", "DG_HASHES", "COUNTRY"
FAILED, OPEN, NOT_OFFERED = "failed", "undetermined", "not_supported"


def crl_with(*entries: tuple[int, bytes]) -> RevocationList:
    """A CRL whose entries have extensions, which the mocks do not make."""
    revoked = [
        der.sequence(der.integer(serial), der.time(NOW), extensions)
        for serial, extensions in entries
    ]
    plain = BD.crl([0x7777])
    old = der.sequence(der.sequence(der.integer(0x7777), der.time(plain.this_update)))
    header = len(plain.tbs) - len(asn1.decode(plain.tbs).content)
    tbs = plain.tbs[header:].replace(old, der.sequence(*revoked))
    return RevocationList.parse(mock._signed(der.sequence(tbs), BD.csca_key))


def because(reason: int) -> bytes:
    value = bytes((0x0A, 1, reason))
    return der.sequence(der.sequence(der.oid("2.5.29.21"), der.octet_string(value)))


SERIAL = SIGNER.certificate.serial
LATER = der.sequence(
    der.sequence(der.oid("2.5.29.24"), der.octet_string(der.generalized_time(NOW)))
)


@dataclass(frozen=True)
class Case:
    """What is wrong, and what is then not successful."""

    name: str
    expected: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    signer: Signer = SIGNER
    cscas: Sequence[Certificate] = (CSCA,)
    crls: Sequence[RevocationList] | None = None
    groups: dict[int, bytes] | None = None
    state: str | None = None
    content: bytes | None = None
    deviations: DeviationList | None = None
    at: date = TODAY
    is_flipped: bool = False

    def answer(self) -> PassiveAuthentication:
        crls = [BD.crl()] if self.crls is None else self.crls
        named = {"BD": self.deviations} if self.deviations else {}
        anchors = Anchors(self.cscas, crls, named)
        sod = make_sod(self.signer, GROUPS, content=self.content)
        if self.is_flipped:
            sod = sod[:-1] + bytes((sod[-1] ^ 1,))
        groups = GROUPS if self.groups is None else self.groups
        found = verify(sod, groups, anchors, self.at, issuing_state=self.state, clock=lambda: 0.0)
        document = identity_of((), found.signer_certificate)
        return with_deviations(found, look_up(document, "BGD", anchors))


def dg1(text: bytes) -> dict[int, bytes]:
    return {1: DG1.replace(b"P<BGD", text)}


def of(forge: Forge) -> dict[str, object]:
    return {
        "cscas": [forge.csca()],
        "crls": [forge.crl()],
        "signer": forge.signer(country=forge.country),
    }


def used_until(days: int) -> Signer:
    """A signer whose private key might be used until so many days from now."""
    subject = mock.Subject(
        mock.name(C="BD", CN="DS"), "BGD", NOW - YEAR, NOW + YEAR, NOW + days * DAY
    )
    raw = mock.document_signer(subject, key("signer"), BD.name, BD.csca_key)
    return Signer(key("signer"), mock.Certificate.parse(raw))


UNKNOWN = dict.fromkeys((PATH, VALIDITY, REVOCATION), OPEN)
BY_SIGNER = documents(signer=by_issuer_and_serial(SIGNER.certificate))


def excusing(kind: str, parameter: int | None = None) -> DeviationList:
    return listed(deviation(BY_SIGNER, description(kind, parameter)))


CASES = [
    Case("nothing"),
    # Table 5.33
    Case("no CSCA", UNKNOWN, "no trusted CSCA", cscas=()),
    Case("the key identifier of the CSCA, another key", UNKNOWN, "no trusted CSCA", cscas=[NEW.csca()]),
    Case("a CSCA of another State", UNKNOWN | {PATH: FAILED}, "another State", cscas=[Forge(country="IN").csca()]),
    Case("a link instead of the CSCA", signer=NEW.signer(), cscas=[LINK], crls=[NEW.crl()]),
    # Table 5.34
    Case("expired signer", {VALIDITY: FAILED}, "signer is no longer", signer=BD.signer(years=(-3, -1))),
    Case("signer not yet valid", {VALIDITY: FAILED}, "signer is not yet", signer=BD.signer(years=(1, 3))),
    Case("expired CSCA", {VALIDITY: FAILED}, "CSCA is no longer", cscas=[BD.csca(years=(-3, -1))]),
    Case("CSCA not yet valid", {VALIDITY: FAILED}, "CSCA is not yet", cscas=[BD.csca(years=(1, 3))]),
    Case("expired signer and no CSCA", {PATH: OPEN, VALIDITY: FAILED, REVOCATION: OPEN}, signer=BD.signer(years=(-3, -1)), cscas=()),
    Case("last day of the signer", signer=BD.signer(years=(-1, 0))),
    Case("first day of the signer", signer=BD.signer(years=(0, 1))),
    # The usage period binds the State: neither 9303-12 nor TR-03135-1 has a receiver check it.
    Case("signed after the usage period of the private key", signer=used_until(-30)),
    # Table 5.37
    Case("revoked signer", {REVOCATION: FAILED}, "signer is revoked", crls=[BD.crl([SERIAL])]),
    Case("revoked signer, CRL out of date", {REVOCATION: FAILED}, "signer is revoked", crls=[BD.crl([SERIAL], days=(-90, -60))]),
    Case("revoked CSCA", {REVOCATION: FAILED}, "CSCA is revoked", crls=[BD.crl([CSCA.serial])]),
    Case("revoked link, by the key before", {REVOCATION: FAILED}, "CSCA is revoked", signer=NEW.signer(), cscas=[CSCA, LINK, NEW.csca()], crls=[BD.crl([LINK.serial]), NEW.crl()]),
    Case("revoked CSCA before, and a link from it", {REVOCATION: FAILED}, "CSCA is revoked", signer=NEW.signer(), cscas=[CSCA, LINK, NEW.csca()], crls=[BD.crl([CSCA.serial]), NEW.crl()]),
    Case("revoked CSCA before that", {REVOCATION: FAILED}, "CSCA is revoked", signer=NEWEST.signer(), cscas=[NEWEST.csca(), NEW.link(key("newest")), NEW.csca(), LINK, CSCA], crls=[BD.crl([CSCA.serial]), NEWEST.crl()]),
    Case("revoked CSCA before, and no link from it", signer=NEW.signer(), cscas=[CSCA, NEW.csca()], crls=[BD.crl([CSCA.serial]), NEW.crl()]),
    Case("revoked CSCA of the new key, signer by the one before", cscas=[CSCA, LINK, NEW.csca()], crls=[NEW.crl([LINK.serial])]),
    Case("links in a circle, and another CSCA revoked", signer=NEW.signer(), cscas=[LINK, CSCA, NEW.link(BD.csca_key), NEWEST_CSCA], crls=[NEW.crl([NEWEST_CSCA.serial])]),
    Case("revoked CSCA under another name", {REVOCATION: FAILED}, "CSCA is revoked", cscas=[RENAMED, CSCA, BD.csca()], crls=[BD.crl(), BD.crl([RENAMED.serial], name=OLD_NAME)]),
    Case("CSCA revoked by a stranger", cscas=[CSCA], crls=[BD.crl(), BD.crl([CSCA.serial], signed_by=key("forger"))]),
    Case("another signer revoked", crls=[BD.crl([SERIAL ^ 1])]),
    Case("no CRL", {REVOCATION: OPEN}, "no CRL", crls=()),
    Case("CRL out of date", {REVOCATION: OPEN}, "out of date", crls=[BD.crl(days=(-90, -60))]),
    Case("CRL not yet valid", {REVOCATION: OPEN}, "out of date", crls=[BD.crl(days=(1, 30))]),
    Case("CRL by a stranger", {REVOCATION: OPEN}, "no trusted CSCA", crls=[BD.crl(signed_by=key("forger"))]),
    Case("CRL by a stranger that revokes", {REVOCATION: OPEN}, "no trusted CSCA", crls=[BD.crl([SERIAL], signed_by=key("forger"))]),
    Case("CRL by the newest key for a signer of the one before", cscas=[CSCA, NEW.csca()], crls=[NEW.crl()]),
    Case("revoked, with a reason", {REVOCATION: FAILED}, "signer is revoked", crls=[crl_with((SERIAL, because(1)))]),
    Case("on hold", {REVOCATION: FAILED}, "signer is revoked", crls=[crl_with((SERIAL, because(6)))]),
    Case("revoked, with another extension", {REVOCATION: FAILED}, "signer is revoked", crls=[crl_with((SERIAL, LATER))]),
    Case("revoked, with a broken extension", {REVOCATION: FAILED}, "signer is revoked", crls=[crl_with((SERIAL, der.sequence(der.integer(1))))]),
    Case("revocation taken back", crls=[crl_with((SERIAL, because(8)))]),
    # Table 5.41
    Case("a data group was changed", {HASHES: FAILED}, "DG2 was changed", groups=GROUPS | {2: b"other"}),
    Case("two data groups were changed", {HASHES: FAILED, COUNTRY: OPEN}, "DG1, DG2 were changed", groups={1: b"a", 2: b"b"}),
    Case("a data group is not signed", {HASHES: FAILED}, "DG3 is not in the SOD", groups=GROUPS | {3: b"c"}),
    Case("two are not signed", {HASHES: FAILED}, "DG3, DG4 are not in the SOD", groups=GROUPS | {3: b"c", 4: b"d"}),
    Case("no data group", {HASHES: NOT_OFFERED, COUNTRY: NOT_OFFERED}, groups={}),
    Case("LDS version 1", content=security_object(GROUPS, version=1)),
    # Table 5.43
    Case("issuing State of the page", {COUNTRY: FAILED}, "not of the issuing State", state="IND"),
    Case("no issuing State", {COUNTRY: OPEN}, "names no State", state=""),
    Case("a code that is in no table", {COUNTRY: OPEN}, "no known State", state="XPO"),
    Case("fillers", state="BGD<"),
    Case("a visa by a signer of passports", {COUNTRY: OPEN}, "other types", state=None, groups=dg1(b"V<BGD"), content=security_object(dg1(b"V<BGD"))),
    Case("an official passport by a signer of all", groups=dg1(b"POBGD"), content=security_object(dg1(b"POBGD"))),
    Case("Germany", state="D", **of(Forge(country="DE"))),
    Case("Romania in lower case", state="ROU", **of(Forge(country="ro"))),
    Case("Lithuania in three letters", state="LTU", **of(Forge(country="LTU"))),
    Case("Kosovo", state="RKS", **of(Forge(country="KS"))),
    Case("Order of Malta", state="XOM", **of(Forge(country="XO"))),
    Case("United Nations", state="UNO", **of(Forge(country="UN"))),
    Case("United Nations, by their first code", state="UNO", **of(Forge(country="ZZ"))),
    Case("European Union", state="EUE", **of(Forge(country="EU"))),
    Case("Bermuda by the United Kingdom", state="BMU", **of(Forge(country="GB"))),
    Case("Bermuda by India", {COUNTRY: FAILED}, state="BMU", **of(Forge(country="IN"))),
    # Several at once: each check has its own result.
    Case(
        "everything",
        {SIGNATURE: FAILED, VALIDITY: FAILED, REVOCATION: FAILED, HASHES: FAILED, COUNTRY: FAILED},
        signer=BD.signer(years=(-3, -1)), crls=[BD.crl([CSCA.serial])], state="IND",
        groups=GROUPS | {2: b"other"}, is_flipped=True,
    ),
    # §5.8.2
    Case("expired signer, announced", {VALIDITY: OPEN}, "says so", signer=SIGNER, at=date(2033, 1, 1), cscas=[BD.csca(years=(-1, 9))], crls=[BD.crl(days=(0, 4000))], deviations=excusing("1.2", 5)),
    Case("expired signer, another deviation", {VALIDITY: FAILED}, signer=SIGNER, at=date(2033, 1, 1), cscas=[BD.csca(years=(-1, 9))], crls=[BD.crl(days=(0, 4000))], deviations=excusing("1.1")),
    Case("revoked signer, announced as anything", {REVOCATION: FAILED}, crls=[BD.crl([SERIAL])], deviations=excusing("1")),
    Case("changed data group, announced", {HASHES: OPEN}, "says so", groups=GROUPS | {2: b"other"}, deviations=excusing("2.2", 2)),
    Case("two changed data groups, one announced", {HASHES: FAILED}, groups=GROUPS | {2: b"other", 1: DG1 + b"x"}, deviations=excusing("2.2", 2)),
    Case("no CSCA, announced as anything", UNKNOWN, cscas=(), deviations=excusing("1")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_results(case: Case) -> None:
    answer = case.answer()
    found = {check.check_id.name: check for check in answer.checks}
    assert list(found) == [SIGNATURE, PATH, VALIDITY, REVOCATION, HASHES, COUNTRY]
    wrong = {
        name: check.outcome.value
        for name, check in found.items()
        if check.outcome is not Outcome.SUCCESSFUL
    }
    assert wrong == case.expected
    assert case.reason in " ".join(check.detail for check in answer.checks)
    assert all(found[name].detail for name in wrong)
    outcomes = set(wrong.values())
    total = FAILED if FAILED in outcomes else OPEN if OPEN in outcomes else "successful"
    assert answer.outcome.value == total
