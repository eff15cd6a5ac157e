"""Genuine documents that the console of the demo compares scanned pages with."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from egate.cli.demo.processes import START_SECONDS, Child, last_line
from egate.cli.outcome import Unavailable
from egate.domain.optical_finding import Light

FOLDER: Final = "specimens"
"""Below the folder of the demo."""

_PLACES: Final = {
    "bd_e_passport": "BGD/P/e-passport",
    "bd_mrp": "BGD/P/machine readable passport",
}
"""Where the console looks for each kind that the simulated scanner renders."""
_NOBODY: Final = "777"
"""Seed of pages; no traveller has it."""

Start = Callable[..., Awaitable[Child]]


async def make_specimens(folder: Path, start: Start) -> None:
    """Let the simulated scanner render a page of each kind.

    Args:
        folder: of the demo.
        start: starts a process: its name, its module and what it is told.

    Raises:
        Unavailable: a page was not rendered.

    """
    for document, place in _PLACES.items():
        made = folder / "rendered" / document
        named = ("--document", document, "--seed", _NOBODY, "--damage", "0")
        started = await start(document, "hardware_mocks", "pages", "--out", str(made), *named)
        await _ended(started)
        specimen = folder / FOLDER / place
        specimen.mkdir(parents=True)
        for light in Light:
            (made / f"000000.{light}.png").rename(specimen / f"{light}.png")


async def _ended(started: Child) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            code = await started.process.wait()
    except TimeoutError:
        raise Unavailable(f"{started.name} was not rendered in time") from None
    if code:
        raise Unavailable(f"{started.name} was not rendered: {last_line(started.log)}")
