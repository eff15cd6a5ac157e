"""What all cases amount to, and findings on the disk."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.process import ProcessDied, Row


@dataclass(slots=True)
class OfTarget:
    """What the cases of one target were like; seconds are of processor time.

    The peak is of the whole process, which keeps what other targets need.
    """

    cases: int = 0
    by_outcome: Counter[str] = field(default_factory=Counter)
    worst_seconds: float = 0.0
    worst_case: int | None = None
    cpu_seconds: float = 0.0
    peak_megabytes: int = 0

    def as_json(self) -> Mapping[str, object]:
        """Return it for people and programs."""
        return {
            "cases": self.cases,
            "by_outcome": dict(self.by_outcome.most_common()),
            "worst_seconds": round(self.worst_seconds, 3),
            "worst_case": self.worst_case,
            "per_second": round(self.cases / self.cpu_seconds) if self.cpu_seconds else None,
            "peak_megabytes": self.peak_megabytes,
        }


@dataclass(slots=True)
class Totals:
    """What all cases amount to.

    Args:
        folder: for findings.

    """

    folder: Path
    targets: dict[str, OfTarget] = field(default_factory=dict)
    deaths: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return sum(each.cases for each in self.targets.values())

    @property
    def peak_megabytes(self) -> int:
        return max((each.peak_megabytes for each in self.targets.values()), default=0)

    def add(self, row: Row, said: Mapping[str, Any]) -> None:
        """Take in what a process said of ``row``."""
        of = self.targets.setdefault(row.target, OfTarget())
        of.cases += said["done"]
        of.by_outcome.update(said["by_outcome"])
        of.cpu_seconds += said["cpu_seconds"]
        if said["worst_seconds"] > of.worst_seconds:
            of.worst_seconds, of.worst_case = said["worst_seconds"], said["worst_case"]
        of.peak_megabytes = max(of.peak_megabytes, said["peak_megabytes"])
        for finding in said["findings"]:
            self._write(row, finding)

    def add_death(self, row: Row, death: ProcessDied, case: int) -> None:
        """Take in that the process died of ``case``; what it said of those before is lost."""
        of = self.targets.setdefault(row.target, OfTarget())
        of.cases += case - row.first + 1
        of.by_outcome["death"] += 1
        self.deaths += 1
        where = str(death).splitlines()
        said = {"case": case, "problem": where[0], "where": where[1:], "input": death.raw.hex()}
        self._write(row, said)

    def _write(self, row: Row, finding: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = row.target.replace(" ", "_").replace("/", "-")
        where = self.folder / f"{name}-{row.seed}-{finding['case']}.json"
        content = {"target": row.target, "seed": row.seed, **finding}
        where.write_text(json.dumps(content, indent=2) + "\n")
        self.findings.append(str(where))
