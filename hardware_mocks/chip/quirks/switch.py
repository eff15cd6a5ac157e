"""What a quirk is as something to ask for: a name, a number and what it takes to have it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hardware_mocks.chip.document import Document
from hardware_mocks.chip.session import Quirk


@dataclass(frozen=True, slots=True)
class Switch:
    """One quirk that a simulated chip can be given.

    Args:
        name: what ``--set quirk=`` calls it.
        number: of the quirk in the list of quirks; None for a fault beneath the chip.
        description: one line for people.
        make: makes the behaviour for a document; None where the document alone is odd.
        readable: whether a reader must be able to read the chip; otherwise it must refuse it.
        needs_pace: nothing is odd about a chip that has no PACE.
        document: fields of :class:`hardware_mocks.chip.order.Order` that it needs.
        holder: fields of the holder that differ from the usual one.
        interface: fields of the interface that differ.
        profile: fields of the profile itself that differ.

    """

    name: str
    number: int | None
    description: str
    make: Callable[[Document], Quirk] | None = None
    readable: bool = True
    needs_pace: bool = False
    document: Mapping[str, Any] = field(default_factory=dict)
    holder: Mapping[str, Any] = field(default_factory=dict)
    interface: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, Any] = field(default_factory=dict)


def always(make: Callable[[], Quirk]) -> Callable[[Document], Quirk]:
    """A behaviour that is the same for every document."""
    return lambda _document: make()
