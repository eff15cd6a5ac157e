"""``egate doctor``: look at everything a gate needs, and say what to mend."""

import argparse
import asyncio
import datetime as dt
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from drivers import catalogue
from egate.cli.attack_detection import external_detection
from egate.cli.clock import now_utc
from egate.cli.doctor_centre import look_at_centre
from egate.cli.doctor_devices import (
    InspectedBarrier,
    InspectedEmergencyInput,
    if_well,
    with_mend,
)
from egate.cli.doctor_display import look_at_display
from egate.cli.doctor_key_token import look_at_key_token
from egate.cli.doctor_lists import look_at_lists
from egate.cli.doctor_records import look_at_evidence, look_at_records
from egate.cli.doctor_trust import look_at_trust
from egate.cli.json_output import print_json
from egate.cli.key_token import with_key_token
from egate.cli.outcome import BadInput
from egate.domain.policy.parse import PolicyInvalid
from egate.gate.policy_file import load_policy
from egate.gate.service import trust_plan_of
from egate.gate.watched_camera import WatchedCamera
from egate.observability.logging import configure_logging
from egate.outbox.database import is_owned
from egate.ports.devices import Device as OpenedDevice
from egate.ports.devices import DeviceError, DriverOptionError
from egate.reporting.identity import IdentityMissing, Role, identity_of
from egate.reporting.station_key import can_sign_records
from egate.reporting.x509_faults import X509_FAULTS
from egate.settings import (
    Device,
    Gate,
    GateSettings,
    SettingsError,
    Tls,
    load,
    read_authorisation_rules,
)

_DEVICE_SECONDS: Final = 12.0  # longer than any driver waits, which knows better what to say
_MIN_FREE_BYTES: Final = 500_000_000
_YEARS: Final = range(2026, 2080)
_RENEW_DAYS: Final = 90
_UNSIGNED: Final = "signatures not looked at: name gate.policy_keys before service"
_OTHERS: Final = 0o077
_IN_USE: Final = "not looked at: the gate runs and has it; its console tells if it is lost"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; ``detail`` says what to mend when it is not ok."""

    name: str
    ok: bool
    detail: str


class _Amiss(Exception):
    """A check that failed; the message says what to mend."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="as config/gate.toml"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    configure_logging()  # standard output is for the answer
    with ExitStack() as stack:
        try:
            settings = load(GateSettings, arguments.config)
            settings = stack.enter_context(with_key_token(settings))
            devices = _open_devices(settings)
            external_detection(settings.pad)
        except (SettingsError, DriverOptionError) as error:
            raise BadInput(str(error)) from error
        checks = [
            Check("settings", ok=True, detail=f"{arguments.config}: gate {settings.gate.id}"),
            *asyncio.run(_check_all(devices, settings)),
            *_check_files(settings, now_utc()),
        ]
    if arguments.json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        _print(checks)
    return 0 if all(check.ok for check in checks) else 1


def _print(checks: list[Check]) -> None:
    width = max(len(check.name) for check in checks)
    for check in checks:
        print(f"{'ok  ' if check.ok else 'FAIL'}  {check.name:{width}}  {check.detail}")
    failed = sum(not check.ok for check in checks)
    print(f"{failed} of {len(checks)} need attention" if failed else "all is well")
    sys.stdout.flush()


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
        centre = tasks.create_task(look_at_centre(settings))
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
            tasks.create_task(_check_device(name, device, getattr(settings.devices, name).driver))
            for name, device in devices.items()
        ]
    return [task.result() for task in running]


async def _check_device(name: str, device: OpenedDevice, driver: str) -> Check:
    async with aclosing(device):
        try:
            async with asyncio.timeout(_DEVICE_SECONDS):
                await device.check()
        except DeviceError as error:
            return Check(name, ok=False, detail=with_mend(error.reason))
        except TimeoutError:
            late = f"does not answer within {_DEVICE_SECONDS:g} s"
            return Check(name, ok=False, detail=with_mend(late))
    return Check(name, ok=True, detail=if_well(driver))


def _check_files(settings: GateSettings, now: dt.datetime) -> Iterator[Check]:
    yield _checked("certificate", lambda: _look_at_certificate(settings, now))
    yield _checked("certificate_key", lambda: _look_at_key(settings.tls))
    yield _checked("certificate_authority", lambda: _look_at_authority(settings.tls, now))
    for look in look_at_key_token(settings.tls):
        yield Check(*look)
    yield _checked("clock", lambda: _look_at_clock(now))
    yield _checked("disk", lambda: _look_at_disk(settings.gate.journal.parent))
    yield Check("records", *look_at_records(settings.gate.journal))
    yield Check("evidence", *look_at_evidence(settings.gate.journal))
    for look in look_at_trust(trust_plan_of(settings), now):
        yield Check(*look)
    yield Check(*look_at_lists(settings, now))
    yield _checked("policy", lambda: _look_at_policy(settings.gate))
    yield _checked("authorisation_rules", lambda: _look_at_rules(settings.gate.authorisation_rules))
    yield Check(*look_at_display(settings.display))


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, detail=look())
    except (_Amiss, PolicyInvalid) as error:
        return Check(name, ok=False, detail=str(error))


def _look_at_certificate(settings: GateSettings, now: dt.datetime) -> str:
    file = settings.tls.certificate
    certificate = _certificate(file)
    try:
        holder = identity_of(file.read_bytes())
    except IdentityMissing as error:
        raise _Amiss(f"{file}: names no gate ({error}); issue one for this gate") from error
    if (holder.role, holder.name) != (Role.GATE, settings.gate.id):
        raise _Amiss(f"{file}: is of {holder.urn()}, not of gate {settings.gate.id}")
    return f"{holder.urn()}, {_days_left(file, certificate, now)}"


def _look_at_key(tls: Tls) -> str:
    with _reading(tls.key):
        key = load_pem_private_key(tls.key.read_bytes(), password=None)
        mode = tls.key.stat().st_mode
    if key.public_key() != _certificate(tls.certificate).public_key():
        raise _Amiss(f"{tls.key}: does not belong to {tls.certificate}")
    if not can_sign_records(key):
        raise _Amiss(f"{tls.key}: not on P-256, and records are signed with it: enrol anew")
    if mode & _OTHERS:
        raise _Amiss(f"{tls.key}: others may read it: chmod 600, and think of a new key")
    return f"{tls.key}: belongs to the certificate"


def _look_at_authority(tls: Tls, now: dt.datetime) -> str:
    authority = _certificate(tls.ca)
    try:
        _certificate(tls.certificate).verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise _Amiss(f"{tls.certificate}: was not issued by {tls.ca}") from error
    return _days_left(tls.ca, authority, now)


def _look_at_clock(now: dt.datetime) -> str:
    if now.year not in _YEARS:
        raise _Amiss(f"it says {now:%Y-%m-%d}: set it, and see that NTP runs")
    return f"{now:%Y-%m-%d %H:%M:%S} UTC"


def _look_at_disk(folder: Path) -> str:
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise _Amiss(f"{folder}: {error.strerror}: the journal needs this folder") from error
    if free < _MIN_FREE_BYTES:
        raise _Amiss(f"{folder}: only {free // 10**6} MB free: the journal needs 500 MB")
    return f"{folder}: {free // 10**6} MB free"


def _look_at_policy(gate: Gate) -> str:
    policy = load_policy(gate.policy, gate.profile, gate.policy_keys)
    signed = "signed by two officers" if gate.policy_keys else _UNSIGNED
    return f"version {policy.version}, profile {policy.profile.name}, {signed}"


def _look_at_rules(file: Path) -> str:
    try:
        rules = read_authorisation_rules(file)
    except SettingsError as error:
        raise _Amiss(str(error)) from error
    return f"version {rules.version}, of {rules.own_state}"


def _certificate(file: Path) -> x509.Certificate:
    with _reading(file):
        return x509.load_pem_x509_certificate(file.read_bytes())


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _Amiss(f"{file}: {error.strerror}") from error
    except X509_FAULTS as error:
        raise _Amiss(f"{file}: not PEM, or encrypted") from error


def _days_left(file: Path, certificate: x509.Certificate, now: dt.datetime) -> str:
    if now < certificate.not_valid_before_utc:
        raise _Amiss(f"{file}: not valid yet; is the clock right?")
    lifetime = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    days = (certificate.not_valid_after_utc - now).days
    if days < 0:
        raise _Amiss(f"{file}: expired {-days} days ago: renew it")
    # A gate renews its own one when a third is left: by a quarter that has failed for days.
    is_due = days < min(_RENEW_DAYS, lifetime.days / 4)
    return f"{days} days left" + ("; renew it soon" if is_due else "")
