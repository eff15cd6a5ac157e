"""``python -m tests.faults``: faults of the network at length, and what they leave.

``partitions``: a lane in each kind of weather, all at once. ``histories``: random clients
against a model of the centre's interface, each minute by a new seed with a centre of its own.
``leaks``: calls answered and given up. ``reconnect``: many gates that find the centre, which is
a process of its own, again at one moment. Each prints one line of JSON, and ends with 1 when
something that must hold did not.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.centre_process import centre, database_of, process_of
from egate.cli.service_identity import issue
from egate.observability.logging import configure_logging
from tests.centre_harness import GATE, centre_of_its_own, database_folder, enrol_peers
from tests.faults.anomalies import anomalies
from tests.faults.history import random_history
from tests.faults.leaks import left_by
from tests.faults.partitions import all_weathers, figures_of
from tests.faults.reconnect import reconnected, room_for
from tests.integration.test_authorisation_service import ALL_SYSTEMS, know

_RESUMED_SECONDS = 10.0
_PATIENCE_SECONDS = 60.0
_LATER_MS = 5.0
_ENOUGH = 1000
"""Decisions for a 99th percentile: of fewer it is one moment at which the machine stood still."""
_ROUND_SECONDS = 60.0
_MOST_BYTES_AN_ANSWER = 128.0
_MOST_BYTES_A_CANCELLED = 1024.0
_RECONNECTED_SECONDS = 30.0
_MOST_KB_A_GATE = 200.0
_SHOWN = 20

Found = tuple[dict[str, Any], bool]
"""What to print, and whether everything held."""


async def _partitions(asked: argparse.Namespace) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        async with centre_of_its_own() as running:
            await know(running, *ALL_SYSTEMS)
            found = await all_weathers(
                running, Path(folder), asked.seconds, asked.seed, _PATIENCE_SECONDS
            )
    lanes = figures_of(found)
    held = all(
        not each.lost
        and each.resumed_seconds <= _RESUMED_SECONDS
        and each.p50_ms - lanes[0].p50_ms <= _LATER_MS
        and (each.later_ms <= _LATER_MS or each.travellers < _ENOUGH)
        for each in lanes
    )
    return {"seconds": asked.seconds, "lanes": list(map(asdict, lanes))}, held


async def _histories(asked: argparse.Namespace) -> Found:
    counted = {"calls": 0, "calls_lost": 0, "records": 0, "rounds": 0}
    wrong: list[str] = []
    left = asked.seconds
    while left > 0:
        seed = asked.seed + counted["rounds"]
        async with centre_of_its_own() as running:
            history = await random_history(running, asked.gates, min(left, _ROUND_SECONDS), seed)
        counted["rounds"] += 1
        counted["calls"] += len(history.puts) + len(history.counts)
        counted["calls_lost"] += history.lost_calls
        counted["records"] += sum(map(len, history.stored.values()))
        wrong += [f"seed {seed}: {each}" for each in anomalies(history)]
        left -= _ROUND_SECONDS
    found = {"seconds": asked.seconds, **counted, "anomalies": len(wrong)}
    return found | {"first_anomalies": wrong[:_SHOWN]}, not wrong


async def _leaks(asked: argparse.Namespace) -> Found:
    async with centre_of_its_own() as running:
        left = await left_by(running, asked.calls, asked.seed)
    held = left.bytes_an_answer < _MOST_BYTES_AN_ANSWER
    return asdict(left), held and left.bytes_a_cancelled < _MOST_BYTES_A_CANCELLED


async def _reconnect(asked: argparse.Namespace) -> Found:
    if not room_for(asked.gates, with_centre=False):
        sys.exit(f"tests.faults: {asked.gates} gates need more open files; see `ulimit -Hn`")
    with database_folder() as folder, centre(folder) as address:
        enrol_peers(database_of(folder), f"gate:{GATE}")
        took = await reconnected(
            (address, issue(folder, "gate", GATE)),
            asked.gates,
            asked.seed,
            centre_process=process_of(folder),
        )
    held = took.last <= _RECONNECTED_SECONDS and (took.connected_kb or 0) <= _MOST_KB_A_GATE
    rounded = {name: round(value, 2) for name, value in asdict(took).items()}
    return {"gates": asked.gates, **rounded}, held


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    kinds = parser.add_subparsers(required=True, metavar="KIND")
    partitions = kinds.add_parser("partitions")
    partitions.add_argument("--seconds", type=float, default=40.0, metavar="N", help="of weather")
    partitions.set_defaults(work=_partitions)
    histories = kinds.add_parser("histories")
    histories.add_argument("--seconds", type=float, default=60.0, metavar="N")
    histories.add_argument("--gates", type=int, default=4, metavar="N")
    histories.set_defaults(work=_histories)
    leaks = kinds.add_parser("leaks")
    leaks.add_argument("--calls", type=int, default=200_000, metavar="N", help="half given up")
    leaks.set_defaults(work=_leaks)
    reconnect = kinds.add_parser("reconnect")
    reconnect.add_argument("--gates", type=int, default=1000, metavar="N")
    reconnect.set_defaults(work=_reconnect)
    asked = parser.parse_args()
    configure_logging(sys.stderr)
    found, held = asyncio.run(asked.work(asked))
    print(json.dumps(found | {"held": held, "load": round(os.getloadavg()[0], 1)}))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
