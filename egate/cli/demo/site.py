"""The folder of a demo: throw-away certificates, a trust store, settings of each process."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from egate.cli.service_identity import create_authority, issue
from egate.domain.session.flow import Flow
from egate.reporting.identity import Role
from egate.settings import Tls

GATE_ID: Final = "BDDAC-DEMO-01"
OFFICER_ID: Final = "demo-officer"
_IDENTITIES: Final = {
    Role.GATE: GATE_ID,
    Role.CENTRE: "demo",
    Role.CONSOLE: "demo",
    Role.OFFICER: OFFICER_ID,
}
_FACE_LIGHT_COIL: Final = 10  # of the simulated board
_POLICY: Final = Path(__file__).resolve().parents[3] / "config" / "policy.toml"


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports that were free a moment ago."""

    centre: int
    centre_page: int
    gate_service: int
    display: int
    console: int
    chip_reader: int


def free_ports() -> Ports:
    sockets = [socket.socket() for _ in range(6)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return Ports(*(each.getsockname()[1] for each in sockets))
    finally:
        for each in sockets:
            each.close()


@dataclass(frozen=True, slots=True)
class Site:
    """Where everything of one demo lies."""

    folder: Path
    ports: Ports
    flow: Flow = Flow.ONE_STEP
    tls: dict[Role, Tls] = field(default_factory=dict)

    @property
    def urls(self) -> dict[str, str]:
        """The pages that a person can look at."""
        return {
            "display": f"http://127.0.0.1:{self.ports.display}/",
            "console": f"http://127.0.0.1:{self.ports.console}/",
            "centre": f"http://127.0.0.1:{self.ports.centre_page}/",
        }

    @property
    def pki(self) -> Path:
        return self.folder / "pki"

    @property
    def trust_store(self) -> Path:
        return self.folder / "trust"

    def make_folder_of_pages(self) -> Path:
        """Make the folder where the simulated page scanner puts its images."""
        folder = self.folder / "pages"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def gate_settings(self) -> Path:
        return self.folder / "gate.toml"

    @property
    def central_settings(self) -> Path:
        return self.folder / "central.toml"

    @property
    def console_settings(self) -> Path:
        return self.folder / "console.toml"

    def issue_service_certificates(self) -> None:
        """Make an authority and one certificate for each process and the officer."""
        folder = self.folder / "tls"
        create_authority(folder)
        for role, name in _IDENTITIES.items():
            self.tls[role] = issue(folder, role, name)

    def write_central_settings(self) -> None:
        self.central_settings.write_text(
            f'listen = "127.0.0.1:{self.ports.centre}"\n'
            f'[page]\nlisten = "127.0.0.1:{self.ports.centre_page}"\n'
            f'[database]\nembedded = "{self.folder / "postgresql"}"\n'
            + self._tls_table(Role.CENTRE),
            "utf-8",
        )

    def write_console_settings(self) -> None:
        self.console_settings.write_text(
            f'listen = "127.0.0.1:{self.ports.console}"\n'
            f'officer_id = "{OFFICER_ID}"\n'
            f'[[gates]]\nid = "{GATE_ID}"\naddress = "127.0.0.1:{self.ports.gate_service}"\n'
            + self._tls_table(Role.CONSOLE),
            "utf-8",
        )

    def write_gate_settings(self, lane: Mapping[str, Any]) -> None:
        """Write the gate's settings for the addresses that the simulated lane gave."""
        devices = {
            "mrz_reader": ("elyctis", lane["mrz_reader"]),
            "chip_reader": ("vpcd", f"127.0.0.1:{self.ports.chip_reader}"),
            "camera": ("opencv", lane["camera"]),
            "barrier": ("modbus", lane["barrier"]),
            "page_scanner": ("folder", lane["page_scanner"]),
        }
        tables = "".join(
            f'[devices.{name}]\ndriver = "{driver}"\naddress = "{address}"\n'
            for name, (driver, address) in devices.items()
        )
        door = "exit" if self.flow.has_mantrap else "entry"  # leads over the border
        tables += (
            f'[devices.barrier.options]\ndoor = "{door}"\ncoil_face_light = {_FACE_LIGHT_COIL}\n'
        )
        self.gate_settings.write_text(
            f'[gate]\nid = "{GATE_ID}"\nborder_crossing_point = "BDDAC"\ndirection = "entry"\n'
            f'journal = "journal.sqlite"\ntrust_store = "trust"\npolicy = "{_POLICY}"\n'
            f'flow = "{self.flow.value}"\n'
            + tables
            + f'[centre]\naddress = "127.0.0.1:{self.ports.centre}"\n'
            f'[service]\nlisten = "127.0.0.1:{self.ports.gate_service}"\n'
            f'[display]\nlisten = "127.0.0.1:{self.ports.display}"\n' + self._tls_table(Role.GATE),
            "utf-8",
        )

    def _tls_table(self, role: Role) -> str:
        files = self.tls[role].model_dump()
        return "[tls]\n" + "".join(f'{name} = "{path}"\n' for name, path in files.items())
