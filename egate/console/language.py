"""In which language a page speaks: what was chosen at this screen, by a cookie."""

import re
from enum import StrEnum
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route


class Language(StrEnum):
    BANGLA = "bn"
    ENGLISH = "en"


_COOKIE: Final = "language"
_YEAR_SECONDS: Final = 365 * 24 * 3600
_OWN_PATH: Final = re.compile(r"/(?:[A-Za-z0-9._~-]+/?)*")


def language_of(request: Request) -> Language:
    """Return the language that was chosen at this screen, Bangla when none was."""
    chosen = request.cookies.get(_COOKIE, "")
    return Language(chosen) if chosen in list(Language) else Language.BANGLA


def keep_language(request: Request, response: Response, language: Language) -> None:
    """Let the pages after ``response``, which answers ``request``, speak ``language``."""
    response.set_cookie(
        _COOKIE,
        language,
        max_age=_YEAR_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def language_routes() -> list[BaseRoute]:
    """Return ``/language/CODE``, which chooses a language and leads back to ``?back=``."""
    return [Route("/language/{code}", _choose)]


async def _choose(request: Request) -> Response:
    # A link and no form: whoever lures a browser here changes what language a page has,
    # and the cookie of another site's request is not sent anyway.
    code, back = request.path_params["code"], request.query_params.get("back", "")
    if code not in list(Language):
        raise HTTPException(404)
    answer = RedirectResponse(back if _OWN_PATH.fullmatch(back) else "/", status_code=303)
    keep_language(request, answer, Language(code))
    return answer
