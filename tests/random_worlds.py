"""``python -m tests.random_worlds --worlds 1000 --from-seed 1``: random worlds at a real gate.

Each world is drawn from its number, so that a failing one is had again with ``--seed N``.
"""

import argparse
import json
import logging
import sys
import time

import structlog

from hardware_mocks.world.misbehaviour import draw_world
from tests.random_world import Played, play
from tests.virtual_time import run_virtually


def main(words: list[str] | None = None) -> int:
    """Play the worlds; 0 if every law held in each."""
    parser = argparse.ArgumentParser(prog="random_worlds", description=__doc__)
    parser.add_argument("--worlds", type=int, default=100, metavar="K")
    parser.add_argument("--from-seed", type=int, default=1, metavar="N")
    parser.add_argument("--seed", type=int, metavar="N", help="this world alone, with its truth")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(words)
    if chosen.seed is not None:
        return _replay(chosen.seed)
    quiet()
    began = time.monotonic()
    failing, visits, seconds = {}, 0, 0.0
    for seed in range(chosen.from_seed, chosen.from_seed + chosen.worlds):
        played = play_seed(seed)
        visits, seconds = visits + played.visits, seconds + played.seconds
        if played.faults:
            failing[seed] = played.faults
            print(f"seed {seed}: {'; '.join(played.faults)}", file=sys.stderr)
    result = {
        "worlds": chosen.worlds,
        "from_seed": chosen.from_seed,
        "travellers": visits,
        "failing": failing,
        "virtual_seconds": round(seconds),
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(result) if chosen.json else result)
    return 1 if failing else 0


def quiet() -> None:
    """Let the gate log nothing: a world is some hundred lines of it."""
    wrapper = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=wrapper)


def play_seed(seed: int) -> Played:
    """Play the world of ``seed``; whatever ends it early is a fault of it."""
    return run_virtually(play(draw_world(seed)))


def _replay(seed: int) -> int:
    world = draw_world(seed)
    print(json.dumps({"seed": seed, "flow": world.flow}))
    for visitor in world.visitors:
        print(repr((visitor.traveller.kind.value, visitor.oddity.value, visitor.disturbance)))
    played = play_seed(seed)
    for truth in played.truth:
        print(json.dumps(truth))
    for fault in played.faults:
        print(fault, file=sys.stderr)
    return 1 if played.faults else 0


if __name__ == "__main__":
    sys.exit(main())
