"""Bare Debians in folders, in which the trial gives its commands."""

import json
import os
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SUITE = "bookworm"
NODES = {"null": 3, "zero": 5, "full": 7, "random": 8, "urandom": 9}


class TrialFailed(Exception):
    """The guide leads nowhere; the message says at which step."""


@dataclass(frozen=True)
class Machine:
    """A bare Debian in a folder.

    Args:
        name: as in the guide's blocks.
        root: its file system.

    """

    name: str
    root: Path

    def run(self, script: str) -> str:
        """Give a script of the guide to a shell of root, and return what it says."""
        ended = subprocess.run(
            ["chroot", str(self.root), "/bin/bash", "-ec", script],
            env={
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL": "C",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ended.returncode:
            raise TrialFailed(f"{self.name}: {script.strip()}\n{ended.stdout}")
        return ended.stdout

    def fails(self, script: str) -> str:
        try:
            self.run(script)
        except TrialFailed as failed:
            return str(failed)
        raise TrialFailed(f"{self.name}: went well and ought not to: {script}")


@contextmanager
def told(step: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(json.dumps({"step": step, "seconds": round(time.monotonic() - began, 1)}), flush=True)


def make_bare(folder: Path) -> None:
    if (folder / "etc" / "debian_version").exists():
        return
    if not shutil.which("debootstrap"):
        raise TrialFailed("debootstrap is not installed: apt install debootstrap")
    with told("a bare Debian"):
        command = ["debootstrap", "--variant=minbase", SUITE, str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def machine(name: str, bare: Path, folder: Path, stick: Path) -> Iterator[Machine]:
    """A machine of its own over the bare Debian, until the block ends."""
    root = folder / name
    with told(f"machine {name}"):
        subprocess.run(["cp", "-a", "--reflink=auto", str(bare), str(root)], check=True)
    (root / "media" / "usb").mkdir(parents=True)
    mount(root)
    subprocess.run(["mount", "--bind", str(stick), str(root / "media" / "usb")], check=True)
    with (root / "etc" / "hosts").open("a") as hosts:
        hosts.write("127.0.0.1 localhost centre.dip.example\n")
    shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
    made = Machine(name, root)
    try:
        made.run("apt-get -qq update")
        systemctl = root / "usr" / "bin" / "systemctl"
        shutil.copy(Path(__file__).with_name("systemctl.py"), systemctl)
        systemctl.chmod(0o755)
        yield made
    finally:
        made.run("systemctl stop $(ls /run/units 2>/dev/null | grep -v notify)")


def mount(root: Path) -> None:
    """Give the machine devices of its own, and of ours only the terminals: simulated lines."""
    for kind, target in (("proc", "proc"), ("tmpfs", "dev"), ("tmpfs", "run")):
        subprocess.run(["mount", "-t", kind, kind, str(root / target)], check=True)
    for name, minor in NODES.items():
        os.mknod(root / "dev" / name, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
        (root / "dev" / name).chmod(0o666)
    for name in ("pts", "shm"):
        (root / "dev" / name).mkdir()
    (root / "dev" / "shm").chmod(0o1777)
    subprocess.run(["mount", "--bind", "/dev/pts", str(root / "dev" / "pts")], check=True)
