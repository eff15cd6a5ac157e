"""Every route of supervision."""

from starlette.routing import BaseRoute

from egate.console.context import Console
from egate.console.supervision.list_file_pages import list_file_routes
from egate.console.supervision.list_pages import list_routes
from egate.console.supervision.threshold_pages import threshold_routes


def routes(console: Console) -> list[BaseRoute]:
    """Return the routes of thresholds and lists."""
    return [*threshold_routes(console), *list_file_routes(console), *list_routes(console)]
