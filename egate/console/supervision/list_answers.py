"""What the pages of lists share: the centre's client, faults as pages, and who asks."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from egate.console.access.officer import Officer
from egate.console.context import Console
from egate.console.local_time import DHAKA
from egate.console.supervision.entry_form import BadEntry
from egate.lists.kinds import ListKind
from egate.ports.reporting import CentreUnavailable
from egate.reporting.list_entry_client import ListAct, ListActRefused, ListEntryClient

FAULT_PAGE: Final = "supervision/list_fault.html"
Endpoint = Callable[[Request, ListEntryClient], Awaitable[Response]]


class NotThere(Exception):
    """There is no such list or entry."""


class ListAnswers:
    """Answers requests about lists by the centre, or says why that cannot be done.

    Args:
        console: whose centre it is.

    """

    def __init__(self, console: Console) -> None:
        self.console = console

    def by_centre(self, answer: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint that calls ``answer`` with the centre's client."""

        async def endpoint(request: Request) -> Response:
            if self.console.centre is None:
                return self.fault(request, 404, "supervision.no_centre")
            try:
                return await answer(request, self.console.centre.lists)
            except ListActRefused as error:
                return self.fault(request, 409, "supervision.list_refused", str(error))
            except CentreUnavailable:
                return self.fault(request, 503, "supervision.centre_away")
            except BadEntry as error:
                return self.fault(request, 400, str(error))
            except NotThere:
                return self.fault(request, 404, "supervision.nothing_found")

        return endpoint

    def fault(self, request: Request, status_code: int, fault: str, because: str = "") -> Response:
        """Return a page that says what went wrong, with the key of words ``fault``."""
        return self.console.pages.render(
            request, FAULT_PAGE, status_code, fault=fault, because=because
        )

    async def done(self, what: str) -> Response:
        """Lead to the front page of lists, which says ``what`` was done and what waits now."""
        await self.console.to_check.count_proposals()
        return RedirectResponse(f"/lists?done={what}", status_code=303)

    def today(self) -> str:
        """Return the day in Dhaka, ISO 8601."""
        return dt.datetime.fromtimestamp(self.console.now(), DHAKA).date().isoformat()


def officer_of(request: Request) -> Officer:
    """Return who is logged in."""
    officer: Officer = request.state.officer
    return officer


def act_of(request: Request) -> ListAct:
    """Return who acts, and why, as the form says."""
    return ListAct(officer_of(request).officer_id, request.state.form.text("reason").strip())


def kind_of(text: str) -> ListKind:
    """Return the list of that name.

    Raises:
        NotThere: there is none.

    """
    try:
        return ListKind(text)
    except ValueError:
        raise NotThere from None
