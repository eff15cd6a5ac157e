"""What the seal of a document says, by the profile of its kind."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from hardware_mocks.chip.mrz import td2
from hardware_mocks.page_scanner.bearer import Content
from hardware_mocks.page_scanner.layout import SealProfile
from hardware_mocks.page_scanner.seals.encoding import (
    c40,
    header,
    message_zone,
    signature_zone,
)
from hardware_mocks.page_scanner.seals.signer import SealSigner

_UNLIMITED: Final = 0
_ENTRIES: Final = {"SINGLE": 1, "MULTIPLE": _UNLIMITED}


def seal_of(
    profile: SealProfile, said: Content, signer: SealSigner, signed: Content | None = None
) -> bytes:
    """Return the bytes of the seal of a document.

    Args:
        profile: of its kind.
        said: what the seal says.
        signer: whose signature it has.
        signed: what the signature is of, where a forger took that of another seal.

    """
    message = _message(profile, said, signer)
    made = signer.sign(_message(profile, signed or said, signer))
    return message + signature_zone(made)


def _message(profile: SealProfile, said: Content, signer: SealSigner) -> bytes:
    kind, features = _PROFILES[profile]
    issued = datetime.strptime(said.texts["date_of_issue"], "%d %b %Y").date()  # noqa: DTZ007
    head = header(said.fields.issuing_state, signer.identifier, signer.reference, issued, kind)
    return head + message_zone(features(said))


def _visa(said: Content) -> Mapping[int, bytes]:
    """9303-7 §9.1.3: the first line, 28 characters of the second, entries, stay, passport."""
    first, second = said.lines
    days = int(said.texts["stay"].split()[0])
    return {
        0x01: c40(first + second[:28]),
        0x03: bytes((_ENTRIES[said.texts["entries"]],)),
        0x04: bytes((days, 0, 0)),
        0x05: c40(f"{said.fields.document_number:<<9}"),
    }


def _emergency(said: Content) -> Mapping[int, bytes]:
    """9303-8 §6.1.2: the zone as a TD2 has it, whatever the sheet, and without optional data."""
    return {0x02: c40("".join(td2(replace(said.fields, optional=""))))}


_PROFILES: Final[
    Mapping[SealProfile, tuple[tuple[int, int], Callable[[Content], Mapping[int, bytes]]]]
] = {"visa": ((0x5D, 0x01), _visa), "emergency": ((0x5E, 0x03), _emergency)}
