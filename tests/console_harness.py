"""The officers' console served for tests: lanes, a centre, and officers who are logged in."""

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import httpx
import pyotp
from selenium.webdriver.remote.webdriver import WebDriver
from starlette.applications import Starlette

from egate.cli.service_identity import create_authority, issue
from egate.console.access.officer import ConsoleRole
from egate.console.access.sessions import SessionState
from egate.console.app import console_app
from egate.console.context import Console
from egate.console.desk.reader import DeskReader
from egate.console.language import Language
from egate.console.opening import opened
from egate.console.reaching import Reached, reached
from egate.domain.time import UtcSeconds
from egate.settings import ConsoleCentre, ConsoleDesk, ConsoleGate, ConsoleSettings, Tls
from egate.web.server import serving
from tests.centre_harness import Centre
from tests.chromium import Screen, screen
from tests.conftest import ROOT
from tests.console_lanes import ServedLane, served_lane
from tests.desk_pages import Glass

OFFICERS: Final[Mapping[str, tuple[str, frozenset[ConsoleRole]]]] = {
    "officer-1": ("Farida Begum", frozenset({ConsoleRole.OFFICER})),
    "officer-2": ("Kamal Hossain", frozenset({ConsoleRole.OFFICER})),
    "supervisor-1": ("Nasrin Akter", frozenset({ConsoleRole.SUPERVISOR})),
    "supervisor-2": ("Jahid Islam", frozenset({ConsoleRole.SUPERVISOR})),
    "technician-1": ("Sumon Das", frozenset({ConsoleRole.TECHNICIAN})),
    "auditor-1": ("Rokeya Khatun", frozenset({ConsoleRole.AUDITOR})),
}
PASSWORD: Final = "monsoon river bridge 26"  # noqa: S105 - of the officers of tests
CONSOLE_ID: Final = "hall-1"
_STEP: Final = 30


@dataclass
class Clock:
    """The wall clock; a test moves it, or stops it where a pause must not pass by itself."""

    ahead: float = 0.0
    _stopped_at: float | None = None

    def __call__(self) -> UtcSeconds:
        now = time.time_ns() / 1e9 if self._stopped_at is None else self._stopped_at
        return UtcSeconds(now + self.ahead)

    def stop(self) -> None:
        self._stopped_at = time.time_ns() / 1e9


@dataclass
class Officers:
    """The officers of a console, with their authenticators; each appointed when first needed."""

    console: Console
    secrets: dict[str, str] = field(default_factory=dict)
    _used: dict[str, int] = field(default_factory=dict)

    def add(
        self, officer_id: str, name: str, roles: frozenset[ConsoleRole], gates: Sequence[str] = ()
    ) -> None:
        """Add an officer who has set password and authenticator already."""
        access = self.console.access
        access.accounts.add(officer_id, name, roles, gates, Language.ENGLISH)
        access.accounts.set_password(officer_id, _kept(self.console))
        self.secrets[officer_id] = access.factors.offered_totp(officer_id)
        assert access.factors.take_totp(
            officer_id, self._code(officer_id, int(self.console.now()) // _STEP - 1)
        )

    def code(self, officer_id: str) -> str:
        """Return a code of the officer's authenticator that was not used yet: two are to be had."""
        self._appointed(officer_id)
        return self._code(officer_id, int(self.console.now()) // _STEP)

    def session(self, officer_id: str) -> tuple[str, str]:
        """Log an officer in; return the secret of the cookie and the token of the pages."""
        self._appointed(officer_id)
        sessions = self.console.access.sessions
        secret = sessions.begin(officer_id, SessionState.OPEN)
        found = sessions.find(secret)
        assert found
        return secret, found.token

    def _appointed(self, officer_id: str) -> None:
        # Only who is needed: each costs the time of a password's hash.
        if self.console.access.accounts.find(officer_id) is None:
            self.add(officer_id, *OFFICERS[officer_id])

    def _code(self, officer_id: str, step: int) -> str:
        step = max(step, self._used.get(officer_id, 0) + 1)
        self._used[officer_id] = step
        return pyotp.TOTP(self.secrets[officer_id]).at(step * _STEP)


_KEPT: list[str] = []  # its Argon2id hash, made once a process


def _kept(console: Console) -> str:
    if not _KEPT:
        _KEPT.append(console.access.passwords.hash_now(PASSWORD))
    return _KEPT[0]


@dataclass
class Made:
    """A console that is not served yet."""

    console: Console
    app: Starlette
    officers: Officers
    clock: Clock

    def sign_in(
        self, driver: WebDriver, url: str, officer_id: str = "officer-1", language: str = "en"
    ) -> None:
        """Make the browser one of an officer who is logged in."""
        secret, _ = self.officers.session(officer_id)
        for name, value in (("session", secret), ("language", language)):
            cookie = {"url": url, "name": name, "value": value, "httpOnly": True}
            driver.execute_cdp_cmd("Network.setCookie", cookie)  # type: ignore[attr-defined]


@contextmanager
def console_of(
    settings: ConsoleSettings,
    far: Reached,
    clock: Clock | None = None,
    reader: DeskReader | None = None,
) -> Iterator[Made]:
    """A console with the officers of tests, open inside the block."""
    clock = clock or Clock()
    with opened(settings, far, clock, reader) as console:
        yield Made(console, console_app(console), Officers(console), clock)


def fake_console(
    folder: Path, links: Mapping[str, Any], **changes: object
) -> AbstractContextManager[Made]:
    """A console of the lanes behind ``links``, which the test holds in its hand, by gate id."""
    tls = Tls(ca=folder / "ca.pem", certificate=folder / "own.pem", key=folder / "own.key")
    addresses = dict.fromkeys(links, "127.0.0.1:1")
    settings = _settings(folder, tls, addresses, None).model_copy(update=changes)
    return console_of(settings, Reached(links))


@dataclass
class Site:
    """A console that is served, and everything around it."""

    url: str
    made: Made
    lanes: tuple[ServedLane, ...]
    glass: Glass | None = None

    @property
    def console(self) -> Console:
        return self.made.console

    @property
    def officers(self) -> Officers:
        return self.made.officers

    @property
    def clock(self) -> Clock:
        return self.made.clock

    @asynccontextmanager
    async def client(
        self, officer_id: str, language: str = "en"
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A client that is logged in, and whose requests come from a page of the console."""
        secret, token = self.officers.session(officer_id)
        async with httpx.AsyncClient(
            base_url=self.url,
            cookies={"session": secret, "language": language},
            headers={"Origin": self.url, "X-Console-Token": token, "Accept": "text/html"},
        ) as client:
            yield client

    @asynccontextmanager
    async def browser(
        self, officer_id: str, width: int = 1280, language: str = "en"
    ) -> AsyncIterator[Screen]:
        """A browser that is logged in; nobody's where ``officer_id`` is empty."""
        async with screen(self.url, width) as shown:
            await self.log_in(shown, officer_id, language)
            yield shown

    async def log_in(self, shown: Screen, officer_id: str, language: str = "en") -> None:
        """Make the screen another officer's."""
        await shown.cookie("language", language)
        secret = self.officers.session(officer_id)[0] if officer_id else ""
        await shown.cookie("session", secret)


@asynccontextmanager
async def site(
    folder: Path,
    *,
    centre: Centre | None = None,
    lanes: int = 2,
    lane: Mapping[str, Any] = MappingProxyType({}),
    glass: Glass | None = None,
    **changes: object,
) -> AsyncIterator[Site]:
    """A console that is served inside the block.

    ``centre``: a running one; the console is a desk then, and lanes report to it.
    ``lanes``: how many of them, with simulated devices; ``lane``: how each of them is.
    ``glass``: the page scanner of the desk.
    ``changes``: of the settings.
    """
    tls = centre.tls if centre else _authority(folder / "pki")
    reports_to = centre.at.grpc if centre else None
    async with AsyncExitStack() as open_now:
        made = [
            await open_now.enter_async_context(
                served_lane(
                    folder / gate_id,
                    gate_id,
                    tls,
                    reports_to,
                    policy=changes.get("policy"),
                    lane=lane,
                )
            )
            for gate_id in (f"BDDAC-E-{n:02}" for n in range(1, lanes + 1))
        ]
        addresses = {each.gate_id: each.address for each in made}
        own = tls("console", CONSOLE_ID)
        settings = _settings(folder, own, addresses, centre).model_copy(update=changes)
        clock = Clock()
        far = await open_now.enter_async_context(reached(settings, clock))
        built = open_now.enter_context(console_of(settings, far, clock, glass and glass.reader))
        url = await open_now.enter_async_context(serving(built.app, settings.listen))
        yield Site(url, built, tuple(made), glass)


def _authority(folder: Path) -> Callable[[str, str], Tls]:
    create_authority(folder)
    return lambda role, name: issue(folder, role, name)


def _settings(
    folder: Path, tls: Tls, addresses: Mapping[str, str], centre: Centre | None
) -> ConsoleSettings:
    desk = ConsoleDesk(
        border_crossing_point="BDDAC",
        station="DAC-D-12",
        authority="SB",
        book=folder / "desk.sqlite",
        reason_codes=ROOT / "config" / "reason_codes.toml",
    )
    return ConsoleSettings(
        listen="127.0.0.1:0",
        state=folder / "state",
        gates=tuple(ConsoleGate(id=gate_id, address=at) for gate_id, at in addresses.items()),
        tls=tls,
        centre=ConsoleCentre(address=centre.at.grpc) if centre else None,
        desk=desk if centre else None,
    )
