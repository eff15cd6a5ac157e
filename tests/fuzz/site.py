"""A console in this process whose lane and centre answer what they are told to."""

import asyncio
import atexit
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from urllib.parse import unquote

from google.protobuf.message import Message
from starlette.routing import Route

from egate.console.access.sessions import SessionState
from egate.console.centre import CentreLinks
from egate.console.reaching import Reached
from egate.ports.case_facts import CaseFacts
from egate.reporting.audit_head_client import AuditHeadClient
from egate.reporting.authorisation_client import AuthorisationClient
from egate.reporting.inquiry_client import InquiryClient
from egate.reporting.kept_images import KeptImages
from egate.reporting.list_entry_client import ListEntryClient
from egate.reporting.person_query_client import PersonQueries
from egate.reporting.statistics_client import StatisticsClient
from egate.settings import Tls
from egate.web.server import CLOSING
from tests.case_samples import BAN, CROSSING, GATE, LIKE, THRESHOLDS, CaseLink, photographs, record
from tests.console_harness import OFFICERS, Made, _settings, console_of
from tests.fuzz.answering import AnsweringLink
from tests.fuzz.messages import filled
from tests.fuzz.scratch import scratch
from tests.station_keys import KeyOfTests

_HOST: Final = "127.0.0.1:7300"
_SECONDS: Final = 20.0
_WRONG: Final = 500


class PageFailed(AssertionError):
    """The console answered that it has a fault."""


class _Centre(AnsweringLink):
    """Answers every call with a message that has something in every field, but one kind."""

    def __init__(self) -> None:
        super().__init__(b"")
        self.kind: type[Message] | None = None

    def answered(self, read: Any) -> object:  # noqa: ANN401 - FromString of a message
        kind = read.__self__
        return super().answered(read) if kind is self.kind else filled(kind())


@dataclass
class Site:
    """The console, who is logged in, and its far ends."""

    made: Made
    centre: _Centre
    lane: CaseLink
    _sessions: dict[str, tuple[str, str]] = field(default_factory=dict)
    # One loop for all requests: the console's events belong to the loop that first waited for them.
    _runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def __post_init__(self) -> None:
        atexit.register(self._runner.close)

    def routes(self) -> Sequence[tuple[str, str]]:
        """Return method and path of every route, its places filled in."""
        places = {"gate_id": GATE, "crossing_id": CROSSING, "code": "en", "kind": "EXIT_BAN"}
        found = []
        for route in self.made.app.routes:
            if isinstance(route, Route):
                path = route.path_format
                for name in route.param_convertors:
                    path = path.replace(f"{{{name}}}", places.get(name, "1"))
                found += [(method, path) for method in route.methods or () if method != "HEAD"]
        return sorted(set(found))

    def ask(self, method: str, target: str, body: bytes, officer_id: str) -> int:
        """Send a request of a page of the console's own, and return the status of the answer.

        Raises:
            PageFailed: the console says that it has a fault.

        """
        path, _, query = target.partition("?")
        secret, token = self._session(officer_id)
        media = b"application/json" if body[:1] == b"{" else b"application/x-www-form-urlencoded"
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": unquote(path), "raw_path": path.encode("utf-8", "replace"),
            "query_string": query.encode("utf-8", "replace"), "root_path": "",
            "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 7300),
            "headers": [
                (b"host", _HOST.encode()), (b"origin", f"http://{_HOST}".encode()),
                (b"content-type", media), (b"accept", b"text/html"),
                (b"cookie", f"session={secret}; language=en".encode()),
                (b"x-console-token", token.encode()),
            ],
        }  # fmt: skip
        return self._runner.run(self._answered(scope, body))

    async def _answered(self, scope: dict[str, Any], body: bytes) -> int:
        closing = asyncio.Event()
        closing.set()
        scope[CLOSING] = closing
        sent = deque([{"type": "http.request", "body": body, "more_body": False}])
        statuses: list[int] = []

        async def receive() -> Mapping[str, Any]:
            return sent.popleft() if sent else {"type": "http.disconnect"}

        async def send(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async with asyncio.timeout(_SECONDS):
            await self.made.app(scope, receive, send)
        if statuses and statuses[0] == _WRONG:
            raise PageFailed(scope["path"])
        return statuses[0] if statuses else 0

    def _session(self, officer_id: str) -> tuple[str, str]:
        secret, _ = self._sessions.get(officer_id, ("", ""))
        now = self.made.console.access.sessions.find(secret)
        if now is None or now.state is not SessionState.OPEN:
            self._sessions[officer_id] = self.made.officers.session(officer_id)
        return self._sessions[officer_id]


@cache
def site() -> Site:
    """Return the console, which goes with the process; every officer of tests is known to it."""
    folder = scratch() / "console"
    folder.mkdir()
    tls = Tls(ca=folder / "ca.pem", certificate=folder / "own.pem", key=folder / "own.key")
    centre = _Centre()
    lane = CaseLink(CaseFacts(record(), THRESHOLDS, ""), (BAN, LIKE), photographs())
    links = CentreLinks(
        inquiry=InquiryClient(centre),
        images=KeptImages(centre),
        lists=ListEntryClient(centre),
        statistics=StatisticsClient(centre),
        persons=PersonQueries(centre),
        authorisations=AuthorisationClient(centre),
        audit_heads=AuditHeadClient(centre, KeyOfTests()),
    )
    settings = _settings(folder, tls, {GATE: _HOST}, None)
    opened = ExitStack()
    made = opened.enter_context(console_of(settings, Reached({GATE: lane}, None, links)))
    _KEPT.append(opened)
    found = Site(made, centre, lane)
    for officer_id in OFFICERS:
        found._session(officer_id)
    return found


_KEPT: Final[list[ExitStack]] = []
