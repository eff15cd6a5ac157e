"""``egate audit verify`` for a gate, a kiosk or a desk: the chain in its own database."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput, Unavailable
from egate.outbox.chain_audit import audit_of
from egate.outbox.database import DatabaseUnusable
from egate.reporting.credentials import load as load_credentials
from egate.reporting.identity import Role
from egate.settings import (
    ConsoleSettings,
    GateSettings,
    SettingsError,
    load,
    read_settings_file,
    toml_of,
)


@dataclass(frozen=True, slots=True)
class StationChain:
    """Where a station has its chain.

    Args:
        file: the journal or the desk's book.
        station_id: under which it numbers its records.

    """

    file: Path
    station_id: str


def chain_of(config: Path) -> StationChain | None:
    """Return which station's settings ``config`` are, None for a centre's.

    Raises:
        BadInput: they cannot be used.

    """
    try:
        named = toml_of(config, read_settings_file(config)).keys()
        if "gate" in named:
            gate = load(GateSettings, config).gate
            return StationChain(gate.journal, gate.id)
        if "desk" in named:
            return _of_desk(load(ConsoleSettings, config))
    except SettingsError as error:
        raise BadInput(str(error)) from error
    return None


def verify_station(chain: StationChain, arguments: argparse.Namespace) -> int:
    """Look over ``chain``, print what was found, and return the exit code.

    Raises:
        BadInput: what is asked is of a centre.
        Unavailable: the database cannot be read.

    """
    if arguments.first or arguments.last or arguments.head:
        raise BadInput("--from, --to and --head are for a centre's settings")
    try:
        audit = audit_of(chain.file, chain.station_id)
    except DatabaseUnusable as error:
        raise Unavailable(str(error)) from error
    found = audit.found
    if arguments.json:
        broken = {"number": found.gate_seq, "what": found.fault} if found else None
        print_json(
            {"whole": not found, "station": chain.station_id, "links": audit.links, "break": broken}
        )
    elif found:
        print(f"BROKEN: record {found.gate_seq} of {chain.station_id} {found.fault}")
    else:
        print(f"whole: {audit.links} links of {chain.station_id}")
    return 1 if found else 0


def _of_desk(settings: ConsoleSettings) -> StationChain | None:
    if settings.desk is None:
        return None
    name = load_credentials(settings.tls, Role.CONSOLE).identity.name
    return StationChain(settings.desk.book, name)
