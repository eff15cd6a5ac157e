"""A pcscd with vpcd for the tests that need the real chain, one test run at a time."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

VPCD_PORT = 35963
READER = "Virtual PCD 00 00"
_SOCKET = Path("/run/pcscd/pcscd.comm")
_VPCD = Path("/etc/reader.conf.d/vpcd")
_LOCK = Path(tempfile.gettempdir()) / "egate-tests-pcscd.lock"
_START_SECONDS = 10


def missing() -> str:
    """Say what the chain lacks on this machine, "" when it is whole."""
    try:
        import smartcard.scard  # noqa: F401, PLC0415 - an optional package
    except ImportError:
        return "pyscard"
    if _answers():
        return ""
    if shutil.which("pcscd") is None:
        return "pcscd"
    if not _VPCD.exists():
        return "vsmartcard-vpcd"
    return "" if os.geteuid() == 0 else "root, to start pcscd"


@contextmanager
def running_pcscd() -> Iterator[None]:
    """Use the pcscd that runs, or start one and end it; other test runs wait their turn."""
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _answers():
            yield
            return
        with tempfile.TemporaryFile() as log:
            daemon = subprocess.Popen(["pcscd", "--foreground"], stdout=log, stderr=log)  # noqa: S607
            try:
                _wait_until_it_answers(daemon)
                yield
            finally:
                daemon.terminate()
                daemon.wait(timeout=10)


class Pcscd:
    """A pcscd of this test alone, that may be ended, started and stopped."""

    def __init__(self, log: IO[bytes], empty: str) -> None:
        self._log = log
        self._empty = empty
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self, *, with_reader: bool = True) -> None:
        command = ["pcscd", "--foreground", *([] if with_reader else ["--config", self._empty])]
        self._daemon = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        if with_reader:
            _wait_until_it_answers(self._daemon)
        else:
            _wait_until(self._daemon, _takes_clients)

    def stop(self) -> None:
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(timeout=10)
            self._daemon = None

    def send(self, number: signal.Signals) -> None:
        assert self._daemon is not None
        self._daemon.send_signal(number)


@contextmanager
def own_pcscd() -> Iterator[Pcscd]:
    """Start a pcscd that the test may end; other test runs wait their turn."""
    with (
        _LOCK.open("w") as lock,
        tempfile.TemporaryFile() as log,
        tempfile.TemporaryDirectory() as empty,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        daemon = Pcscd(log, empty)
        daemon.start()
        try:
            yield daemon
        finally:
            daemon.stop()


def _wait_until_it_answers(daemon: "subprocess.Popen[bytes]") -> None:
    _wait_until(daemon, _answers)


def _wait_until(daemon: "subprocess.Popen[bytes]", ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not ready():
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("pcscd did not start")
        time.sleep(0.05)


def _answers() -> bool:
    """Whether pcscd accepts clients and vpcd accepts cards."""
    if not _takes_clients():
        return False
    # Not by connecting: that would be a card entering the field.
    listening = f":{VPCD_PORT:04X} 00000000:0000 0A"
    return listening in Path("/proc/net/tcp").read_text("ascii")


def _takes_clients() -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(_SOCKET)) == 0
