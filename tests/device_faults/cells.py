"""The matrix: each device, each fault, each state of each kind of lane, and what cannot be."""

from collections.abc import Iterator
from dataclasses import dataclass

from egate.domain.session import model as m
from tests.device_faults.devices import BARRIERS, MRZ_READERS, Device
from tests.device_faults.wires import Fault

FLOWS: dict[m.Flow, tuple[type[m.State], ...]] = {
    m.Flow.ONE_STEP: (
        m.Idle,
        m.ReadingMrz,
        m.Inspecting,
        m.Passing,
        m.AwaitingOfficer,
        m.Evacuating,
        m.OutOfService,
    ),
    m.Flow.TWO_STEP: (
        m.Idle,
        m.ReadingMrz,
        m.Inspecting,
        m.Entering,
        m.Verifying,
        m.Passing,
        m.AwaitingOfficer,
        m.Releasing,
        m.Evacuating,
        m.OutOfService,
    ),
    m.Flow.KIOSK: (m.Directing,),
}
"""The states of each kind of lane."""

_FRAMINGS = (Device.LINE_PUSH, Device.RTE_NATIVE, Device.SYN_IMAGER)
_BEFORE_THE_CHIP = (m.Idle, m.ReadingMrz, m.Inspecting)
NO_SUCH: dict[str, str] = {
    "line_push, rte_native and syn_imager after the inspection": "they are framings in the shell"
    " of elyctis, which is played in every state",
    "Entering, Verifying, Releasing of a one-step lane": "nobody is between two barriers there",
    "Directing of a one-step or a two-step lane": "only a kiosk directs",
    "the other states of a kiosk": "they are those of a one-step lane, in the same code",
    "emergency_input and signal_lights, on boards of their own": "they are played by `--device`,"
    " and not written here yet",
    "the light on the face on a turnstile": "it is one more order on the barrier's own line, and"
    " is played on the Modbus board",
}
"""What cannot be, or is played elsewhere, and why."""

_CALLED = frozenset({"officer", "aborted"})
_SERVED = frozenset({"admitted", "prepared"})
_DECIDED = frozenset({"decided, abandoned", "decided, aborted"})


@dataclass(frozen=True)
class Cell:
    """One fault of one device in one state."""

    flow: m.Flow
    device: Device
    fault: Fault
    state: type[m.State]

    def __str__(self) -> str:
        return f"{self.flow.value} {self.state.__name__} {self.device} {self.fault}"

    def wrong_ending(self, ending: str) -> str:
        """Say what is wrong with how the session ended, "" if nothing."""
        good = _CALLED | _SERVED
        # It may be decided meanwhile; a slow light is on the barrier's board, and both are lost.
        if self.state is m.Passing or self.device in (*BARRIERS, Device.FACE_LIGHT):
            good |= _DECIDED
        return "" if ending in good else f"the session ended {ending}"

    @property
    def mrz_reader(self) -> Device:
        """Which MRZ reader its lane has."""
        return self.device if self.device in MRZ_READERS else Device.ELYCTIS

    @property
    def barrier(self) -> Device:
        """Which barrier its lane has."""
        return self.device if self.device in BARRIERS else Device.MODBUS


def cells() -> Iterator[Cell]:
    """Give every cell."""
    for device in Device:
        for fault in Fault:
            for flow, states in FLOWS.items():
                for state in states:
                    if device not in _FRAMINGS or state in _BEFORE_THE_CHIP:
                        yield Cell(flow, device, fault, state)
