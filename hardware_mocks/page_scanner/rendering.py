"""Renders one page from a seed: who, what is written, how it is printed, worn and scanned."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from hardware_mocks.page_scanner.bearer import Content, content
from hardware_mocks.page_scanner.forgeries.plan import Plan
from hardware_mocks.page_scanner.forgeries.species import SPECIES
from hardware_mocks.page_scanner.ink import INKS, Sheet
from hardware_mocks.page_scanner.layout import Layout, Place, layout, rounded
from hardware_mocks.page_scanner.printing import printed, text_place
from hardware_mocks.page_scanner.scanning import AROUND, Scan, scanned, usual_optics
from hardware_mocks.page_scanner.seals.bar_code import print_seal
from hardware_mocks.page_scanner.seals.profile import seal_of
from hardware_mocks.page_scanner.seals.signer import SealSigner, specimen_signer
from hardware_mocks.page_scanner.wear import worn

_ZONE_MM = 23.2  # 9303-4 §3.1, 9303-5 §3.1, 9303-7 §3.1: how high the zone is


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be rendered.

    Args:
        document: a name of ``layout.documents()``.
        forgery: a name of ``SPECIES``; empty for a genuine page.
        damage: 0 (new) to 3 (hardly readable by a person).
        dots_per_mm: of the images.
        seals: signs the seal of a document that has one.

    """

    document: str
    forgery: str = ""
    damage: int = 0
    dots_per_mm: float = 300 / 25.4
    seals: SealSigner = field(default_factory=specimen_signer)


@dataclass(frozen=True, slots=True)
class Page:
    """What was rendered, and the truth about it."""

    scan: Scan
    truth: dict[str, Any]


def rendered(wanted: Wanted, seed: tuple[int, int], said: Content | None = None) -> Page:
    """Render the page of that seed; the same again each time.

    A forged page has the bearer, the wear and the place on the glass of the genuine one of the
    same seed.

    Args:
        wanted: kind, forgery and wear.
        seed: of the set, and the page's number in it.
        said: what is written and whose photograph it has; drawn when None.

    """
    # One stream of chance a matter, so that forging does not change the rest.
    who, printer, forger, years, scanner, sealer = np.random.default_rng(seed).spawn(6)
    model = _set_up(layout(wanted.document), printer)
    said = said or content(model, who)
    plan = SPECIES[wanted.forgery](model, said, forger) if wanted.forgery else None
    plan = plan or Plan(model, said, said)
    sheet = printed(plan.model, plan.said, wanted.dots_per_mm, printer, plan.craft)
    seal = _sealed(sheet, plan, said, wanted.seals, sealer)
    zone = model.size[1] - _ZONE_MM, model.size[1]
    if plan.pictured:
        worn(sheet, zone, wanted.damage, years)
        sheet = plan.alter(sheet)
    else:
        sheet = plan.alter(sheet)
        worn(sheet, zone, wanted.damage, years)
    laminate = plan.model.laminate if plan.laminate is None else plan.laminate
    optics = usual_optics(scanner, laminate, wanted.damage)
    scan = scanned(sheet, AROUND[model.lies_on], optics, scanner)
    truth = {
        "document": wanted.document,
        "forgery": wanted.forgery or None,
        "damage": wanted.damage,
        "mrz": list(plan.shown.lines),
        "visual_zone": _visual_zone(plan.model, plan.shown),
        "photograph": plan.shown.person,
        "regions": regions(plan.model, plan.shown),
        **({"seal": seal.hex()} if seal else {}),
        "page_mm": list(model.size),
        "page_to_pixels": [[round(cell, 6) for cell in row] for row in scan.to_pixels.tolist()],
        **({"forging": dict(plan.truth)} if wanted.forgery else {}),
    }
    return Page(scan, truth)


def _sealed(
    sheet: Sheet, plan: Plan, issued: Content, signer: SealSigner, rng: np.random.Generator
) -> bytes:
    """Print the seal of a document that has one, and return what it holds; else nothing.

    No forger can sign: the seal is the issued one, or what ``plan`` has instead.
    """
    style = plan.model.seal
    if style is None:
        return b""
    holds = seal_of(style.profile, plan.sealed or issued, signer, plan.signed or issued)
    print_seal(sheet, style.place, holds, plan.craft.personal_ink or INKS[style.ink], rng)
    return holds


def _set_up(model: Layout, rng: np.random.Generator) -> Layout:
    """Return the kind as one printer sets it: the zone a little off, as 9303-4 Figure 3 allows."""
    right, down = (float(off) for off in rng.normal(0, 0.12, 2))
    lines = tuple(middle + down for middle in model.zone.lines)
    return replace(model, zone=replace(model.zone, left=model.zone.left + right, lines=lines))


def regions(model: Layout, said: Content) -> dict[str, Place]:
    """Return where each part is on the page: left, top, width and height in millimetres."""
    width, height = model.size
    found: dict[str, Place] = {"mrz": (0.0, height - _ZONE_MM, width, _ZONE_MM)}
    for name, picture in (("photograph", model.photograph), ("ghost", model.ghost)):
        if picture is not None:
            found[name] = picture.place
    if model.seal is not None:
        found["seal"] = model.seal.place
    for text in model.texts:
        if text.field and (written := said.texts.get(text.field)):
            found[text.field] = rounded(text_place(text, written))
    return found


def _visual_zone(model: Layout, said: Content) -> dict[str, str]:
    shown = {text.field for text in model.texts if text.field}
    return {name: text for name, text in said.texts.items() if name in shown}
