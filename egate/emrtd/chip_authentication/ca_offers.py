"""What EF.DG14 offers of chip authentication, the strongest first (9303-11 §9.2.5, §9.2.6)."""

from dataclasses import dataclass, field
from typing import Final, Self

from egate.emrtd.crypto.kdf import SmAlgorithm
from egate.emrtd.crypto.key_agreement import KeyAgreement, key_agreement_of_spki
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.security_info import SecurityInfo
from egate.emrtd.lds.security_infos import SecurityInfos

_ID_PK: Final = "0.4.0.127.0.7.2.2.1."
_ID_CA: Final = "0.4.0.127.0.7.2.2.3."
_ID_PACE_CAM: Final = "0.4.0.127.0.7.2.2.4.6."
_FAMILIES: Final = {"1": "DH", "2": "ECDH"}
_ID_PKS: Final = {_ID_PK + number: family for number, family in _FAMILIES.items()}
_CIPHERS: Final = {
    "1": SmAlgorithm.TDES,
    "2": SmAlgorithm.AES_128,
    "3": SmAlgorithm.AES_192,
    "4": SmAlgorithm.AES_256,
}
_STRENGTH: Final = tuple(_CIPHERS.values())
_VERSION: Final = 1
_MAX_KEYS: Final = 8


@dataclass(frozen=True, slots=True)
class ChipAuthenticationOffer:
    """One key of the chip with one cipher.

    Args:
        oid: of the protocol, dotted.
        family: ``ECDH`` or ``DH``.
        cipher: of the new channel.
        domain: the domain parameters.
        public: the chip's static key, validated.
        key_id: which of several keys; None when the chip has no name for it.
        references: how to name the key to the chip, in the order to try; None stands for
            not at all. Chips differ in whether a sign octet belongs to it.
        is_assumed: the file names a key and no cipher, which stands for 3DES.

    """

    oid: str
    family: str
    cipher: SmAlgorithm
    domain: KeyAgreement
    public: bytes = field(repr=False)
    key_id: int | None
    references: tuple[bytes | None, ...] = (None,)
    is_assumed: bool = False

    def __str__(self) -> str:
        named = "" if self.key_id is None else f", key {self.key_id}"
        return f"{self.family}, {self.domain.name}, {self.cipher}{named}"


@dataclass(frozen=True, slots=True)
class _Key:
    info: SecurityInfo
    family: str
    domain: KeyAgreement
    public: bytes = field(repr=False)
    key_id: int | None


@dataclass(frozen=True, slots=True)
class ChipAuthenticationOffers:
    """Every offer of a file.

    Args:
        offers: what can be done, the strongest first.
        unsupported: a reason for each that cannot.

    """

    offers: tuple[ChipAuthenticationOffer, ...]
    unsupported: tuple[str, ...]

    @classmethod
    def of(cls, infos: SecurityInfos) -> Self:
        """Match the protocols of ``infos`` with its keys; whatever stands there, this ends well."""
        unsupported: list[str] = []
        keys = _keys_of(infos, unsupported)
        stated = [(i, found) for i in infos.infos if (found := _algorithms(i.oid)) is not None]
        offers: list[ChipAuthenticationOffer] = []
        for info, algorithms in stated:
            try:
                offers += _offers_of(info, *algorithms, keys)
            except DocumentRejected as error:
                unsupported.append(f"{' '.join(map(str, algorithms))}: {error}")
        # A key without a protocol may be there for PACE-CAM (9303-11 §9.2.6).
        if not stated and not offers_pace_cam(infos):
            offers = [_assumed(key, alone=len(keys) == 1) for key in keys]
        return cls(tuple(sorted(offers, key=_strength, reverse=True)), tuple(unsupported))


def _keys_of(infos: SecurityInfos, unsupported: list[str]) -> list[_Key]:
    """Return the keys that can be used; nobody has signed them yet, so not too many are tried."""
    stated = [info for info in infos.infos if info.oid in _ID_PKS]
    if len(stated) > _MAX_KEYS:
        unsupported.append(f"{len(stated)} keys, of which {_MAX_KEYS} were looked at")
    keys = []
    for info in stated[:_MAX_KEYS]:
        family = _ID_PKS[info.oid]
        try:
            domain, public = key_agreement_of_spki(info.required.raw)
            keys.append(_Key(info, family, domain, public, info.identifier()))
        except DocumentRejected as error:
            unsupported.append(f"{family} key: {error}")
    return keys


class _OfferUnsupported(DocumentRejected):
    """An offer that cannot be taken. Never leaves this module."""


def _algorithms(oid: str) -> tuple[str, SmAlgorithm] | None:
    """Return family and cipher of a protocol of chip authentication, None for anything else."""
    if not oid.startswith(_ID_CA):
        return None
    family, _, cipher = oid.removeprefix(_ID_CA).partition(".")
    if family not in _FAMILIES or cipher not in _CIPHERS:
        return None
    return _FAMILIES[family], _CIPHERS[cipher]


def offers_pace_cam(infos: SecurityInfos) -> bool:
    """Whether the chip can show its key while PACE opens it."""
    return any(info.oid.startswith(_ID_PACE_CAM) for info in infos.infos)


def _offers_of(
    info: SecurityInfo, family: str, cipher: SmAlgorithm, keys: list[_Key]
) -> list[ChipAuthenticationOffer]:
    if info.version() != _VERSION:
        raise _OfferUnsupported(f"version {info.version()}")
    key_id = info.identifier()
    of_family = [key for key in keys if key.family == family]
    # A document with one key may give it a number in one place and none in the other.
    fitting = [k for k in of_family if k.key_id == key_id] or (
        of_family if len(of_family) == 1 else []
    )
    if not fitting:
        raise _OfferUnsupported("no usable key belongs to it")
    return [
        ChipAuthenticationOffer(
            info.oid,
            family,
            cipher,
            key.domain,
            key.public,
            key.key_id if key_id is None else key_id,
            _references(key.info, info, alone=len(keys) == 1),
        )
        for key in fitting
    ]


def _assumed(key: _Key, *, alone: bool) -> ChipAuthenticationOffer:
    """Return the offer of a file that names keys only, as the first documents did."""
    number = next(number for number, family in _FAMILIES.items() if family == key.family)
    return ChipAuthenticationOffer(
        f"{_ID_CA}{number}.1",
        key.family,
        SmAlgorithm.TDES,
        key.domain,
        key.public,
        key.key_id,
        _references(key.info, alone=alone),
        is_assumed=True,
    )


def _references(*infos: SecurityInfo, alone: bool) -> tuple[bytes | None, ...]:
    """Return the encodings of the key's number: shortest first, then as they stand there."""
    found: list[bytes | None] = []
    for info in infos:
        if info.optional is not None:
            found += [info.optional.content.lstrip(b"\x00") or b"\x00", info.optional.content]
    if alone or not found:
        found.append(None)
    return tuple(dict.fromkeys(found))


def _strength(offer: ChipAuthenticationOffer) -> tuple[int, int]:
    return _STRENGTH.index(offer.cipher), offer.domain.order.bit_length()
