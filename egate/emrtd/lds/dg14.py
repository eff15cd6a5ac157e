"""EF.DG14: which protocols the chip offers, and its keys for them (9303-11 §9.2)."""

from dataclasses import dataclass, field
from typing import Final, Self

from egate.emrtd import asn1
from egate.emrtd.asn1 import Element
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.tlv import decode_one

_ID_PK: Final = "0.4.0.127.0.7.2.2.1."
_ID_CA: Final = "0.4.0.127.0.7.2.2.3."
_ID_AA: Final = "2.23.136.1.1.5"
_MAX_INFOS: Final = 64

# BSI TR-03111 §5.2.1 (plain) and X9.62 names of ECDSA, to the hash as hashlib names it.
_HASHES: Final = {
    "0.4.0.127.0.7.1.1.4.1.1": "sha1",
    "0.4.0.127.0.7.1.1.4.1.2": "sha224",
    "0.4.0.127.0.7.1.1.4.1.3": "sha256",
    "0.4.0.127.0.7.1.1.4.1.4": "sha384",
    "0.4.0.127.0.7.1.1.4.1.5": "sha512",
    "1.2.840.10045.4.1": "sha1",
    "1.2.840.10045.4.3.1": "sha224",
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}


@dataclass(frozen=True, slots=True)
class SecurityInfo:
    """One protocol: its object identifier and what belongs to it."""

    oid: str
    required: Element = field(repr=False)
    optional: Element | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ChipAuthenticationPublicKey:
    """A key for chip authentication (9303-11 §9.2.6).

    Args:
        oid: id-PK-DH or id-PK-ECDH.
        spki: the SubjectPublicKeyInfo, as it stands in the file.
        key_id: which of several keys; None when there is one only.

    """

    oid: str
    spki: bytes = field(repr=False)
    key_id: int | None


@dataclass(frozen=True, slots=True)
class SecurityInfos:
    """A set of SecurityInfo, of EF.DG14 or EF.CardAccess."""

    infos: tuple[SecurityInfo, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Parse the DER set ``raw``, which zero bytes may follow.

        Raises:
            Asn1Malformed: it is no set of SecurityInfo.

        """
        found = asn1.decode(raw, trailing=True).expect(asn1.SET, "SecurityInfos")
        infos = []
        for element in found.children():
            fields = element.expect(asn1.SEQUENCE, "SecurityInfo").fields("SecurityInfo")
            name, required = asn1.oid(fields.take()), fields.take()
            rest = fields.rest()
            infos.append(SecurityInfo(name, required, rest[0] if rest else None))
            if len(infos) > _MAX_INFOS:
                raise asn1.Asn1Malformed(f"more than {_MAX_INFOS} SecurityInfos")
        return cls(tuple(infos))

    @classmethod
    def of_dg14(cls, raw: bytes) -> Self:
        """Parse the whole file EF.DG14.

        Raises:
            DocumentRejected: the file is not a data group 14.

        """
        return cls.parse(decode_one(raw, LdsFile.EF_DG14.tag))

    def chip_authentication_public_keys(self) -> tuple[ChipAuthenticationPublicKey, ...]:
        """Return the keys for chip authentication.

        Raises:
            Asn1Malformed: a key identifier is no number.

        """
        return tuple(
            ChipAuthenticationPublicKey(
                oid=info.oid,
                spki=info.required.raw,
                key_id=None if info.optional is None else asn1.integer(info.optional),
            )
            for info in self.infos
            if info.oid.startswith(_ID_PK)
        )

    @property
    def offers_chip_authentication(self) -> bool:
        """Whether there is a key or a protocol for chip authentication."""
        return any(info.oid.startswith((_ID_PK, _ID_CA)) for info in self.infos)

    def active_authentication_hash(self) -> str | None:
        """Return the hash of active authentication with ECDSA, None when not stated."""
        for info in self.infos:
            if info.oid == _ID_AA and info.optional is not None:
                return _HASHES.get(asn1.oid(info.optional))
        return None
