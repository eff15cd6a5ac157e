"""``python -m tests.centre_kills --kills 500``: centre and PostgreSQL killed while gates upload.

In rounds of 21 kills, each with a new centre: of its database's processes, of itself, of both.
``--seconds`` begins no round after so long. Prints one line of JSON.
"""

import argparse
import asyncio
import json
import os
import sys
import time

from tests.centre_kills.centre_process import centre_process
from tests.centre_kills.upload import KILLS, Uploaded, killed_while_uploading

_PATIENCE_SECONDS = 900.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.centre_kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, metavar="N")
    parser.add_argument("--seconds", type=float, default=sys.maxsize, metavar="N", help="at most")
    asked = parser.parse_args()
    ends = time.monotonic() + asked.seconds
    done: list[Uploaded] = []
    while (left := asked.kills - sum(each.kills for each in done)) > 0 and time.monotonic() < ends:
        done.append(_round(min(left, len(KILLS))))
    faults = [fault for each in done for fault in each.faults]
    found = {
        "kills": sum(each.kills for each in done),
        "rounds": len(done),
        "records": sum(each.records for each in done),
        "calls_lost": sum(each.calls_lost for each in done),
        "faults": faults,
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(found))
    return 1 if faults else 0


def _round(kills: int) -> Uploaded:
    with centre_process() as process:
        return asyncio.run(killed_while_uploading(process, kills, _PATIENCE_SECONDS))


if __name__ == "__main__":
    sys.exit(main())
