"""The board of a kiosk: beams and lights, and no doors."""

from dataclasses import replace

from drivers.barrier.controlled import Board
from drivers.barrier.doors import ALL_CLOSED, DoorsOpen
from egate.domain.session.barrier import LaneSignal
from egate.ports.devices import BarrierSensors


class DoorlessBoard:
    """A board whose door switches are wired to nothing: doors stand as they were told.

    Args:
        board: with its beams, its lights and its emergency input.

    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._told = ALL_CLOSED

    @property
    def has_face_light(self) -> bool:
        return self._board.has_face_light

    async def move_doors(self, doors: DoorsOpen) -> None:
        self._told = doors

    async def show(self, signal: LaneSignal) -> None:
        await self._board.show(signal)

    async def switch_face_light(self, *, on: bool) -> None:
        await self._board.switch_face_light(on=on)

    async def sound(self, *, on: bool) -> None:
        await self._board.sound(on=on)

    async def beat(self, *, phase: bool) -> None:
        await self._board.beat(phase=phase)

    async def read(self) -> BarrierSensors:
        return replace(
            await self._board.read(),
            entry_open=self._told.entry,
            entry_closed=not self._told.entry,
            exit_open=self._told.exit,
            exit_closed=not self._told.exit,
        )

    def close(self) -> None:
        self._board.close()
