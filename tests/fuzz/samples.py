"""Valid files to begin from: of simulated documents of every kind, and published ones."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.optional_groups import OPTIONAL_GROUPS
from hardware_mocks.chip.profiles import PROFILES, Profile, make_document
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


@cache
def documents() -> Mapping[str, Document]:
    """Small documents: every readable profile, and one with every data group."""
    found = {
        name: small_document(profile)
        for name, profile in PROFILES.items()
        if profile.readable and not profile.quirks and profile.document.get("signer") is None
    }
    full = Profile("", document={"groups": frozenset(OPTIONAL_GROUPS), "applications": "lds2"})
    found["full"] = small_document(full)
    return found


@cache
def files() -> Mapping[int, tuple[bytes, ...]]:
    """Each file that a document may have, by identifier, in all its variants."""
    found: dict[int, dict[bytes, None]] = {}
    for document in documents().values():
        chip = Chip(document)
        for file_id, raw in (*document.files.items(), *chip._master_files().items()):
            found.setdefault(file_id, {})[bytes(raw)] = None
    return {file_id: tuple(variants) for file_id, variants in found.items()}


def samples(file_id: int) -> tuple[bytes, ...]:
    return files().get(file_id, ())


def cv_certificates() -> tuple[bytes, ...]:
    return tuple(
        raw
        for example in (ECDH, DH)
        for raw in (example.cvca, example.document_verifier, example.terminal)
    )


def card_securities() -> tuple[bytes, ...]:
    return (ECDH.card_security, DH.card_security, *samples(0x011D))
