"""Seals that are not the document's: another's, and one whose text was changed."""

from dataclasses import replace

import numpy as np

from hardware_mocks.page_scanner.bearer import Content, content, zone_lines
from hardware_mocks.page_scanner.forgeries.plan import Hand, Plan
from hardware_mocks.page_scanner.forgeries.writing import changed_field
from hardware_mocks.page_scanner.layout import Layout


def seal_of_another(model: Layout, said: Content, rng: np.random.Generator) -> Plan:
    """Put the genuine seal of somebody else's document of this kind on the page."""
    skill = Hand.of(rng).skill
    other = content(model, rng)
    return Plan(model, said, said, truth=_truth(model, skill), sealed=other, signed=other)


def seal_altered(model: Layout, said: Content, rng: np.random.Generator) -> Plan:
    """Print the whole page with another name, number or date, in zone, fields and seal.

    The print is without a fault, and the signature is that of the seal before.
    """
    skill = Hand.of(rng).skill
    name, fields, text = changed_field(model, said, rng)
    lines = zone_lines(model.zone.format, fields)
    shown = replace(said, lines=lines, fields=fields, texts={**said.texts, name: text})
    truth = {**_truth(model, skill), "field": name, "mrz_before": list(said.lines)}
    return Plan(model, shown, shown, truth=truth, sealed=shown)


def _truth(model: Layout, skill: float) -> dict[str, object]:
    places = [] if model.seal is None else [model.seal.place]
    return {"care": round(skill, 2), "forged": places}
