"""The whole system: how long it starts, and the gate's own time in genuine sessions.

The gate's own time leaves out what people and devices take. The limits are the project's:
under 10 s to start, under 2 s a genuine session.
"""

import json
import subprocess
import sys
from typing import Any

START_LIMIT_SECONDS = 10.0
SESSION_LIMIT_SECONDS = 2.0


def main() -> None:
    ended = subprocess.run(
        (sys.executable, "-m", "egate.cli", "demo", "--exit", "--json", "--speed", "4"),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    demo: dict[str, Any] = json.loads(ended.stdout)
    genuine = [each for each in demo["sessions"] if each["verdict"] == "admit"]
    slowest = max(each["gate_seconds"] for each in genuine)
    show("demo: start", demo["start_seconds"], START_LIMIT_SECONDS, "until the gate is ready")
    show(
        "genuine session: the gate's own time, slowest",
        slowest,
        SESSION_LIMIT_SECONDS,
        f"of {len(genuine)} admitted; people and devices left out",
    )


def show(name: str, seconds: float, limit: float, note: str) -> None:
    figure = {
        "name": name,
        "value": seconds,
        "unit": "s",
        "reference": f"limit {limit:g} s",
        "ratio": seconds / limit,
        "note": note,
    }
    print(json.dumps(figure))


if __name__ == "__main__":
    main()
