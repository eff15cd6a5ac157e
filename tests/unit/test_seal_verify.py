"""The rules of a seal's verification, one at a time (9303-13 appendix D)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.crypto import libcrypto
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal
from egate.emrtd.visible_digital_seal.verify import SealVerification, verify
from tests.seal_forge import (
    EMERGENCY,
    SEALS,
    VISA_FEATURES,
    SealForm,
    SealSigner,
    c40,
    seal_key,
)
from tests.trust_data import Anchors
from tests.trust_forge import TODAY, Forge, key

BD = Forge()
SIGNER = SealSigner()
GENUINE = SealForm()
ICAO_PASSPORT = ("PUUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F2606277<<<<<<<8")
PASSPORT_OF_UTOPIA = {2: c40("".join(ICAO_PASSPORT))}
SEAL_CHECKS = [
    CheckId.SEAL_FORMAT,
    CheckId.SEAL_SIGNATURE,
    CheckId.SEAL_CERTIFICATE_PATH,
    CheckId.SEAL_SIGNER_VALIDITY,
    CheckId.SEAL_SIGNER_REVOCATION,
    CheckId.SEAL_COUNTRY,
    CheckId.SEAL_DOCUMENT_TYPE,
]


def verified(
    raw: bytes | None = None,
    signers: Sequence[SealSigner] = (SIGNER,),
    *,
    cscas: Sequence[Certificate] | None = None,
    crls: Sequence[RevocationList] | None = None,
) -> SealVerification:
    anchors = Anchors([BD.csca()] if cscas is None else cscas, [BD.crl()] if crls is None else crls)
    seal = VisibleDigitalSeal.parse(GENUINE.signed_by() if raw is None else raw)
    certificates = [each.certificate() for each in signers]
    answer = verify(seal, certificates, anchors, TODAY, clock=lambda: 0.0)
    assert [check.check_id for check in answer.checks] == SEAL_CHECKS
    return answer


def outcomes(answer: SealVerification) -> Mapping[str, str]:
    found = {check.check_id.name[5:]: check.outcome.value for check in answer.checks}
    return {name: result for name, result in found.items() if result != "successful"}


def detail(answer: SealVerification, check_id: CheckId) -> str:
    return next(check.detail for check in answer.checks if check.check_id is check_id)


NO_TYPES = {"DOCUMENT_TYPE": "not_supported"}


def test_a_genuine_visa() -> None:
    answer = verified()
    assert outcomes(answer) == NO_TYPES
    assert answer.outcome is Outcome.SUCCESSFUL
    assert answer.csca is not None
    assert answer.csca.has_key_of(BD.csca())
    assert answer.signer is not None
    assert answer.signer.serial == SIGNER.serial


@pytest.mark.parametrize("version", [3, 4])
def test_both_versions_of_the_header(version: int) -> None:
    form = GENUINE.but(version=version, reference="01A2B" if version == 3 else "1A2B")
    assert verified(form.signed_by()).outcome is Outcome.SUCCESSFUL


def test_durations_come_from_the_clock() -> None:
    ticks = iter(range(100))
    seal = VisibleDigitalSeal.parse(GENUINE.signed_by())
    answer = verify(seal, [], Anchors(), TODAY, clock=lambda: float(next(ticks)))
    assert [check.duration_ms for check in answer.checks] == [1000] * len(SEAL_CHECKS)


def test_no_certificate_is_undetermined() -> None:
    answer = verified(signers=())
    everything = {check.name[5:] for check in SEAL_CHECKS} - {"FORMAT"}
    assert outcomes(answer) == dict.fromkeys(everything, "undetermined")
    assert answer.outcome is Outcome.UNDETERMINED
    assert answer.signer is None


@pytest.mark.parametrize(
    "other",
    [
        SealSigner(serial=0x1A2C),
        SealSigner(name="VT"),
        SealSigner(country="IN"),
    ],
)
def test_a_certificate_that_the_seal_does_not_refer_to(other: SealSigner) -> None:
    assert outcomes(verified(signers=[other]))["SIGNATURE"] == "undetermined"


def test_of_two_certificates_with_one_reference_the_right_one_counts() -> None:
    twin = SealSigner(key=seal_key(secret=0xFACE))
    for signers in ([twin, SIGNER], [SIGNER, twin]):
        assert verified(signers=signers).outcome is Outcome.SUCCESSFUL
    assert outcomes(verified(signers=[twin]))["SIGNATURE"] == "failed"


def test_no_csca() -> None:
    answer = verified(cscas=[])
    expected = ("CERTIFICATE_PATH", "SIGNER_VALIDITY", "SIGNER_REVOCATION")
    assert outcomes(answer) == NO_TYPES | dict.fromkeys(expected, "undetermined")
    assert answer.csca is None


def test_a_signer_that_the_csca_did_not_certify() -> None:
    forger = Forge(csca_key=key("seal forger"))
    answer = verified(signers=[SealSigner(state=forger)])
    assert outcomes(answer)["CERTIFICATE_PATH"] == "undetermined"


@pytest.mark.parametrize("years", [(-3, -1), (1, 3)])
def test_outside_the_validity_of_the_signer(years: tuple[int, int]) -> None:
    answer = verified(signers=[SealSigner(years=years)])
    assert outcomes(answer) == NO_TYPES | {"SIGNER_VALIDITY": "failed"}


def test_outside_the_validity_of_the_csca() -> None:
    answer = verified(cscas=[BD.csca(years=(-3, -1))])
    assert outcomes(answer) == NO_TYPES | {"SIGNER_VALIDITY": "failed"}


def test_revocation() -> None:
    revoked = verified(crls=[BD.crl([SIGNER.serial])])
    assert outcomes(revoked) == NO_TYPES | {"SIGNER_REVOCATION": "failed"}
    unknown = verified(crls=[])
    assert outcomes(unknown) == NO_TYPES | {"SIGNER_REVOCATION": "undetermined"}
    assert unknown.outcome is Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("usages", "outcome"),
    [
        ((), "undetermined"),
        (("2.23.136.1.1.3",), "failed"),
        (("1.3.6.1.5.5.7.3.1", SEALS), None),
    ],
)
def test_what_the_signers_certificate_is_for(usages: Sequence[str], outcome: str | None) -> None:
    answer = verified(signers=[SealSigner(usages=usages)])
    assert outcomes(answer).get("CERTIFICATE_PATH") == outcome


def test_a_document_signer_without_a_path_is_not_called_anything_better() -> None:
    answer = verified(signers=[SealSigner(usages=())], cscas=[])
    assert "no trusted CSCA" in detail(answer, CheckId.SEAL_CERTIFICATE_PATH)


@pytest.mark.parametrize(
    ("types", "outcome"),
    [(("V",), None), (("VC", "V<"), None), (("VC",), "failed"), (("P", "ID"), "failed")],
)
def test_the_types_of_documents_of_the_signer(types: Sequence[str], outcome: str | None) -> None:
    answer = verified(signers=[SealSigner(document_types=types)])
    assert outcomes(answer).get("DOCUMENT_TYPE") == outcome


@pytest.mark.parametrize(
    ("types", "outcome"),
    [(("P",), None), (("PU",), None), (("U",), "failed"), (("PT", "PUU"), "failed")],
)
def test_one_letter_stands_for_all_types_that_begin_with_it(
    types: Sequence[str], outcome: str | None
) -> None:
    form = GENUINE.but(kind=EMERGENCY, features=PASSPORT_OF_UTOPIA)
    answer = verified(form.signed_by(), [SealSigner(document_types=types)])
    assert outcomes(answer).get("DOCUMENT_TYPE") == outcome


def test_a_seal_of_another_state_than_its_signer() -> None:
    form = GENUINE.but(country="UTO", kind=EMERGENCY, features=PASSPORT_OF_UTOPIA)
    answer = verified(form.signed_by())
    assert outcomes(answer) == NO_TYPES | {"COUNTRY": "failed"}
    assert "the signer is of another State" in detail(answer, CheckId.SEAL_COUNTRY)


def test_an_mrz_of_another_state_than_the_seal() -> None:
    form = GENUINE.but(kind=EMERGENCY, features=PASSPORT_OF_UTOPIA)
    answer = verified(form.signed_by())
    assert outcomes(answer) == NO_TYPES | {"COUNTRY": "undetermined"}
    assert answer.outcome is Outcome.UNDETERMINED
    assert "the MRZ" in detail(answer, CheckId.SEAL_COUNTRY)


def test_a_signer_of_another_state_than_its_csca() -> None:
    utopia = Forge(country="UT")
    stray = SealSigner(state=BD, country="UT")
    form = GENUINE.but(country="UTO", signer="UTVS", kind=EMERGENCY, features=PASSPORT_OF_UTOPIA)
    answer = verified(form.signed_by(), [stray])
    assert outcomes(answer) == NO_TYPES | {"COUNTRY": "failed"}
    assert "CSCA" in detail(answer, CheckId.SEAL_COUNTRY)
    proper = verified(
        form.signed_by(),
        [SealSigner(state=utopia, country="UT")],
        cscas=[utopia.csca()],
        crls=[utopia.crl()],
    )
    assert proper.outcome is Outcome.SUCCESSFUL


@pytest.mark.parametrize(
    ("curve", "hash_name"),
    [
        ("brainpoolP224r1", "sha224"),
        ("brainpoolP256r1", "sha256"),
        ("brainpoolP320r1", "sha384"),
        ("brainpoolP384r1", "sha384"),
        ("brainpoolP512r1", "sha512"),
        ("P-224", "sha224"),
        ("P-256", "sha256"),
        ("P-384", "sha384"),
    ],
)
def test_the_hash_follows_from_the_curve(curve: str, hash_name: str) -> None:
    signer = SealSigner(key=seal_key(curve))
    assert verified(GENUINE.signed_by(signer.key, hash_name), [signer]).outcome is (
        Outcome.SUCCESSFUL
    )
    other = "sha512" if hash_name == "sha256" else "sha256"
    wrong = verified(GENUINE.signed_by(signer.key, other), [signer])
    assert outcomes(wrong) == NO_TYPES | {"SIGNATURE": "failed"}


def test_a_curve_without_a_hash() -> None:
    signer = SealSigner(key=seal_key("P-521"))
    answer = verified(GENUINE.signed_by(signer.key, "sha512"), [signer])
    assert detail(answer, CheckId.SEAL_SIGNATURE) == "no hash for a signature on P-521"


def test_a_signature_of_another_length() -> None:
    raw = GENUINE.signed_by(seal_key("P-384"), "sha384")
    answer = verified(raw)
    assert outcomes(answer) == NO_TYPES | {"SIGNATURE": "failed"}
    assert "length" in detail(answer, CheckId.SEAL_SIGNATURE)


def test_a_signer_with_a_key_that_makes_no_seals() -> None:
    rsa = key("rsa seal", "rsa2048").public_info()
    answer = verified(signers=[SealSigner(spki=rsa)])
    assert "elliptic curve" in detail(answer, CheckId.SEAL_SIGNATURE)
    unknown = SIGNER.key.spki.replace(
        bytes.fromhex("2B2403030208010107"), bytes.fromhex("2B240303020801017F")
    )
    answer = verified(signers=[SealSigner(spki=unknown)])
    assert outcomes(answer)["SIGNATURE"] == "failed"
    assert "the key of the signer" in detail(answer, CheckId.SEAL_SIGNATURE)


def test_a_machine_that_cannot_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bool:
        raise LibcryptoUnavailable("libcrypto is not here")

    monkeypatch.setattr(libcrypto, "verify_ecdsa", refuse)
    signer = SealSigner(key=seal_key("brainpoolP224r1"))
    answer = verified(GENUINE.signed_by(signer.key, "sha224"), [signer])
    assert outcomes(answer) == NO_TYPES | {"SIGNATURE": "undetermined"}


def without(tag: int) -> Mapping[int, bytes]:
    return {each: value for each, value in VISA_FEATURES.items() if each != tag}


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        (without(0x01), "mrz is missing"),
        (without(0x04), "duration_of_stay is missing"),
        (VISA_FEATURES | {0x02: c40("V" * 64)}, "mrz is there twice"),
        (VISA_FEATURES | {0x03: b"\x01\x02"}, "number_of_entries: of a length that cannot be"),
        (VISA_FEATURES | {0x05: b"\x00" * 6}, "passport_number: C40 value that cannot be"),
        (VISA_FEATURES | {0x01: c40("V<BGD".ljust(72, "<"))}, "check digit"),
        (VISA_FEATURES | {0x01: c40("9" * 72)}, "check digit"),
    ],
)
def test_a_seal_without_what_a_visa_needs(features: Mapping[int, bytes], reason: str) -> None:
    answer = verified(GENUINE.but(features=features).signed_by())
    assert outcomes(answer)["FORMAT"] == "failed"
    assert reason in detail(answer, CheckId.SEAL_FORMAT)
    assert outcomes(answer).get("SIGNATURE") is None


def test_unknown_features_do_no_harm() -> None:
    answer = verified(GENUINE.but(features=VISA_FEATURES | {0x60: b"?", 0x61: b""}).signed_by())
    assert answer.outcome is Outcome.SUCCESSFUL
    assert detail(answer, CheckId.SEAL_FORMAT) == "2 unknown features"


@pytest.mark.parametrize("kind", [(0x5D, 0x03), (0xFB, 0x06)])
def test_a_kind_of_document_that_nobody_defined(kind: tuple[int, int]) -> None:
    answer = verified(GENUINE.but(kind=kind).signed_by())
    assert outcomes(answer) == NO_TYPES | {"FORMAT": "undetermined"}


def test_a_reference_for_tests() -> None:
    signer = SealSigner(serial=0)
    answer = verified(GENUINE.but(reference="000").signed_by(), [signer])
    assert outcomes(answer) == NO_TYPES | {"FORMAT": "failed"}


def test_a_seal_without_an_mrz_has_no_type_of_document() -> None:
    signer = SealSigner(document_types=("V",))
    answer = verified(GENUINE.but(features=without(0x01)).signed_by(), [signer])
    assert outcomes(answer) == {"FORMAT": "failed", "DOCUMENT_TYPE": "not_supported"}


def test_nothing_personal_is_shown_by_accident() -> None:
    seal = VisibleDigitalSeal.parse(GENUINE.signed_by())
    shown = f"{seal!r} {verified()!r}"
    for secret in ("SPECIMEN", "RAHIMA", "K1234567", "V1234567", "800101", "2026, 5"):
        assert secret not in shown


def test_the_day_decides() -> None:
    anchors = Anchors([BD.csca()], [BD.crl()])
    seal = VisibleDigitalSeal.parse(GENUINE.signed_by())
    late = TODAY + timedelta(days=365 * 6)
    answer = verify(seal, [SIGNER.certificate()], anchors, late, clock=lambda: 0.0)
    assert outcomes(answer)["SIGNER_VALIDITY"] == "failed"
