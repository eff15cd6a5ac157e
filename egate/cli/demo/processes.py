"""Children of the demo: started, waited for, ended; none outlives it."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from egate.cli.outcome import Unavailable

START_SECONDS: Final = 60.0
END_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Child:
    """One running process and where it logs to."""

    name: str
    process: asyncio.subprocess.Process
    log: Path
    log_begin: int = 0
    """Size of the log when the process started: it may be another one's before."""

    async def wait_ready(self) -> Mapping[str, Any]:
        """Return the child's ``ready`` log line as a mapping.

        Raises:
            Unavailable: the child ended first, or took longer than a minute.

        """
        try:
            async with asyncio.timeout(START_SECONDS):
                while (line := _ready_line(self.log, self.log_begin)) is None:
                    if self.process.returncode is not None:
                        raise Unavailable(f"{self.name} did not start: {last_line(self.log)}")
                    await asyncio.sleep(_POLL_SECONDS)
                return line
        except TimeoutError:
            raise Unavailable(f"{self.name} was not ready: {last_line(self.log)}") from None

    async def end(self) -> None:
        """Ask the child to end; make it end when it does not."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(END_SECONDS):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def child(
    name: str, module: str, arguments: Sequence[str], folder: Path
) -> AsyncIterator[Child]:
    """Run ``python -m module arguments`` for the length of the block.

    Its standard output is a pipe, its standard error goes to ``folder/name.log``.
    """
    log = folder / f"{name}.log"
    with log.open("ab") as log_file:
        log_begin = log_file.tell()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log_file,
            limit=1 << 20,
            start_new_session=True,  # Ctrl-C is the demo's to pass on, in the right order
        )
    started = Child(name, process, log, log_begin)
    try:
        yield started
    finally:
        await started.end()


def last_line(log: Path) -> str:
    """Return the last line that says something, for an error message."""
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][-500:] if lines else "it said nothing"


def _ready_line(log: Path, begin: int) -> Mapping[str, Any] | None:
    for line in log.read_bytes()[begin:].decode("utf-8", "replace").splitlines():
        if '"ready"' not in line:
            continue
        with contextlib.suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict) and entry.get("event") == "ready":
                return entry
    return None
