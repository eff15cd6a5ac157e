"""The folder of a demo: throw-away certificates, a trust store, settings of each process."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from egate.central.peers import Peer
from egate.cli.demo.beforehand import OTHER_GATE_ID, OTHER_PORT
from egate.cli.demo.listed import ListKeys
from egate.cli.demo.officers import DemoOfficer, copied, make_officers, sign_policy
from egate.cli.demo.settings_tables import device_table, tls_table
from egate.cli.demo.specimens import FOLDER as SPECIMENS
from egate.cli.service_identity import create_authority, issue
from egate.domain.record import Direction
from egate.domain.session.flow import Flow
from egate.reporting.identity import Identity, Role
from egate.settings import Tls

GATE_ID: Final = "BDDAC-DEMO-01"
KIOSK_ID: Final = "BDDAC-DEMO-K1"
OFFICER_ID: Final = "demo-officer"
_PORT: Final = "BDDAC"
_IDENTITIES: Final = {
    Role.GATE: GATE_ID,
    Role.CENTRE: "demo",
    Role.CONSOLE: "demo",
    Role.OFFICER: OFFICER_ID,
}
_CONFIG: Final = Path(__file__).resolve().parents[3] / "config"
_POLICY: Final = _CONFIG / "policy.toml"
_AUTHORISATION_RULES: Final = _CONFIG / "authorisation_rules.toml"


class Layout(StrEnum):
    """How the demo's lane is laid out."""

    ONE_STEP = "one_step"
    TWO_STEP = "two_step"
    SEGREGATED = "segregated"


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports that were free a moment ago."""

    centre: int
    centre_page: int
    gate_service: int
    display: int
    console: int
    chip_reader: int
    kiosk_service: int
    kiosk_display: int


def free_ports() -> Ports:
    sockets = [socket.socket() for _ in range(8)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return Ports(*(each.getsockname()[1] for each in sockets))
    finally:
        for each in sockets:
            each.close()


@dataclass(frozen=True, slots=True)
class GateSite:
    """One gate process.

    Args:
        id: as its certificate has it.
        flow: what of the lane it is.
        name: of its files.
        service: port for officers, and for gates that ask a kiosk.
        display: port of the traveller's page.

    """

    id: str
    flow: Flow
    name: str
    service: int
    display: int

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.service}"


@dataclass(frozen=True, slots=True)
class Site:
    """Where everything of one demo lies."""

    folder: Path
    ports: Ports
    layout: Layout = Layout.ONE_STEP
    direction: Direction = Direction.ENTRY
    tls: dict[Role, Tls] = field(default_factory=dict)
    officers: list[DemoOfficer] = field(default_factory=list)

    @property
    def gate(self) -> GateSite:
        """The process at whose door a traveller crosses."""
        segregated = self.layout is Layout.SEGREGATED
        flow = Flow.TOKEN_GATE if segregated else Flow(self.layout)
        return GateSite(GATE_ID, flow, "gate", self.ports.gate_service, self.ports.display)

    @property
    def kiosk(self) -> GateSite | None:
        """The process before it, in a segregated lane."""
        if self.layout is not Layout.SEGREGATED:
            return None
        ports = self.ports
        return GateSite(KIOSK_ID, Flow.KIOSK, "kiosk", ports.kiosk_service, ports.kiosk_display)

    @property
    def gates(self) -> tuple[GateSite, ...]:
        """All gate processes, in the order in which a traveller comes to them."""
        return (self.kiosk, self.gate) if self.kiosk else (self.gate,)

    @property
    def urls(self) -> dict[str, str]:
        """The pages that a person can look at."""
        kiosk = {"kiosk": f"http://127.0.0.1:{self.ports.kiosk_display}/"} if self.kiosk else {}
        return {
            **kiosk,
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

    def settings_of(self, gate: GateSite) -> Path:
        return self.folder / f"{gate.name}.toml"

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
        if self.kiosk:
            issue(folder, Role.GATE, self.kiosk.id)

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Whom the centre must know: every gate, the console, the officer."""
        others = (Role.CONSOLE, Role.OFFICER)
        return (
            *(Peer(Identity(Role.GATE, gate.id), _PORT) for gate in self.gates),
            *(Peer(Identity(role, _IDENTITIES[role])) for role in others),
            Peer(Identity(Role.GATE, OTHER_GATE_ID), OTHER_PORT),
        )

    @property
    def other_gate(self) -> Tls:
        """A certificate of the gate at another port, of which only earlier entries are known."""
        return issue(self.folder / "tls", Role.GATE, OTHER_GATE_ID)

    @property
    def database(self) -> Path:
        """The folder of the centre's PostgreSQL."""
        return self.folder / "postgresql"

    @property
    def list_keys(self) -> ListKeys:
        return ListKeys(self.folder / "list-keys")

    @property
    def policy_keys(self) -> Path:
        """The folder of officers' public keys, which every gate and the console have."""
        return self.folder / "policy-keys"

    @property
    def console_state(self) -> Path:
        return self.folder / "console"

    def appoint_officers(self) -> None:
        """Make the officers of the console, and have a policy that two of them signed."""
        self.officers.extend(make_officers(self.console_state))
        office = self._policy_of("console")
        office.parent.mkdir(exist_ok=True)
        office.write_bytes(_POLICY.read_bytes())
        sign_policy(self.officers, self.console_state, office, self.policy_keys)
        for gate in self.gates:
            copied(office, self._policy_of(gate.name).parent)

    def _policy_of(self, name: str) -> Path:
        return self.folder / f"policy-of-{name}" / _POLICY.name

    def write_central_settings(self) -> None:
        self.central_settings.write_text(
            f'listen = "127.0.0.1:{self.ports.centre}"\n'
            f'authorisation_rules = "{_AUTHORISATION_RULES}"\n'
            f'[page]\nlisten = "127.0.0.1:{self.ports.centre_page}"\n'
            f'[database]\nembedded = "{self.database}"\n[images]\nfolder = "images"\n'
            f'[lists]\nfolder = "lists"\nsigning_key = "{self.list_keys.signing_key}"\n'
            f'list_key = "{self.list_keys.list_key}"\n' + self._tls_table(Role.CENTRE),
            "utf-8",
        )

    def write_console_settings(self) -> None:
        self.console_settings.write_text(
            f'listen = "127.0.0.1:{self.ports.console}"\n'
            f'state = "{self.console_state}"\nspecimens = "{SPECIMENS}"\n'
            + "".join(
                f'[[gates]]\nid = "{gate.id}"\naddress = "{gate.address}"\n' for gate in self.gates
            )
            + f'[centre]\naddress = "127.0.0.1:{self.ports.centre}"\n'
            f'[desk]\nborder_crossing_point = "{_PORT}"\nstation = "DAC-DEMO-D1"\n'
            'authority = "SB"\nbook = "desk.sqlite"\n'
            f'reason_codes = "{_CONFIG / "reason_codes.toml"}"\n'
            f'[policy]\nfile = "{self._policy_of("console")}"\nkeys = "{self.policy_keys}"\n'
            + self._tls_table(Role.CONSOLE),
            "utf-8",
        )

    def write_gate_settings(self, lane: Mapping[str, Any]) -> None:
        """Write the settings of each gate for the devices that the simulated lane gave."""
        devices = [lane["devices"]]
        if "gate" in lane:
            devices.append(lane["gate"]["devices"])
        for gate, named in zip(self.gates, devices, strict=True):
            self.settings_of(gate).write_text(self._gate_settings(gate, named), "utf-8")

    def _gate_settings(self, gate: GateSite, devices: Mapping[str, Mapping[str, Any]]) -> str:
        other = self._lists_table_of(gate)
        if gate.flow is Flow.KIOSK:
            other += f'[segregated]\ngates = ["{self.gate.id}"]\n'
        elif self.kiosk:
            other = f'[segregated]\nkiosks = ["{self.kiosk.address}"]\n'
        return (
            f'[gate]\nid = "{gate.id}"\nborder_crossing_point = "{_PORT}"\n'
            f'direction = "{self.direction.value}"\n'
            f'journal = "{_journal(gate)}"\ntrust_store = "trust"\n'
            + self._policy_lines(gate)
            + f'authorisation_rules = "{_AUTHORISATION_RULES}"\n'
            f'flow = "{gate.flow.value}"\n'
            + "".join(device_table(name, device) for name, device in devices.items())
            + other
            + f'[centre]\naddress = "127.0.0.1:{self.ports.centre}"\n'
            f'[service]\nlisten = "{gate.address}"\n'
            f'[display]\nlisten = "127.0.0.1:{gate.display}"\n' + self._tls_table_of(gate)
        )

    def _policy_lines(self, gate: GateSite) -> str:
        """Say where the policy is; a lane without officers takes the shipped one unsigned."""
        if not self.officers:
            return f'policy = "{_POLICY}"\n'
        return f'policy = "{self._policy_of(gate.name)}"\npolicy_keys = "{self.policy_keys}"\n'

    def _lists_table_of(self, gate: GateSite) -> str:
        keys = self.list_keys
        return (
            f'[lists]\nfolder = "lists-of-{gate.name}"\n'
            f'signer = "{keys.signer}"\nkey = "{keys.list_key}"\n'
        )

    def _tls_table_of(self, gate: GateSite) -> str:
        tls = self.tls[Role.GATE]
        stem = f"{Role.GATE}-{gate.id}"
        own = {"certificate": f"{stem}.pem", "key": f"{stem}.key"}
        return tls_table({"ca": tls.ca, **{k: tls.ca.parent / file for k, file in own.items()}})

    def _tls_table(self, role: Role) -> str:
        return tls_table(self.tls[role].model_dump(exclude_none=True))


def _journal(gate: GateSite) -> str:
    return "journal.sqlite" if gate.name == "gate" else f"{gate.name}.sqlite"
