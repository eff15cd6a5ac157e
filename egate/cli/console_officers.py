"""``egate console officer``: accounts of a console; the first supervisors are made with it."""

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from egate.cli.clock import now_utc
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.console.access.access import Access
from egate.console.access.accounts import Account, BadAccount, NoSuchOfficer
from egate.console.access.officer import ConsoleRole
from egate.console.access.opening import opened_access
from egate.console.audit.acts import AuditAct
from egate.console.audit.log import FILE_NAME, AuditLog, AuditUnusable
from egate.console.language import Language
from egate.domain.time import UtcSeconds
from egate.durable_files.database import DatabaseUnusable
from egate.observability.logging import configure_logging
from egate.settings import ConsoleSettings, SettingsError, load

if TYPE_CHECKING:
    from egate.cli.central_database import Commands

_WHO: Final = "command line"


def configure(commands: "Commands") -> None:
    officers = commands.add_parser(
        "officer",
        help="officers who may log in: add, list, disable, reset",
        description="Officers who may log in at a console; it may run meanwhile.",
    ).add_subparsers(dest="officer_command", required=True, metavar="COMMAND")
    adding = officers.add_parser(
        "add",
        help="add an officer and print the first password",
        description="Add an officer and print the first password, once. It is good for 72 hours,"
        " and only for setting an own password and an authenticator app.",
    )
    _add_common(adding)
    adding.add_argument("--id", required=True, metavar="ID", help="a-z, 0-9, . _ -")
    adding.add_argument("--name", required=True, metavar="NAME")
    adding.add_argument(
        "--role",
        required=True,
        action="append",
        type=ConsoleRole,
        choices=list(ConsoleRole),
        help="also more than once",
    )
    adding.add_argument(
        "--gate", action="append", default=[], metavar="ID", help="a lane; none: all of the hall"
    )
    adding.add_argument(
        "--language", type=Language, choices=list(Language), default=Language.BANGLA
    )
    adding.set_defaults(run=_add)
    listing = officers.add_parser("list", help="list them", description="List all officers.")
    _add_common(listing)
    listing.set_defaults(run=_list)
    for name, run, summary in (
        ("disable", _disable, "let an officer log in no more, and log out every screen"),
        ("reset", _reset, "print a new first password; authenticator and recovery codes are gone"),
    ):
        parser = officers.add_parser(
            name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
        )
        _add_common(parser)
        parser.add_argument("--id", required=True, metavar="ID")
        parser.set_defaults(run=run)


def _add(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as (access, audit, settings):
        if strange := set(arguments.gate) - {gate.id for gate in settings.gates}:
            raise BadInput(f"--gate: {min(strange)}: no lane of this console")
        try:
            password = access.accounts.add(
                arguments.id, arguments.name, arguments.role, arguments.gate, arguments.language
            )
        except BadAccount as error:
            raise BadInput(f"officer: {error}") from error
        # Before the first password is shown, without which the account is of no use.
        audit.note(_WHO, AuditAct.OFFICER_ADDED, arguments.id, " ".join(sorted(arguments.role)))
    return _show_password(arguments, password)


def _list(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as (access, _, _):
        accounts = access.accounts.all()
    if arguments.json:
        print_json({"officers": [_as_json(account) for account in accounts]})
        return 0
    for account in accounts:
        shown = _as_json(account)
        lanes = ", ".join(shown["gates"]) or "all lanes"
        print(
            f"{shown['officer_id']} {shown['name']}: {', '.join(shown['roles'])};"
            f" {lanes}; {shown['state']}"
        )
    return 0


def _disable(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as (access, audit, _):
        audit.note(_WHO, AuditAct.OFFICER_DISABLED, arguments.id)
        access.accounts.disable(arguments.id)
    if arguments.json:
        print_json({"officer_id": arguments.id, "state": "disabled"})
    else:
        print(f"{arguments.id}: disabled")
    return 0


def _reset(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as (access, audit, _):
        audit.note(_WHO, AuditAct.OFFICER_RESET, arguments.id)
        password = access.accounts.reset(arguments.id)
    return _show_password(arguments, password)


def _show_password(arguments: argparse.Namespace, password: str) -> int:
    if arguments.json:
        print_json({"officer_id": arguments.id, "first_password": password})
    else:
        print(f"officer id:      {arguments.id}")
        print(f"first password:  {password}")
        print("It is good for 72 hours, for setting an own password and an authenticator app.")
    return 0


def _as_json(account: Account) -> dict[str, Any]:
    officer = account.officer
    return {
        "officer_id": officer.officer_id,
        "name": officer.name,
        "roles": sorted(officer.roles),
        "gates": list(officer.gates),
        "language": officer.language,
        "state": account.state,
    }


@contextmanager
def _opened(arguments: argparse.Namespace) -> Iterator[tuple[Access, AuditLog, ConsoleSettings]]:
    configure_logging()
    try:
        settings = load(ConsoleSettings, arguments.config)
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (
            closing(AuditLog(settings.state / FILE_NAME, _now)) as audit,
            opened_access(settings.state, settings.log_in, audit, _now) as access,
        ):
            yield access, audit, settings
    except (SettingsError, DatabaseUnusable, AuditUnusable) as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        raise BadInput(f"{error.filename}: {error.strerror}") from error
    except NoSuchOfficer as error:
        raise BadInput(f"--id: {error}") from error


def _now() -> UtcSeconds:
    return UtcSeconds(now_utc().timestamp())


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="as config/console.toml"
    )
    parser.add_argument("--json", action="store_true", help="as one JSON document")
