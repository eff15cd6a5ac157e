"""``egate central token | enrol | retire | crl``: whom the centre knows, and whom no longer."""

import argparse
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from egate.central.database import Pool
from egate.central.enrolment import make_token
from egate.central.peers import Peer, enrol, retire, revoked
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.clock import now_utc
from egate.cli.outcome import BadInput
from egate.durable_files import put_file
from egate.reporting.authority import Authority
from egate.reporting.identity import IdentityMissing, Role, parse_urn
from egate.settings import CentralSettings, SettingsError

if TYPE_CHECKING:
    from egate.cli.central_database import Commands

_PORT: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")
_PRINTABLE: Final = re.compile(r"[ -~]{1,200}")
_MAX_HOURS: Final = 24 * 30
_CRL_LIFETIME: Final = timedelta(days=30)
_ROLES: Final = (Role.GATE, Role.CONSOLE, Role.OFFICER)


def configure(commands: "Commands") -> None:
    token = _command(commands, "token", "make a token for somebody's first certificate", _token)
    token.add_argument("--role", type=Role, choices=_ROLES, required=True)
    token.add_argument("--name", required=True, metavar="ID", help="as BDDAC-A-01")
    token.add_argument("--port", default="", metavar="LOCODE", help="of a gate, as BDDAC")
    token.add_argument(
        "--valid-hours", type=int, default=24, metavar="N", help="default: 24, at most 720"
    )
    enrolling = _command(commands, "enrol", "take certificates that were made by hand", _enrol)
    enrolling.add_argument("--role", type=Role, choices=_ROLES, required=True)
    enrolling.add_argument("--port", default="", metavar="LOCODE", help="of gates, as BDDAC")
    enrolling.add_argument("names", nargs="+", metavar="ID", help="as in the certificates")
    retiring = _command(
        commands, "retire", "refuse somebody from now on, and revoke its certificates", _retire
    )
    retiring.add_argument("--reason", required=True, metavar="TEXT", help="why; nothing personal")
    retiring.add_argument("role", type=Role, choices=_ROLES, metavar="ROLE")
    retiring.add_argument("name", metavar="ID")
    listing = commands.add_parser(
        "crl",
        help="sign the list of revoked certificates anew",
        description="Write the list of revoked certificates to tls.crl, signed by the authority"
        " of [enrolment], due again in 30 days.",
    )
    add_config(listing)
    listing.set_defaults(run=_crl)


def _command(commands: "Commands", name: str, meaning: str, run: object) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}."
    )
    add_config(parser)
    parser.add_argument("--officer", required=True, metavar="ID", help="who says so")
    parser.set_defaults(run=run)
    return parser


def _token(arguments: argparse.Namespace) -> int:
    peer, officer = _peer(arguments, arguments.name), _text("--officer", arguments.officer)
    hours: int = arguments.valid_hours
    if not 1 <= hours <= _MAX_HOURS:
        raise BadInput(f"--valid-hours: 1 to {_MAX_HOURS}")
    settings = settings_of(arguments)

    async def make(pool: Pool) -> str:
        return await make_token(pool, peer, officer, timedelta(hours=hours))

    print(asked(settings, make))
    return 0


def _enrol(arguments: argparse.Namespace) -> int:
    peers = [_peer(arguments, name) for name in dict.fromkeys(arguments.names)]
    officer = _text("--officer", arguments.officer)

    async def take(pool: Pool) -> None:
        await enrol(pool, peers, officer)

    asked(settings_of(arguments), take)
    return 0


def _retire(arguments: argparse.Namespace) -> int:
    identity = _peer(arguments, arguments.name).identity
    officer = _text("--officer", arguments.officer)
    reason = _text("--reason", arguments.reason)
    settings = settings_of(arguments)

    async def end(pool: Pool) -> bool:
        async with pool.acquire() as connection, connection.transaction():
            return await retire(connection, identity, officer, reason)

    known = asked(settings, end)
    if settings.tls.crl and settings.enrolment:
        _write_crl(settings)
    return 0 if known else 1


def _crl(arguments: argparse.Namespace) -> int:
    _write_crl(settings_of(arguments))
    return 0


def _write_crl(settings: CentralSettings) -> None:
    file, enrolment = settings.tls.crl, settings.enrolment
    if file is None or enrolment is None:
        raise BadInput("tls.crl and [enrolment]: both are needed to sign a list")
    found = asked(settings, _revoked)
    now = now_utc()
    try:
        authority = Authority.from_files(enrolment.authority, enrolment.key)
        # Its number grows with the time: whoever has a newer list takes no older one.
        content = authority.revocation_list(
            found, int(now.timestamp() * 1000), authority.from_now(now, _CRL_LIFETIME)
        )
        put_file(file, content)
    except SettingsError as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error


async def _revoked(pool: Pool) -> list[tuple[str, datetime]]:
    return list(await revoked(pool))


def _peer(arguments: argparse.Namespace, name: str) -> Peer:
    try:
        identity = parse_urn(f"urn:egate:{arguments.role}:{name}")
    except IdentityMissing:
        raise BadInput("an id has letters, digits and . _ -, at most 64 of them") from None
    port: str = getattr(arguments, "port", "")
    is_gate = identity.role is Role.GATE and hasattr(arguments, "port")
    if bool(_PORT.fullmatch(port)) is not is_gate or (port and not is_gate):
        raise BadInput("--port: of a gate, and of nobody else: a UN/LOCODE, as BDDAC")
    return Peer(identity, port)


def _text(option: str, text: str) -> str:
    if not _PRINTABLE.fullmatch(text):
        raise BadInput(f"{option}: 1 to 200 printable ASCII characters")
    return text
