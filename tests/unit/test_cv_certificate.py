"""CV certificates and EF.CVCA: what is read, and what is refused."""

from datetime import date
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.terminal_authentication.cv_certificate import CvCertificate, Role
from egate.emrtd.terminal_authentication.errors import CvCertificateMalformed
from egate.emrtd.terminal_authentication.trust_points import EfCvca
from egate.emrtd.tlv import encode
from tests.cv_forge import Holder, Parts, parts

ECDSA_SHA256 = "0203"


@cache
def cvca() -> Holder:
    return Holder("DECVCÄ00001", ec.generate_private_key(ec.SECP256R1()), ECDSA_SHA256)


def made() -> Parts:
    return parts(cvca().name, cvca(), 0xC3, domain=True)


def test_a_certificate() -> None:
    certificate = CvCertificate.parse(made().signed_by(cvca()))
    assert certificate.issuer == certificate.holder == "DECVCÄ00001"
    assert certificate.role is Role.CVCA
    assert certificate.effective == date(2026, 1, 1)
    assert certificate.expiration == date(2026, 12, 31)
    assert certificate.is_signed_by(certificate.public_key, None)


def test_zero_bytes_may_follow() -> None:
    assert CvCertificate.parse(made().signed_by(cvca()) + bytes(5)).holder == cvca().name


@pytest.mark.parametrize("tag", [0x5F29, 0x42, 0x7F49, 0x5F20, 0x7F4C, 0x5F25, 0x5F24])
def test_nothing_may_be_missing(tag: int) -> None:
    changed = made()
    del changed.objects[tag]
    with pytest.raises(CvCertificateMalformed, match=f"{tag:02X} is missing"):
        CvCertificate.parse(changed.signed_by(cvca()))


OID_IS = encode(0x06, bytes.fromhex("04007F000703010201"))
OID_TA = encode(0x06, bytes.fromhex("04007F00070202020203"))
DOMAIN = encode(0x81, b"\x07") + encode(0x82, b"\x01") + encode(0x83, b"\x01")


@pytest.mark.parametrize(
    ("tag", "value", "reason"),
    [
        (0x5F29, b"\x01", "profile of a version"),
        (0x42, b"", "reference of a length"),
        (0x42, b"x" * 17, "reference of a length"),
        (0x42, b"DE\x00", "characters that cannot be"),
        (0x42, b"DE\x85", "characters that cannot be"),
        (0x42, b"DE\x7f", "characters that cannot be"),
        (0x5F25, b"260101", "not of six digits"),
        (0x5F25, bytes(5), "not of six digits"),
        (0x5F24, bytes((2, 6, 0, 2, 3, 0)), "date that cannot be"),
        (0x7F4C, OID_IS, "53 is missing"),
        (0x7F4C, OID_IS + encode(0x53, b""), "without its bits"),
        (0x7F4C, encode(0x06, b"") + encode(0x53, b"\x03"), "no object identifier"),
        (0x7F4C, OID_IS + OID_IS, "twice"),
        (0x7F49, OID_TA + OID_TA, "names 06 twice"),
        (0x7F49, b"", "no object identifier"),
        (0x7F49, encode(0x06, b"\x2a\x03"), "algorithm of no terminal"),
        (0x7F49, OID_TA, "without its point"),
        (0x7F49, OID_TA + DOMAIN + encode(0x86, b"\x04"), "public key without 84"),
        (
            0x7F49,
            OID_TA + DOMAIN + encode(0x84, b"\x04") + encode(0x85, b"\x07") + encode(0x86, b"\x04"),
            "no standard curve",
        ),
        (
            0x7F49,
            encode(0x06, bytes.fromhex("04007F00070202020101")) + encode(0x82, b"\x03"),
            "public key without 81",
        ),
    ],
)
def test_what_cannot_be(tag: int, value: bytes, reason: str) -> None:
    changed = made()
    changed.objects[tag] = value
    with pytest.raises(DocumentRejected, match=reason):
        CvCertificate.parse(changed.signed_by(cvca()))


def test_an_rsa_key_that_is_too_short() -> None:
    oid = encode(0x06, bytes.fromhex("04007F00070202020104"))
    changed = made()
    changed.objects[0x7F49] = oid + encode(0x81, b"\xff" * 64) + encode(0x82, b"\x03")
    with pytest.raises(DocumentRejected, match="RSA modulus"):
        CvCertificate.parse(changed.signed_by(cvca()))


def test_the_body_comes_first() -> None:
    raw = encode(0x7F21, encode(0x5F37, b"?") + encode(0x7F4E, b""))
    with pytest.raises(CvCertificateMalformed, match="does not begin with its body"):
        CvCertificate.parse(raw)


def test_it_is_bounded() -> None:
    with pytest.raises(CvCertificateMalformed, match="more than 8192 bytes"):
        CvCertificate.parse(bytes(8193))


def test_a_key_without_any_curve_verifies_nothing() -> None:
    certificate = CvCertificate.parse(parts("DECVCA00001", cvca(), 0x83).signed_by(cvca()))
    with pytest.raises(CvCertificateMalformed, match="domain parameters"):
        certificate.is_signed_by(certificate.public_key, None)


def test_ef_cvca() -> None:
    new, old = encode(0x42, b"DECVCA00002"), encode(0x42, b"DECVCA00001")
    assert EfCvca.parse((new + old).ljust(36, b"\x00")).references == ("DECVCA00002", "DECVCA00001")
    assert EfCvca.parse(new.ljust(36, b"\x00")).references == ("DECVCA00002",)


@pytest.mark.parametrize(
    "raw",
    [b"", bytes(36), encode(0x42, b"A") * 3, encode(0x43, b"A"), b"\x42\x05AB", encode(0x42, b"")],
)
def test_an_ef_cvca_that_is_none(raw: bytes) -> None:
    with pytest.raises(DocumentRejected):
        EfCvca.parse(raw)
