"""The standardised domain parameters by their identifiers (9303-11 §9.5.1, table 12)."""

from collections.abc import Mapping
from typing import Final

from hardware_mocks.chip.curves import CURVES
from hardware_mocks.chip.elliptic import Curve
from hardware_mocks.chip.modp_groups import MODP_GROUPS
from hardware_mocks.chip.modular import ModularGroup

Group = Curve | ModularGroup

GROUPS: Final[Mapping[int, Group]] = {
    **{number: ModularGroup(name, domain) for number, (name, domain) in MODP_GROUPS.items()},
    **{number: Curve(name, domain) for number, (name, domain) in CURVES.items()},
}
