"""The optical checks of one page (TR-03135-1 §5.5)."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from egate.domain.optical_finding import Light, OpticalFinding
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.mrz.parse import Mrz
from egate.optical.checks.expectations import expected
from egate.optical.checks.identification import identified
from egate.optical.checks.infrared import mrz_in_infrared
from egate.optical.checks.inspected_page import InspectedPage
from egate.optical.checks.mrz_print import mrz_print
from egate.optical.checks.page_views import PageViews
from egate.optical.checks.printed_mrz import PrintedMrz
from egate.optical.checks.routine import Routine, finding_of
from egate.optical.checks.ultraviolet import mrz_in_ultraviolet
from egate.optical.checks.wear import for_an_officer, is_hardly_legible
from egate.optical.models.library import DocumentModel, DocumentModels
from egate.optical.mrz_image.page_place import PLACES, lying_flat
from egate.optical.page_geometry import PageGeometry
from egate.optical.visual_zone.check import check_visual_zone
from egate.ports.devices import PageScan

Routines = Callable[[], Iterable[Routine]]

_OF_MODELS: Final = {
    CheckId.OPTICAL_IR: Light.INFRARED,
    CheckId.OPTICAL_UV: Light.ULTRAVIOLET,
    CheckId.PHOTOGRAPH: Light.WHITE,
    CheckId.PATTERN: Light.WHITE,
}


class ReadPage(Protocol):
    """What reading the MRZ told of a page."""

    @property
    def mrz(self) -> Mrz: ...
    @property
    def lines(self) -> tuple[str, ...]: ...
    @property
    def geometry(self) -> PageGeometry: ...


@dataclass(frozen=True, slots=True)
class _StraightReading:
    """The MRZ, and where the page lies by all of its print."""

    mrz: Mrz = field(repr=False)
    geometry: PageGeometry


def inspect_page(
    scan: PageScan, reading: ReadPage, models: DocumentModels
) -> tuple[OpticalFinding, ...]:
    """Check a page: print of its MRZ, infrared, ultraviolet, photograph, pattern, visual zone.

    Args:
        scan: the images; upright, of one size.
        reading: the MRZ read from the white one, and where the page lies by it.
        models: one is chosen by the MRZ; without any, only what 9303 demands of each MRZ is
            checked, and the rest is not supported.

    Returns:
        One finding for each check. What cannot be judged is undetermined and what the scanner
        or the model does not have is not supported; neither is held against the document. Of a
        page that is hardly legible no print fails: what would is undetermined.

    """
    geometry = _flat_on_the_glass(reading)
    if geometry is None:
        return tuple(
            OpticalFinding(
                check_id, Outcome.UNDETERMINED, "the page's place is not known", light=light
            )
            for check_id, light in {
                CheckId.MRZ_PRINT: Light.WHITE,
                **_OF_MODELS,
                CheckId.MRZ_VIZ: Light.WHITE,
            }.items()
        )
    place = PLACES[reading.mrz.format]
    views = PageViews(scan, geometry)
    found = identified(views, models.of(reading.mrz), (place.width, place.height))
    page, model = found.page, found.model
    mrz = PrintedMrz(page.views, reading.lines, place)
    checks: Mapping[CheckId, Routines] = {
        CheckId.MRZ_PRINT: lambda: mrz_print(mrz, is_placed=found.is_placed)
    } | {check_id: _routines(check_id, page, mrz, model) for check_id in _OF_MODELS}
    findings = [_finding(check_id, routines, page) for check_id, routines in checks.items()]
    straight = _StraightReading(reading.mrz, page.views.geometry)
    findings.append(check_visual_zone(scan.white, straight, model))
    return tuple(map(for_an_officer, findings) if is_hardly_legible(mrz) else findings)


def _flat_on_the_glass(reading: ReadPage) -> PageGeometry | None:
    """Return where the page lies; None where that is not known."""
    kind, geometry = reading.mrz.format, reading.geometry
    if kind not in PLACES or not _is_sound(geometry):
        return None
    with np.errstate(all="ignore"):  # what comes of a place at infinity is not sound
        flat = lying_flat(kind, geometry)
    return flat if _is_sound(flat) else None


def _is_sound(geometry: PageGeometry) -> bool:
    return bool(np.isfinite(geometry.to_pixels).all())


def _routines(
    check_id: CheckId, page: InspectedPage, mrz: PrintedMrz, model: DocumentModel | None
) -> Routines:
    def routines() -> Iterator[Routine]:
        if check_id is CheckId.OPTICAL_IR:
            yield from mrz_in_infrared(mrz)
        if check_id is CheckId.OPTICAL_UV:
            yield from mrz_in_ultraviolet(mrz)
        if model is None:
            detail, light = "no model of this document", _OF_MODELS[check_id]
            yield Routine(Outcome.NOT_SUPPORTED, detail, light)
            return
        for each in model.file.expectations.values():
            if each.check is check_id:
                yield expected(page, model.specimen, each)

    return routines


def _finding(check_id: CheckId, routines: Routines, page: InspectedPage) -> OpticalFinding:
    begun = time.perf_counter()
    ended = list(routines())
    if not ended:
        detail = "the model of this document expects nothing of it"
        ended = [Routine(Outcome.NOT_SUPPORTED, detail, _OF_MODELS[check_id])]
    took = round(1000 * (time.perf_counter() - begun))
    return finding_of(check_id, ended, page.views.geometry, took)
