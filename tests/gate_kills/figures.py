"""What kills on real wires came to: for a machine, and for a page of the documentation."""

import os
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from tests.gate_kills.laws import SAFE_SECONDS, Restart
from tests.gate_kills.simulated_lane import READY_SECONDS
from tests.gate_samples import ROOT

PAGE: Final = ROOT / "docs" / "crash-recovery.md"
_BEGIN: Final = "<!-- figures: python -m tests.gate_kills.on_wires --write -->\n"
_END: Final = "<!-- end of figures -->\n"


@dataclass(frozen=True, slots=True)
class Spread:
    median: float
    worst: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Spread":
        return cls(round(statistics.median(seconds), 3), round(max(seconds), 3))


@dataclass(frozen=True, slots=True)
class Figures:
    """All restarts of one run.

    Args:
        restarts: in order.
        missed: points that were not reached when it was their turn, by way.
        at_the_end: faults of all records together.
        load: of the machine, its one-minute average as the run began and as it ended.

    """

    restarts: Sequence[Restart]
    missed: Sequence[str]
    at_the_end: Sequence[str]
    load: tuple[float, float]

    @property
    def safe(self) -> Spread:
        return Spread.of([each.safe_seconds for each in self.restarts])

    @property
    def computed(self) -> Spread:
        return Spread.of([each.computed_seconds for each in self.restarts])

    @property
    def ready(self) -> Spread:
        return Spread.of([each.ready_seconds for each in self.restarts])

    @property
    def out(self) -> Spread | None:
        seconds = [each.out_seconds for each in self.restarts if each.out_seconds is not None]
        return Spread.of(seconds) if seconds else None

    @property
    def faults(self) -> dict[str, Sequence[str]]:
        found: dict[str, Sequence[str]] = {
            f"{each.way}: {each.point}": each.faults for each in self.restarts if each.faults
        }
        return found | ({"all records": self.at_the_end} if self.at_the_end else {})

    @property
    def in_time(self) -> bool:
        return self.safe.worst <= SAFE_SECONDS and self.ready.worst <= READY_SECONDS

    def as_json(self) -> dict[str, Any]:
        return {
            "kills": len(self.restarts),
            "faults": self.faults,
            "missed": list(self.missed),
            "safe_seconds": asdict(self.safe),
            "safe_computed_seconds": asdict(self.computed),
            "ready_seconds": asdict(self.ready),
            "out_seconds": asdict(self.out) if self.out else None,
            "in_time": self.in_time,
            "load": self.load,
            "cores": os.cpu_count(),
        }


def write_figures(figures: Figures, date: str) -> None:
    """Put ``figures`` between the marks of the page."""
    text = PAGE.read_text("utf-8")
    head, rest = text.split(_BEGIN)
    _, tail = rest.split(_END)
    PAGE.write_text(head + _BEGIN + _table(figures, date) + _END + tail, "utf-8")


def _table(figures: Figures, date: str) -> str:
    ways = dict.fromkeys(each.way for each in figures.restarts)
    lines = [
        "| Way | Kills | Safe: median, worst (s) | Ready: median, worst (s) | Faults |",
        "|---|---|---|---|---|",
    ]
    for way in ways:
        of_way = [each for each in figures.restarts if each.way == way]
        lines.append(_row(way, of_way))
    lines.append(_row("all", figures.restarts))
    return "\n".join(lines) + f"\n\n{_words(figures, date)}\n"


def _words(figures: Figures, date: str) -> str:
    began, ended = figures.load
    sentences = [
        f"{date}, {os.cpu_count()} cores, load {began:.1f} to {ended:.1f}.",
        f"Computing until the first order: {_spread(figures.computed)}.",
        f"Points that were not reached again: {len(figures.missed)}.",
    ]
    if out := figures.out:
        sentences.append(f"The way back told to open for whoever was inside: {_spread(out)}.")
    return "\n".join(sentences)


def _spread(seconds: Spread) -> str:
    return f"{seconds.median:.2f} s (median), {seconds.worst:.2f} s at worst"


def _row(name: str, restarts: Sequence[Restart]) -> str:
    safe = Spread.of([each.safe_seconds for each in restarts])
    ready = Spread.of([each.ready_seconds for each in restarts])
    faults = sum(bool(each.faults) for each in restarts)
    return (
        f"| {name} | {len(restarts)} | {safe.median:.2f}, {safe.worst:.2f}"
        f" | {ready.median:.2f}, {ready.worst:.2f} | {faults} |"
    )
