"""Damaged visible digital seals, with the signature as it was and with one over the damage."""

from collections.abc import Sequence
from functools import cache

from egate.emrtd.mrz.parse import parse
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.visible_digital_seal.document_match import check_mrz
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal
from egate.emrtd.visible_digital_seal.verify import SealVerification, verify
from tests.emrtd_passport import TODAY
from tests.seal_forge import (
    EMERGENCY,
    VISA_FEATURES,
    VISA_MRZ,
    SealForm,
    SealSigner,
    c40,
    seal_key,
)
from tests.trust_data import Anchors
from tests.trust_forge import Forge


def unsigned_seals() -> Sequence[bytes]:
    """Return header and message zone of a seal of each form."""
    emergency = {2: c40("PUUTOERIKSSON<<ANNA".ljust(72, "<"))}
    card = {1: c40("65170839J003"), 2: "Müller".encode(), 3: b"Anna"}
    forms = (
        SealForm(features=VISA_FEATURES | {6: b"\x01", 0x60: bytes(200)}),
        SealForm(version=3, reference="01A2B"),
        SealForm(country="UTO", kind=EMERGENCY, features=emergency),
        SealForm(country="D<<", kind=(0xFC, 0x04), features=card),
    )
    return tuple(form.message() for form in forms)


def seals() -> Sequence[bytes]:
    """Return the same, signed."""
    return tuple(_signed(message) for message in unsigned_seals())


def verified_seal(raw: bytes) -> SealVerification:
    """Read, compare and verify a damaged seal."""
    certificate, anchors = _trust()
    seal = VisibleDigitalSeal.parse(raw)
    check_mrz(seal, parse(VISA_MRZ, TODAY), TODAY)
    return verify(seal, [certificate], anchors, TODAY, clock=lambda: 0.0)


def signed_seal(message: bytes) -> SealVerification:
    """Sign what is damaged already: no signature keeps it from what reads features."""
    return verified_seal(_signed(message))


def _signed(message: bytes) -> bytes:
    return message + b"\xff\x40" + seal_key().sign(message, "sha256")


@cache
def _trust() -> tuple[Certificate, Anchors]:
    state = Forge()
    return SealSigner(state=state).certificate(), Anchors([state.csca()], [state.crl()])
