"""A pcscd with vpcd for the tests that need the real chain, one test run at a time."""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


def _wait_until_it_answers(daemon: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _answers():
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("pcscd did not start")
        time.sleep(0.05)


def _answers() -> bool:
    """Whether pcscd accepts clients and vpcd accepts cards."""
    with socket.socket(socket.AF_UNIX) as client:
        if client.connect_ex(str(_SOCKET)) != 0:
            return False
    # Not by connecting: that would be a card entering the field.
    listening = f":{VPCD_PORT:04X} 00000000:0000 0A"
    return listening in Path("/proc/net/tcp").read_text("ascii")
