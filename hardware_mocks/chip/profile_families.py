"""Profiles by the combination: one for each that an integrator would ask for, named by it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, Final

from hardware_mocks.chip.chip import AtrContent, Interface
from hardware_mocks.chip.document_keys import AA_CURVES
from hardware_mocks.chip.portrait import FORMATS
from hardware_mocks.chip.profile import SHORT, Profile
from hardware_mocks.chip.words import CIPHERS, DOMAINS, agreement_of, chip_key_order, pace_offer

Named = Iterator[tuple[str, Profile]]

_PACE: Final = (pace_offer("gm-ecdh-aes128-p256"),)
_CA: Final = (chip_key_order("ecdh-aes128-bp256"),)
_CAM: Final = (pace_offer("cam-ecdh-aes128-bp256"),)
_HASHES: Final = ("sha1", "sha224", "sha256", "sha384", "sha512")
_LARGE_DG2: Final = 40_000
# Hashes no longer than the key (9303-11 §6.1.2.3).
_ECDSA_HASHES: Final = {
    "P-224": ("sha224",),
    "P-256": ("sha224", "sha256"),
    "brainpoolP256r1": ("sha224", "sha256"),
    "P-384": ("sha256", "sha384"),
    "brainpoolP384r1": ("sha256", "sha384"),
    "brainpoolP512r1": ("sha256", "sha512"),
    "P-521": ("sha256", "sha512"),
}


def _document(description: str, **order: Any) -> Profile:  # noqa: ANN401  fields of Order
    return Profile(description, document={"active_authentication": None, **order})


def _pace() -> Named:
    """Every mapping, key agreement, cipher and set of domain parameters that go together."""
    for mapping, cipher, (domain, number) in product(("gm", "im", "cam"), CIPHERS, DOMAINS.items()):
        agreement = agreement_of(number).lower()
        word = f"{mapping}-{agreement}-{cipher}-{domain}"
        try:
            offer = pace_offer(word)
        except ValueError:
            continue  # 9303-11 knows no such PACE
        description = f"PACE-{offer.mapping}, {offer.agreement} in {offer.group.name}"
        yield f"pace-{word}", _document(f"{description}, {offer.cipher}; or BAC", pace=(offer,))


def _pace_offers() -> Named:
    """Several PACEInfos, parameters written out, and chips that BAC does not open."""
    several = ("gm-ecdh-aes128-p256", "gm-ecdh-3des-bp256", "im-ecdh-aes256-bp384")
    yield (
        "pace-several",
        _document("three PACEInfos of different strength", pace=tuple(map(pace_offer, several))),
    )
    explicit = (pace_offer("gm-ecdh-aes128-bp256+explicit"), *_PACE)
    yield (
        "pace-explicit",
        _document("explicit domain parameters beside standardised ones", pace=explicit),
    )
    for mapping in ("im", "cam"):
        offers = (pace_offer(f"{mapping}-ecdh-aes256-bp384"),)
        yield (
            f"pace-only-{mapping}",
            _document(f"PACE-{mapping.upper()}, no BAC", pace=offers, basic_access=False),
        )
    both = (*_PACE, *_CAM)
    yield "pace-gm-and-cam", _document("PACE-GM and PACE-CAM side by side", pace=both)


def _chip_authentication() -> Named:
    """Every key agreement and cipher; every set of domain parameters with AES-128 and 3DES."""
    for cipher, (domain, number) in product(CIPHERS, DOMAINS.items()):
        usual = domain in {"bp256", "modp2048-256"}
        if not usual and cipher in {"aes192", "aes256"}:
            continue
        agreement = agreement_of(number).lower()
        word = f"{agreement}-{cipher}-{domain}"
        key = chip_key_order(word)
        text = f"CA by {agreement.upper()} in {key.group.name}, {CIPHERS[cipher]}"
        yield f"ca-{word}", _document(f"{text}; PACE-GM or BAC", chip_keys=(key,), pace=_PACE)
        if usual:
            yield f"bac-ca-{word}", _document(f"{text}; BAC", chip_keys=(key,))


def _chip_keys() -> Named:
    """Several keys, and keys written down in other ways."""
    described = {
        "ca-two-keys": ("two keys with identifiers", "ecdh-aes128-bp256#1,dh-3des-modp2048-256#2"),
        "ca-two-ciphers": ("one key for 3DES and AES-128", "ecdh-3des+aes128-bp256"),
        "ca-key-identifier": ("a key identifier above 127", "ecdh-aes128-bp256#195"),
        "ca-key-alone": ("a key and no ChipAuthenticationInfo", "ecdh-alone-p256"),
        "ca-named": ("a named curve", "ecdh-aes128-p256:named"),
        "ca-standardized": ("parameters by their identifier", "ecdh-aes128-bp256:standardized"),
        "ca-pkcs3": ("a DH key as PKCS#3 writes it", "dh-aes128-modp2048-256:pkcs3"),
    }
    for name, (text, words) in described.items():
        keys = tuple(map(chip_key_order, words.split(",")))
        yield name, _document(f"CA with {text}; PACE-GM or BAC", chip_keys=keys, pace=_PACE)
    yield "bac-ca-aa", _document("CA and AA; BAC", chip_keys=_CA, active_authentication="rsa")
    yield "pace-cam-ca", _document("PACE-CAM, and CA with another key", pace=_CAM, chip_keys=_CA)


def _active_authentication() -> Named:
    """RSA of every hash and size, ECDSA of every curve, plain and DER."""
    for bits, hash_name in product((1024, 1536, 2048, 3072, 4096), _HASHES):
        if bits != 2048 and hash_name not in {"sha1", "sha256"}:
            continue
        yield (
            f"bac-aa-rsa{bits}-{hash_name}",
            _document(
                f"AA with RSA-{bits} and {hash_name.upper()}; BAC",
                active_authentication="rsa",
                aa_bits=bits,
                aa_hash=hash_name,
            ),
        )
    for curve, der in product(AA_CURVES, (False, True)):
        for hash_name in _ECDSA_HASHES[curve]:
            form = "der" if der else "plain"
            slug = curve.lower().replace("brainpoolp", "bp").replace("r1", "").replace("-", "")
            order = {"active_authentication": "ecdsa", "aa_curve": curve, "aa_der": der}
            text = f"AA with ECDSA on {curve}, {hash_name.upper()}, {form} signatures; BAC"
            yield (
                f"bac-aa-ecdsa-{slug}-{hash_name}-{form}",
                _document(text, aa_hash=hash_name, **order),
            )
    for zeros in ("added", "cut"):
        text = f"AA with RSA-1024, leading zeros {zeros}; BAC"
        yield (
            f"bac-aa-zeros-{zeros}",
            _document(text, active_authentication="rsa", aa_bits=1024, aa_zeros=zeros),
        )


def _cards() -> Named:
    """Cards, with numbers of every length, and the number that is printed for access."""
    numbers = {"": "X01234567", "-long-number": "X0123456789AB", "-short-number": "X0123"}
    for kind, (suffix, number) in product(("td1", "td2", "td3"), numbers.items()):
        if (kind, suffix) in {("td3", ""), ("td3", "-long-number")}:
            continue  # the usual document; and passports have no long numbers
        printed = kind.upper()
        for access, offers in (("bac", ()), ("pace", _PACE)):
            yield (
                f"{kind}{suffix}-{access}",
                Profile(
                    f"a {printed} document, number of {len(number)} characters; {access.upper()}",
                    document={"active_authentication": None, "pace": offers},
                    holder={"document_type": printed, "document_number": number},
                ),
            )
    yield (
        "td1-signer-of-passports",
        Profile(
            "a TD1 card signed by one who may sign passports only; BAC",
            document={"active_authentication": None, "signer": "passports-only"},
            holder={"document_type": "TD1"},
        ),
    )
    yield (
        "can",
        Profile(
            "a TD1 card with a card access number, PACE only",
            document={"active_authentication": None, "pace": _PACE, "basic_access": False},
            holder={"document_type": "TD1"},
        ),
    )


def _files() -> Named:
    """Versions of the LDS, optional data groups, images."""
    contents: tuple[AtrContent, ...] = ("capabilities", "both", "nothing")
    every = frozenset({5, 7, 11, 12, 13, 16})
    yield "lds17", _document("LDS 1.7", lds_version="1.7", pace=_PACE)
    yield "every-group", _document("every optional data group that is free", groups=every)
    for tells in contents:
        profile = _document(f"an EF.ATR/INFO that tells {tells}", pace=_PACE)
        yield f"atr-info-{tells}", replace(profile, interface=Interface(tells=tells))
    yield "ef-dir", _document("an EF.DIR with LDS1 alone", applications="lds1", pace=_PACE)
    yield "ef-dir-lds2", _document("an EF.DIR with LDS2", applications="lds2", pace=_PACE)
    large = {"dg2_bytes": _LARGE_DG2, "active_authentication": None, "pace": _PACE}
    yield "dg2-large", Profile("a DG2 beyond 32,767 bytes", document=large)
    yield (
        "dg2-large-short",
        Profile("a DG2 beyond 32,767 bytes, short APDUs", document=large, interface=SHORT),
    )


def _portraits() -> Named:
    """Compressions of the portrait, both encodings of DG2, several images."""
    for image in FORMATS[1:]:
        yield f"dg2-{image}", _document(f"a portrait in {image}", portrait_format=image, pace=_PACE)
    several = ("basic", "token", "full")
    orders: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "39794": ("the portrait in ISO/IEC 39794-5", {"face_encoding": "39794-5"}),
        "39794-jpeg2000": (
            "the portrait in ISO/IEC 39794-5, JPEG 2000",
            {"face_encoding": "39794-5", "portrait_format": "jpeg2000"},
        ),
        "39794-several": (
            "three portraits in ISO/IEC 39794-5",
            {"face_encoding": "39794-5", "faces": several},
        ),
        "several": ("three portraits in one record, the frontal one last", {"faces": several}),
        "several-templates": (
            "three portraits in three templates",
            {"faces": several, "a_template_each": True},
        ),
        "6kb": ("a JPEG of at most 6 kB", {"portrait_bytes": 6000}),
        "jpeg2000-3kb": (
            "a JPEG 2000 of at most 3 kB",
            {"portrait_bytes": 3000, "portrait_format": "jpeg2000"},
        ),
    }
    for name, (description, order) in orders.items():
        yield f"dg2-{name}", _document(description, pace=_PACE, **order)


def _fingerprints() -> Named:
    """Extended access: fingerprints for terminals that the issuing State let in."""
    for kind in ("ecdsa", "rsa"):
        eac = {"terminal_authentication": kind, "groups": frozenset({3}), "chip_keys": _CA}
        text = f"DG3 behind terminal authentication with {kind.upper()}"
        yield f"eac-{kind}", _document(f"{text}; CA, PACE-GM or BAC", pace=_PACE, **eac)
        yield f"bac-eac-{kind}", _document(f"{text}; CA, BAC", **eac)
    cam: dict[str, Any] = {"terminal_authentication": "ecdsa", "groups": frozenset({3, 4})}
    yield "eac-cam", _document("DG3 and DG4 behind TA after PACE-CAM", pace=_CAM, **cam)
    none = {**cam, "groups": frozenset({3}), "fingers": False, "chip_keys": _CA}
    yield "eac-no-fingers", _document("a DG3 without an instance", pace=_PACE, **none)


def _copies() -> Named:
    """Chips with the files of another document, and none of its keys."""
    described = {
        "cloned": "files copied to a chip without the keys",
        "forged": "another public key than the signed one, and a chip that holds it",
    }
    spoilt: Mapping[str, Mapping[str, Any]] = {
        "forged-ca": {"chip_keys": _CA, "pace": _PACE, "forged_keys": True},
        "forged-aa": {"active_authentication": "rsa", "forged_keys": True},
        "cloned-ca": {"chip_keys": _CA, "pace": _PACE},
        "cloned-ca-3des": {"chip_keys": (chip_key_order("ecdh-3des-bp256"),)},
        "cloned-cam": {"pace": _CAM},
        "cloned-aa-ecdsa": {"active_authentication": "ecdsa"},
    }
    for name, order in spoilt.items():
        kind, _, _ = name.partition("-")
        yield name, _document(described[kind], **{kind: True} if kind == "cloned" else {}, **order)
    weaker = (pace_offer("gm-ecdh-3des-p192"),)
    yield (
        "downgraded-pace",
        _document("EF.CardAccess offers less than DG14 lists", pace=_PACE, card_access=weaker),
    )
    yield (
        "downgraded-bac",
        _document("EF.CardAccess taken away; DG14 lists PACE", pace=_PACE, card_access=()),
    )


FAMILIES: Final[Mapping[str, Profile]] = dict(
    pair
    for family in (
        _pace, _pace_offers, _chip_authentication, _chip_keys, _active_authentication, _cards,
        _files, _portraits, _fingerprints, _copies,
    )
    for pair in family()
)  # fmt: skip
