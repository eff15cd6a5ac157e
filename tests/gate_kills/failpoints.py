"""``python -m tests.gate_kills.failpoints FOLDER gate run ...``: ``egate``, killed at a point.

The product knows nothing of the points: they are put around its methods as its modules are
loaded, and a module that is not loaded yet stays so. ``FOLDER/points`` gets the name of every
point that is passed; at the one that ``FOLDER/armed`` names the process kills itself, as
``kill -9`` would. A point is named after the last step in the journal and what is done:

* ``before``, ``uncommitted`` and ``committed``: a write of the journal;
* ``begin`` and ``end``: a command of the machine, carried out by a device;
* ``sent``: an order that the barrier's board has taken, while its doors still move.
"""

import importlib.abc
import importlib.util
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from egate.cli.main import main

_COMMANDS: Final = frozenset(
    (
        "ReadMrz", "InspectChip", "InspectPage", "CompareFace", "CheckBackground", "SetBarrier",
        "SetSignal",
    )
)  # fmt: skip


class Points:
    """Where this process is, and where it ends."""

    def __init__(self, folder: Path) -> None:
        self._armed = folder / "armed"
        self._passed = (folder / "points").open("a", buffering=1)
        self.step = "Started"

    def point(self, what: str, step: str = "") -> None:
        """Pass the point ``what`` after ``step``, the last one if "", or die at it."""
        name = f"{step or self.step} {what}"
        self._passed.write(f"{name}\n")
        try:
            armed = self._armed.read_text()
        except FileNotFoundError:
            return
        if armed == name:
            os.kill(os.getpid(), signal.SIGKILL)


def in_journal(points: Points, module: ModuleType) -> None:
    append, write = module.Journal.append, module.Journal._write

    def killing_append(self: object, event: str, state: object, *others: object) -> None:
        points.step = f"{event}>{type(state).__name__}"
        points.point("before")
        append(self, event, state, *others)
        points.point("committed")

    def killing_write(self: object, *arguments: object) -> None:
        write(self, *arguments)
        points.point("uncommitted")

    module.Journal.append = killing_append  # type: ignore[attr-defined]
    module.Journal._write = killing_write  # type: ignore[attr-defined]


def in_executor(points: Points, module: ModuleType) -> None:
    execute = module.LaneExecutor.execute

    async def killing_execute(self: object, command: Any) -> object:  # noqa: ANN401
        name = _name(command)
        if name is None:
            return await execute(self, command)
        step = points.step
        points.point(f"begin {name}", step)
        event = await execute(self, command)
        points.point(f"end {name}", step)
        return event

    module.LaneExecutor.execute = killing_execute  # type: ignore[attr-defined]


def in_board(points: Points, module: ModuleType) -> None:
    move_doors, show = module.ModbusBoard.move_doors, module.ModbusBoard.show

    async def killing_move_doors(self: object, doors: Any) -> None:  # noqa: ANN401
        await move_doors(self, doors)
        points.point(f"sent doors {doors.entry:d}{doors.exit:d}")

    async def killing_show(self: object, light: Any) -> None:  # noqa: ANN401
        await show(self, light)
        points.point(f"sent light {light.value}")

    module.ModbusBoard.move_doors = killing_move_doors  # type: ignore[attr-defined]
    module.ModbusBoard.show = killing_show  # type: ignore[attr-defined]


def _name(command: Any) -> str | None:  # noqa: ANN401
    kind = type(command).__name__
    if kind not in _COMMANDS:
        return None
    wanted = getattr(command, "position", None) or getattr(command, "signal", None)
    return f"{kind} {wanted.value}" if wanted else kind


class Finder(importlib.abc.MetaPathFinder):
    """Puts the points into a module when it is loaded."""

    def __init__(self, points: Points) -> None:
        self._points = points
        self._patches: dict[str, Callable[[Points, ModuleType], None]] = {
            "egate.gate.journal": in_journal,
            "egate.gate.executor": in_executor,
            "drivers.barrier.modbus": in_board,
        }

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        patch = self._patches.pop(fullname, None)
        spec = importlib.util.find_spec(fullname) if patch else None
        if spec is None or spec.loader is None or patch is None:
            return None
        load = spec.loader.exec_module

        def load_with_points(module: ModuleType) -> None:
            load(module)
            patch(self._points, module)

        spec.loader.exec_module = load_with_points  # type: ignore[method-assign]
        return spec


if __name__ == "__main__":
    sys.meta_path.insert(0, Finder(Points(Path(sys.argv[1]))))
    sys.exit(main(sys.argv[2:]))
