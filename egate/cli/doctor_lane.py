"""What ``egate doctor`` looks at in a lane."""

import asyncio
import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from drivers import catalogue
from egate.cli.attack_detection import external_detection
from egate.cli.doctor_centre import look_at_centre
from egate.cli.doctor_certificates import holder_of, look_at_tls, time_left
from egate.cli.doctor_check import Amiss, Check, checked
from egate.cli.doctor_devices import (
    InspectedBarrier,
    InspectedEmergencyInput,
    look_at_device,
)
from egate.cli.doctor_display import look_at_display
from egate.cli.doctor_key_token import look_at_key_token
from egate.cli.doctor_lists import look_at_lists
from egate.cli.doctor_machine import look_at_clock, look_at_disk
from egate.cli.doctor_records import look_at_evidence, look_at_records
from egate.cli.doctor_trust import look_at_trust
from egate.cli.key_token import with_key_token
from egate.gate.policy_file import load_policy
from egate.gate.service import trust_plan_of
from egate.gate.watched_camera import WatchedCamera
from egate.outbox.database import is_owned
from egate.ports.devices import Device as OpenedDevice
from egate.reporting.identity import Role
from egate.settings import (
    Device,
    Gate,
    GateSettings,
    SettingsError,
    load,
    read_authorisation_rules,
)

_UNSIGNED: Final = "signatures not looked at: name gate.policy_keys before service"
_IN_USE: Final = "not looked at: the gate runs and has it; its console tells if it is lost"


def look_at_lane(config: Path, now: dt.datetime) -> list[Check]:
    """Look at everything that a gate needs.

    Args:
        config: as config/gate.toml.
        now: UTC.

    Raises:
        SettingsError: its settings cannot be used.
        DriverOptionError: a driver, its address or its options are not known.

    """
    with ExitStack() as stack:
        settings = stack.enter_context(with_key_token(load(GateSettings, config)))
        devices = _open_devices(settings)
        external_detection(settings.pad)
        return [
            Check("settings", ok=True, detail=f"{config}: gate {settings.gate.id}"),
            *asyncio.run(_check_all(devices, settings)),
            *_check_files(settings, now),
        ]


def _open_devices(settings: GateSettings) -> Mapping[str, OpenedDevice]:
    named = settings.devices
    opened: dict[str, OpenedDevice] = {}
    if named.mrz_reader:
        opened["mrz_reader"] = _open(catalogue.MRZ_READERS, named.mrz_reader)
    if named.chip_reader:
        opened["chip_reader"] = _open(catalogue.CHIP_READERS, named.chip_reader)
    if named.camera:
        opened["camera"] = WatchedCamera(_open(catalogue.CAMERAS, named.camera))
    opened["barrier"] = InspectedBarrier(_open(catalogue.BARRIERS, named.barrier))
    if named.page_scanner:
        opened["page_scanner"] = _open(catalogue.PAGE_SCANNERS, named.page_scanner)
    if named.emergency_input:
        opened["emergency_input"] = InspectedEmergencyInput(
            _open(catalogue.EMERGENCY_INPUTS, named.emergency_input)
        )
    if named.signal_lights:
        opened["signal_lights"] = _open(catalogue.SIGNAL_LIGHTS, named.signal_lights)
    return opened


def _open(table: Mapping[str, catalogue.Factory[catalogue.Port]], device: Device) -> catalogue.Port:
    return catalogue.find(table, device.driver)(device.address, device.options)


async def _check_all(devices: Mapping[str, OpenedDevice], settings: GateSettings) -> list[Check]:
    async with asyncio.TaskGroup() as tasks:
        looked = tasks.create_task(_check_devices(devices, settings))
        centre = tasks.create_task(
            look_at_centre(settings.centre.address, settings.tls, "the gate")
        )
    return [*looked.result(), Check("centre", *centre.result())]


async def _check_devices(
    devices: Mapping[str, OpenedDevice], settings: GateSettings
) -> list[Check]:
    """Open all devices at once, as a gate has them open at once.

    Those of a gate that runs are left alone: two on one serial line take the lane out of service.
    """
    if is_owned(settings.gate.journal):
        return [Check(name, ok=True, detail=_IN_USE) for name in devices]
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(look_at_device(name, device, getattr(settings.devices, name).driver))
            for name, device in devices.items()
        ]
    return [task.result() for task in running]


def _check_files(settings: GateSettings, now: dt.datetime) -> Iterator[Check]:
    yield checked("certificate", lambda: _look_at_certificate(settings, now))
    yield from look_at_tls(settings.tls, now)
    for look in look_at_key_token(settings.tls):
        yield Check(*look)
    yield checked("clock", lambda: look_at_clock(now))
    yield checked("disk", lambda: look_at_disk(settings.gate.journal.parent, "the journal"))
    yield Check("records", *look_at_records(settings.gate.journal))
    yield Check("evidence", *look_at_evidence(settings.gate.journal))
    for look in look_at_trust(trust_plan_of(settings), now):
        yield Check(*look)
    yield Check(*look_at_lists(settings, now))
    yield checked("policy", lambda: _look_at_policy(settings.gate))
    yield checked("authorisation_rules", lambda: _look_at_rules(settings.gate.authorisation_rules))
    yield Check(*look_at_display(settings.display))


def _look_at_certificate(settings: GateSettings, now: dt.datetime) -> str:
    file = settings.tls.certificate
    holder = holder_of(file, "gate")
    if (holder.role, holder.name) != (Role.GATE, settings.gate.id):
        raise Amiss(f"{file}: is of {holder.urn()}, not of gate {settings.gate.id}")
    return f"{holder.urn()}, {time_left(file, now)}"


def _look_at_policy(gate: Gate) -> str:
    policy = load_policy(gate.policy, gate.profile, gate.policy_keys)
    signed = "signed by two officers" if gate.policy_keys else _UNSIGNED
    return f"version {policy.version}, profile {policy.profile.name}, {signed}"


def _look_at_rules(file: Path) -> str:
    try:
        rules = read_authorisation_rules(file)
    except SettingsError as error:
        raise Amiss(str(error)) from error
    return f"version {rules.version}, of {rules.own_state}"
