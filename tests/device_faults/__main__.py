"""``python -m tests.device_faults``: every fault of every device in every state, on real wires."""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack

from tests.device_faults import matrix
from tests.device_faults.cells import FLOWS, Cell, cells
from tests.device_faults.devices import Device
from tests.device_faults.doctor import Diagnoses, diagnoses
from tests.device_faults.gate import quiet
from tests.device_faults.outcome import Played
from tests.device_faults.page import DEVICES, PAGE, WRONG, cell_text, page, written
from tests.device_faults.wires import Fault
from tests.pcscd import missing, own_pcscd


def main(words: list[str] | None = None) -> int:
    """Play the cells that are asked for; 0 if every law held in each."""
    chosen = _parsed(words)
    quiet()
    played, _ = written(PAGE.read_text() if chosen.again and PAGE.exists() else "")
    well = {cell for cell, text in played.items() if not text.startswith(WRONG)}
    wanted = [cell for cell in cells() if _is_wanted(cell, chosen) and cell not in well]
    devices = list(chosen.device or Device)
    results: dict[Cell, Played] = {}

    def told(cell: Cell, played: Played) -> None:
        results[cell] = played
        _tell(cell, played, with_truth=chosen.truth)

    with ExitStack() as stack:
        pcscd = None
        if Device.PCSC in devices:
            if lacking := missing():
                raise SystemExit(f"the cells of pcsc need {lacking}")
            pcscd = stack.enter_context(own_pcscd())
        took = matrix.run(
            wanted, chosen.seed, told, speed=chosen.speed, lanes=chosen.lanes, pcscd=pcscd
        )
        if chosen.write:
            _write(results, {})
            _write({}, asyncio.run(diagnoses(devices, chosen.seed, pcscd)))
    failing = {str(cell): played.faults for cell, played in results.items() if played.faults}
    result = {"cells": len(results), "seed": chosen.seed, "failing": failing, "seconds": int(took)}
    print(json.dumps(result) if chosen.json else result)
    return 1 if failing else 0


def _write(results: Mapping[Cell, Played], asked: Diagnoses) -> None:
    texts, words = written(PAGE.read_text() if PAGE.exists() else "")
    texts |= {c: cell_text(played) for c, played in results.items() if c.device in DEVICES}
    PAGE.write_text(page(texts, words | asked))


def _parsed(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="device_faults", description=__doc__)
    parser.add_argument("--device", type=Device, action="append")
    parser.add_argument("--fault", choices=[*Fault], action="append")
    parser.add_argument("--state", metavar="S", action="append", help="as Idle or Verifying")
    parser.add_argument("--flow", choices=[*FLOWS], action="append")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--speed", type=float, default=2.0, metavar="X")
    parser.add_argument("--lanes", type=int, default=8, metavar="K", help="at once")
    parser.add_argument("--truth", action="store_true", help="what happened in each cell")
    parser.add_argument("--write", action="store_true", help="renew these cells of the page")
    parser.add_argument(
        "--again", action="store_true", help="only what the page does not have, or has as wrong"
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(words)


def _tell(cell: Cell, played: Played, *, with_truth: bool) -> None:
    mark = "FAIL" if played.faults else "ok"
    told = f"noticed {_seconds(played.noticed)} restored {_seconds(played.restored)}"
    said = [f"{mark:4} {cell}: {played.ended}", told, *played.faults]
    print(" | ".join(said), file=sys.stderr)
    if with_truth:
        print(*(f"     {line}" for line in played.truth), sep="\n", file=sys.stderr)


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _is_wanted(cell: Cell, chosen: argparse.Namespace) -> bool:
    return (
        (not chosen.device or cell.device in chosen.device)
        and (not chosen.fault or cell.fault in chosen.fault)
        and (not chosen.flow or cell.flow in chosen.flow)
        and (not chosen.state or cell.state.__name__ in chosen.state)
    )


if __name__ == "__main__":
    sys.exit(main())
