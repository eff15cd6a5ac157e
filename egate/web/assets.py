"""Templates and static files of one page, read once at the start."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def templates(folder: Path) -> Environment:
    """Return the templates of ``folder``; what they insert is escaped."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def static_routes(folder: Path) -> list[BaseRoute]:
    """Return a route ``/static/NAME`` for each style sheet, script and drawing of ``folder``."""
    return [
        _route(file, _MEDIA_TYPES[file.suffix])
        for file in sorted(folder.iterdir())
        if file.suffix in _MEDIA_TYPES
    ]


def _route(file: Path, media_type: str) -> Route:
    content = file.read_bytes()

    async def answer(_: Request) -> Response:
        return Response(content, media_type=media_type)

    return Route(f"/static/{file.name}", answer)
