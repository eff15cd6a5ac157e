"""The logical map of a barrier board: what each coil and input means.

The defaults are those of a relay and input board with nine coils and ten inputs
wired in order; every address is an option, because electricians wire differently.
A tenth relay may switch the light on the traveller's face; most lanes have none. A lane
with two barriers has a button between them, on an input of its own.
"""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from drivers.options import DriverOptions
from egate.domain.session.barrier import LaneSignal
from egate.ports.devices import BarrierSensors

Address = Annotated[int, Field(ge=0, le=0xFFFF)]

_MAX_INPUT_SPAN: Final = 64


class InputMap(DriverOptions):
    """Addresses of the inputs."""

    input_entry_closed: Address = 0
    input_entry_open: Address = 1
    input_exit_closed: Address = 2
    input_exit_open: Address = 3
    input_presence_1: Address = 4
    input_presence_2: Address = 5
    input_presence_3: Address = 6
    input_safety_edge: Address = 7
    input_emergency_release: Address = 8
    input_tamper: Address = 9
    input_release_button: Address | None = None

    @model_validator(mode="after")
    def _inputs_are_apart(self) -> Self:
        _require_apart("input", self._inputs())
        if self.input_count > _MAX_INPUT_SPAN:
            raise ValueError(f"the inputs lie more than {_MAX_INPUT_SPAN} addresses apart")
        return self

    @property
    def first_input(self) -> int:
        return min(self._inputs())

    @property
    def input_count(self) -> int:
        """How many inputs one request must read to see all of them."""
        return max(self._inputs()) - self.first_input + 1

    def sensors(self, bits: list[bool]) -> BarrierSensors:
        """Name the inputs; ``bits`` starts at ``first_input``."""

        def at(address: int) -> bool:
            return bits[address - self.first_input]

        button = self.input_release_button
        return BarrierSensors(
            entry_closed=at(self.input_entry_closed),
            entry_open=at(self.input_entry_open),
            exit_closed=at(self.input_exit_closed),
            exit_open=at(self.input_exit_open),
            presence=(
                at(self.input_presence_1),
                at(self.input_presence_2),
                at(self.input_presence_3),
            ),
            safety_edge=at(self.input_safety_edge),
            emergency_release=at(self.input_emergency_release),
            tamper=at(self.input_tamper),
            release_button=button is not None and at(button),
        )

    def _inputs(self) -> list[int]:
        return _wired(self, InputMap, "input_")


class RegisterMap(InputMap):
    """Addresses of the coils (FC 05, 0F) and of the discrete inputs (FC 02)."""

    coil_entry_open: Address = 0
    coil_exit_open: Address = 1
    coil_entry_lock: Address = 2
    coil_exit_lock: Address = 3
    coil_red: Address = 4
    coil_green: Address = 5
    coil_blue: Address = 6
    coil_buzzer: Address = 7
    coil_watchdog: Address = 8
    coil_face_light: Address | None = None

    @model_validator(mode="after")
    def _coils_are_apart(self) -> Self:
        _require_apart("coil", _wired(self, RegisterMap, "coil_"))
        return self

    def doors(self, *, entry_open: bool, exit_open: bool) -> dict[int, bool]:
        """Coils for a position of both doors. A lock never holds a door that was told to move."""
        return {
            self.coil_entry_open: entry_open,
            self.coil_exit_open: exit_open,
            self.coil_entry_lock: False,
            self.coil_exit_lock: False,
        }

    def lights(self, signal: LaneSignal) -> dict[int, bool]:
        """Coils for ``signal``."""
        return {
            self.coil_red: signal is LaneSignal.STOP,
            self.coil_green: signal is LaneSignal.PASS,
            self.coil_blue: signal is LaneSignal.READY,
        }


def _wired(options: DriverOptions, kind: type[DriverOptions], prefix: str) -> list[int]:
    named = [name for name in kind.model_fields if name.startswith(prefix)]
    wired = [getattr(options, name) for name in named]
    return [address for address in wired if address is not None]


def _require_apart(kind: str, addresses: list[int]) -> None:
    if len(set(addresses)) < len(addresses):
        raise ValueError(f"two {kind}s have the same address")
