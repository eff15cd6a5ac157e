"""SecurityInfos of EF.DG14, EF.CardAccess and EF.CardSecurity (9303-11 §9.2)."""

from dataclasses import dataclass, field
from typing import Final, Self

from egate.emrtd import asn1
from egate.emrtd.asn1 import Element
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.security_info import SecurityInfo
from egate.emrtd.tlv import decode_one

_ID_PK: Final = "0.4.0.127.0.7.2.2.1."
_ID_TA: Final = "0.4.0.127.0.7.2.2.2"
_ID_PACE: Final = "0.4.0.127.0.7.2.2.4."
_ID_AA: Final = "2.23.136.1.1.5"
_ID_EF_DIR: Final = "2.23.136.1.1.13"
EF_CVCA: Final = 0x011C
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
class PaceInfo:
    """PACE in one combination of algorithms (9303-11 §9.2.1).

    Args:
        oid: key agreement, mapping, cipher and MAC.
        version: 2 is the one specified.
        parameter_id: of standardised (0 to 31) or explicit domain parameters.

    """

    oid: str
    version: int
    parameter_id: int | None

    @classmethod
    def of(cls, info: SecurityInfo) -> Self:
        """Return ``info`` as a PACEInfo.

        Raises:
            Asn1Malformed: the version or the identifier is no number.

        """
        return cls(info.oid, info.version(), info.identifier())


@dataclass(frozen=True, slots=True)
class PaceDomainParameterInfo:
    """Explicit domain parameters of PACE (9303-11 §9.2.2). They are not signed.

    Args:
        oid: the kind of PACE they are for.
        algorithm: the AlgorithmIdentifier.
        parameter_id: which of several.

    """

    oid: str
    algorithm: Element = field(repr=False)
    parameter_id: int | None

    @classmethod
    def of(cls, info: SecurityInfo) -> Self:
        """Return ``info`` as a PACEDomainParameterInfo.

        Raises:
            Asn1Malformed: the identifier is no number.

        """
        return cls(info.oid, info.required, info.identifier())


@dataclass(frozen=True, slots=True)
class ChipAuthenticationPublicKeyInfo:
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
class TerminalAuthenticationInfo:
    """Terminal authentication (9303-11 §9.2.8).

    Args:
        version: 1 is the one specified.
        cvca_file_id: of the file that names the certification authorities (TR-03110-3
            §A.1.1.3 lets the chip move it).

    """

    version: int
    cvca_file_id: int = EF_CVCA


@dataclass(frozen=True, slots=True)
class ActiveAuthenticationInfo:
    """How active authentication signs with ECDSA (9303-11 §9.2.4).

    Args:
        version: 1 is the one specified.
        hash_name: as hashlib names it; None when not stated or unknown.

    """

    version: int
    hash_name: str | None


@dataclass(frozen=True, slots=True)
class SecurityInfos:
    """A set of SecurityInfo. Entries of unknown protocols may be ignored (9303-11 §9.2)."""

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

    def of_pace(self) -> tuple[SecurityInfo, ...]:
        """Return the entries of PACE, which ``PaceInfo.of`` and its like understand one by one.

        EF.CardAccess is not signed and read before anything is proven: one entry that is
        malformed must not hide the others.
        """
        return tuple(info for info in self.infos if info.oid.startswith(_ID_PACE))

    def chip_authentication_public_keys(self) -> tuple[ChipAuthenticationPublicKeyInfo, ...]:
        """Return the keys for chip authentication.

        Raises:
            Asn1Malformed: a key identifier is no number.

        """
        return tuple(
            ChipAuthenticationPublicKeyInfo(info.oid, info.required.raw, info.identifier())
            for info in self.infos
            if info.oid.startswith(_ID_PK)
        )

    def terminal_authentication(self) -> TerminalAuthenticationInfo | None:
        """Return what the chip says of terminal authentication, None when it has none.

        Raises:
            Asn1Malformed: the version is no number, or the file is not named by two bytes.

        """
        info = self._first(_ID_TA)
        if info is None:
            return None
        if info.optional is None:
            return TerminalAuthenticationInfo(info.version())
        file_id = asn1.octets(info.optional.fields("EF.CVCA").take())
        if len(file_id) != 2:
            raise asn1.Asn1Malformed("a file identifier has two bytes")
        return TerminalAuthenticationInfo(info.version(), int.from_bytes(file_id, "big"))

    def active_authentication(self) -> ActiveAuthenticationInfo | None:
        """Return how active authentication signs, None when that is not stated.

        Raises:
            Asn1Malformed: the version is no number, or the algorithm no object identifier.

        """
        info = self._first(_ID_AA)
        if info is None:
            return None
        algorithm = None if info.optional is None else asn1.oid(info.optional)
        return ActiveAuthenticationInfo(info.version(), _HASHES.get(algorithm or ""))

    def active_authentication_hash(self) -> str | None:
        """Return the hash of active authentication with ECDSA, None when not stated.

        Raises:
            Asn1Malformed: as ``active_authentication``.

        """
        stated = self.active_authentication()
        return None if stated is None else stated.hash_name

    def ef_dir(self) -> bytes | None:
        """Return the signed copy of EF.DIR (9303-11 §9.2.10), None when there is none.

        Raises:
            Asn1Malformed: it is no octet string.

        """
        info = self._first(_ID_EF_DIR)
        return None if info is None else asn1.octets(info.required)

    def _first(self, oid: str) -> SecurityInfo | None:
        return next((info for info in self.infos if info.oid == oid), None)
