"""An officer of the console: roles, and what each role may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from egate.console.language import Language


class ConsoleRole(StrEnum):
    """What an officer is appointed to."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What a route of the console asks for."""

    SEE_BOARD = "see_board"
    GIVE_ORDERS = "give_orders"
    MAINTAIN = "maintain"
    DECIDE = "decide"
    SECOND = "second"
    ENTER_CROSSINGS = "enter_crossings"
    SEARCH = "search"
    CHANGE_THRESHOLDS = "change_thresholds"
    CHANGE_LISTS = "change_lists"
    MANAGE_OFFICERS = "manage_officers"
    SEE_AUDIT = "see_audit"
    SEE_STATISTICS = "see_statistics"


_AT_THE_LANES: Final = frozenset(
    {
        Permission.SEE_BOARD,
        Permission.GIVE_ORDERS,
        Permission.DECIDE,
        Permission.SECOND,
        Permission.ENTER_CROSSINGS,
        Permission.SEARCH,
    }
)

PERMISSIONS: Final[Mapping[ConsoleRole, frozenset[Permission]]] = {
    ConsoleRole.OFFICER: _AT_THE_LANES,
    ConsoleRole.SUPERVISOR: frozenset(Permission),
    ConsoleRole.TECHNICIAN: frozenset({Permission.SEE_BOARD, Permission.MAINTAIN}),
    ConsoleRole.AUDITOR: frozenset({Permission.SEE_AUDIT, Permission.SEE_STATISTICS}),
}


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who is logged in.

    Args:
        officer_id: under which every act is recorded.
        name: as colleagues know it.
        roles: at least one.
        language: of the pages.
        gates: the lanes of this officer; empty: all of the hall.

    """

    officer_id: str
    name: str = field(repr=False)
    roles: frozenset[ConsoleRole]
    language: Language
    gates: tuple[str, ...] = ()

    def may(self, permission: Permission) -> bool:
        return any(permission in PERMISSIONS[role] for role in self.roles)

    def has_lane(self, gate_id: str) -> bool:
        return not self.gates or gate_id in self.gates
