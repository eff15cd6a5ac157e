"""The guide of docs/installation.md, followed to the letter in two bare Debians.

    python -m tests.installation RELEASE [--bare FOLDER]

Its commands are taken from the guide itself and given in two machines: Debian as debootstrap
makes it, each in a folder of its own, with the devices of a simulated lane. Then travellers pass
and their records are at the centre; the console is brought up on the centre's machine; a device
is exchanged as docs/guide/technicians.md says; a good update is taken, and a bad one taken back.
For root, since it installs. What a machine needs of systemd is `systemctl.py`, which was not
booted either: it starts what the units say as whom they say, and waits until it is ready.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx

from tests.gate_process import Process, running
from tests.installation.machines import Machine, TrialFailed, machine, make_bare, told

ROOT = Path(__file__).parents[2]
GUIDES = (ROOT / "docs" / "installation.md", ROOT / "docs" / "guide" / "technicians.md")
SCENARIO = ROOT / "tests" / "installation" / "travellers.toml"
BLOCK = re.compile(
    r"^ *```sh (centre|gate|console|look-centre|look-gate|exchange)\n(.*?)^ *```",
    re.MULTILINE | re.DOTALL,
)
TRAVELLERS = 2
PASS_SECONDS = 180
CENTRE_PAGE = "http://127.0.0.1:7480"
CONSOLE_PAGE = "http://127.0.0.1:7300/login"


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


def follow(release: Path, bare: Path, folder: Path) -> None:
    """Do all that the guide says, and what a technician types besides."""
    stick = folder / "stick"
    stick.mkdir()
    shutil.copy(release, stick)
    steps = steps_of_the_guides()
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
                console(centre, steps["console"])
                look(centre, steps["look-centre"])
                look(gate, steps["look-gate"])
                exchange(gate, steps["exchange"])
                update(gate)


def steps_of_the_guides() -> dict[str, list[str]]:
    """Return what is to be typed, by whose turn it is, in the guides' order."""
    steps: dict[str, list[str]] = defaultdict(list)
    for guide in GUIDES:
        for turn, block in BLOCK.findall(guide.read_text("utf-8")):
            steps[turn].append(block)
    return steps


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


def look(at: Machine, steps: list[str]) -> None:
    """Do what a technician does every week; by then nothing may be amiss."""
    with told(f"{at.name}, nothing to mend"):
        for step in steps:
            print(at.run(step), file=sys.stderr)


def console(centre: Machine, steps: list[str]) -> None:
    """Bring up the console on the centre's machine, and see its page."""
    installing, starting = steps
    with told("console, 1"):
        centre.run(installing)
    name_the_lane(centre.root / "etc" / "egate" / "console.toml")
    with told("console, 2"):
        said = centre.run(starting)
        print(said, file=sys.stderr)
    httpx.get(CONSOLE_PAGE).raise_for_status()


def name_the_lane(settings: Path) -> None:
    """Name lane and centre and take away the signs of comments, as the technician does."""
    text = settings.read_text("utf-8").replace("10.0.0.21", "127.0.0.1")
    text = text.replace("10.0.0.10", "centre.dip.example")
    for table in ("centre", "desk", "enrolment"):
        commented = re.search(rf"^# \[{table}\]\n(# [a-z_]+ = .*\n)+", text, re.MULTILINE)
        if not commented:
            raise TrialFailed(f"{settings}: no [{table}] to take the # away from")
        text = text.replace(commented[0], re.sub(r"^# ", "", commented[0], flags=re.MULTILINE))
    settings.write_text(text, "utf-8")


def exchange(gate: Machine, steps: list[str]) -> None:
    """Exchange the MRZ reader: stop, a wrong address, what the doctor says of it, the right one."""
    stopping, starting = steps
    settings = gate.root / "etc" / "egate" / "gate.toml"
    right = settings.read_text("utf-8")
    address = re.search(r'^\[devices.mrz_reader\]\n.*\naddress = "(.*)"', right, re.MULTILINE)
    assert address
    with told("a device exchanged"):
        gate.run(stopping)
        settings.write_text(right.replace(address[1], "/dev/serial/by-id/new-reader"), "utf-8")
        said = gate.fails(starting)
        if "FAIL  mrz_reader" not in said or "plug it in, or correct the address" not in said:
            raise TrialFailed(said)
        settings.write_text(right, "utf-8")
        print(gate.run(starting), file=sys.stderr)
        gate.run("systemctl is-active egate-gate")


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


if __name__ == "__main__":
    sys.exit(main())
