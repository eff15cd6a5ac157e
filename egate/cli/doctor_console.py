"""What ``egate doctor`` looks at in a console."""

import asyncio
import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Final

from drivers import catalogue
from egate.cli.doctor_centre import look_at_centre
from egate.cli.doctor_certificates import (
    holder_of,
    look_at_page_certificate,
    look_at_tls,
    time_left,
)
from egate.cli.doctor_check import Amiss, Check, checked
from egate.cli.doctor_devices import look_at_device
from egate.cli.doctor_machine import look_at_clock, look_at_disk
from egate.cli.doctor_records import look_at_evidence, look_at_refused
from egate.console.access.officer import ConsoleRole
from egate.console.access.opening import who_may_log_in
from egate.console.audit.chain import verify
from egate.console.audit.log import FILE_NAME as AUDIT_LOG
from egate.console.audit.log import reading
from egate.console.cases.reason_codes import ReasonTable
from egate.console.cases.specimens import Specimens
from egate.domain.time import UtcSeconds
from egate.durable_files.database import DatabaseUnusable
from egate.gate.policy_file import load_policy
from egate.outbox.database import is_owned
from egate.ports.devices import Device
from egate.reporting.gate_client import GateLink, GateUnavailable
from egate.reporting.identity import Role
from egate.settings import (
    ConsoleDesk,
    ConsoleGate,
    ConsolePolicy,
    ConsoleSettings,
    SettingsError,
    Tls,
    load,
    read_settings_file,
    toml_of,
)
from egate.trust.store import TrustStore, TrustStoreError

_ADD: Final = "egate console officer add --role supervisor"
_LANE_SECONDS: Final = 5.0
_IN_USE: Final = "not looked at: the console runs and has it; its pages tell if it is lost"
_NO_LANE: Final = "see that the gate runs, its [service] listen, and the network"


def look_at_console(config: Path, now: dt.datetime) -> list[Check]:
    """Look at everything that a console needs.

    Args:
        config: as config/console.toml.
        now: UTC.

    Raises:
        SettingsError: its settings cannot be used.
        DriverOptionError: the driver of the desk's reader, its address or its options are not
            known.

    """
    settings = load(ConsoleSettings, config)
    reader = _reader_of(settings.desk)
    return [
        Check("settings", ok=True, detail=f"{config}: {len(settings.gates)} lanes"),
        *asyncio.run(_look_far(settings, reader)),
        *_look_at_files(settings, now),
    ]


def _reader_of(desk: ConsoleDesk | None) -> tuple[str, Device, str] | None:
    """Return name, device and driver of what reads at the desk; None where that types."""
    if desk and desk.reader:
        made = catalogue.find(catalogue.MRZ_READERS, desk.reader.driver)
        return "reader", made(desk.reader.address, desk.reader.options), desk.reader.driver
    if desk and (scanner := desk.page_scanner):
        pages = catalogue.find(catalogue.PAGE_SCANNERS, scanner.driver)
        return "page_scanner", pages(scanner.address, scanner.options), scanner.driver
    return None


async def _look_far(
    settings: ConsoleSettings, reader: tuple[str, Device, str] | None
) -> list[Check]:
    """Ask lanes and centre, and the desk's reader, all at once."""
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(_look_at_lane(each, settings.tls)) for each in settings.gates]
        if settings.centre:
            asked.append(tasks.create_task(_look_at_centre(settings.centre.address, settings.tls)))
        if reader:
            asked.append(tasks.create_task(_look_at_reader(settings.desk, *reader)))
    return [each.result() for each in asked]


async def _look_at_centre(address: str, tls: Tls) -> Check:
    return Check("centre", *await look_at_centre(address, tls, "the desk"))


async def _look_at_reader(
    desk: ConsoleDesk | None, name: str, device: Device, driver: str
) -> Check:
    if desk and is_owned(desk.book):  # two on one line would take it from the officer
        return Check(name, ok=True, detail=_IN_USE)
    return await look_at_device(name, device, driver)


async def _look_at_lane(gate: ConsoleGate, tls: Tls) -> Check:
    """Say whether a lane answers; nobody attends it by that."""
    name = f"lane {gate.id}"
    try:
        link = GateLink(gate.address, tls)
    except SettingsError as error:
        return Check(name, ok=False, detail=f"cannot be asked: {error}")
    try:
        async with asyncio.timeout(_LANE_SECONDS), aclosing(link.changes()) as changes:  # type: ignore[type-var]
            status = await anext(changes)
    except GateUnavailable as error:
        return Check(name, ok=False, detail=f"{error}; {_NO_LANE}")
    except TimeoutError:
        late = f"{gate.address}: does not answer within {_LANE_SECONDS:g} s"
        return Check(name, ok=False, detail=f"{late}; {_NO_LANE}")
    finally:
        await link.close()
    if status.gate_id != gate.id:
        there = f"{gate.address}: there is {status.gate_id}; correct id or address"
        return Check(name, ok=False, detail=there)
    return Check(name, ok=True, detail=f"{gate.address}: answers, {status.software_version}")


def _look_at_files(settings: ConsoleSettings, now: dt.datetime) -> Iterator[Check]:
    yield checked("certificate", lambda: _look_at_certificate(settings, now))
    yield from look_at_tls(settings.tls, now)
    if page := settings.page_tls:
        yield checked("page_certificate", lambda: look_at_page_certificate(page, now))
    yield checked("clock", lambda: look_at_clock(now))
    yield checked("disk", lambda: look_at_disk(settings.state, "the console"))
    yield checked("officers", lambda: _look_at_officers(settings.state, now))
    yield checked("audit_log", lambda: _look_at_audit_log(settings.state / AUDIT_LOG))
    if settings.desk:
        yield from _look_at_desk(settings.desk)
    if policy := settings.policy:
        yield checked("policy", lambda: _look_at_policy(policy))
    if specimens := settings.specimens:
        yield checked("specimens", lambda: _look_at_specimens(specimens))


def _look_at_certificate(settings: ConsoleSettings, now: dt.datetime) -> str:
    file = settings.tls.certificate
    holder = holder_of(file, "console")
    usable = {Role.CONSOLE} if settings.desk else {Role.CONSOLE, Role.OFFICER}
    if holder.role not in usable:
        raise Amiss(f"{file}: is of {holder.urn()}, of no console: issue one for this console")
    return f"{holder.urn()}, {time_left(file, now)}"


def _look_at_officers(state: Path, now: dt.datetime) -> str:
    try:
        officers = who_may_log_in(state, UtcSeconds(now.timestamp()))
    except DatabaseUnusable as error:
        raise Amiss(f"{error}; the first one: {_ADD}") from error
    if not any(ConsoleRole.SUPERVISOR in each.roles for each in officers):
        raise Amiss(f"no supervisor can log in: {_ADD}")
    return f"{len(officers)} may log in"


def _look_at_audit_log(file: Path) -> str:
    if not file.exists():
        return "none yet"
    try:
        with reading(file) as database:
            state = verify(database, {})
    except sqlite3.Error as error:
        raise Amiss(f"{file}: cannot be read: {error}") from error
    if state.fault:
        raise Amiss(f"{file}: {state.fault}; keep the file, and tell the auditor")
    return f"whole, {state.last} rows; egate console audit verify asks the centre as well"


def _look_at_desk(desk: ConsoleDesk) -> Iterator[Check]:
    yield Check("records", *look_at_refused(desk.book))
    yield Check("evidence", *look_at_evidence(desk.book))
    if reasons := desk.reason_codes:
        yield checked("reason_codes", lambda: _look_at_reasons(reasons))
    if store := desk.trust_store:
        yield checked("trust_store", lambda: _look_at_trust_store(store))


def _look_at_reasons(file: Path) -> str:
    try:
        table = load(ReasonTable, file)
    except SettingsError as error:
        raise Amiss(str(error)) from error
    return f"version {table.version}"


def _look_at_trust_store(folder: Path) -> str:
    try:
        store = TrustStore.open(folder)
    except TrustStoreError as error:
        raise Amiss(f"{error}: egate trust import --store {folder} FILE") from error
    return f"{len(store)} entries, version {store.version[:8]}"


def _look_at_policy(settings: ConsolePolicy) -> str:
    try:
        profiles = toml_of(settings.file, read_settings_file(settings.file)).get("profiles", {})
    except SettingsError as error:
        raise Amiss(str(error)) from error
    if not isinstance(profiles, dict) or not profiles:
        raise Amiss(f"{settings.file}: no profiles: not the policy of the lanes")
    for profile in profiles:
        load_policy(settings.file, profile, settings.keys)
    return f"{len(profiles)} profiles, signed by two officers"


def _look_at_specimens(folder: Path) -> str:
    try:
        return f"{folder}: {len(Specimens.of_folder(folder))}"
    except SettingsError as error:
        raise Amiss(str(error)) from error
