"""The devices of a lane, as ``tests.device_faults.site`` puts them on its wires."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cv2
import numpy as np

from hardware_mocks.barrier.board import BarrierBoard
from hardware_mocks.barrier.lane import Coil
from hardware_mocks.camera.scene import Pose, Subject
from hardware_mocks.mrz_reader.elyctis import ElyctisReader
from hardware_mocks.mrz_reader.line_push import LinePushReader
from hardware_mocks.mrz_reader.rte_native import RteReader
from hardware_mocks.mrz_reader.syn_imager import SynImager
from tests.device_faults.wires import Fault, FaultyPty
from tests.pcscd import Pcscd

GREY = {None: 60, "P001": 120, "P008": 190}
"""Of the picture with nobody in it, with the traveller, with somebody else."""


BOARD_LATE_SECONDS = 1.8
"""How late a slow controller is: later than three tries of its drivers."""


class Device(StrEnum):
    """Each driver of the catalogue, and what is no device of its own but can be lost like one."""

    ELYCTIS = "elyctis"
    LINE_PUSH = "line_push"
    RTE_NATIVE = "rte_native"
    SYN_IMAGER = "syn_imager"
    VPCD = "vpcd"
    PCSC = "pcsc"
    MODBUS = "modbus"
    TURNSTILE = "turnstile"
    CAMERA = "camera"
    FACE_LIGHT = "face_light"
    PAGE_SCANNER = "page_scanner"
    EMERGENCY_INPUT = "emergency_input"
    SIGNAL_LIGHTS = "signal_lights"
    CENTRE = "centre"


MRZ_READERS: Mapping[Device, Callable[[FaultyPty], Any]] = {
    Device.ELYCTIS: ElyctisReader,
    Device.LINE_PUSH: LinePushReader,
    Device.RTE_NATIVE: RteReader,
    Device.SYN_IMAGER: SynImager,
}
BARRIERS = (Device.MODBUS, Device.TURNSTILE)
APART = (Device.EMERGENCY_INPUT, Device.SIGNAL_LIGHTS)
"""On boards of their own, in the lanes that have them."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Which kind of each device a lane has.

    Args:
        mrz_reader: one of ``MRZ_READERS``.
        barrier: one of ``BARRIERS``.
        chip_port: where the virtual chip reader listens.
        pcscd: serves the virtual reader; None in a lane with the driver ``vpcd``.
        centre_port: where the centre listens, 0 in a lane without one.
        apart: the devices ``APART`` are on boards of their own.
        page_counts: nobody is admitted without the page.

    """

    mrz_reader: Device
    barrier: Device
    chip_port: int
    pcscd: Pcscd | None = None
    centre_port: int = 0
    apart: bool = False
    page_counts: bool = False


class Shades:
    """A scene for ``MjpegCamera``: small, never twice the same, of the brightness of ``GREY``."""

    def __init__(self) -> None:
        self.subject: Subject | None = None
        self.light = 0.0
        self._noise = np.random.default_rng(1)

    def jpeg(self) -> bytes:
        seen = self.subject
        grey = GREY[seen.person if seen and seen.pose is Pose.FACING else None]
        pixels = self._noise.integers(grey - 8, grey + 8, (48, 64, 3), np.uint8)
        return bytes(cv2.imencode(".jpg", pixels)[1])


class LitBoard(BarrierBoard):
    """A board whose relay of the face light alone can go wrong."""

    light_fault: Fault | None = None

    def __init__(self, pty: FaultyPty, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(pty, clock=clock)
        self._wire = pty

    def answer(self, request: bytes) -> bytes | None:
        is_light = request[1:4] == bytes((0x05, 0x00, Coil.FACE_LIGHT))
        self._wire.is_late = is_light and self.light_fault is Fault.SLOW
        if not is_light or self.light_fault in {None, Fault.SLOW}:
            return super().answer(request)
        if self.light_fault is Fault.DEAD:
            return None
        if self.light_fault is Fault.UNPLUGGED:  # no such relay any more: an illegal address
            request = request[:2] + b"\x03\xe7" + request[4:]
        answer = super().answer(request) or b""
        return answer[:-1] + b"?" if self.light_fault is Fault.GARBLED else answer
