"""``egate gate enrol``: the first certificate of a lane, by a token of the centre."""

import argparse
import asyncio
from typing import Final

from egate.cli.input_file import read_file
from egate.cli.outcome import BadInput, Unavailable
from egate.ports.reporting import CentreUnavailable
from egate.reporting.enrolment_client import EnrolmentRefused, enrol
from egate.reporting.identity import Identity, Role
from egate.settings import GateSettings, SettingsError, load

_MAX_TOKEN_BYTES: Final = 1024


def run(arguments: argparse.Namespace) -> int:
    """Carry out ``egate gate enrol``.

    Raises:
        BadInput: the settings or the token are of no use.
        Unavailable: the centre does not answer.

    """
    try:
        settings = load(GateSettings, arguments.config)
    except SettingsError as error:
        raise BadInput(str(error)) from error
    if settings.centre.enrolment is None:
        raise BadInput(f"{arguments.config}: centre.enrolment: is missing")
    try:
        token = read_file(arguments.token_file, _MAX_TOKEN_BYTES).decode("ascii").strip()
    except UnicodeDecodeError:
        raise BadInput(f"{arguments.token_file}: not a token") from None
    identity = Identity(Role.GATE, settings.gate.id)
    try:
        asyncio.run(enrol(settings.centre.enrolment, settings.tls, token, identity))
    except (SettingsError, EnrolmentRefused) as error:
        raise BadInput(str(error)) from error
    except CentreUnavailable as error:
        raise Unavailable(str(error)) from error
    print(f"{settings.tls.certificate}: enrolled as gate {settings.gate.id}")
    return 0
