"""Kills a gate with simulated devices, and looks at what the next one does.

``python -m tests.gate_kills``: at every journal write and every command of a traveller's way; with
``--random N`` so many times at moments drawn by ``--seed`` instead, for ``--seconds`` at most.
Prints one line of JSON, and ends with 1 when a law did not hold or a gate took more than 5 s.
"""

import argparse
import json
import os
import statistics
import sys

from tests.gate_kills.random_moments import kill_at_random
from tests.gate_kills.simulated_lane import READY_SECONDS, kill_all


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.gate_kills", description=__doc__)
    parser.add_argument("--random", type=int, metavar="N", help="kill at so many random moments")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of those moments")
    parser.add_argument("--seconds", type=float, default=sys.maxsize, metavar="N", help="at most")
    parser.add_argument("--kills", type=int, default=sys.maxsize, help="at most so many")
    parser.add_argument("--every", type=int, default=1, help="only each so manieth point")
    asked = parser.parse_args()
    if asked.random:
        done = kill_at_random(asked.random, asked.seed, asked.seconds)
    else:
        done = kill_all(asked.kills, asked.every)
    ready = [each.ready_seconds for each in done]
    found = {
        "kills": len(done),
        "faults": {f"{each.way} {each.point}": each.faults for each in done if each.faults},
        "safe_seconds_max": round(max(each.safe_seconds for each in done), 3),
        "ready_seconds_median": round(statistics.median(ready), 3),
        "ready_seconds_max": round(max(ready), 3),
        "load": round(os.getloadavg()[0], 1),
    }
    sys.stdout.write(json.dumps(found) + "\n")
    return int(bool(found["faults"]) or max(ready) > READY_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
