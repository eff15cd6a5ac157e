"""The cases of one console, and what goes on beside its pages."""

import asyncio
from dataclasses import dataclass
from typing import Final

from egate.console.access.access import Access
from egate.console.audit.log import AuditLog
from egate.console.cases.deciding import CaseDesk
from egate.console.cases.open_cases import OpenCases
from egate.console.cases.reason_codes import ReasonTable
from egate.console.desk.writing import DeskWriting
from egate.settings import ConsoleDesk, load

_LOOK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class CaseWork:
    """What the pages of cases work on.

    Args:
        open: the cases that officers look at.
        desk: where decisions are written down; None at a console without desk or reasons.

    """

    open: OpenCases
    desk: CaseDesk | None

    async def keep_telling(self) -> None:
        """Forget what is over, and tell lanes what they missed, until cancelled."""
        while True:
            for lane in self.open.hall.every_lane():
                self.open.forget_ended(lane)
                if self.desk:
                    await self.desk.tell_if_missed(lane)
            await asyncio.sleep(_LOOK_SECONDS)


def case_work(
    cases: OpenCases,
    desk: DeskWriting | None,
    settings: ConsoleDesk | None,
    access: Access,
    audit: AuditLog,
) -> CaseWork:
    """Return the work on ``cases``.

    Args:
        cases: of the hall.
        desk: whose book; None where this console is no desk.
        settings: of the desk.
        access: knows a second officer.
        audit: of the console.

    Raises:
        SettingsError: the table of reasons cannot be used.

    """
    if desk is None or settings is None or settings.reason_codes is None:
        return CaseWork(cases, None)
    reasons = load(ReasonTable, settings.reason_codes)
    return CaseWork(cases, CaseDesk(cases, desk, access, audit, reasons))
