"""The process that cases run in, seen from outside: it is told a case, it answers or dies of it."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.fuzz.face_cases import IS_FILE, MAKES_TEMPLATE
from tests.fuzz.face_damage import Case

WORKER = [sys.executable, "-m", "tests.fuzz.face_worker"]
SILENCE_SECONDS = 60.0
_ROOT: Final = Path(__file__).resolve().parents[2]


class ProcessDied(Exception):
    """The process ended, or was ended because it was silent for too long."""


class FaceProcess:
    """One such process, from its start.

    Raises:
        ProcessDied: it cannot begin.

    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            WORKER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            bufsize=0,
        )
        self._heard = b""
        self.megabytes_before: int = self._line()["ready"]

    def run(self, case: Case) -> Mapping[str, Any]:
        """Run one case and return what the process says of it.

        Raises:
            ProcessDied: of this case.

        """
        flags = IS_FILE * case.is_file | MAKES_TEMPLATE * case.makes_template
        assert self._process.stdin is not None
        try:
            message = len(case.raw).to_bytes(4, "big") + bytes((flags,)) + case.raw
            while message:  # a raw pipe takes a part at a time
                message = message[self._process.stdin.write(message) :]
        except BrokenPipeError:
            raise ProcessDied(self._cause()) from None
        return self._line()

    def end(self) -> None:
        """Let it end, for there are no more cases."""
        self._process.communicate()

    def _line(self) -> Mapping[str, Any]:
        assert self._process.stdout is not None
        while b"\n" not in self._heard:
            ready, _, _ = select.select([self._process.stdout], [], [], SILENCE_SECONDS)
            if not ready:
                self._process.kill()
                self.end()
                raise ProcessDied(f"nothing was heard of it for {SILENCE_SECONDS:.0f} seconds")
            part = os.read(self._process.stdout.fileno(), 1 << 16)
            if not part:
                raise ProcessDied(self._cause())
            self._heard += part
        line, self._heard = self._heard.split(b"\n", 1)
        said: Mapping[str, Any] = json.loads(line)
        return said

    def _cause(self) -> str:
        self.end()
        status = self._process.returncode
        return f"the process ended with {signal.Signals(-status).name if status < 0 else status}"
