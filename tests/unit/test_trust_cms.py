"""SignedData in the ways real signers encode it, and in ways nobody may."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import pytest

from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignatureRefused, SignedData
from egate.emrtd.passive_authentication.verify import verify
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import LDS_SECURITY_OBJECT, Signer
from tests.trust_data import Anchors
from tests.trust_forge import NOW, SHA256, TODAY, Forge, security_object

BD = Forge()
SIGNER = BD.signer()
CONTENT = security_object({1: b"one"})
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
DIGEST_ALGORITHM = der.sequence(der.oid(SHA256), b"\x05\x00")


def attribute(kind: str, *values: bytes) -> bytes:
    return der.sequence(der.oid(kind), der.set_of(values))


TYPE = attribute(CONTENT_TYPE, der.oid(LDS_SECURITY_OBJECT))
DIGEST = attribute(MESSAGE_DIGEST, der.octet_string(hashlib.sha256(CONTENT).digest()))


def tagged(tag: int, content: bytes) -> bytes:
    return b"".join((bytes((tag, 0x82)), len(content).to_bytes(2, "big"), content))


def identifier(signer: Signer) -> bytes:
    return der.sequence(signer.certificate.issuer, der.integer(signer.certificate.serial))


def signer_info(
    attributes: Sequence[bytes] | None = (TYPE, DIGEST),
    *,
    who: bytes = identifier(SIGNER),
    algorithm: bytes | None = None,
) -> bytes:
    joined = b"".join(attributes or ())
    signed = CONTENT if attributes is None else _set(joined)
    return der.sequence(
        der.integer(1),
        who,
        DIGEST_ALGORITHM,
        b"" if attributes is None else b"\xa0" + _set(joined)[1:],
        algorithm or SIGNER.key.algorithm(),
        der.octet_string(SIGNER.key.sign(signed)),
    )


def _set(content: bytes) -> bytes:
    return b"\x31" + der.octet_string(content)[1:]


def cms(
    *infos: bytes,
    certificates: Sequence[bytes] = (SIGNER.certificate.raw,),
    crls: bytes = b"",
) -> bytes:
    body = der.sequence(
        der.integer(3),
        der.set_of([DIGEST_ALGORITHM]),
        der.sequence(der.oid(LDS_SECURITY_OBJECT), tagged(0xA0, der.octet_string(CONTENT))),
        tagged(0xA0, b"".join(certificates)) if certificates else b"",
        crls,
        tagged(0x31, b"".join(infos)),
    )
    return der.sequence(der.oid("1.2.840.113549.1.7.2"), tagged(0xA0, body))


def check(encoded: bytes) -> None:
    signed = SignedData.parse(encoded)
    signer = signed.signers[0]
    certificate = signed.certificate_of(signer)
    assert certificate is not None
    signed.check_signature(signer, certificate)


def test_spellings_of_one_signature() -> None:
    check(cms(signer_info()))
    check(cms(signer_info((DIGEST, TYPE))))  # not sorted as DER wants it: raw bytes are signed
    check(cms(signer_info((TYPE, attribute("1.2.3", b"\x05\x00", b"\x05\x00"), DIGEST))))
    check(cms(signer_info(), crls=b"\xa1\x02\x30\x00"))
    bare = der.sequence(der.oid("1.2.840.10045.2.1"))
    check(cms(signer_info(algorithm=bare)))
    ski = SIGNER.certificate.key_identifier
    check(cms(signer_info(who=b"\x80\x14" + ski)))
    check(cms(signer_info(who=b"\xa0\x16\x04\x14" + ski)))


def test_a_single_certificate_is_taken_whatever_the_identifier_says() -> None:
    other = der.sequence(mock.name(C="XX"), der.integer(7))
    check(cms(signer_info(who=other)))
    with_csca = cms(signer_info(who=other), certificates=[SIGNER.certificate.raw, BD.csca().raw])
    signed = SignedData.parse(with_csca)
    assert signed.certificate_of(signed.signers[0]) is None


def test_a_certificate_that_cannot_be_read_is_left_out() -> None:
    signed = SignedData.parse(
        cms(signer_info(), certificates=[b"\x30\x00", SIGNER.certificate.raw])
    )
    assert [each.raw for each in signed.certificates] == [SIGNER.certificate.raw]


def test_the_right_one_of_several_signers_counts() -> None:
    wrong = signer_info((TYPE, attribute(MESSAGE_DIGEST, der.octet_string(bytes(32)))))
    anchors = Anchors([BD.csca()])
    for infos in ((wrong, signer_info()), (signer_info(), wrong)):
        answer = verify(cms(*infos), {}, anchors, TODAY, clock=lambda: 0.0)
        assert answer.checks[0].check_id is CheckId.SOD_SIGNATURE
        assert answer.checks[0].outcome is Outcome.SUCCESSFUL


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        (None, "missing"),
        ((DIGEST,), "contentType"),
        ((TYPE,), "messageDigest"),
        ((TYPE, DIGEST, DIGEST), "not single"),
        ((TYPE, attribute(MESSAGE_DIGEST)), "not single"),
        ((attribute(CONTENT_TYPE, der.oid("1.2.3")), DIGEST), "contentType"),
        ((TYPE, attribute(MESSAGE_DIGEST, der.octet_string(bytes(32)))), "messageDigest"),
    ],
)
def test_attributes_that_do_not_stand(attributes: Sequence[bytes] | None, reason: str) -> None:
    with pytest.raises(SignatureRefused, match=reason):
        check(cms(signer_info(attributes)))


@pytest.mark.parametrize(
    "encoded",
    [
        cms(),
        cms(*[signer_info()] * 9),
        cms(signer_info(), certificates=[SIGNER.certificate.raw] * 33),
        cms(signer_info(who=b"\x05\x00")),
        der.sequence(der.oid("1.2.840.113549.1.7.1"), b"\xa0\x00"),
    ],
)
def test_structures_that_cannot_be(encoded: bytes) -> None:
    with pytest.raises(Asn1Malformed):
        SignedData.parse(encoded)


def test_no_certificate_at_all() -> None:
    signed = SignedData.parse(cms(signer_info(), certificates=[]))
    assert signed.certificate_of(signed.signers[0]) is None


def test_a_path_without_key_identifiers_goes_by_name() -> None:
    """As in Latvia: the signer names no key, so each CSCA of that name is tried."""
    subject = BD.subject(mock.name(C="BD", CN="DS"))
    raw = mock._signed_certificate(subject, SIGNER.key.public_info(), BD.name, BD.csca_key, [])
    signer = Certificate.parse(raw)
    assert signer.aki is None
    encoded = cms(
        signer_info(who=der.sequence(signer.issuer, der.integer(signer.serial))),
        certificates=[raw],
    )
    path = verify(encoded, {}, Anchors([BD.csca()]), TODAY, clock=lambda: 0.0).checks[1]
    assert (path.outcome, path.detail) == (Outcome.SUCCESSFUL, "the CSCA was found by its name")
    assert signer.is_valid_on(NOW.date())


def test_the_signer_says_when_it_signed() -> None:
    def time_of(*attributes: bytes) -> datetime | None:
        (signer,) = SignedData.parse(cms(signer_info(attributes))).signers
        return signer.signing_time()

    signed_at = attribute("1.2.840.113549.1.9.5", der.time(NOW))
    assert time_of(TYPE, signed_at, DIGEST) == NOW
    assert time_of(TYPE, DIGEST) is None
    assert time_of(signed_at, signed_at) is None
    assert time_of(attribute("1.2.840.113549.1.9.5", der.integer(1))) is None
    (unsigned,) = SignedData.parse(cms(signer_info(None))).signers
    assert unsigned.signing_time() is None
