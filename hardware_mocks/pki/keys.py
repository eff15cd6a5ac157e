"""Key pairs, how their public halves are written down, and how they sign.

Elliptic curves are written as explicit domain parameters, as 9303-12 §7.1.1 requires and as
the passports of Bangladesh have them; no library of ours writes them, so they are made here.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Final, Literal

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from hardware_mocks.pki import der
from hardware_mocks.tlv import encode

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
# How a signature is made and named: RSASSA-PSS with a salt as long as the hash or ECDSA; PSS
# whose parameters are its defaults as far as they can be; PKCS #1 v1.5; and either kind named
# without its hash.
SignatureForm = Literal["usual", "pss-defaults", "pkcs1", "pkcs1-hash-unnamed", "hash-unnamed"]
# How a public key says its curve: all parameters, its name, or the name of another one.
CurveForm = Literal["explicit", "named", "misnamed"]


@dataclass(frozen=True, slots=True)
class Domain:
    """A curve over a prime field (RFC 5639 §3): p, a, b, the generator G and its order q."""

    p: int
    a: int
    b: int
    g: tuple[int, int]
    q: int

    def explicit(self) -> bytes:
        """SpecifiedECDomain (SEC 1 §C.2), cofactor one."""
        width = (self.p.bit_length() + 7) // 8
        point = b"\x04" + b"".join(value.to_bytes(width, "big") for value in self.g)
        return der.sequence(
            der.integer(1),
            der.sequence(der.oid("1.2.840.10045.1.1"), der.integer(self.p)),
            der.sequence(
                der.octet_string(self.a.to_bytes(width, "big")),
                der.octet_string(self.b.to_bytes(width, "big")),
            ),
            der.octet_string(point),
            der.integer(self.q),
            der.integer(1),
        )


DOMAINS: Final = {
    "brainpoolP256r1": Domain(
        p=0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377,
        a=0x7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9,
        b=0x26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6,
        g=(
            0x8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262,
            0x547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997,
        ),
        q=0xA9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7,
    ),
    "brainpoolP384r1": Domain(
        p=0x8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A71874700133107EC53,
        a=0x7BC382C63D8C150C3C72080ACE05AFA0C2BEA28E4FB22787139165EFBA91F90F8AA5814A503AD4EB04A8C7DD22CE2826,
        b=0x04A8C7DD22CE28268B39B55416F0447C2FB77DE107DCD2A62E880EA53EEB62D57CB4390295DBC9943AB78696FA504C11,
        g=(
            0x1D1C64F068CF45FFA2A63A81B7C13F6B8847A3E77EF14FE3DB7FCAFE0CBD10E8E826E03436D646AAEF87B2E247D4AF1E,
            0x8ABE1D7520F9C2A45CB1EB8E95CFD55262B70B29FEEC5864E19C054FF99129280E4646217791811142820341263C5315,
        ),
        q=0x8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7CF3AB6AF6B7FC3103B883202E9046565,
    ),
}
_HASHES: Final = {"sha256": hashes.SHA256, "sha384": hashes.SHA384}
HASH_OIDS: Final = {"sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2"}
_ECDSA_OIDS: Final = {"sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3"}
_PKCS1_OIDS: Final = {"sha256": "1.2.840.113549.1.1.11", "sha384": "1.2.840.113549.1.1.12"}
_RSA: Final = "1.2.840.113549.1.1.1"
_EC_PUBLIC_KEY: Final = "1.2.840.10045.2.1"
_CURVE_OIDS: Final = {
    "brainpoolP256r1": "1.3.36.3.3.2.8.1.1.7",
    "brainpoolP384r1": "1.3.36.3.3.2.8.1.1.11",
}
_MISNAMED: Final = "1.2.840.10045.3.1.7"  # P-256, of which we have no key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with the hash it signs with, how it signs and how it writes its curve."""

    private: PrivateKey = field(repr=False)
    hash_name: str = "sha256"
    form: SignatureForm = "usual"
    curve: CurveForm = "explicit"

    def public_info(self) -> bytes:
        """SubjectPublicKeyInfo."""
        return public_key_info(self.private, curve=self.curve)

    def key_identifier(self) -> bytes:
        """SHA-1 of the public key's bits (RFC 5280 §4.2.1.2, method 1)."""
        return hashlib.sha1(_public_bits(self.private)).digest()  # noqa: S324

    def algorithm(self) -> bytes:
        """AlgorithmIdentifier of the signatures that :meth:`sign` makes."""
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            unnamed = self.form == "hash-unnamed"
            return der.sequence(der.oid(_EC_PUBLIC_KEY if unnamed else _ECDSA_OIDS[self.hash_name]))
        if self.form == "pkcs1":
            return der.sequence(der.oid(_PKCS1_OIDS[self.hash_name]), der.NULL)
        if self.form == "pkcs1-hash-unnamed":
            return der.sequence(der.oid(_RSA), der.NULL)
        return der.sequence(der.oid("1.2.840.113549.1.1.10"), self._pss_parameters())

    def _pss_parameters(self) -> bytes:
        """RSASSA-PSS-params; what is left out is SHA-1 for the mask and a salt of 20 bytes."""
        digest = der.sequence(der.oid(HASH_OIDS[self.hash_name]))
        if self.form == "pss-defaults":
            return der.sequence(encode(0xA0, digest))
        mask = der.sequence(der.oid("1.2.840.113549.1.1.8"), digest)
        salt = der.integer(hashlib.new(self.hash_name).digest_size)
        return der.sequence(encode(0xA0, digest), encode(0xA1, mask), encode(0xA2, salt))

    def sign(self, message: bytes) -> bytes:
        chosen = _HASHES[self.hash_name]()
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(message, ec.ECDSA(chosen))
        if self.form in {"pkcs1", "pkcs1-hash-unnamed"}:
            return self.private.sign(message, padding.PKCS1v15(), chosen)
        if self.form == "pss-defaults":
            pss = padding.PSS(padding.MGF1(hashes.SHA1()), 20)  # noqa: S303  the default
        else:
            pss = padding.PSS(padding.MGF1(chosen), chosen.digest_size)
        return self.private.sign(message, pss, chosen)

    def pkcs8(self) -> bytes:
        return self.private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def new_key(kind: str) -> PrivateKey:
    """Make a key: ``brainpoolP256r1``, ``brainpoolP384r1`` or ``rsa`` with a size in bits."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))
    curves = {"brainpoolP256r1": ec.BrainpoolP256R1(), "brainpoolP384r1": ec.BrainpoolP384R1()}
    return ec.generate_private_key(curves[kind])


def load_key(pkcs8: bytes) -> PrivateKey:
    """Read a PKCS #8 key back; raises ValueError for any other kind."""
    key = serialization.load_der_private_key(pkcs8, password=None)
    if not isinstance(key, PrivateKey):
        raise ValueError("the key is neither RSA nor EC")  # noqa: TRY004  an input, not a type
    return key


def public_key_info(
    key: PrivateKey, domain: Domain | None = None, *, curve: CurveForm = "explicit"
) -> bytes:
    """SubjectPublicKeyInfo; an elliptic curve is written in the form of ``curve``.

    ``domain`` is the key's curve where that is none of ``DOMAINS``.
    """
    if isinstance(key, ec.EllipticCurvePrivateKey):
        parameters = domain.explicit() if domain else _curve(key.curve.name, curve)
        algorithm = der.sequence(der.oid(_EC_PUBLIC_KEY), parameters)
    else:
        algorithm = der.sequence(der.oid(_RSA), der.NULL)
    return der.sequence(algorithm, der.bit_string(_public_bits(key)))


def _curve(name: str, form: CurveForm) -> bytes:
    match form:
        case "explicit":
            return DOMAINS[name].explicit()
        case "named":
            return der.oid(_CURVE_OIDS[name])
        case "misnamed":
            return der.oid(_MISNAMED)


def _public_bits(key: PrivateKey) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.PKCS1
    )
