"""The barrier driver's bytes against published Modbus frames, with no library in between."""

import asyncio
import os
import tty
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer.rtu import FramerRTU

from drivers.transport.modbus_line import LineOptions, ModbusLine
from drivers.transport.modbus_rtu import answer_of
from egate.ports.devices import DeviceError


class Wire:
    """A pseudo-terminal whose far end answers each expected request with fixed bytes."""

    def __init__(self, script: dict[str, str]) -> None:
        self.far, near = os.openpty()
        self._near = near
        tty.setraw(near)
        self.path = os.ttyname(near)
        self.sent: list[str] = []
        self._script = {bytes.fromhex(k): bytes.fromhex(v) for k, v in script.items()}
        asyncio.get_running_loop().add_reader(self.far, self._answer)

    def _answer(self) -> None:
        request = os.read(self.far, 256)
        self.sent.append(request.hex(" ").upper())
        os.write(self.far, self._script.get(request, b""))

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.far)
        os.close(self.far)
        os.close(self._near)


# The manual of the relay board: coil 0 on and off.
COIL_0_ON = "01 05 00 00 FF 00 8C 3A"
COIL_0_OFF = "01 05 00 00 00 00 CD CA"


@pytest.fixture
async def wire(request: pytest.FixtureRequest) -> AsyncIterator[Wire]:
    made = Wire(request.param)
    yield made
    made.close()


def line_on(wire: Wire) -> ModbusLine:
    return ModbusLine(wire.path, LineOptions(answer_seconds=0.05))


@pytest.mark.parametrize("wire", [{COIL_0_ON: COIL_0_ON, COIL_0_OFF: COIL_0_OFF}], indirect=True)
async def test_sets_coil_0_with_the_published_bytes(wire: Wire) -> None:
    line = line_on(wire)
    await line.write_coils({0: True})
    await line.write_coils({0: False})
    line.close()
    assert wire.sent == [COIL_0_ON, COIL_0_OFF]


@pytest.mark.parametrize("wire", [{COIL_0_ON: COIL_0_OFF}], indirect=True)
async def test_an_echo_of_another_state_is_no_confirmation(wire: Wire) -> None:
    with pytest.raises(DeviceError, match=r"does not answer \(coil 0\)"):
        await line_on(wire).write_coils({0: True})


@pytest.mark.parametrize("wire", [{COIL_0_ON: "02 05 00 00 FF 00 8C 09"}], indirect=True)
async def test_an_answer_of_a_foreign_unit_is_no_answer(wire: Wire) -> None:
    with pytest.raises(DeviceError, match="does not answer"):
        await line_on(wire).write_coils({0: True})
    assert wire.sent == [COIL_0_ON] * 3


@pytest.mark.parametrize("wire", [{COIL_0_ON: "01 85 02 C3 51"}], indirect=True)
async def test_an_exception_is_a_refusal(wire: Wire) -> None:
    with pytest.raises(DeviceError, match="refused coil 0"):
        await line_on(wire).write_coils({0: True})


LATE = ("01 02 02 00 00 B9 B8", COIL_0_OFF)


@pytest.mark.parametrize(
    "wire", [{COIL_0_ON: f"{late} {COIL_0_ON}"} for late in LATE], indirect=True
)
async def test_a_late_answer_to_another_question_is_passed_over(wire: Wire) -> None:
    line = line_on(wire)
    await line.write_coils({0: True})
    line.close()
    assert wire.sent == [COIL_0_ON]


# MODBUS Application Protocol V1.1b3 §6.2: 22 inputs from address 196 are AC DB 35.
ASKED = bytes.fromhex("01 02 00 C4 00 16 B8 39")
INPUTS = bytes.fromhex("02 03 AC DB 35")
DISCRETE_INPUTS = b"\x01" + INPUTS + FramerRTU.compute_CRC(b"\x01" + INPUTS).to_bytes(2, "big")


@given(st.binary(max_size=40), st.binary(max_size=10))
def test_an_answer_is_found_behind_any_noise(noise: bytes, after: bytes) -> None:
    assert answer_of(ASKED, noise + DISCRETE_INPUTS + after) == DISCRETE_INPUTS


@given(st.binary(max_size=64))
def test_noise_is_no_answer(noise: bytes) -> None:
    found = answer_of(ASKED, noise)
    assert not found or found in noise


def test_spoiled_or_foreign_or_half_an_answer_is_none() -> None:
    for at in range(len(DISCRETE_INPUTS)):
        spoiled = bytearray(DISCRETE_INPUTS)
        spoiled[at] ^= 0x10
        assert answer_of(ASKED, bytes(spoiled)) == b""
        assert answer_of(ASKED, DISCRETE_INPUTS[:at]) == b""
    assert answer_of(b"\x02" + ASKED[1:], DISCRETE_INPUTS) == b""
