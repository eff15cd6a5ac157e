"""``python -m tests.faults``: faults of the network at length, and what they leave.

``partitions``: a lane in each kind of weather, all at once. ``histories``: random clients
against a model of the centre's interface. ``leaks``: calls answered and given up.
``reconnect``: many gates that find the centre again at one moment. Each prints one JSON
document, and ends with 1 when something that must hold did not.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from egate.observability.logging import configure_logging
from tests.centre_harness import Centre, centre_of_its_own
from tests.faults.history import anomalies, random_history
from tests.faults.leaks import left_by
from tests.faults.partitions import FLAPPING, WEATHERS, weathered
from tests.faults.reconnect import reconnected
from tests.integration.test_authorisation_service import ALL_SYSTEMS, know

_RESUMED_SECONDS = 10.0
_MOST_BYTES_A_CALL = 1024.0
_RECONNECTED_SECONDS = 30.0
_SHOWN = 20

Found = tuple[dict[str, Any], bool]
"""What to print, and whether everything held."""


async def _partitions(centre: Centre, asked: argparse.Namespace) -> Found:
    await know(centre, *ALL_SYSTEMS)
    with tempfile.TemporaryDirectory() as folder:
        async with asyncio.TaskGroup() as tasks:
            lanes = [
                tasks.create_task(weathered(centre, Path(folder), name, asked.seconds, asked.seed))
                for name in (*WEATHERS, FLAPPING)
            ]
    found = [each.result() for each in lanes]
    held = all(not each.lost and each.resumed_seconds <= _RESUMED_SECONDS for each in found)
    return {"lanes": [each.figures() for each in found]}, held


async def _histories(centre: Centre, asked: argparse.Namespace) -> Found:
    history = await random_history(centre, asked.gates, asked.seconds, asked.seed)
    wrong = anomalies(history)
    counted = {
        "calls": len(history.puts) + len(history.counts),
        "calls lost": history.lost_calls,
        "records": sum(map(len, history.stored.values())),
        "anomalies": len(wrong),
        "first anomalies": wrong[:_SHOWN],
    }
    return counted, not wrong


async def _leaks(centre: Centre, asked: argparse.Namespace) -> Found:
    left = await left_by(centre, asked.calls, asked.seed)
    return asdict(left), left.bytes_a_call < _MOST_BYTES_A_CALL


async def _reconnect(centre: Centre, asked: argparse.Namespace) -> Found:
    took = await reconnected(centre, asked.gates, asked.seed)
    return asdict(took), took.last <= _RECONNECTED_SECONDS


async def _with_a_centre(
    work: Callable[[Centre, argparse.Namespace], Awaitable[Found]], asked: argparse.Namespace
) -> Found:
    async with centre_of_its_own() as centre:
        return await work(centre, asked)


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
    configure_logging()
    found, held = asyncio.run(_with_a_centre(asked.work, asked))
    print(json.dumps(found, indent=2))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
