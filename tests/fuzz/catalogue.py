"""Every target by name: its group, a slash, and what it is of."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

from tests.fuzz.conversations import dialogues
from tests.fuzz.parsers import parsers
from tests.fuzz.target import Target
from tests.fuzz.targets import (
    answers,
    devices,
    forms,
    identity,
    lists,
    pages,
    pictures,
    requests,
    scanned_pages,
    scanner_folder,
    settings,
    trust,
)

_GROUPS: Final[Sequence[Callable[[], Mapping[str, Target]]]] = (
    parsers,
    dialogues,
    devices.targets,
    pictures.targets,
    lists.targets,
    requests.targets,
    answers.targets,
    identity.targets,
    settings.targets,
    forms.targets,
    trust.targets,
    pages.targets,
    scanned_pages.targets,
    scanner_folder.targets,
)


@cache
def targets() -> Mapping[str, Target]:
    """Return the targets by name; nothing is made before a case needs it."""
    return {name: target for group in _GROUPS for name, target in group().items()}
