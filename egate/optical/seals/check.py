"""OPTICAL.SEAL: is the visible digital seal of a page genuine, and the page's own?

TR-03135-1 §5.9 wants it inspected, 9303-13 appendix D says how, 9303-7 §9.4 and 9303-8
appendix A compare it with the MRZ.
"""

import time
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

import numpy as np

from egate.domain.optical_finding import Light, OpticalFinding, PageRegion
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.mrz.parse import Mrz
from egate.optical.seals.page_seals import NoSeal, PageSeal, seals_of
from egate.optical.seals.place import PlacedPage, SealModel, SealPlace, seal_place
from egate.optical.seals.proof import SealProof, SealTrust, prove
from egate.ports.devices import PageScan


class PageReading(PlacedPage, Protocol):
    """The MRZ of a page, and where the page is in its image."""

    @property
    def mrz(self) -> Mrz: ...


class _Found(NamedTuple):
    outcome: Outcome
    detail: str
    region: PageRegion | None = None
    light: Light = Light.WHITE


def check_seal(
    scan: PageScan,
    reading: PageReading,
    models: Sequence[SealModel],
    trust: SealTrust,
    at: date,
) -> OpticalFinding:
    """Look for a seal, verify it, and compare it with the MRZ of its page.

    Args:
        scan: the images of the page.
        reading: what was read of the white one.
        models: of documents with this MRZ; a seal is expected where one of them has it.
        trust: the CSCAs, CRLs and seal signers that the gate has.
        at: the day to decide for, in UTC.

    Returns:
        *successful* if a trusted signer made the seal and it says what the MRZ says; *failed* if
        it is wrong, or none is where the model has one; *undetermined* if it cannot be read or
        its signer is not known; *not supported* if none is expected and none was seen.

    """
    began = time.monotonic()
    found = _found(scan, reading, models, trust, at)
    return OpticalFinding(
        CheckId.OPTICAL_SEAL,
        found.outcome,
        found.detail,
        light=found.light,
        region=found.region,
        duration_ms=round((time.monotonic() - began) * 1000),
    )


def _found(
    scan: PageScan,
    reading: PageReading,
    models: Sequence[SealModel],
    trust: SealTrust,
    at: date,
) -> _Found:
    if not np.isfinite(reading.geometry.to_pixels).all():
        return _Found(Outcome.UNDETERMINED, "the page's place is not known")
    place = seal_place(scan, reading, models)
    try:
        seals = seals_of(scan.white, place)
    except NoSeal:
        return _unread(place)
    if len(seals) > 1:
        # §5.9: which of them belongs there is not known.
        return _Found(Outcome.UNDETERMINED, "seal: there are several")
    # What was misread is not to be held against the seal.
    mrz = reading.mrz if reading.mrz.is_valid else None
    return _proven(seals[0], prove(seals[0].seal, mrz, trust, at))


def _unread(place: SealPlace | None) -> _Found:
    if place is None:
        return _Found(Outcome.NOT_SUPPORTED, "seal: none is expected, and none was seen")
    if place.is_blank():
        # Table 5.57: expected, and nothing detected.
        return _Found(Outcome.FAILED, "seal: its place is blank", place.region)
    # Wear hides seals sooner than letters (9303-13 §1), and proves nothing.
    return _Found(Outcome.UNDETERMINED, "seal: it cannot be read", place.region)


def _proven(seal: PageSeal, proof: SealProof) -> _Found:
    if proof.outcome is Outcome.SUCCESSFUL and proof.document is None:
        detail = "seal: the MRZ to compare it with was not read with certainty"
        return _Found(Outcome.UNDETERMINED, detail, seal.region, seal.light)
    if proof.outcome is Outcome.SUCCESSFUL:
        detail = "seal: of a trusted signer, and as the MRZ"
        return _Found(Outcome.SUCCESSFUL, detail, seal.region, seal.light)
    decisive = next(each for each in proof.checks if each.outcome is proof.outcome)
    return _Found(proof.outcome, f"seal: {decisive.detail}", seal.region, seal.light)
