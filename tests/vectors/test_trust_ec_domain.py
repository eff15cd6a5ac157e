"""Explicit parameters: only the standard curves, and only with every number right."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import which

import pytest
from asn1crypto import keys
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from egate.emrtd import asn1
from egate.emrtd.crypto import libcrypto
from egate.emrtd.crypto.ec_domain import (
    STANDARD_CURVES,
    Curve,
    DomainParametersRejected,
    find_curve,
)
from egate.emrtd.crypto.public_key import EcPublicKey, load_public_key

OPENSSL_NAMES = {
    "P-192": "prime192v1",
    "P-224": "secp224r1",
    "P-256": "prime256v1",
    "P-384": "secp384r1",
    "P-521": "secp521r1",
}
ids = [curve.name for curve in STANDARD_CURVES]


def number(value: int) -> bytes:
    return asn1.encode(asn1.INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def explicit(
    curve: Curve,
    *,
    compressed: bool = False,
    cofactor: int | None = 1,
    seed: bytes = b"",
    **changed: int,
) -> asn1.Element:
    value = {
        name: changed.get(name, getattr(curve, name)) for name in ("p", "a", "b", "x", "y", "n")
    }
    size = curve.size_bytes
    x, y = value["x"].to_bytes(size, "big"), value["y"].to_bytes(size, "big")
    base = bytes((2 + (value["y"] & 1),)) + x if compressed else b"\x04" + x + y
    field = asn1.encode(asn1.SEQUENCE, bytes.fromhex("06072A8648CE3D0101") + number(value["p"]))
    coefficients = b"".join(
        asn1.encode(asn1.OCTET_STRING, value[name].to_bytes(size, "big")) for name in "ab"
    )
    parts = [
        number(1),
        field,
        asn1.encode(asn1.SEQUENCE, coefficients + seed),
        asn1.encode(asn1.OCTET_STRING, base),
        number(value["n"]),
        b"" if cofactor is None else number(cofactor),
    ]
    return asn1.decode(asn1.encode(asn1.SEQUENCE, b"".join(parts)))


@pytest.mark.parametrize("curve", STANDARD_CURVES, ids=ids)
def test_table_agrees_with_openssl(curve: Curve, require: Callable[[object, str], None]) -> None:
    openssl = which("openssl")
    require(openssl, "openssl")
    name = OPENSSL_NAMES.get(curve.name, curve.name)
    command = [str(openssl), "ecparam", "-name", name, "-param_enc", "explicit", "-outform", "DER"]
    der = subprocess.run(command, capture_output=True, check=True).stdout
    assert find_curve(asn1.decode(der)) is curve
    named = [*command[:4], "-outform", "DER"]
    assert (
        find_curve(asn1.decode(subprocess.run(named, capture_output=True, check=True).stdout))
        is curve
    )


@pytest.mark.parametrize("curve", STANDARD_CURVES, ids=ids)
def test_generator_is_on_the_curve(curve: Curve) -> None:
    assert (curve.y**2 - curve.x**3 - curve.a * curve.x - curve.b) % curve.p == 0


@pytest.mark.parametrize("curve", STANDARD_CURVES, ids=ids)
def test_spellings_of_one_curve(curve: Curve) -> None:
    assert find_curve(explicit(curve)) is curve
    assert find_curve(explicit(curve, compressed=True)) is curve
    assert find_curve(explicit(curve, cofactor=None)) is curve
    assert find_curve(explicit(curve, seed=bytes.fromhex("0303000102"))) is curve


@pytest.mark.parametrize("name", ["p", "a", "b", "x", "y", "n"])
@pytest.mark.parametrize("curve", STANDARD_CURVES, ids=ids)
@pytest.mark.parametrize("compressed", [False, True])
def test_one_wrong_bit_is_another_curve(curve: Curve, name: str, *, compressed: bool) -> None:
    for bit in (0, 7, curve.p.bit_length() // 2):
        if compressed and name == "y" and bit:
            continue  # a compressed point has but one bit of y
        wrong = getattr(curve, name) ^ 1 << bit
        with pytest.raises(DomainParametersRejected):
            find_curve(explicit(curve, compressed=compressed, **{name: wrong}))


def test_a_cofactor_other_than_one_is_rejected() -> None:
    with pytest.raises(DomainParametersRejected, match="h not those of"):
        find_curve(explicit(STANDARD_CURVES[-1], cofactor=2))


def test_the_curve_of_cve_2020_0601_is_rejected() -> None:
    """P-384 with a generator of the attacker's choice, so that he knows the private key."""
    curve = next(curve for curve in STANDARD_CURVES if curve.name == "P-384")
    private = ec.generate_private_key(ec.SECP384R1()).public_key().public_numbers()
    with pytest.raises(DomainParametersRejected, match="G not those of P-384"):
        find_curve(explicit(curve, x=private.x, y=private.y))


@pytest.mark.parametrize("dotted", ["1.3.132.0.10", "1.3.36.3.3.2.8.1.1.8"])
def test_other_named_curves_are_rejected(dotted: str) -> None:
    named = keys.ECDomainParameters({"named": dotted}).dump()
    with pytest.raises(DomainParametersRejected, match="not a standard one"):
        find_curve(asn1.decode(named))


def test_a_binary_field_is_rejected() -> None:
    raw = explicit(STANDARD_CURVES[0]).raw
    binary = raw.replace(bytes.fromhex("06072A8648CE3D0101"), bytes.fromhex("06072A8648CE3D0102"))
    with pytest.raises(DomainParametersRejected, match="prime field"):
        find_curve(asn1.decode(binary))


def sign_with_openssl(
    folder: Path, name: str, message: bytes, hash_name: str
) -> tuple[bytes, bytes]:
    openssl = str(which("openssl"))
    (folder / "message").write_bytes(message)

    def run(*words: str) -> bytes:
        command = [openssl, *words]
        return subprocess.run(command, capture_output=True, check=True, cwd=folder).stdout

    run("ecparam", "-name", name, "-param_enc", "explicit", "-genkey", "-noout", "-out", "key")
    spki = run("pkey", "-in", "key", "-pubout", "-outform", "DER")
    return spki, run("dgst", f"-{hash_name}", "-sign", "key", "message")


@pytest.mark.parametrize("curve", STANDARD_CURVES, ids=ids)
def test_signatures_of_openssl_verify_on_every_curve(
    curve: Curve, tmp_path: Path, require: Callable[[object, str], None]
) -> None:
    require(which("openssl"), "openssl")
    name = OPENSSL_NAMES.get(curve.name, curve.name)
    spki, signature = sign_with_openssl(tmp_path, name, b"message", "sha256")
    key = load_public_key(spki)
    assert isinstance(key, EcPublicKey)
    assert key.curve is curve
    assert key.verify(signature, b"message", "sha256")
    assert not key.verify(signature, b"massage", "sha256")
    assert not key.verify(b"\x30\x00", b"message", "sha256")
    assert libcrypto.verify_ecdsa(key.named_spki(), signature, b"message", "sha256")


def test_plain_signatures() -> None:
    private = ec.generate_private_key(ec.BrainpoolP256R1())
    numbers = private.public_key().public_numbers()
    curve = next(curve for curve in STANDARD_CURVES if curve.name == "brainpoolP256r1")
    key = EcPublicKey(
        curve, b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    )
    der = private.sign(b"message", ec.ECDSA(hashes.SHA256()))
    r, s = (element.content for element in asn1.decode(der).children())
    plain = int.from_bytes(r, "big").to_bytes(32, "big") + int.from_bytes(s, "big").to_bytes(
        32, "big"
    )
    assert key.verify_plain(plain, b"message", "sha256")
    assert not key.verify_plain(plain, b"massage", "sha256")
    assert not key.verify_plain(plain[1:], b"message", "sha256")
    assert not key.verify_plain(b"", b"message", "sha256")
