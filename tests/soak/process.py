"""What a process takes of its machine now."""

import os
from pathlib import Path


def resident_kb(pid: int) -> int:
    """Return its memory."""
    return _status(pid, "VmRSS")


def threads(pid: int) -> int:
    """Return how many threads it has."""
    return _status(pid, "Threads")


def open_files(pid: int) -> int:
    """Return how many files, lines and sockets it holds open."""
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])
