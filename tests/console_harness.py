"""The officers' console, served for tests."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from egate.console.app import console_app
from egate.console.context import Console
from egate.console.live import Hall
from egate.console.pages import Pages
from egate.domain.time import UtcSeconds
from egate.settings import ConsoleGate, ConsoleSettings, Tls

OFFICER = "officer-17"
_NO_TLS = Tls(ca=Path("ca.pem"), certificate=Path("own.pem"), key=Path("own.key"))


def app_of(links: Mapping[str, Any], officer_id: str = OFFICER) -> Starlette:
    """Return the console of the lanes behind ``links``, which may be fakes."""
    settings = ConsoleSettings(
        listen="127.0.0.1:0",
        officer_id=officer_id,
        state=Path("console"),
        gates=tuple(ConsoleGate(id=gate_id, address="127.0.0.1:1") for gate_id in links),
        tls=_NO_TLS,
    )
    hall = Hall(links, time.monotonic)
    now = lambda: UtcSeconds(time.time_ns() / 1e9)  # noqa: E731
    return console_app(Console(settings, hall, Pages(), now))
