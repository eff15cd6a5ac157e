"""``egate gate run`` once the barrier is safe: the rest of the lane, until it is told to stop."""

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Final, TypeVar

from drivers import catalogue
from egate import __version__
from egate.biometrics.models import ModelInvalid
from egate.cli.attack_detection import external_detection
from egate.cli.clock import now_utc
from egate.cli.key_token import with_key_token
from egate.cli.outcome import BUG, BadInput, Unavailable
from egate.cli.signals import Signals
from egate.domain.policy.parse import PolicyInvalid
from egate.gate.absent import AbsentCamera, AbsentChipReader
from egate.gate.clocks import Clocks
from egate.gate.display.prompts import PromptUnusable
from egate.gate.lane_devices import LaneDevices
from egate.gate.policy_renewal import PolicyRenewal
from egate.gate.safing import Safing
from egate.gate.service import opened_gate
from egate.gate.watched_camera import WatchedCamera
from egate.observability.logging import configure_logging, logger
from egate.observability.systemd import announced
from egate.outbox.database import DatabaseUnusable
from egate.outbox.sealing import KeyFileUnusable
from egate.ports.devices import Barrier, DeviceError, DriverOptionError
from egate.reporting import server
from egate.reporting.credentials import check_at_start
from egate.reporting.identity import Role
from egate.settings import Device, GateSettings, SettingsError
from egate.trust.store import TrustStoreError
from egate.web.server import CannotListen
from egate.web.traveller_language import LanguageUnusable

Port = TypeVar("Port")

_UNUSABLE: Final = (
    SettingsError,
    PolicyInvalid,
    TrustStoreError,
    KeyFileUnusable,
    DatabaseUnusable,
    DriverOptionError,
    LanguageUnusable,
    PromptUnusable,
)
_AWAY: Final = (DeviceError, ModelInvalid, CannotListen, server.CannotListen)


async def serve(settings: GateSettings, barrier: Barrier, safing: Safing, signals: Signals) -> int:
    """Serve travellers until told to stop, and return the exit code.

    Args:
        settings: of the lane, whose journal this process owns.
        barrier: opened from them.
        safing: keeps it safe until the lane runs.
        signals: of the process.

    Raises:
        BadInput: something that the settings name cannot be used.
        Unavailable: a device does not answer, or an address is taken.

    """
    configure_logging()
    if safing.fault is not None:
        logger().error("the barrier was not made safe", reason=safing.fault.reason)
    try:
        with with_key_token(settings) as held:
            if fault := check_at_start(held.tls, (Role.GATE,), now_utc()):
                logger().error("no peer takes our certificate", reason=fault)
            await _serve(held, barrier, safing, signals)
    except _UNUSABLE as error:
        raise BadInput(str(error)) from error
    except _AWAY as error:
        raise Unavailable(str(error)) from error
    except BaseExceptionGroup as group:
        for bug in _leaves(group):
            logger().critical("ended by a bug", exc_info=bug)
        return BUG
    return 0


async def _serve(
    settings: GateSettings, barrier: Barrier, safing: Safing, signals: Signals
) -> None:
    clocks = Clocks(time.monotonic, lambda: time.time_ns() / 1e9)
    async with AsyncExitStack() as stack:
        devices = _open_devices(settings, barrier, stack)
        served = await stack.enter_async_context(opened_gate(settings, devices, clocks))
        async with asyncio.TaskGroup() as tasks:
            renewal = PolicyRenewal(settings.gate, served.gate.runner)
            running = [
                tasks.create_task(served.gate.run()),
                tasks.create_task(renewal.run(signals.renew)),
                *(tasks.create_task(loop()) for loop in served.beside),
            ]
            safing.end()
            logger().info(
                "ready",
                gate_id=settings.gate.id,
                grpc=served.grpc,
                page=served.display,
                pid=os.getpid(),
                version=__version__,
            )
            async with announced():
                await signals.stop.wait()
            for task in running:
                task.cancel()
    logger().info("stopped", gate_id=settings.gate.id)


def _open_devices(settings: GateSettings, barrier: Barrier, stack: AsyncExitStack) -> LaneDevices:
    """Make the other drivers that the settings name; each is let go when ``stack`` ends.

    Raises:
        DriverOptionError: a driver is unknown, or refuses its address or an option.

    """
    named = settings.devices
    product = external_detection(settings.pad)
    devices = LaneDevices(
        _open_if(catalogue.MRZ_READERS, named.mrz_reader),
        _open(catalogue.CHIP_READERS, named.chip_reader)
        if named.chip_reader
        else AbsentChipReader(),
        WatchedCamera(_open(catalogue.CAMERAS, named.camera)) if named.camera else AbsentCamera(),
        barrier,
        barrier.face_light,
        product,
        _open_if(catalogue.PAGE_SCANNERS, named.page_scanner),
        _open_if(catalogue.EMERGENCY_INPUTS, named.emergency_input),
        _open_if(catalogue.SIGNAL_LIGHTS, named.signal_lights),
    )
    if product is not None:
        stack.callback(product.close)
        product.start()  # it may have networks to load before the first traveller
    for device in devices.to_check():
        stack.push_async_callback(device.aclose)
    return devices


def _open_if(table: Mapping[str, catalogue.Factory[Port]], device: Device | None) -> Port | None:
    return _open(table, device) if device else None


def _open(table: Mapping[str, catalogue.Factory[Port]], device: Device) -> Port:
    return catalogue.find(table, device.driver)(device.address, device.options)


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    leaves: list[BaseException] = []
    for error in group.exceptions:
        leaves += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return leaves
