"""Every quirk by name. Two letters in brackets say where such a document was met."""

from collections.abc import Iterable, Mapping
from typing import Final

from hardware_mocks.chip.quirks.beneath import BENEATH
from hardware_mocks.chip.quirks.of_chips import OF_CHIPS
from hardware_mocks.chip.quirks.of_documents import OF_DOCUMENTS
from hardware_mocks.chip.quirks.switch import Switch

_LAST: Final = 99

SWITCHES: Final[Mapping[str, Switch]] = {
    switch.name: switch
    for switch in sorted(
        (*OF_CHIPS, *OF_DOCUMENTS, *BENEATH),
        key=lambda switch: _LAST if switch.number is None else switch.number,
    )
}


def wanted(names: Iterable[str]) -> Iterable[Switch]:
    """Give the switches of ``names``, each once; raises KeyError."""
    return [SWITCHES[name] for name in dict.fromkeys(names)]
