"""A gate with the drivers of the catalogue on the faulty wires of ``tests.device_faults.site``."""

import asyncio
import logging
import secrets
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from drivers.barrier.modbus import open_modbus
from drivers.barrier.turnstile import open_turnstile
from drivers.camera.opencv import open_opencv
from drivers.chip_reader.pcsc import open_pcsc
from drivers.chip_reader.vpcd import open_vpcd
from drivers.emergency_input.modbus import open_modbus_input
from drivers.mrz_reader.serial_readers import (
    open_elyctis,
    open_line_push,
    open_rte_native,
    open_syn_imager,
)
from drivers.page_scanner.folder import open_folder
from drivers.signal_lights.modbus import open_modbus_lights
from egate.biometrics.detection import FaceBox
from egate.biometrics.verification import FaceObservation, FaceTemplate
from egate.domain.policy.policy import Policy
from egate.domain.record import CrossingRecord, Direction
from egate.domain.session import model as m
from egate.domain.session.crossing import LaneIdentity
from egate.domain.session.lane import session_id_of
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.gate.chip_procedure import chip_procedure
from egate.gate.chip_progress import ChipProgress
from egate.gate.clocks import Clocks
from egate.gate.face_comparison import FaceComparison, FaceWays
from egate.gate.lane import LaneGate, Procedures
from egate.gate.lane_devices import LaneDevices
from egate.gate.memory import Memory
from egate.gate.watched_camera import WatchedCamera
from egate.gate.watchers import LaneLayout
from egate.outbox.backoff import delays
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from egate.ports.devices import Device as OpenedDevice
from egate.ports.devices import DeviceError
from egate.ports.presentation_attack import FaceSighting, PadAssessment
from egate.reporting.client import CentreClient
from egate.reporting.mapping import encode
from hardware_mocks.barrier.lane import Coil
from hardware_mocks.pki.command import now_utc
from tests.device_faults.devices import GREY, Device, Fitted
from tests.device_faults.issued import GATE_ID, Issued
from tests.device_faults.pages import page_procedures, with_page_that_counts
from tests.device_faults.site import Site
from tests.face_scene import NOBODY, seen, similarity
from tests.gate_lane import Around, Background, Centre, Trust
from tests.gate_samples import POLICY
from tests.pcscd import READER
from tests.station_keys import KeyOfTests

HURRIED: Policy = replace(
    POLICY,
    profile=replace(POLICY.profile, face_seconds=4.0),
    mrz_seconds=8.0,
    inspection_seconds=12.0,
    entering_seconds=8.0,
)
"""The policy with shorter times for people; ``release_seconds`` is as in service."""

_READERS = {
    Device.ELYCTIS: open_elyctis,
    Device.LINE_PUSH: open_line_push,
    Device.RTE_NATIVE: open_rte_native,
    Device.SYN_IMAGER: open_syn_imager,
}
_IDENTITY = LaneIdentity(GATE_ID, "BDDAC", "0.1.0")
_TRIES = 5
_SLOW = {"answer_seconds": 0.5}  # on a machine where many lanes run, and others besides
_LIGHT_OF = {
    m.TravellerMessage.WELCOME: "ready",
    m.TravellerMessage.TAKE_DOCUMENT_AND_ENTER: "pass",
    m.TravellerMessage.PLEASE_PASS: "pass",
    m.TravellerMessage.EVACUATE: "pass",
    m.TravellerMessage.OFFICER_WILL_HELP: "stop",
    m.TravellerMessage.GO_BACK: "stop",
    m.TravellerMessage.LANE_CLOSED: "stop",
}


class Faces:
    """Tells by the brightness of a picture who is in it."""

    def template(self, _: np.ndarray) -> FaceTemplate | None:
        return seen(1).template

    def observe(self, image: np.ndarray, _: FaceBox | None = None) -> FaceObservation:
        grey = float(np.mean(image))
        nearest = min(GREY, key=lambda who: abs(GREY[who] - grey))
        return NOBODY if nearest is None else seen(1 if nearest == "P001" else 2)

    def fused(self, observations: Sequence[FaceObservation]) -> FaceTemplate:
        assert observations[0].template is not None
        return observations[0].template

    def similarity(self, a: FaceTemplate, b: FaceTemplate) -> float:
        return similarity(a, b)


class Alive:
    """Takes everybody for a live person."""

    def assess(self, _: Sequence[FaceSighting]) -> PadAssessment:
        return PadAssessment(0.0, sufficient=True, detector="none")


@dataclass
class Running:
    """A gate that runs, and what came of it."""

    gate: LaneGate
    trust: Trust
    centre: Centre
    task: "asyncio.Future[None]"
    sessions: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    left: dict[type[m.State], float] = field(default_factory=dict)
    _before: m.State = field(default_factory=m.Idle)

    @property
    def state(self) -> m.State:
        return self.gate.runner.state

    @property
    def records(self) -> list[CrossingRecord]:
        return self.centre.records

    def __post_init__(self) -> None:
        """Keep what is said of each lost device."""
        health = self.gate._health
        lost = health.lost

        def noted(error: DeviceError) -> None:
            self.reasons.append(str(error))
            lost(error)

        health.lost = noted  # type: ignore[method-assign]

    def note(self) -> None:
        """Remember sessions, and when each kind of state was left last."""
        session = session_id_of(self.state)
        if session is not None and session not in self.sessions:
            self.sessions.append(session)
        self.left[type(self._before)] = asyncio.get_running_loop().time()
        self._before = self.state


@asynccontextmanager
async def gate_at(
    site: Site, fitted: Fitted, flow: m.Flow, issued: Issued, centre: Centre
) -> AsyncIterator[Running]:
    """A gate at ``site`` that runs inside the block."""
    now = asyncio.get_running_loop().time
    began = now_utc().timestamp() - now()
    clocks = Clocks(now, lambda: began + now())
    trust = Trust()
    devices = _devices(site, fitted, flow, clocks)
    policy = with_page_that_counts(HURRIED) if fitted.page_counts else HURRIED
    sink: Any = centre
    with tempfile.TemporaryDirectory(prefix="fault-gate-") as folder:
        async with AsyncExitStack() as stack:
            database = stack.enter_context(open_database(Path(folder) / "journal.sqlite"))
            if fitted.centre_port:
                sink = CentreClient(f"127.0.0.1:{site.centre_relay.port}", issued.gate_tls)
                stack.push_async_callback(sink.close)
            for device in devices.to_check():
                stack.push_async_callback(device.aclose)
                await _opened(device)
            faces = Faces()
            ways = FaceWays(devices.camera, faces, Alive(), devices.face_light)
            procedures = Procedures(
                chip=chip_procedure(
                    lambda: issued.snapshot,
                    secrets.token_bytes,
                    now,
                    InspectionPolicy(),
                    ChipProgress(),
                ),
                face=FaceComparison(ways, policy, clocks),
                layout=LaneLayout(flow, lambda: Direction.ENTRY),
                trust=trust,
                sink=sink,
                encode=encode,
                delays=lambda: delays(lambda: 0.0),
                surroundings=Around().as_seen(),
                background=Background(),
                pages=page_procedures(issued.document, faces, policy),
            )
            memory = Memory(database, Seal.from_file(Path(folder) / "journal.key"), KeyOfTests())
            gate = LaneGate(_IDENTITY, policy, devices, memory, procedures, clocks)
            task = asyncio.ensure_future(gate.run())  # noqa: TID251 - owned by this block
            running = Running(gate, trust, centre, task)
            _look_on(running, site)
            try:
                yield running
            finally:
                task.cancel()
                await asyncio.wait([task])


def _look_on(running: Running, site: Site) -> None:
    runner = running.gate.runner
    runner.on_change(running.note)
    site.display = lambda: _LIGHT_OF.get(runner.message, "busy")


async def _opened(device: OpenedDevice) -> None:
    """Open ``device``, also on a machine that has no time for it."""
    for _ in range(_TRIES):
        with suppress(DeviceError):
            return await device.check()
    return await device.check()


def _devices(site: Site, fitted: Fitted, flow: m.Flow, clocks: Clocks) -> LaneDevices:
    apart, (contact, lamps) = fitted.apart, site.apart_ptys.values()
    mrz = _READERS[fitted.mrz_reader](site.mrz_pty.path, {}, clocks.monotonic)
    if fitted.pcscd is not None:
        chips: Any = open_pcsc(READER, {"stall_seconds": 2.0})
    else:
        chips = open_vpcd(f"127.0.0.1:{fitted.chip_port}", {"apdu_timeout_seconds": 2.0})
    camera = open_opencv(site.camera_url, {}, clocks.monotonic)
    options = {"door": "exit" if flow.has_mantrap else "entry", "poll_seconds": 0.15, **_SLOW}
    if fitted.barrier is Device.MODBUS:
        options["coil_face_light"] = Coil.FACE_LIGHT
        barrier = open_modbus(site.barrier_pty.path, options)
    else:
        barrier = open_turnstile(site.barrier_pty.path, {**options, "face_light": True})
    return LaneDevices(
        mrz,
        chips,
        WatchedCamera(camera),
        barrier,
        barrier.face_light,
        page_scanner=open_folder(str(site.pages), {}),
        emergency_input=open_modbus_input(contact.path, {"poll_seconds": 0.15, **_SLOW})
        if apart
        else None,
        signal_lights=open_modbus_lights(lamps.path, _SLOW) if apart else None,
    )


def quiet() -> None:
    """Let the gate log nothing."""
    wrapper = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=wrapper)
