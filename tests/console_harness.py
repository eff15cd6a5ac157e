"""The officers' console, served for tests."""

import atexit
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from egate.console.app import console_app
from egate.console.opening import opened
from egate.domain.time import UtcSeconds
from egate.settings import ConsoleGate, ConsoleSettings, Tls

OFFICER = "officer-17"
_NO_TLS = Tls(ca=Path("ca.pem"), certificate=Path("own.pem"), key=Path("own.key"))


def app_of(links: Mapping[str, Any], officer_id: str = OFFICER) -> Starlette:
    """Return the console of the lanes behind ``links``, which may be fakes."""
    folder = Path(tempfile.mkdtemp(prefix="egate-console-"))
    atexit.register(shutil.rmtree, folder)
    settings = ConsoleSettings(
        listen="127.0.0.1:0",
        officer_id=officer_id,
        state=folder,
        gates=tuple(ConsoleGate(id=gate_id, address="127.0.0.1:1") for gate_id in links),
        tls=_NO_TLS,
    )
    opening = opened(settings, links, lambda: UtcSeconds(time.time_ns() / 1e9))
    atexit.register(opening.__exit__, None, None, None)
    return console_app(opening.__enter__())
