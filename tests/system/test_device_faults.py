"""One device fault of each device; all of them: ``python -m tests.device_faults``."""

import random

import pytest

from tests import fault_matrix
from tests.fault_cells import Cell, cells
from tests.fault_devices import Device
from tests.fault_outcome import Played

pytestmark = pytest.mark.system

SEED = 6
# pcscd is one for the whole machine: tests/integration/test_pcsc_hot_plug.py.
SAMPLED = [device for device in Device if device is not Device.PCSC]


def test_a_fault_of_each_device_harms_nobody_and_passes() -> None:
    chance = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    possible = [cell for cell in cells() if not cell.impossible]
    sample = [chance.choice([c for c in possible if c.device is device]) for device in SAMPLED]
    results: dict[Cell, Played] = {}
    fault_matrix.run(sample, SEED, results.__setitem__, speed=2.0, lanes=len(sample))
    assert {str(cell): played.faults for cell, played in results.items() if played.faults} == {}
    assert len(results) == len(sample)
