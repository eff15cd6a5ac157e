"""``egate central alarms`` and ``settle``: what somebody must look into, and who has."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from egate.central.alarms import Alarm, open_alarms, settle_alarm
from egate.central.database import Pool
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput

if TYPE_CHECKING:
    from egate.cli.central_database import Commands

_MAX_OFFICER_ID: Final = 64


def configure(commands: "Commands") -> None:
    alarms = commands.add_parser(
        "alarms",
        help="what somebody must look into",
        description="Print the alarms that nobody has settled, the newest first; the centre may"
        " run meanwhile. Nothing personal. Exit code 1: there are some.",
    )
    add_config(alarms)
    alarms.add_argument("--json", action="store_true", help="as one JSON document")
    alarms.set_defaults(run=_show)
    settle = commands.add_parser(
        "settle",
        help="say that an alarm was looked into",
        description="Say that an alarm was looked into; it opens again when it happens again."
        " Exit code 1: there is no such alarm.",
    )
    add_config(settle)
    settle.add_argument("--officer", required=True, metavar="ID", help="who has looked into it")
    settle.add_argument("kind", metavar="KIND", help="as printed by alarms")
    settle.add_argument("subject", metavar="SUBJECT", help="as printed by alarms")
    settle.set_defaults(run=_settle)


def _show(arguments: argparse.Namespace) -> int:
    alarms: Sequence[Alarm] = asked(settings_of(arguments), open_alarms)
    if arguments.json:
        print_json({"alarms": [_as_json(alarm) for alarm in alarms]})
    else:
        for alarm in alarms:
            last = alarm.last_at.isoformat(timespec="seconds")
            print(f"{last}  {alarm.kind} {alarm.subject}: {alarm.detail} ({alarm.times} times)")
    return 1 if alarms else 0


def _as_json(alarm: Alarm) -> dict[str, object]:
    times = {"first_at": alarm.first_at.isoformat(), "last_at": alarm.last_at.isoformat()}
    return asdict(alarm) | times


def _settle(arguments: argparse.Namespace) -> int:
    officer: str = arguments.officer
    if not (0 < len(officer) <= _MAX_OFFICER_ID and officer.isprintable()):
        raise BadInput("--officer: who has looked into it, at most 64 characters")

    async def settle(pool: Pool) -> bool:
        return await settle_alarm(pool, arguments.kind, arguments.subject, officer)

    return 0 if asked(settings_of(arguments), settle) else 1
