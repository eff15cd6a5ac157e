"""One fault of each kind of device; all of them: ``python -m tests.device_faults``."""

import random

import pytest

from tests.device_faults import matrix
from tests.device_faults.cells import Cell, cells
from tests.device_faults.devices import BARRIERS, MRZ_READERS, Device
from tests.device_faults.outcome import Played

pytestmark = pytest.mark.system

SEED = 6
# pcscd is one for the whole machine: tests/integration/test_pcsc_hot_plug.py.
FAMILIES = (
    tuple(MRZ_READERS),
    BARRIERS,
    (Device.VPCD,),
    (Device.CAMERA,),
    (Device.FACE_LIGHT,),
    (Device.PAGE_SCANNER,),
    (Device.CENTRE,),
)


@pytest.mark.timeout(120)  # for a machine that does much besides; alone it takes 15 s
def test_a_fault_of_each_kind_of_device_harms_nobody_and_passes() -> None:
    chance = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    possible = list(cells())
    sample = [chance.choice([c for c in possible if c.device in each]) for each in FAMILIES]
    results: dict[Cell, Played] = {}
    matrix.run(sample, SEED, results.__setitem__, speed=2.0, lanes=len(sample))
    assert {str(cell): played.faults for cell, played in results.items() if played.faults} == {}
    assert len(results) == len(sample)
