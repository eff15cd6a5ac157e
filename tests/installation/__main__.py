"""The guide of docs/installation.md, followed to the letter in two bare Debians.

    python -m tests.installation RELEASE [--bare FOLDER]

Its commands are taken from the guide itself and given in two machines: Debian as debootstrap
makes it, each in a folder of its own, with the devices of a simulated lane. Then travellers pass
and their records are at the centre, a good update is taken, and a bad one is taken back.
For root, since it installs. What a machine needs of systemd is `systemctl.py`, which was not
booted either: it starts what the units say as whom they say, and waits until it is ready.
"""

import argparse
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.gate_process import Process, running

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "installation.md"
SCENARIO = ROOT / "tests" / "installation" / "travellers.toml"
SUITE = "bookworm"
BLOCK = re.compile(r"^ *```sh (centre|gate)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
TRAVELLERS = 2
PASS_SECONDS = 180
CENTRE_PAGE = "http://127.0.0.1:7480"
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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.installation", description=__doc__)
    parser.add_argument("release", type=Path, help="as installation/release.sh made it")
    parser.add_argument("--bare", type=Path, help="a bare Debian; made there if it is not")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("installation: only root can try it", file=sys.stderr)
        return 2
    if not arguments.folder:
        return apart(sys.argv[1:])
    try:
        bare = arguments.bare or arguments.folder / "bare"
        make_bare(bare)
        follow(arguments.release.resolve(), bare, arguments.folder)
    except TrialFailed as failed:
        print(f"installation: {failed}", file=sys.stderr)
        return 1
    return 0


def apart(arguments: list[str]) -> int:
    """Do it where nobody else sees what is mounted, and clear up where nothing is."""
    with tempfile.TemporaryDirectory(prefix="egate-installation-") as folder:
        command = [sys.executable, "-m", "tests.installation", *arguments, "--folder", folder]
        return subprocess.run(["unshare", "--mount", *command], check=False).returncode


@contextmanager
def told(step: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(json.dumps({"step": step, "seconds": round(time.monotonic() - began, 1)}), flush=True)


def make_bare(folder: Path) -> None:
    if (folder / "etc" / "debian_version").exists():
        return
    with told("a bare Debian"):
        command = ["debootstrap", "--variant=minbase", SUITE, str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def follow(release: Path, bare: Path, folder: Path) -> None:
    """Do all that the guide says, and what a technician types besides."""
    stick = folder / "stick"
    stick.mkdir()
    shutil.copy(release, stick)
    blocks = BLOCK.findall(GUIDE.read_text("utf-8"))
    steps = {name: [block for of, block in blocks if of == name] for name in ("centre", "gate")}
    up = ("up", str(SCENARIO), "--pki", str(stick / "pki"), "--speed", "2", "--stay")
    with running("hardware_mocks", *up) as lane:
        devices = lane.until()["devices"]
        with machine("centre", bare, folder, stick) as centre:
            for number, block in enumerate(steps["centre"], 1):
                with told(f"centre, {number}"):
                    centre.run(block)
            with machine("gate", bare, folder, stick) as gate:
                bring_up(gate, steps["gate"], devices)
                pass_by(lane)
                doctor(gate)
                update(gate)


def bring_up(gate: Machine, steps: list[str], devices: dict[str, Any]) -> None:
    for number, block in enumerate(steps, 1):
        with told(f"gate, {number}"):
            if number == len(steps) - 1:
                edit(gate.root / "etc" / "egate" / "gate.toml", devices)
            gate.run(block)


def edit(settings: Path, devices: dict[str, Any]) -> None:
    """Name the devices, as the technician does with an editor."""
    text = settings.read_text("utf-8")
    begin, end = text.index("[devices.mrz_reader]"), text.index("# [devices.barrier.options]")
    tables = []
    for name, device in devices.items():
        path = Path(device["address"])
        if path.exists():  # a line of ours, under a name that the bare machine does not know
            device["address"] = str(path.resolve())
            path.chmod(0o666)
        options = "".join(
            f"{key} = {json.dumps(value)}\n" for key, value in device.get("options", {}).items()
        )
        tables.append(
            f'[devices.{name}]\ndriver = "{device["driver"]}"\naddress = "{device["address"]}"\n'
            + (f"[devices.{name}.options]\n{options}" if options else "")
        )
    settings.write_text(text[:begin] + "".join(tables) + text[end:], "utf-8")


def pass_by(lane: Process) -> None:
    """Let the travellers of the scenario pass, and see their records at the centre."""
    with told("travellers"):
        for _ in range(PASS_SECONDS):
            if records() >= TRAVELLERS:
                return
            time.sleep(1)
        raise TrialFailed(f"{records()} of {TRAVELLERS} records at the centre: {lane.lines[-3:]}")


def records() -> float:
    text = httpx.get(f"{CENTRE_PAGE}/metrics").text
    found = re.search(r"^egate_records ([0-9.]+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0


def doctor(gate: Machine) -> None:
    """Ask the doctor until it has seen a proof that the lists are the newest."""
    with told("the doctor finds nothing to mend"):
        said = gate.run("egate doctor --config /etc/egate/gate.toml")
        print(said, file=sys.stderr)


def update(gate: Machine) -> None:
    """Take a good release, and one that cannot start."""
    first = used(gate)
    good, bad = (repacked(gate, name) for name in ("next", "bad"))
    with told("an update"):
        gate.run(f"/srv/{good}/install.sh update")
        expect(gate, "next")
    wheel = next((gate.root / "srv" / bad / "wheels").glob("grpcio-1*.whl"))
    wheel.unlink()
    sums(gate, bad)
    with told("an update that does not start, taken back"):
        said = gate.fails(f"/srv/{bad}/install.sh update")
        if "is in use again" not in said:
            raise TrialFailed(said)
        expect(gate, "next")
    with told("a rollback"):
        gate.run(f"/srv/{good}/install.sh rollback")
        expect(gate, first)


def repacked(gate: Machine, name: str) -> str:
    """Make of the release on the machine another one, and return its folder."""
    first = next((gate.root / "srv").glob("egate-[0-9]*"))
    other = gate.root / "srv" / f"egate-{name}"
    shutil.copytree(first, other)
    (other / "VERSION").write_text(f"{name}\n")
    sums(gate, other.name)
    return other.name


def sums(gate: Machine, folder: str) -> None:
    gate.run(
        f"cd /srv/{folder}; find . -type f ! -name SHA256SUMS -print0 | sort -z"
        " | xargs -0 sha256sum >../sums; mv ../sums SHA256SUMS"
    )


def used(gate: Machine) -> str:
    return (gate.root / "opt" / "egate" / "current").readlink().name


def expect(gate: Machine, version: str) -> None:
    if used(gate) != version:
        raise TrialFailed(f"{used(gate)} is in use, and not {version}")
    gate.run("systemctl is-active egate-gate")


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


if __name__ == "__main__":
    sys.exit(main())
