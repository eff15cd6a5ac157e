"""A ready configuration of a gate, and of its console, for the devices of this lane.

Written from the documented settings (``config/gate.toml``), and not by the gate's own code: if
the two disagree, the gate says so in one line when it starts.
"""

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hardware_mocks.lane.service_certificates import ServiceAuthority
from hardware_mocks.outcome import BadInput

_GATE_ID: Final = "BDDAC-SIM-01"
_CONFIG: Final = Path(__file__).resolve().parents[2] / "config"
_POLICY_FILE: Final = "policy.toml"
_OF_LISTS: Final = re.compile(
    r'^("BACKGROUND\.(?:DOCUMENT_STATUS|WATCHLIST)" = )"mandatory"', re.MULTILINE
)
_CONSOLE_FILE: Final = "console.toml"
_TRUST_STORE: Final = "trust"


@dataclass(frozen=True, slots=True)
class GateConfig:
    """What was written.

    Args:
        gate: the settings of the gate.
        console: the settings of its console, beside them.
        trust_store: the folder that ``egate trust import`` is to fill.
        display: where the traveller's display will be.
        console_page: where the console will be.

    """

    gate: Path
    console: Path
    trust_store: Path
    display: str
    console_page: str


def write_gate_config(
    file: Path, flow: str, devices: Mapping[str, Mapping[str, Any]]
) -> GateConfig:
    """Write ``file``, the console's settings and both certificates beside it.

    Args:
        file: of the gate's settings; its folder is made if it is not there.
        flow: how the lane is laid out.
        devices: each with driver, address and options.

    Raises:
        BadInput: it cannot be written.

    """
    try:
        return _write(file.resolve(), flow, devices)
    except OSError as error:
        raise BadInput(f"--gate-config {file}: {error.strerror}") from None


def _write(file: Path, flow: str, devices: Mapping[str, Mapping[str, Any]]) -> GateConfig:
    folder = file.parent
    authority = ServiceAuthority(folder / "tls")
    centre, service, display, console = _free_ports(4)
    tables: dict[str, Mapping[str, Any]] = {
        "gate": {
            "id": _GATE_ID,
            "border_crossing_point": "BDDAC",
            "direction": "entry",
            "flow": flow,
            "journal": "journal.sqlite",
            "trust_store": _TRUST_STORE,
            "authorisation_rules": str(_CONFIG / "authorisation_rules.toml"),
            "policy": _POLICY_FILE,
        },
        **{f"devices.{name}": device for name, device in devices.items()},
        "centre": {"address": f"127.0.0.1:{centre}"},
        "tls": _tls(authority, "gate", _GATE_ID),
        "service": {"listen": f"127.0.0.1:{service}"},
        "display": {"listen": f"127.0.0.1:{display}"},
    }
    (folder / _POLICY_FILE).write_text(_policy_without_lists(), "utf-8")
    file.write_text(
        "# Made for the devices of a simulated lane; it ends with them. Nobody listens at the\n"
        "# centre's address: the gate keeps its records.\n" + _toml(tables),
        "utf-8",
    )
    console_file = folder / _CONSOLE_FILE
    console_tables = {"tls": _tls(authority, "console", "simulated")}
    console_file.write_text(
        _toml_values({"listen": f"127.0.0.1:{console}", "officer_id": "officer-1"})
        + "\n[[gates]]\n"
        + _toml_values({"id": _GATE_ID, "address": f"127.0.0.1:{service}"})
        + _toml(console_tables),
        "utf-8",
    )
    return GateConfig(
        file,
        console_file,
        folder / _TRUST_STORE,
        f"http://127.0.0.1:{display}/",
        f"http://127.0.0.1:{console}/",
    )


def _policy_without_lists() -> str:
    """Return the shipped policy for a lane that nobody tells who is listed."""
    shipped = (_CONFIG / "policy.toml").read_text("utf-8")
    return "# For a simulated lane without lists.\n" + _OF_LISTS.sub(r'\1"evaluatory"', shipped)


def _tls(authority: ServiceAuthority, role: str, name: str) -> dict[str, str]:
    certificate, key = authority.issue(role, name)
    files = {"ca": authority.certificate, "certificate": certificate, "key": key}
    return {each: str(file) for each, file in files.items()}


def _toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Write tables whose values are texts, numbers and yes or no, or tables of such."""
    text = ""
    for name, table in tables.items():
        text += f"\n[{name}]\n" + _toml_values(table)
        text += _toml(
            {f"{name}.{key}": value for key, value in table.items() if isinstance(value, Mapping)}
        )
    return text


def _toml_values(table: Mapping[str, Any]) -> str:
    # A text, a number and a boolean of JSON are the same in TOML.
    return "".join(
        f"{key} = {json.dumps(value)}\n"
        for key, value in table.items()
        if not isinstance(value, Mapping)
    )


def _free_ports(count: int) -> list[int]:
    """Return so many ports of this machine that were free a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
