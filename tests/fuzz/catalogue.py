"""Every target by name: its group, a slash, and what it is of."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Final

from tests.fuzz.target import Target

_MODULES: Final[Mapping[str, Sequence[str]]] = {
    "emrtd": ("parsers",),
    "chip": ("conversations",),
    "device": ("targets.devices",),
    "image": ("targets.pictures",),
    "list": ("targets.lists",),
    "request": ("targets.requests",),
    "answer": ("targets.answers",),
    "identity": ("targets.identity",),
    "file": ("targets.settings",),
    "form": ("targets.forms",),
    "trust": ("targets.trust",),
    "page": ("targets.pages",),
    "scan": ("targets.scanned_pages", "targets.scanner_folder"),
}


def group_of(name: str) -> str:
    """Return the group of the target ``name``, or of itself."""
    return name.split("/", maxsplit=1)[0]


@cache
def targets(*groups: str) -> Mapping[str, Target]:
    """Return the targets of ``groups`` by name, of all if none is named.

    What the others would import is not, for it counts as memory of every case; nothing is made
    before a case needs it.
    """
    modules = (each for group in groups or _MODULES for each in _MODULES.get(group, ()))
    found: dict[str, Target] = {}
    for module in modules:
        found |= import_module(f"tests.fuzz.{module}").targets()
    return found
