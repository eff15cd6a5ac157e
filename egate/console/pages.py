"""How every page of the console is drawn: its frame, its words, where one can go from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from egate.console.access.officer import Officer, Permission
from egate.console.access.sessions import Session, SessionState
from egate.console.language import Language, language_of
from egate.console.words import Words
from egate.web.assets import templates

_TEMPLATES: Final = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True, slots=True)
class Destination:
    """One page of the navigation.

    Args:
        path: where it is; pages below it are of it too.
        text: key of its name.
        permission: that an officer must have to see it.
        keys: that lead there, as ``g l``.

    """

    path: str
    text: str
    permission: Permission
    keys: str


_NAVIGATION: Final = (
    Destination("/", "page.board", Permission.SEE_BOARD, "g b"),
    Destination("/desk", "desk.title", Permission.ENTER_CROSSINGS, "g d"),
    Destination("/thresholds", "supervision.thresholds", Permission.CHANGE_THRESHOLDS, "g t"),
    Destination("/lists", "supervision.lists", Permission.CHANGE_LISTS, "g l"),
    Destination("/records", "records.title", Permission.SEARCH, "g s"),
    Destination("/statistics", "records.statistics", Permission.SEE_STATISTICS, "g n"),
    Destination("/audit", "audit.title", Permission.SEE_AUDIT, "g a"),
    Destination("/officers", "access.officers", Permission.MANAGE_OFFICERS, "g o"),
)
_ALWAYS: Final = "/account"
_REFUSALS: Final = {403: "not_yours", 404: "not_here", 405: "not_so"}
"""Status to what a page says of it; of every other one that nothing could be taken."""


class Pages:
    """Draws templates of ``egate/console/templates``; what they insert is escaped."""

    def __init__(self) -> None:
        self._environment = templates(_TEMPLATES)
        self._of_areas: list[Callable[[Request], Mapping[str, object]]] = []

    def add_to_frame(self, values: Callable[[Request], Mapping[str, object]]) -> None:
        """Let the frame of every page have what ``values`` returns for a request."""
        self._of_areas.append(values)

    def render(
        self, request: Request, name: str, status_code: int = 200, **values: object
    ) -> HTMLResponse:
        """Answer ``request`` with a whole page.

        Args:
            request: whose language it is, and in whose session.
            name: of the template, as ``hall/board.html``; it extends ``page.html``.
            status_code: of the answer.
            values: what the template inserts.

        """
        frame = _frame(request)
        for of_area in self._of_areas:
            frame |= of_area(request)
        return HTMLResponse(self.part(request, name, **frame, **values), status_code)

    def refuse(self, request: Request, status_code: int, error: str) -> Response:
        """Answer with a page that says why not; with JSON where a script asks.

        Args:
            request: whose; without an open session the page says nothing of anybody.
            status_code: of the answer.
            error: for the script.

        """
        if not is_page(request):
            return JSONResponse({"error": error}, status_code)
        return self.render(
            request,
            "refused.html",
            status_code,
            why=_REFUSALS.get(status_code, "not_taken"),
            number=status_code,
            start=first_page_of(request.state.officer) if _is_open(request) else "/",
        )

    def part(self, request: Request, name: str, **values: object) -> str:
        """Return a piece of a page, for the script that puts it in its place."""
        words = {"words": Words(language_of(request))}
        return self._environment.get_template(name).render(words | values)


def _frame(request: Request) -> dict[str, object]:
    path = request.url.path
    return {
        "path": path,
        "officer": getattr(request.state, "officer", None),
        "is_open": _is_open(request),
        "token": getattr(request.state, "token", ""),
        "languages": list(Language),
        "navigation": _navigation(request),
        "here": _here(path),
    }


def first_page_of(officer: Officer) -> str:
    """Return the page with which ``officer`` begins."""
    return next((one.path for one in _NAVIGATION if officer.may(one.permission)), _ALWAYS)


def is_page(request: Request) -> bool:
    """Return whether a person goes to a page, rather than a script asking for something."""
    wanted = request.headers.get("sec-fetch-dest")
    if wanted is not None:
        return wanted == "document"
    return "text/html" in request.headers.get("accept", "")


def _is_open(request: Request) -> bool:
    session: Session | None = getattr(request.state, "session", None)
    return session is not None and session.state is SessionState.OPEN


def _navigation(request: Request) -> tuple[Destination, ...]:
    """Return where the officer can go; nowhere while the session is locked or not there."""
    if not _is_open(request):
        return ()
    officer: Officer = request.state.officer
    return tuple(one for one in _NAVIGATION if officer.may(one.permission))


def _here(path: str) -> str:
    """Return the page of the navigation that ``path`` is, or is below of."""
    above = [one.path for one in _NAVIGATION if path == one.path or path.startswith(f"{one.path}/")]
    return max(above, key=len, default="")
