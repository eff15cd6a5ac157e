"""A synchronous standby takes over while gates upload: ``python -m tests.standby --rounds 20``.

Two PostgreSQL on this machine, streaming between them as a commit waits for both, and a centre
that names both. The primary is killed in the middle of an upload and the standby promoted by
hand, as Patroni would. Every record that was acknowledged must be there, once, and the next one
acknowledged within 30 s. Each round begins with two new clusters. Prints one line of JSON.
"""

import argparse
import asyncio
import json
import statistics
import sys
from typing import Final

from tests.centre_harness import database_folder
from tests.standby.takeover import StandbyFailed, TakenOver, taken_over

_SILENT_SECONDS: Final = 30.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.standby", description=__doc__)
    parser.add_argument("--records", type=int, default=2000, metavar="N", help="a round")
    parser.add_argument("--rounds", type=int, default=20, metavar="N")
    asked = parser.parse_args()
    try:
        rounds = [_round(asked.records) for _ in range(asked.rounds)]
    except StandbyFailed as error:
        sys.exit(f"tests.standby: {error}")
    silent = [each.silent_seconds for each in rounds]
    found = {
        "takeovers": len(rounds),
        "records": sum(each.records for each in rounds),
        "lost": sum(each.lost for each in rounds),
        "twice": sum(each.twice for each in rounds),
        "calls_lost": sum(each.calls_lost for each in rounds),
        "silent_seconds_median": statistics.median(silent),
        "silent_seconds_worst": max(silent),
    }
    print(json.dumps(found))
    return 1 if found["lost"] or found["twice"] or max(silent) > _SILENT_SECONDS else 0


def _round(records: int) -> TakenOver:
    with database_folder() as folder:
        return asyncio.run(taken_over(folder, records))


if __name__ == "__main__":
    sys.exit(main())
