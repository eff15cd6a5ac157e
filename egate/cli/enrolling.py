"""``egate gate enrol``, ``egate console enrol``: a first certificate by a token of the centre."""

import argparse
import asyncio
from typing import Final

from egate.cli.input_file import read_file
from egate.cli.key_token import with_key_token
from egate.cli.outcome import BadInput, Unavailable
from egate.ports.devices import DriverOptionError
from egate.ports.reporting import CentreUnavailable
from egate.ports.signing import SignerUnavailable
from egate.reporting.credentials import own_certificate
from egate.reporting.enrolment_client import EnrolmentRefused, enrol
from egate.reporting.identity import Identity, Role
from egate.settings import ConsoleSettings, GateSettings, SettingsError, Tls, load

_MAX_TOKEN_BYTES: Final = 1024


def run_for_gate(arguments: argparse.Namespace) -> int:
    """Carry out ``egate gate enrol``.

    Raises:
        BadInput: the settings or the token are of no use.
        Unavailable: the centre, or the token of the key, does not answer.

    """
    try:
        settings = load(GateSettings, arguments.config)
    except SettingsError as error:
        raise BadInput(str(error)) from error
    if settings.centre.enrolment is None:
        raise BadInput(f"{arguments.config}: centre.enrolment: is missing")
    who = Identity(Role.GATE, settings.gate.id)
    try:
        with with_key_token(settings) as held:
            return _enrol(arguments, settings.centre.enrolment, held.tls, who)
    except DriverOptionError as error:
        raise BadInput(str(error)) from error


def run_for_console(arguments: argparse.Namespace) -> int:
    """Carry out ``egate console enrol``; raises as `run_for_gate`."""
    try:
        settings = load(ConsoleSettings, arguments.config)
    except SettingsError as error:
        raise BadInput(str(error)) from error
    if settings.enrolment is None:
        raise BadInput(f"{arguments.config}: enrolment: is missing")
    who = Identity(Role.CONSOLE, settings.enrolment.name)
    return _enrol(arguments, settings.enrolment.address, settings.tls, who)


def _enrol(arguments: argparse.Namespace, address: str, tls: Tls, who: Identity) -> int:
    try:
        token = read_file(arguments.token_file, _MAX_TOKEN_BYTES).decode("ascii").strip()
    except UnicodeDecodeError:
        raise BadInput(f"{arguments.token_file}: not a token") from None
    try:
        asyncio.run(enrol(address, tls, token, who))
    except (SettingsError, EnrolmentRefused) as error:
        raise BadInput(str(error)) from error
    except (CentreUnavailable, SignerUnavailable) as error:
        raise Unavailable(str(error)) from error
    print(f"{own_certificate(tls)}: enrolled as {who.role} {who.name}")
    return 0
