"""The passport of each traveller: issued when it is their turn, odd in the way of their kind."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from hardware_mocks.camera.scene import PHOTOGRAPHS
from hardware_mocks.chip.chip import Chip, Interface
from hardware_mocks.chip.chip_key import ChipKeyOrder
from hardware_mocks.chip.document import Document, Holder
from hardware_mocks.chip.mrz import ZoneFields
from hardware_mocks.chip.order import Order
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.personaliser import issue
from hardware_mocks.chip.profile import SHORT
from hardware_mocks.chip.words import chip_key_order, pace_offer
from hardware_mocks.page_scanner.bearer import content_of
from hardware_mocks.page_scanner.rendering import Page, Wanted, rendered
from hardware_mocks.pki.pki import Pki
from hardware_mocks.world.traveller import Kind, Traveller

_LEAVES_AFTER_APDUS: Final = 10  # in the middle of the reading
_SEX_IN_THE_ZONE: Final = {"F": "F", "M": "M", "X": "<"}  # 9303-4 §4.2.2.2
_PAGES: Final = {"BGD": "bd_e_passport"}
_PACE: Final[Mapping[str, tuple[PaceOffer, ...]]] = {
    "bac": (),
    "pace": (pace_offer("gm-ecdh-aes128-p256"),),
    "pace-cam": (pace_offer("cam-ecdh-aes128-bp256"),),
}
_CHIP_KEYS: Final[Mapping[str, tuple[ChipKeyOrder, ...]]] = {
    "none": (),
    "ecdh": (chip_key_order("ecdh-aes128-bp256"),),
    "dh": (chip_key_order("dh-aes128-modp2048-256"),),
}
_ODDITIES: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.TAMPERED_DG: {"tampered": True},
    Kind.UNKNOWN_SIGNER: {"signer": "unknown"},
    Kind.CLONED_CHIP: {"cloned": True},
}


def issue_passport(traveller: Traveller, index: int, pki: Pki, now: datetime) -> Document:
    """Issue the document of the ``index``-th traveller; its expiry counts from ``now`` (UTC).

    Takes up to a second of CPU: the chip gets a key of its own.
    """
    surname, _, given_names = traveller.name.partition(", ")
    holder = Holder(
        surname=surname,
        given_names=given_names,
        document_number=traveller.document_number or f"X{traveller.state[0]}{index + 1:07d}",
        nationality=traveller.state,
        issuing_state=traveller.state,
        date_of_birth=traveller.born,
        sex=_SEX_IN_THE_ZONE[traveller.sex],
        date_of_expiry=(now + timedelta(days=traveller.expires_in_days)).strftime("%y%m%d"),
        portrait=PHOTOGRAPHS / traveller.person / "portrait.jpg",
    )
    wanted = traveller.active_authentication
    order = Order(
        active_authentication="rsa" if wanted == "rsa" else "ecdsa" if wanted == "ecdsa" else None,
        pace=_PACE[traveller.access],
        dg2_bytes=traveller.dg2_bytes,
        chip_keys=_CHIP_KEYS[traveller.chip_authentication],
        **_ODDITIES.get(traveller.kind, {}),
    )
    return issue(holder, pki, order)


def page_of(traveller: Traveller, document: Document, index: int) -> Page:
    """Return the data page of ``document``, which may show another photograph than its chip.

    Forged when the traveller has it so: its machine readable zone may then say something else,
    too.
    """
    numbered = document.mrz[1]
    surname, _, given_names = traveller.name.partition(", ")
    fields = ZoneFields(
        document_code="P",
        issuing_state=traveller.state,
        surname=surname,
        given_names=given_names,
        document_number=numbered[:9].rstrip("<"),
        nationality=traveller.state,
        date_of_birth=traveller.born,
        sex=_SEX_IN_THE_ZONE[traveller.sex],
        date_of_expiry=numbered[21:27],
        optional=numbered[28:42].rstrip("<"),
    )
    shown = traveller.printed or traveller.person
    said = content_of(fields, shown, np.random.default_rng(index))
    wanted = Wanted(_PAGES.get(traveller.state, "td3"), traveller.forgery, traveller.damage)
    return rendered(wanted, (0, index), said)


def chip_for(traveller: Traveller, document: Document, placement: int) -> Chip:
    """Return the chip as it behaves on the ``placement``-th time it is laid down, from 1."""
    leaves = placement <= traveller.failing_placements
    interface = SHORT if traveller.apdus == "short" else Interface()
    return Chip(document, interface, leaves_after=_LEAVES_AFTER_APDUS if leaves else None)
