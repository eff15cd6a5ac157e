"""The process that cases run in, seen from outside: it is told a row of cases, or dies of one."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from tests.fuzz.note import Note

WORKER = [sys.executable, "-m", "tests.fuzz.worker"]
SILENCE_SECONDS = 120.0
_LOOK_SECONDS: Final = 1.0
_LAST_WORDS: Final = 3000
_ROOT: Final = Path(__file__).resolve().parents[2]
# As the gate's unit sets it: what a case needed is given back, and not counted with the next.
_AS_IN_SERVICE: Final = {"MALLOC_MMAP_THRESHOLD_": "1048576"}


@dataclass(frozen=True, slots=True)
class Row:
    """Cases of one target: ``count`` of them from number ``first`` on."""

    target: str
    seed: int
    first: int
    count: int


class ProcessDied(Exception):
    """The process ended, or was ended because one case took for ever.

    Args:
        reason: how.
        case: of which; None if of none.
        raw: the bytes of it.

    """

    def __init__(self, reason: str, case: int | None = None, raw: bytes = b"") -> None:
        super().__init__(reason)
        self.case = case
        self.raw = raw


class CaseProcess:
    """One such process, from its start.

    Args:
        groups: of the targets whose cases it may be told to run; all if there are none.

    Raises:
        ProcessDied: it cannot begin.

    """

    def __init__(self, groups: Sequence[str] = ()) -> None:
        self._note = Note()
        self._words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self._heard = b""
        self._process = subprocess.Popen(
            [*WORKER, self._note.path, *groups],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            cwd=_ROOT,
            env=os.environ | _AS_IN_SERVICE,
            bufsize=0,
        )
        self.shares: Mapping[str, int] = self._line(None)["shares"]

    def run(self, row: Row) -> Mapping[str, Any]:
        """Run ``row`` and return what the process says of it.

        Raises:
            ProcessDied: of one of its cases.

        """
        told = {name: getattr(row, name) for name in Row.__slots__}
        assert self._process.stdin is not None
        self._note.begin(row.first)
        try:
            self._process.stdin.write(json.dumps(told).encode() + b"\n")
        except BrokenPipeError:
            raise self._died(self._cause(), row) from None
        return self._line(row)

    def end(self) -> None:
        """Let it end, for there are no more cases."""
        self._process.communicate()
        self._let_go()

    def _line(self, row: Row | None) -> Mapping[str, Any]:
        assert self._process.stdout is not None
        silent, last = 0.0, -1
        while b"\n" not in self._heard:
            ready, _, _ = select.select([self._process.stdout], [], [], _LOOK_SECONDS)
            case = self._note.number
            silent = 0.0 if ready or case != last else silent + _LOOK_SECONDS
            last = case
            if silent >= SILENCE_SECONDS:
                self._process.kill()
                self._cause()
                raise self._died(f"one case for {SILENCE_SECONDS:.0f} seconds", row)
            part = os.read(self._process.stdout.fileno(), 1 << 16) if ready else b""
            if ready and not part:
                raise self._died(self._cause(), row)
            self._heard += part
        line, self._heard = self._heard.split(b"\n", 1)
        said: Mapping[str, Any] = json.loads(line)
        return said

    def _died(self, how: str, row: Row | None) -> ProcessDied:
        """Return its death, of a case if ``row`` was under way, and let go of its files."""
        note = self._note
        death = ProcessDied(how, note.number, note.raw) if row else ProcessDied(how)
        self._let_go()
        return death

    def _let_go(self) -> None:
        self._note.close()
        self._words.close()

    def _cause(self) -> str:
        """Wait for its end and return how it ended, with what it said last."""
        self._process.communicate()
        status = self._process.returncode
        self._words.seek(0)
        words = self._words.read()[-_LAST_WORDS:].decode(errors="replace")
        how = signal.Signals(-status).name if status < 0 else str(status)
        return f"the process ended with {how}\n{words}".strip()
