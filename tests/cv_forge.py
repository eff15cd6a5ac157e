"""Made-up CV certificates and a terminal that has them: for tests of terminal authentication."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from egate.emrtd.crypto.ec_domain import STANDARD_CURVES
from egate.emrtd.tlv import encode

ID_TA = bytes.fromhex("04007F0007020202")
ID_IS = bytes.fromhex("04007F000703010201")
ID_AT = bytes.fromhex("04007F000703010202")
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - terminals of yesterday sign with it
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
# The last two arcs of id-TA: RSA PKCS#1 v1.5 and PSS, ECDSA.
RSA = {
    "0101": (False, "sha1"),
    "0102": (False, "sha256"),
    "0103": (True, "sha1"),
    "0104": (True, "sha256"),
    "0105": (False, "sha512"),
    "0106": (True, "sha512"),
}
ECDSA = {"0201": "sha1", "0202": "sha224", "0203": "sha256", "0204": "sha384", "0205": "sha512"}

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Holder:
    """A key with its reference and the algorithm it signs with."""

    name: str
    key: PrivateKey
    arcs: str

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            pss, hash_name = RSA[self.arcs]
            chosen = HASHES[hash_name]
            scheme = padding.PSS(padding.MGF1(chosen), chosen.digest_size) if pss else None
            return self.key.sign(message, scheme or padding.PKCS1v15(), chosen)
        der = self.key.sign(message, ec.ECDSA(HASHES[ECDSA[self.arcs]]))
        size = (self.key.curve.key_size + 7) // 8
        return b"".join(n.to_bytes(size, "big") for n in utils.decode_dss_signature(der))

    def public_key(self, *, domain: bool = False) -> bytes:
        """The content of 7F49."""
        oid = encode(0x06, ID_TA + bytes.fromhex(self.arcs))
        if isinstance(self.key, rsa.RSAPrivateKey):
            numbers = self.key.public_key().public_numbers()
            return oid + encode(0x81, unsigned(numbers.n)) + encode(0x82, unsigned(numbers.e))
        point = self.key.public_key().public_numbers()
        size = (self.key.curve.key_size + 7) // 8
        y = encode(0x86, b"\x04" + b"".join(n.to_bytes(size, "big") for n in (point.x, point.y)))
        if not domain:
            return oid + y
        names = {"secp256r1": "P-256", "brainpoolP256r1": "brainpoolP256r1"}
        (curve,) = (c for c in STANDARD_CURVES if c.name == names[self.key.curve.name])
        g = b"\x04" + b"".join(n.to_bytes(size, "big") for n in (curve.x, curve.y))
        values = [unsigned(curve.p), unsigned(curve.a), unsigned(curve.b), g, unsigned(curve.n)]
        spelled = b"".join(encode(0x81 + i, value) for i, value in enumerate(values))
        return oid + spelled + y + encode(0x87, b"\x01")


def unsigned(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


@dataclass
class Parts:
    """The data objects of a certificate body, to be changed at will."""

    objects: dict[int, bytes] = field(default_factory=dict)

    def signed_by(self, issuer: Holder) -> bytes:
        body = encode(0x7F4E, b"".join(encode(tag, value) for tag, value in self.objects.items()))
        return encode(0x7F21, body + encode(0x5F37, issuer.sign(body)))


def parts(
    issuer: str, holder: Holder, bits: int, *, domain: bool = False, kind: bytes = ID_IS
) -> Parts:
    return Parts(
        {
            0x5F29: b"\x00",
            0x42: issuer.encode("iso-8859-1"),
            0x7F49: holder.public_key(domain=domain),
            0x5F20: holder.name.encode("iso-8859-1"),
            0x7F4C: encode(0x06, kind) + encode(0x53, bytes((bits,))),
            0x5F25: bytes((2, 6, 0, 1, 0, 1)),
            0x5F24: bytes((2, 6, 1, 2, 3, 1)),
        }
    )


@dataclass
class FakeTerminal:
    """Has a chain from each of some trust points, and the terminal's key."""

    chains: Mapping[str, Sequence[bytes]]
    holder: Holder
    signed: list[bytes] = field(default_factory=list)

    def chain_for(self, trust_point: str) -> Sequence[bytes]:
        return self.chains.get(trust_point, ())

    def sign(self, message: bytes) -> bytes:
        self.signed.append(message)
        return self.holder.sign(message)
