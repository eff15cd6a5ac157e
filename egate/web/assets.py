"""Templates and static files of one page, read once at the start."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}
_FONTS: Final = Path(__file__).resolve().parent / "fonts"
_DAY: Final = {"Cache-Control": "private, max-age=86400"}


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


def font_routes() -> list[BaseRoute]:
    """Return a route ``/static/NAME`` for each font; a browser may keep them for a day."""
    fonts = sorted(_FONTS.glob("*.ttf"))
    return [_route(file, _MEDIA_TYPES[file.suffix], _DAY) for file in fonts]


def _route(file: Path, media_type: str, headers: Mapping[str, str] = MappingProxyType({})) -> Route:
    content = file.read_bytes()

    async def answer(_: Request) -> Response:
        return Response(content, media_type=media_type, headers=headers)

    return Route(f"/static/{file.name}", answer)
