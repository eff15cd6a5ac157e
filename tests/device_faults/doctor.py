"""What ``egate doctor`` says of each fault of each device, on the same wires."""

import asyncio
import json
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from hardware_mocks.barrier.lane import Coil
from tests.conftest import ROOT
from tests.device_faults.centre import centre_server
from tests.device_faults.devices import APART, MRZ_READERS, Device, Fitted
from tests.device_faults.issued import GATE_ID, Issued
from tests.device_faults.site import Site, site_with
from tests.device_faults.wires import Fault, lasting_port
from tests.gate_lane import Centre
from tests.pcscd import READER, VPCD_PORT, Pcscd

_AT_ONCE = 3
_CHECKS = {
    **dict.fromkeys(MRZ_READERS, "mrz_reader"),
    Device.VPCD: "chip_reader",
    Device.PCSC: "chip_reader",
    Device.MODBUS: "barrier",
    Device.TURNSTILE: "barrier",
    Device.FACE_LIGHT: "barrier",
    Device.CAMERA: "camera",
    Device.PAGE_SCANNER: "page_scanner",
    Device.CENTRE: "centre",
    Device.EMERGENCY_INPUT: "emergency_input",
    Device.SIGNAL_LIGHTS: "signal_lights",
}
Diagnoses = dict[tuple[Device, Fault], tuple[bool, str]]


async def diagnoses(devices: list[Device], seed: int, pcscd: Pcscd | None) -> Diagnoses:
    """Ask ``egate doctor`` about every fault of ``devices``: whether it is well, and its words."""
    found: Diagnoses = {}
    rooms, readers = asyncio.Semaphore(_AT_ONCE), asyncio.Semaphore(1)
    with tempfile.TemporaryDirectory(prefix="fault-doctor-") as folder:
        issued = await asyncio.to_thread(Issued.into, Path(folder))

        async def ask(device: Device, fault: Fault) -> None:
            async with AsyncExitStack() as turns:
                if device is Device.PCSC:
                    await turns.enter_async_context(readers)
                await turns.enter_async_context(rooms)
                found[device, fault] = await _asked(device, fault, seed, issued, pcscd)

        async with asyncio.TaskGroup() as tasks:
            for device in devices:
                for fault in Fault:
                    tasks.create_task(ask(device, fault))
    return found


async def _asked(
    device: Device, fault: Fault, seed: int, issued: Issued, pcscd: Pcscd | None
) -> tuple[bool, str]:
    own_pcscd = pcscd if device is Device.PCSC else None
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(centre_server(issued.centre_tls, Centre()))
        fitted = Fitted(
            device if device in MRZ_READERS else Device.ELYCTIS,
            device if device is Device.TURNSTILE else Device.MODBUS,
            VPCD_PORT if own_pcscd else lasting_port(),
            own_pcscd,
            port,
            device in APART,
        )
        site = await stack.enter_async_context(site_with(fitted, issued.document))
        file = issued.folder / f"{device}-{fault}.toml"
        file.write_text(_settings(site, fitted, issued))
        await site.begin(device, fault, seed)
        try:
            asked = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "egate.cli", "doctor", "--config", str(file), "--json"),
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            said, _ = await asked.communicate()
        finally:
            await site.mend()
    (check,) = [c for c in json.loads(said)["checks"] if c["name"] == _CHECKS[device]]
    return check["ok"], _without_addresses(check["detail"], site, fitted)


def _without_addresses(detail: str, site: Site, fitted: Fitted) -> str:
    """Return ``detail`` with what differs from run to run left out."""
    named = {
        site.mrz_pty.path: "/dev/mrz",
        site.barrier_pty.path: "/dev/barrier",
        site.camera_url: "http://camera",
        **{pty.path: f"/dev/{name}" for name, pty in site.apart_ptys.items()},
        str(site.pages): "/pages",
        f"127.0.0.1:{site.centre_relay.port}": "centre",
        f"127.0.0.1:{fitted.chip_port}": "chip",
    }
    for address, name in named.items():
        detail = detail.replace(address, name)
    return detail


def _apart(site: Site) -> str:
    return "".join(
        f'[devices.{name}]\ndriver = "modbus"\naddress = "{pty.path}"\n'
        for name, pty in site.apart_ptys.items()
    )


def _settings(site: Site, fitted: Fitted, issued: Issued) -> str:
    chip = ("pcsc", READER) if fitted.pcscd else ("vpcd", f"127.0.0.1:{fitted.chip_port}")
    turnstile = fitted.barrier is Device.TURNSTILE
    light = "face_light = true" if turnstile else f"coil_face_light = {Coil.FACE_LIGHT.value}"
    tls = issued.gate_tls
    return f"""
[gate]
id = "{GATE_ID}"
border_crossing_point = "BDDAC"
direction = "entry"
journal = "journal.sqlite"
trust_store = "{issued.folder / "trust"}"
authorisation_rules = "{ROOT / "config" / "authorisation_rules.toml"}"
policy = "{ROOT / "config" / "policy.toml"}"
[devices.mrz_reader]
driver = "{fitted.mrz_reader}"
address = "{site.mrz_pty.path}"
[devices.chip_reader]
driver = "{chip[0]}"
address = "{chip[1]}"
[devices.camera]
driver = "opencv"
address = "{site.camera_url}"
[devices.barrier]
driver = "{fitted.barrier}"
address = "{site.barrier_pty.path}"
options = {{ {light} }}
[devices.page_scanner]
driver = "folder"
address = "{site.pages}"
{_apart(site) if fitted.apart else ""}
[centre]
address = "127.0.0.1:{site.centre_relay.port}"
[tls]
ca = "{tls.ca}"
certificate = "{tls.certificate}"
key = "{tls.key}"
[service]
listen = "127.0.0.1:0"
[display]
listen = "127.0.0.1:0"
"""
