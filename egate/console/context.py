"""What the areas of the console share."""

from collections.abc import Callable
from dataclasses import dataclass

from egate.console.access.access import Access
from egate.console.audit.log import AuditLog
from egate.console.cases.work import CaseWork
from egate.console.centre import CentreLinks
from egate.console.desk.reader import DeskReader
from egate.console.desk.writing import DeskWriting
from egate.console.hall.attending import Attendance
from egate.console.hall.live import Hall
from egate.console.hall.shifts import Shifts
from egate.console.pages import Pages
from egate.console.supervision.delivery import Delivery
from egate.console.supervision.to_check import ToCheck
from egate.domain.time import UtcSeconds
from egate.settings import ConsoleSettings


@dataclass(frozen=True)
class Console:
    """One console while it is served.

    Args:
        settings: of this console.
        hall: its lanes.
        shifts: which officer has which of them, and what they tell one another.
        attendance: who looks at them now.
        access: who may use it.
        audit: where every act and every view of a person is noted before it is answered.
        cases: that officers look at, and decisions on them.
        desk: writes down what is entered and decided here; None where this console is no desk.
        centre: whom it asks; None where the console knows its lanes alone.
        reader: of documents at the desk; None where there is none, or it types.
        delivery: of changed thresholds to the lanes; None where no policy is at hand.
        to_check: how many proposals wait for each officer.
        pages: draw what is answered.
        now: the wall clock.

    """

    settings: ConsoleSettings
    hall: Hall
    shifts: Shifts
    attendance: Attendance
    access: Access
    audit: AuditLog
    cases: CaseWork
    desk: DeskWriting | None
    centre: CentreLinks | None
    reader: DeskReader | None
    delivery: Delivery | None
    to_check: ToCheck
    pages: Pages
    now: Callable[[], UtcSeconds]
