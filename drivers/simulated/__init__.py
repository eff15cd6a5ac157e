"""In-process fakes of every port, for tests of the gate that need no wire."""

from drivers.simulated.barrier import SimulatedBarrier
from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.chip_reader import SimulatedChipReader
from drivers.simulated.mrz_reader import SimulatedMrzReader
from drivers.simulated.page_scanner import SimulatedPageScanner

__all__ = [
    "SimulatedBarrier",
    "SimulatedCamera",
    "SimulatedChipReader",
    "SimulatedMrzReader",
    "SimulatedPageScanner",
]
