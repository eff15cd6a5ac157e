"""Genuine sessions, from the document laid down to the passage confirmed, at real speed.

The gate is the real process on real wires. The simulated devices are as slow as real ones:
serial lines at 19,200 baud, the chip's link at 424 kbit/s and 5 ms an APDU, doors that take
1 s each way. People differ: everybody walks 1.5 m from one place of the lane to the next at
.8 to 1.7 m/s, and looks up and takes the document in a time of their own (the seed). Their
documents differ too: BAC and PACE, short and extended APDUs, DG2 of 15 and 20 kB, with and
without active or chip authentication; all are signed with explicit domain parameters, as
Bangladesh does.

For Dhaka's gates 18 s are published for "immigration formalities" (tbsnews.net, 7 June
2022; a reporter saw 4 to 5 s for the passport and 10 to 12 s for the face, thedailystar.net
node 3061091). What we measure begins when the document lies on the reader and ends when the
gate knows that the traveller is through.
"""

import argparse
import asyncio
import json
import math
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.session_lane import session_lane
from egate.cli.demo.site import Layout
from egate.reporting.crossing_list import CrossingSummary

MEDIAN_LIMIT_SECONDS = 9.0
P95_LIMIT_SECONDS = 14.0
PUBLISHED = "18 s published for Dhaka's gates"
PEOPLE = 6
AS_SLOW_AS_REAL = (
    *("--baud", "19200", "--link-kbit", "424", "--apdu-ms", "5", "--door-seconds", "1"),
    *("--speed", "1", "--people", str(PEOPLE)),
)
_PERSONS = ("P001", "P002", "P003", "P005", "P007", "P008")
_DOCUMENTS = (
    {"access": "bac", "active_authentication": "rsa"},
    {"access": "pace", "active_authentication": "none", "chip_authentication": "ecdh"},
    {"access": "bac", "active_authentication": "none", "apdus": "short"},
    {"access": "pace-cam", "active_authentication": "none", "dg2_bytes": 20_000},
    {"access": "pace", "active_authentication": "ecdsa", "apdus": "short", "dg2_bytes": 20_000},
)
# Moments of a session: told by the world, or by the gate as a step of this type or into this
# state. Between two of them lies what the second is called.
_MOMENTS = {
    Layout.ONE_STEP: (
        ("world", "document_laid", ""),
        ("type", "MrzRead", "zone read over the line"),
        ("type", "ChipInspected", "chip read and verified"),
        ("state", "Passing", "face, as far as it was not done beside the chip; decision"),
        ("world", "document_lifted", "doors opened, document taken meanwhile"),
        ("world", "passed", "walk"),
        ("type", "PassageConfirmed", "passage noticed and recorded"),
    ),
    Layout.TWO_STEP: (
        ("world", "document_laid", ""),
        ("type", "MrzRead", "zone read over the line"),
        ("state", "Entering", "chip read and verified; first decision"),
        ("world", "document_lifted", "first doors opened, document taken meanwhile"),
        ("world", "stepped_in", "walk between the doors"),
        ("type", "EntryClosed", "first doors closed"),
        ("state", "Passing", "face, as far as it was not done meanwhile; decision"),
        ("world", "passed", "second doors opened, walk"),
        ("type", "PassageConfirmed", "passage noticed and recorded"),
    ),
}


@dataclass(frozen=True, slots=True)
class Session:
    """One traveller.

    Args:
        record: what the centre has of it.
        moments: each moment's time, None for one that never was.
        answered: seconds from the zone to the answer of lists and authorisations, and to the
            verified chip; None if one of them never was.

    """

    record: CrossingSummary
    moments: tuple[float | None, ...]
    answered: tuple[float, float] | None = None

    @property
    def is_complete(self) -> bool:
        return self.record.passage_confirmed and None not in self.moments

    @property
    def seconds(self) -> float:
        return self.moments[-1] - self.moments[0]  # type: ignore[operator]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one-step", type=int, default=30, metavar="N")
    parser.add_argument("--two-step", type=int, default=10, metavar="N")
    chosen = parser.parse_args()
    for layout, count in (
        (Layout.ONE_STEP, chosen.one_step),
        (Layout.TWO_STEP, chosen.two_step),
    ):
        sessions = asyncio.run(measured(layout, count))
        for figure in figures(layout, sessions, count):
            print(json.dumps(figure), flush=True)


async def measured(layout: Layout, count: int) -> list[Session]:
    """Let so many genuine travellers pass."""
    with tempfile.TemporaryDirectory(prefix="bench-session-") as folder:
        async with session_lane(
            Path(folder), layout, scenario_of(count), AS_SLOW_AS_REAL
        ) as running:
            async for told in running.events():
                if told["event"] in {"left", "waits_inside"}:
                    await running.settle()
            records = await running.records(count)
        return list(sessions_of(layout, running.visits(), running.steps(), records))


def scenario_of(count: int) -> str:
    """Return a scenario of ``count`` genuine travellers."""
    tables = []
    for number in range(count):
        keys: dict[str, Any] = {
            "name": f"SPECIMEN, {chr(65 + number // 26)}{chr(65 + number % 26)}",
            "kind": "genuine",
            "person": _PERSONS[number % len(_PERSONS)],
            **_DOCUMENTS[number % len(_DOCUMENTS)],
        }
        lines = (f"{key} = {json.dumps(value)}" for key, value in keys.items())
        tables.append("\n".join(("[[traveller]]", *lines)))
    return "\n".join(tables)


def sessions_of(
    layout: Layout,
    visits: Sequence[dict[str, float]],
    steps: Sequence[dict[str, Any]],
    records: Sequence[CrossingSummary],
) -> Iterator[Session]:
    """Give for each visit the session whose document was read between it and the next."""
    marks: dict[str, dict[str, float]] = {record.crossing_id: {} for record in records}
    for step in steps:
        for mark in (f"type {step['type']}", f"state {step['next_state']}"):
            marks.get(step["crossing_id"], {}).setdefault(mark, step["utc"])
    for visit, following in pairwise((*visits, {"document_laid": math.inf})):
        for record in records:
            own = marks[record.crossing_id]
            read_at = own.get("type MrzRead", -math.inf)
            if visit["document_laid"] <= read_at < following["document_laid"]:
                moments = (
                    visit.get(name) if source == "world" else own.get(f"{source} {name}")
                    for source, name, _ in _MOMENTS[layout]
                )
                yield Session(record, tuple(moments), _answered(own))
                break


def _answered(own: dict[str, float]) -> tuple[float, float] | None:
    background, chip = own.get("type BackgroundChecked"), own.get("type ChipInspected")
    if background is None or chip is None:
        return None
    return background - own["type MrzRead"], chip - own["type MrzRead"]


def figures(layout: Layout, sessions: Sequence[Session], came: int) -> Iterator[dict[str, Any]]:
    """Give the rows of one lane to which so many travellers came."""
    lane = "one barrier" if layout is Layout.ONE_STEP else "two barriers"
    done = [each for each in sessions if each.is_complete]
    if not done:
        raise SystemExit(f"{lane}: none of {came} genuine travellers was admitted")
    taken = [each.seconds for each in done]
    note = f"{len(done)} of {came} genuine travellers admitted; {PUBLISHED}"
    for each in sessions:
        if not each.is_complete:
            print(f"not admitted: {', '.join(each.record.findings)}", file=sys.stderr)
    yield figure(f"session, {lane}: median", statistics.median(taken), MEDIAN_LIMIT_SECONDS, note)
    note = f"fastest {min(taken):.1f} s, slowest {max(taken):.1f} s"
    yield figure(f"session, {lane}: p95", p95(taken), P95_LIMIT_SECONDS, note)
    for number, (_, _, name) in enumerate(_MOMENTS[layout][1:]):
        parts = [list(pairwise(each.moments))[number] for each in done]
        lasted = [max(0.0, end - begin) for begin, end in parts]  # type: ignore[operator]
        note = f"p95 {p95(lasted):.2f} s"
        yield figure(f"- {lane}, {number + 1}: {name}", statistics.median(lasted), None, note)
    yield from _asked(lane, [each.answered for each in done if each.answered])
    for name in dict.fromkeys(step.step for each in done for step in each.record.steps):
        own = [s.gate_seconds for each in done for s in each.record.steps if s.step == name]
        yield figure(
            f"- {lane}, the gate's own time: {name}",
            statistics.median(own),
            None,
            f"p95 {p95(own):.3f} s; computing and the journal's commits",
        )


def _asked(lane: str, answered: Sequence[tuple[float, float]]) -> Iterator[dict[str, Any]]:
    """Give what lists and authorisations cost: they are asked when the zone is read."""
    if not answered:
        return
    chip = statistics.median(read for _, read in answered)
    beside = {"reference": f"chip read beside it {chip:.2f} s"}
    lasted = [background for background, _ in answered]
    median = statistics.median(lasted)
    note = f"p95 {p95(lasted):.3f} s; from the centre over TLS, and the journal's commit"
    row = figure(f"- {lane}: background asked and answered", median, None, note)
    yield {**row, **beside, "ratio": median / chip}
    added = [max(0.0, background - read) for background, read in answered]
    note = f"in {sum(each > 0 for each in added)} of {len(added)} sessions; the slowest"
    yield figure(f"- {lane}: background answered later than the chip", max(added), None, note)


def figure(name: str, seconds: float, limit: float | None, note: str) -> dict[str, Any]:
    beside = {} if limit is None else {"reference": f"limit {limit:g} s", "ratio": seconds / limit}
    return {"name": name, "value": seconds, "unit": "s", **beside, "note": note}


def p95(values: Sequence[float]) -> float:
    """Return the value that at least 95 of 100 do not exceed."""
    ordered = sorted(values)
    return ordered[-(-95 * len(ordered) // 100) - 1]


if __name__ == "__main__":
    main()
