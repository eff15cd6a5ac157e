"""The cases of one console, and what goes on beside its pages."""

import asyncio
from dataclasses import dataclass
from typing import Final

from egate.console.access.access import Access
from egate.console.audit.log import AuditLog
from egate.console.cases.deciding import CaseDesk
from egate.console.cases.open_cases import OpenCases
from egate.console.cases.reason_codes import ReasonTable
from egate.console.cases.specimens import Specimens
from egate.console.desk.writing import DeskWriting
from egate.settings import ConsoleSettings, load

_LOOK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class CaseWork:
    """What the pages of cases work on.

    Args:
        open: the cases that officers look at.
        desk: where decisions are written down; None at a console without desk or reasons.
        specimens: of documents, to compare scanned pages with.

    """

    open: OpenCases
    desk: CaseDesk | None
    specimens: Specimens

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
    settings: ConsoleSettings,
    access: Access,
    audit: AuditLog,
) -> CaseWork:
    """Return the work on ``cases``.

    Args:
        cases: of the hall.
        desk: whose book; None where this console is no desk.
        settings: of the console.
        access: knows a second officer.
        audit: of the console.

    Raises:
        SettingsError: the table of reasons, or the folder of specimens, cannot be used.

    """
    folder = settings.specimens
    specimens = Specimens.of_folder(folder) if folder else Specimens({})
    if desk is None or settings.desk is None or settings.desk.reason_codes is None:
        return CaseWork(cases, None, specimens)
    reasons = load(ReasonTable, settings.desk.reason_codes)
    return CaseWork(cases, CaseDesk(cases, desk, access, audit, reasons), specimens)
