"""The rules of passive authentication, one at a time."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.crypto import libcrypto
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.emrtd.passive_authentication.verify import PassiveAuthentication, verify
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import Signer
from tests.trust_data import Anchors
from tests.trust_forge import DG1, NOW, TODAY, Forge, key, make_sod, security_object

BD = Forge()
GROUPS = {1: DG1, 2: b"\x75\x03abc"}
PA_CHECKS = [
    CheckId.SOD_SIGNATURE,
    CheckId.CERTIFICATE_PATH,
    CheckId.DS_VALIDITY,
    CheckId.DS_REVOCATION,
    CheckId.DG_HASHES,
    CheckId.COUNTRY,
]


def authenticate(
    signer: Signer | None = None,
    *,
    cscas: Sequence[Certificate] | None = None,
    crls: Sequence[RevocationList] | None = None,
    sod: bytes | None = None,
    state: str | None = None,
) -> PassiveAuthentication:
    anchors = Anchors([BD.csca()] if cscas is None else cscas, [BD.crl()] if crls is None else crls)
    file = make_sod(signer or BD.signer(), GROUPS) if sod is None else sod
    return verify(file, GROUPS, anchors, TODAY, issuing_state=state, clock=lambda: 0.0)


def outcomes(answer: PassiveAuthentication) -> dict[str, str]:
    assert [check.check_id for check in answer.checks] == PA_CHECKS
    short = {check.check_id.name: check.outcome.value for check in answer.checks}
    return {name: result for name, result in short.items() if result != "successful"}


def detail(answer: PassiveAuthentication, check_id: CheckId) -> str:
    return next(check.detail for check in answer.checks if check.check_id is check_id)


def test_a_genuine_document() -> None:
    answer = authenticate()
    assert outcomes(answer) == {}
    assert answer.outcome is Outcome.SUCCESSFUL
    assert answer.signer is not None
    assert answer.signer.country == "BD"
    assert answer.csca is not None
    assert answer.csca.ski == (BD.csca().ski or b"").hex()


def test_durations_come_from_the_clock() -> None:
    ticks = iter(range(100))
    sod = make_sod(BD.signer(), GROUPS)
    answer = verify(sod, {}, Anchors(), TODAY, clock=lambda: float(next(ticks)))
    assert [check.duration_ms for check in answer.checks] == [1000] * 6


def test_no_csca() -> None:
    answer = authenticate(cscas=[])
    assert outcomes(answer) == dict.fromkeys(
        ("CERTIFICATE_PATH", "DS_VALIDITY", "DS_REVOCATION"), "undetermined"
    )
    assert answer.outcome is Outcome.UNDETERMINED
    assert answer.csca is None


def test_a_key_identifier_of_the_csca_but_another_key() -> None:
    forger = Forge(csca_key=key("forger"))
    stolen = forger.signer()
    raw = stolen.certificate.raw.replace(
        forger.csca_key.key_identifier(), BD.csca_key.key_identifier()
    )
    answer = authenticate(Signer(stolen.key, mock.Certificate.parse(raw)))
    assert outcomes(answer)["CERTIFICATE_PATH"] == "failed"


def test_two_keys_with_one_identifier() -> None:
    twin = Forge(csca_key=key("twin"))
    raw = twin.csca().raw.replace(twin.csca_key.key_identifier(), BD.csca_key.key_identifier())
    assert outcomes(authenticate(cscas=[Certificate.parse(raw), BD.csca()])) == {}


@pytest.mark.parametrize(("years", "when"), [((-3, -1), "no longer"), ((1, 3), "not yet")])
def test_outside_the_validity_of_the_signer(years: tuple[int, int], when: str) -> None:
    answer = authenticate(BD.signer(years=years))
    assert outcomes(answer) == {"DS_VALIDITY": "failed"}
    assert when in detail(answer, CheckId.DS_VALIDITY)


@pytest.mark.parametrize("years", [(-3, -1), (1, 3)])
def test_outside_the_validity_of_the_csca(years: tuple[int, int]) -> None:
    assert outcomes(authenticate(cscas=[BD.csca(years=years)])) == {"DS_VALIDITY": "failed"}


def test_of_several_certificates_of_a_key_the_valid_one_counts() -> None:
    expired, valid = BD.csca(years=(-3, -1)), BD.csca()
    assert outcomes(authenticate(cscas=[expired, valid])) == {}
    assert outcomes(authenticate(cscas=[valid, expired])) == {}


def test_revoked() -> None:
    signer = BD.signer()
    serial = signer.certificate.serial
    assert outcomes(authenticate(signer, crls=[BD.crl([serial])])) == {"DS_REVOCATION": "failed"}
    # An old list that names it still does.
    old = BD.crl([serial], days=(-90, -60))
    assert outcomes(authenticate(signer, crls=[old])) == {"DS_REVOCATION": "failed"}


def test_a_revoked_csca_takes_its_key_along() -> None:
    csca = BD.csca()
    answer = authenticate(cscas=[csca], crls=[BD.crl([csca.serial])])
    assert detail(answer, CheckId.DS_REVOCATION) == "the CSCA is revoked"
    new = key("new")
    link, new_forge = BD.link(new), Forge(csca_key=new)
    for certificates in ([link, new_forge.csca()], [new_forge.csca(), link]):
        answer = authenticate(
            new_forge.signer(), cscas=[csca, *certificates], crls=[BD.crl([link.serial])]
        )
        assert outcomes(answer) == {"DS_REVOCATION": "failed"}


@pytest.mark.parametrize(
    ("crls", "reason"),
    [
        ([], "no CRL"),
        ([BD.crl(days=(-90, -60))], "out of date"),
        ([BD.crl(days=(1, 30))], "out of date"),
        ([BD.crl(signed_by=key("forger"))], "no trusted CSCA"),
        ([BD.crl(name=mock.name(C="BD", O="other"))], "no CRL"),
    ],
)
def test_revocation_is_open_without_a_current_list(crls: list[RevocationList], reason: str) -> None:
    answer = authenticate(crls=crls)
    assert outcomes(answer) == {"DS_REVOCATION": "undetermined"}
    assert reason in detail(answer, CheckId.DS_REVOCATION)


def test_a_list_of_the_newest_key_covers_signers_of_the_older() -> None:
    new = Forge(csca_key=key("new"))
    answer = authenticate(cscas=[BD.csca(), new.csca()], crls=[new.crl()])
    assert outcomes(answer) == {}


def test_a_delta_list_or_one_without_end_is_not_enough() -> None:
    crl = BD.crl()
    kind = crl.raw.replace(der.oid("2.5.29.20"), der.oid("2.5.29.27"))
    assert not RevocationList.parse(kind).is_complete
    assert RevocationList.parse(kind).number is None
    broken = crl.raw.replace(
        der.oid("2.5.29.20") + b"\x04\x03\x02", der.oid("2.5.29.20") + b"\x04\x03\x03"
    )
    assert (crl.number, RevocationList.parse(broken).number) == (1, None)
    without_end = RevocationList(
        crl.raw, crl.tbs, crl.issuer, crl.this_update, None, {}, True, None, b"", b""
    )
    assert not without_end.is_current(TODAY)


def test_country() -> None:
    assert outcomes(authenticate(state="BGD")) == {}
    assert outcomes(authenticate(state="UTO")) == {"COUNTRY": "failed"}
    assert outcomes(authenticate(state="")) == {"COUNTRY": "undetermined"}
    # A CSCA of one State has signed for another.
    assert outcomes(authenticate(BD.signer(country="IN")))["COUNTRY"] == "failed"


def test_a_csca_of_another_state_has_the_key_identifier() -> None:
    other = Forge(country="IN")  # the same key under another name
    answer = authenticate(cscas=[other.csca()])
    assert outcomes(answer)["CERTIFICATE_PATH"] == "failed"


def test_an_issuer_spelled_anew_is_of_the_same_state() -> None:
    signer = BD.signer(issuer=mock.name(C="bd", O="Gov.", CN="the CSCA"))
    assert outcomes(authenticate(signer)) == {}


def test_types_of_documents() -> None:
    visa = DG1.replace(b"P<BGD", b"V<BGD")
    groups = {1: visa}
    answer = verify(
        make_sod(BD.signer(), groups),
        groups,
        Anchors([BD.csca()], [BD.crl()]),
        TODAY,
        clock=lambda: 0.0,
    )
    assert outcomes(answer) == {"COUNTRY": "undetermined"}


def test_data_groups() -> None:
    anchors = Anchors([BD.csca()], [BD.crl()])
    sod = make_sod(BD.signer(), GROUPS)

    def hashes(groups: dict[int, bytes]) -> str:
        answer = verify(sod, groups, anchors, TODAY, clock=lambda: 0.0)
        return outcomes(answer).get("DG_HASHES", "successful")

    assert hashes({}) == "not_supported"
    assert hashes({2: GROUPS[2]}) == "successful"
    assert hashes({2: b"changed"}) == "failed"
    assert hashes(GROUPS | {3: b"not signed"}) == "failed"


@pytest.mark.parametrize("dg1", [b"", b"\x61\x00", b"\x61\x03\x5f\x1f\x00", b"garbage"])
def test_a_dg1_that_cannot_be_read(dg1: bytes) -> None:
    groups = {1: dg1}
    sod = make_sod(BD.signer(), groups)
    answer = verify(sod, groups, Anchors([BD.csca()], [BD.crl()]), TODAY, clock=lambda: 0.0)
    assert outcomes(answer) == {"COUNTRY": "undetermined"}


@pytest.mark.parametrize("sod", [b"", b"\x77\x00", b"\x30\x80", b"\x77\x84\xff\xff\xff\xff", b"PK"])
def test_a_sod_that_cannot_be_read_is_a_finding(sod: bytes) -> None:
    answer = authenticate(sod=sod)
    assert answer.outcome is Outcome.FAILED
    assert outcomes(answer)["SOD_SIGNATURE"] == "failed"
    assert "cannot be read" in detail(answer, CheckId.SOD_SIGNATURE)
    assert answer.signer is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x30\x00",
        security_object({}),
        security_object({17: b""}),
        der.sequence(der.integer(0), der.sequence(der.oid("1.2.3")), der.sequence()),
    ],
)
def test_a_security_object_that_cannot_be_read_is_a_finding(content: bytes) -> None:
    answer = authenticate(sod=make_sod(BD.signer(), GROUPS, content=content))
    assert outcomes(answer) == {"SOD_SIGNATURE": "failed", "DG_HASHES": "undetermined"}


def test_a_security_object_of_version_1() -> None:
    content = security_object(GROUPS, version=1)
    assert outcomes(authenticate(sod=make_sod(BD.signer(), GROUPS, content=content))) == {}


def test_content_of_another_type_is_no_sod() -> None:
    sod = make_sod(BD.signer(), GROUPS, content_type="2.23.136.1.1.2")
    assert outcomes(authenticate(sod=sod)) == {"SOD_SIGNATURE": "failed"}


def test_plain_data_is_a_sod() -> None:
    sod = make_sod(BD.signer(), GROUPS, content_type="1.2.840.113549.1.7.1")
    assert outcomes(authenticate(sod=sod)) == {}


def test_the_signer_is_found_among_several_certificates() -> None:
    other = mock.Certificate.parse(BD.csca().raw)
    assert outcomes(authenticate(sod=make_sod(BD.signer(), GROUPS, others=[other]))) == {}


def test_no_certificate_of_the_signer() -> None:
    others = [mock.Certificate.parse(BD.csca(years=(-1, n)).raw) for n in (5, 6)]
    signer = BD.signer()
    sod = make_sod(signer, GROUPS, others=others)
    # Its serial number in the SOD no longer is that of any certificate there.
    serial = der.integer(signer.certificate.serial)
    at = sod.rindex(serial)
    answer = authenticate(sod=sod[: at + 4] + b"\0" + sod[at + 5 :])
    assert answer.signer is None
    assert set(outcomes(answer).values()) == {"undetermined"}


def test_a_master_list_signer_may_not_sign_documents() -> None:
    subject = BD.subject(mock.name(C="BD", CN="ML"))
    raw = mock.master_list_signer(subject, key("signer"), BD.name, BD.csca_key)
    signer = Signer(key("signer"), mock.Certificate.parse(raw))
    assert outcomes(authenticate(signer))["CERTIFICATE_PATH"] == "failed"


def test_a_machine_without_libcrypto_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a finding about the document: undetermined, with the reason."""

    def missing(*_: object) -> bool:
        raise LibcryptoUnavailable("libcrypto is not installed")

    monkeypatch.setattr("egate.emrtd.crypto.public_key._CURVES", {})
    monkeypatch.setattr(libcrypto, "verify_ecdsa", missing)
    answer = authenticate()
    assert outcomes(answer)["SOD_SIGNATURE"] == "undetermined"
    assert outcomes(answer)["CERTIFICATE_PATH"] == "undetermined"
    assert answer.outcome is Outcome.UNDETERMINED
    monkeypatch.undo()
    monkeypatch.setattr(
        "egate.emrtd.passive_authentication.document_signer.check_revocation", missing
    )
    assert outcomes(authenticate()) == {"DS_REVOCATION": "undetermined"}


def test_the_signature_covers_the_signed_attributes() -> None:
    sod = make_sod(BD.signer(), GROUPS)
    moment = NOW.strftime("%y%m%d%H%M%SZ").encode()
    later = (NOW + timedelta(days=1)).strftime("%y%m%d%H%M%SZ").encode()
    at = sod.rindex(moment)
    changed = sod[:at] + later + sod[at + len(moment) :]
    assert outcomes(authenticate(sod=changed)) == {"SOD_SIGNATURE": "failed"}
