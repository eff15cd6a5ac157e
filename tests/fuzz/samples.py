"""Valid files to begin from: of simulated documents of every kind, and published ones."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.chip_key import ChipKeyOrder
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.optional_groups import OPTIONAL_GROUPS
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.profile import Profile
from hardware_mocks.chip.profiles import make_document
from tests.eac_worked_example import DH, ECDH
from tests.emrtd_passport import NOW, pki

# The header of a JPEG with a start of frame; nobody decodes it here, and DG2 stays small.
TINY_JPEG = bytes.fromhex("FFD8FFC0001108021301A003012200021101031101") + bytes(40) + b"\xff\xd9"


def small_document(profile: Profile) -> Document:
    """The document of a profile with a portrait of few bytes, properly signed."""
    with tempfile.NamedTemporaryFile(suffix=".jpg") as portrait:
        portrait.write(TINY_JPEG)
        portrait.flush()
        small = replace(profile, holder={**profile.holder, "portrait": Path(portrait.name)})
        return make_document(small, pki(), NOW)


_BAC: Final[Mapping[str, Any]] = {"active_authentication": None, "lds_version": "1.7"}
_ORDERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "PSS": {"active_authentication": None, "signer": "rsa-pss"},
    "BAC": _BAC,
    "RSA": {"aa_bits": 1024},
    "ECDSA": {"active_authentication": "ecdsa", "aa_der": True},
    "everything": {
        "active_authentication": "ecdsa",
        "groups": frozenset(OPTIONAL_GROUPS),
        "applications": "lds2",
    },
}
_TD1: Final = Profile(
    "", document=_BAC, holder={"document_type": "TD1", "document_number": "D23145890734"}
)
_PROFILES: Final[Mapping[str, Profile]] = {
    **{name: Profile("", document=order) for name, order in _ORDERS.items()},
    "TD1": _TD1,
}
_OFFERS: Final = (
    PaceOffer(),
    PaceOffer("GM", "DH", "3DES", 0),
    PaceOffer("IM", "ECDH", "AES-256", 13, explicit=True),
    PaceOffer("IM", "DH", "AES-192", 0),
    PaceOffer("CAM", "ECDH", "AES-128", 13),
)
_PACE_PROFILES: Final[Mapping[str, Profile]] = {
    f"PACE-{offer.mapping}, {offer.agreement}": Profile(
        "", document={"pace": (offer,), "basic_access": False, "active_authentication": None}
    )
    for offer in _OFFERS
}
_CHIP_KEY_PROFILES: Final[Mapping[str, Profile]] = {
    name: Profile("", document={"chip_keys": keys, "active_authentication": None})
    for name, keys in {
        "CA, ECDH": (ChipKeyOrder(),),
        "CA, DH": (ChipKeyOrder(0, ("3DES",)),),
    }.items()
}
DOCUMENTS: Final = tuple(_PROFILES)
"""Names of documents that BAC opens: with every authentication, size and data group."""
PACE_DOCUMENTS: Final = tuple(_PACE_PROFILES)
"""Names of documents that PACE opens, one of each mapping and agreement."""
CHIP_KEY_DOCUMENTS: Final = tuple(_CHIP_KEY_PROFILES)
"""Names of documents with a key of chip authentication, over a curve and in a group."""


@cache
def document_named(name: str) -> Document:
    """Return a small document, which is made when it is first needed."""
    profiles = {**_PROFILES, **_PACE_PROFILES, **_CHIP_KEY_PROFILES}
    return small_document(profiles[name])


def documents() -> Mapping[str, Document]:
    """Return those that BAC opens."""
    return {name: document_named(name) for name in DOCUMENTS}


def _all_documents() -> tuple[Document, ...]:
    names = (*DOCUMENTS, *PACE_DOCUMENTS, *CHIP_KEY_DOCUMENTS)
    return tuple(document_named(name) for name in names)


@cache
def samples(file_id: int) -> tuple[bytes, ...]:
    """Return all variants of a file of the eMRTD application."""
    return _variants(file_id, [document.files for document in _all_documents()])


@cache
def master_samples(file_id: int) -> tuple[bytes, ...]:
    """Return all variants of a file of the master file."""
    return _variants(file_id, [Chip(document)._master_files() for document in _all_documents()])


def _variants(file_id: int, holders: Sequence[Mapping[int, bytes]]) -> tuple[bytes, ...]:
    return tuple({bytes(files[file_id]): None for files in holders if file_id in files})


def cv_certificates() -> tuple[bytes, ...]:
    return tuple(
        raw
        for example in (ECDH, DH)
        for raw in (example.cvca, example.document_verifier, example.terminal)
    )


def card_securities() -> tuple[bytes, ...]:
    return (ECDH.card_security, DH.card_security, *master_samples(0x011D))
