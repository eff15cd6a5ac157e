"""Reading and verifying a simulated chip: APDUs, wall time and the host's own time.

The chip is a process of its own that answers at once, so what remains is ours. Beside it the
time that the same bytes need on the contactless interface at 848 kbit/s (ISO/IEC 14443), which
no reader can undercut.
"""

import json
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROUNDS = 5
EGATE = (sys.executable, "-m", "egate.cli")
MOCKS = (sys.executable, "-m", "hardware_mocks")
WIRE_BYTES_PER_SECOND = 848_000 / 8


def main() -> None:
    for name, profile, aim in (
        ("short APDUs", "standard-short", 88),
        ("extended APDUs", "standard-ext-max", 25),
    ):
        answers = [read(profile) for _ in range(ROUNDS)]
        one = answers[0]
        limit = one["bytes"] / WIRE_BYTES_PER_SECOND
        seconds = statistics.median(answer["seconds"] for answer in answers)
        cpu = statistics.median(answer["host_cpu_seconds"] for answer in answers)
        show(
            f"chip read, {name}: commands",
            one["apdu_count"],
            "APDUs",
            reference=f"aim {aim}",
            ratio=one["apdu_count"] / aim,
            note=f"{one['bytes']} bytes, {one['access']}",
        )
        show(
            f"chip read, {name}: wall time",
            1e3 * seconds,
            "ms",
            reference=f"wire at 848 kbit/s: {1e3 * limit:.0f} ms",
            ratio=seconds / limit,
            note=f"median of {ROUNDS}; the simulated chip's own time is in it",
        )
        show(
            f"chip read, {name}: host's own time",
            1e3 * cpu,
            "ms",
            reference=f"wire at 848 kbit/s: {1e3 * limit:.0f} ms",
            ratio=cpu / limit,
            note="processor time of reading and verifying",
        )


def read(profile: str) -> dict[str, Any]:
    """Read a fresh chip of ``profile`` once and return the reader's answer."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"127.0.0.1:{free_port()}"
        with subprocess.Popen(
            (*MOCKS, "chip", "--profile", profile, "--vpcd", address, "--patience", "30"),
            stdout=subprocess.PIPE,
            text=True,
        ) as chip:
            printed = json.loads(chip.stdout.readline() if chip.stdout else "{}")
            mrz = Path(folder, "mrz.txt")
            mrz.write_text("\n".join(printed["mrz"]), "utf-8")
            source = ("--reader", f"vpcd://{address}", "--mrz-file", str(mrz))
            ended = subprocess.run(
                (*EGATE, "chip", "read", "--json", *source, "--out", folder),
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
            )
            chip.terminate()
        answer: dict[str, Any] = json.loads(ended.stdout)
        return answer


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def show(name: str, value: float, unit: str, **more: object) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, **more}))


if __name__ == "__main__":
    main()
