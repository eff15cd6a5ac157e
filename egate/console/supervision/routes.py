"""Every route of supervision, and what waits for a checker on every page."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.routing import BaseRoute

from egate.console.access.officer import Officer
from egate.console.context import Console
from egate.console.supervision.list_file_pages import list_file_routes
from egate.console.supervision.list_pages import list_routes
from egate.console.supervision.threshold_pages import threshold_routes


def routes(console: Console) -> list[BaseRoute]:
    """Return the routes of thresholds and lists."""

    def to_check(request: Request) -> Mapping[str, object]:
        officer: Officer | None = getattr(request.state, "officer", None)
        return {"to_check": console.to_check.of(officer) if officer else {}}

    console.pages.add_to_frame(to_check)
    return [*threshold_routes(console), *list_file_routes(console), *list_routes(console)]
