"""The simulated passports that can be asked for by name."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.document import Document, Holder
from hardware_mocks.chip.order import Order
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.personaliser import issue
from hardware_mocks.chip.profile import PHOTOGRAPHS, SHORT, Profile
from hardware_mocks.chip.profile_families import FAMILIES
from hardware_mocks.chip.quirks.catalogue import wanted
from hardware_mocks.chip.quirks.switch import Switch
from hardware_mocks.outcome import BadInput
from hardware_mocks.pki.pki import Pki
from hardware_mocks.wire.pace import Pace

_SUBSTITUTE: Final = PHOTOGRAPHS / "P008" / "portrait.jpg"

_STANDARD: Final[Mapping[str, Any]] = {
    "active_authentication": None,
    "pace": (PaceOffer(),),
}

_BY_HAND: Final[Mapping[str, Profile]] = {
    "standard-ext-max": Profile(
        "the standard document, PACE-GM on P-256 with AES-128 or BAC; the longest APDUs",
        document=_STANDARD,
    ),
    "standard-short": Profile(
        "the standard document, PACE-GM on P-256 with AES-128 or BAC; short APDUs only",
        document=_STANDARD,
        interface=SHORT,
    ),
    "bac": Profile("BAC alone, no chip authentication", document={"active_authentication": None}),
    "bac-aa-rsa": Profile("BAC, Active Authentication with RSA-2048"),
    "bac-aa-ecdsa": Profile(
        "BAC, Active Authentication with ECDSA", document={"active_authentication": "ecdsa"}
    ),
    "bac-aa-rsa-sha1": Profile(
        "BAC, Active Authentication with RSA-1024 and SHA-1, as old documents have it",
        document={"aa_bits": 1024, "aa_hash": "sha1"},
        interface=SHORT,
    ),
    "pace-gm": Profile(
        "PACE with generic mapping on P-256 and AES-128, or BAC", document={"pace": (PaceOffer(),)}
    ),
    "pace-only": Profile(
        "PACE with generic mapping on P-256 and AES-128, no BAC",
        document={"pace": (PaceOffer(),), "basic_access": False},
    ),
    "rsa-pss": Profile("a document signer with RSASSA-PSS", document={"signer": "rsa-pss"}),
    "cloned": Profile(
        "files copied to a chip without their private key", document={"cloned": True}
    ),
    "tampered-dg1": Profile(
        "another surname printed, and written into DG1 after signing",
        document={"altered_surname": "IMPOSTOR"},
    ),
    "tampered-dg2": Profile(
        "another photograph put in after signing",
        document={"substituted_portrait": _SUBSTITUTE},
    ),
    "unknown-signer": Profile("a signer of a CSCA in no list", document={"signer": "unknown"}),
    "revoked-signer": Profile("a signer on the CRL", document={"signer": "revoked"}),
    "expired-signer": Profile("a signer past its validity", document={"signer": "expired"}),
    "expired": Profile("a date of expiry in the past", expired=True),
    "leaves-field": Profile("leaves the field after 12 APDUs", readable=False, leaves_after=12),
}
PROFILES: Final[Mapping[str, Profile]] = {**_BY_HAND, **FAMILIES}


def usual_holder(now: datetime, *, expired: bool = False) -> Holder:
    """The made-up holder of a profile; the dates lie around ``now`` (UTC)."""
    expiry = now + timedelta(days=-40 if expired else 4 * 365)
    return Holder(
        surname="SPECIMEN",
        given_names="FARZANA ISLAM",
        document_number="X01234567",
        nationality="BGD",
        issuing_state="BGD",
        date_of_birth="880412",
        sex="F",
        date_of_expiry=expiry.strftime("%y%m%d"),
        portrait=PHOTOGRAPHS / "P001" / "portrait.jpg",
    )


def _pace_for(quirk: Switch) -> Mapping[str, Any]:
    """The usual PACE for a quirk that is about PACE, where the profile itself has none."""
    return {"pace": (PaceOffer(),)} if quirk.needs_pace else {}


def with_quirks(profile: Profile) -> Profile:
    """Give the profile everything that its quirks need; raises BadInput."""
    try:
        for quirk in wanted(profile.quirks):
            profile = replace(
                profile,
                readable=profile.readable and quirk.readable,
                document={**_pace_for(quirk), **profile.document, **quirk.document},
                holder={**profile.holder, **quirk.holder},
                interface=replace(profile.interface, **quirk.interface),
                **quirk.profile,
            )
    except KeyError as error:
        raise BadInput(f"no such quirk: {error}") from None
    return profile


def make_document(profile: Profile, pki: Pki, now: datetime) -> Document:
    """Issue the document of a profile; raises BadInput."""
    profile = with_quirks(profile)
    holder = replace(usual_holder(now, expired=profile.expired), **profile.holder)
    try:
        return issue(holder, pki, Order(**profile.document))
    except KeyError as error:
        raise BadInput(f"no such State or signer in the PKI: {error}") from None
    except OSError as error:
        raise BadInput(f"portrait: {error.strerror}") from None
    except ValueError as error:
        raise BadInput(f"the document cannot be issued: {error}") from None


def make_chip(profile: Profile, document: Document) -> Chip:
    """Put a document into a chip of the profile's kind; raises BadInput."""
    profile = with_quirks(profile)
    quirks = [each.make(document) for each in wanted(profile.quirks) if each.make is not None]
    return Chip(document, profile.interface, leaves_after=profile.leaves_after, quirks=quirks)


def pace_of(profile: Profile) -> Pace:
    """How slow the chip and its link are; raises BadInput."""
    profile = with_quirks(profile)
    return Pace(profile.link_kbit, profile.apdu_ms)
