"""The routes of the desk: crossings by hand, the book, the reader, the banner of every page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from egate.console.access.guarding import Endpoint, guarded, session_of
from egate.console.access.officer import Permission
from egate.console.access.sessions import SessionState
from egate.console.cases.reason_codes import ReasonTable
from egate.console.context import Console
from egate.console.desk.attached_forms import AttachedForm
from egate.console.desk.book_pages import BookPages
from egate.console.desk.crossing_pages import CrossingPages
from egate.console.desk.laid_page_view import laid_page_routes
from egate.console.desk.reader import DeskReader
from egate.settings import load
from egate.web.event_stream import EventStream


def routes(console: Console) -> list[BaseRoute]:
    """Return the routes of the desk; a console that is none says so.

    Raises:
        SettingsError: the table of reasons cannot be used.

    """
    settings = console.settings.desk
    enter = Permission.ENTER_CROSSINGS
    if console.desk is None or settings is None:
        return [guarded("/desk", _none_of(console), enter)]
    reasons = load(ReasonTable, settings.reason_codes) if settings.reason_codes else None
    crossing = CrossingPages(console, console.desk, reasons)
    book = BookPages(console, console.desk)
    post = ("POST",)
    console.pages.add_to_frame(book.banner_values)
    return [
        guarded("/desk", crossing.begin, enter),
        # A page that came by one of the two is left for another language by GET.
        *(guarded(path, crossing.begin, enter) for path in ("/desk/look", "/desk/enter")),
        guarded("/desk/look", crossing.look, enter, post),
        guarded("/desk/enter", crossing.enter, enter, post),
        guarded("/desk/book", book.show, enter),
        guarded("/desk/book/now", book.try_now, enter, post),
        guarded("/desk/book/acknowledge", book.acknowledge, enter, post),
        guarded("/desk/book/again", book.send_again, enter, post),
        guarded("/desk/banner", book.banner, None),
        *(_of_reader(console, console.reader) if console.reader else ()),
    ]


def _none_of(console: Console) -> Endpoint:
    async def show(request: Request) -> Response:
        return console.pages.render(request, "desk/none.html")

    return show


def _of_reader(console: Console, reader: DeskReader) -> list[BaseRoute]:
    async def events(request: Request) -> Response:
        def is_open() -> bool:
            session = session_of(request)
            return session is not None and session.state is SessionState.OPEN

        return EventStream(reader.events(AttachedForm(request.state.session.fingerprint, is_open)))

    return [
        guarded("/desk/reader", events, Permission.ENTER_CROSSINGS),
        *(laid_page_routes(console, reader.pages) if reader.pages else ()),
    ]
