"""A gate's disk: SQLite in memory, whose power can go at any statement or commit.

What was not committed is lost, what was committed is there: which writes of SQLite that takes is
tried in `tests/disk_faults`.
"""

import sqlite3
from typing import Any

from tests.simulation.processes import Acts


class Disk(sqlite3.Connection):
    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - of sqlite3
        super().__init__(*arguments, **named)
        self.acts = Acts()
        self.commits = 0

    def execute(self, *arguments: Any) -> sqlite3.Cursor:  # noqa: ANN401 - of sqlite3
        self.acts.act()
        return super().execute(*arguments)

    def executescript(self, script: str) -> sqlite3.Cursor:
        self.acts.act()
        return super().executescript(script)

    def __exit__(self, *raised: Any) -> Any:  # noqa: ANN401 - of sqlite3
        self.acts.act()
        if raised[0] is None and self.in_transaction:
            self.commits += 1
        ended = super().__exit__(*raised)
        self.acts.act()
        return ended

    def revive(self) -> None:
        """Be as a disk is when the power is back."""
        self.acts.revive()
        self.rollback()


def new_disk() -> Disk:
    disk: Disk = sqlite3.connect(":memory:", factory=Disk)
    return disk
