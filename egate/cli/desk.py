"""``egate desk``: what was done at a desk, or written on paper, entered and sent to the centre."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from egate.cli.clock import now_utc
from egate.cli.input_file import read_file
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput, Unavailable
from egate.console.desk.book_thread import BookUnusable
from egate.console.desk.opening import DeskLinks, opened_desk
from egate.console.desk.request import MAX_FILE_BYTES, Desk, DeskRequestBad, desk_entries
from egate.console.desk.writing import DeskWriting
from egate.console.local_time import DHAKA
from egate.domain.record_id import RANDOM_BITS, make_record_id
from egate.domain.time import UtcSeconds
from egate.outbox.desk_book import DeskEntry, DeskState, Entered
from egate.ports.reporting import CentreUnavailable
from egate.reporting.credentials import load as load_credentials
from egate.reporting.identity import Role
from egate.settings import ConsoleCentre, ConsoleDesk, ConsoleSettings, SettingsError, load

if TYPE_CHECKING:
    # argparse keeps the class of what add_subparsers returns to itself.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001

_MOST_SHOWN: Final = 100_000


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="desk_command", required=True, metavar="COMMAND")
    enter = _command(commands, "enter", "write down crossings and decisions of a file, and send")
    enter.add_argument(
        "--preview", action="store_true", help="say what would be entered, and enter nothing"
    )
    enter.add_argument("file", type=Path, metavar="FILE", help="JSON, see docs/desk-records.md")
    enter.set_defaults(run=_enter)
    sending = _command(commands, "send", "send what waits for the centre")
    sending.set_defaults(run=_send)


def _command(commands: "Commands", name: str, meaning: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}."
    )
    parser.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="as config/console.toml"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _enter(arguments: argparse.Namespace) -> int:
    settings, desk, centre = _settings(arguments.config)
    content = read_file(arguments.file, MAX_FILE_BYTES)
    try:
        entries = desk_entries(content, _desk(settings, desk))
    except DeskRequestBad as error:
        return _refuse(arguments, error.faults)
    if arguments.preview:
        return _preview(arguments, entries)
    rows, away = asyncio.run(_entered(_writing(settings, desk, centre), entries))
    return _report(arguments, rows, away)


def _send(arguments: argparse.Namespace) -> int:
    rows, away = asyncio.run(_sent_later(_writing(*_settings(arguments.config))))
    return _report(arguments, rows, away)


async def _entered(
    opening: AbstractAsyncContextManager[DeskWriting], entries: Sequence[tuple[str, DeskEntry]]
) -> tuple[list[dict[str, Any]], str]:
    async with opening as writing:
        entered = await writing.enter([entry for _, entry in entries])
        away = await _sent(writing)
        return [
            await _row(writing, place, each)
            for (place, _), each in zip(entries, entered, strict=True)
        ], away


async def _sent_later(
    opening: AbstractAsyncContextManager[DeskWriting],
) -> tuple[list[dict[str, Any]], str]:
    async with opening as writing:
        unsettled = await writing.unsettled(_MOST_SHOWN)
        before = [each.record_id for each in unsettled if not each.refused]
        away = await _sent(writing)
        return [{"record_id": each} | await _state(writing, each) for each in before], away


def _settings(file: Path) -> tuple[ConsoleSettings, ConsoleDesk, ConsoleCentre]:
    try:
        settings = load(ConsoleSettings, file)
    except SettingsError as error:
        raise BadInput(str(error)) from error
    if settings.desk is None or settings.centre is None:
        raise BadInput(f"{file}: desk: missing; this console is no desk")
    return settings, settings.desk, settings.centre


def _desk(settings: ConsoleSettings, desk: ConsoleDesk) -> Desk:
    if desk.officer_id is None:
        raise BadInput("[desk] officer_id: missing; it says who enters")
    now = UtcSeconds(now_utc().timestamp())
    return Desk(
        console_id=_console_id(settings),
        officer_id=desk.officer_id,
        authority=desk.authority,
        border_crossing_point=desk.border_crossing_point,
        station=desk.station,
        now=now,
        new_id=lambda: make_record_id(now, secrets.randbits(RANDOM_BITS)),
    )


def _console_id(settings: ConsoleSettings) -> str:
    try:
        return load_credentials(settings.tls, Role.CONSOLE).identity.name
    except SettingsError as error:
        raise BadInput(str(error)) from error


@asynccontextmanager
async def _writing(
    settings: ConsoleSettings, desk: ConsoleDesk, centre: ConsoleCentre
) -> AsyncIterator[DeskWriting]:
    console_id = _console_id(settings)
    links = DeskLinks(centre.address, settings.tls, console_id, centre.keep_sent_days)
    try:
        async with opened_desk(desk, links, lambda: UtcSeconds(now_utc().timestamp())) as writing:
            yield writing
    except BookUnusable as error:
        raise Unavailable(str(error)) from error


async def _sent(writing: DeskWriting) -> str:
    """Send what waits; return why not all of it went, "" if it did."""
    try:
        await writing.send()
    except CentreUnavailable as error:
        return str(error)
    return ""


async def _row(writing: DeskWriting, place: str, entered: Entered) -> dict[str, Any]:
    ids = [each for each in (entered.decision_id, entered.crossing_id) if each]
    states = [await _state(writing, each) for each in ids]
    worst = next((each for each in states if each["state"] != "sent"), states[-1])
    return {
        "entry": place,
        "crossing_id": entered.crossing_id,
        "decision_id": entered.decision_id,
        "new": entered.is_new,
        **worst,
    }


async def _state(writing: DeskWriting, record_id: str) -> dict[str, Any]:
    state, reason = await writing.state_of(record_id) or (DeskState.WAITING, "")
    return {"state": state.value, "reason": reason}


def _report(arguments: argparse.Namespace, rows: Sequence[dict[str, Any]], away: str) -> int:
    refused = any(row["state"] == "refused" for row in rows)
    if arguments.json:
        print_json({"ok": not refused and not away, "entries": rows, "centre": away or "reached"})
    else:
        _show(rows)
    if away:
        raise Unavailable(f"{away}; what waits is sent by: egate desk send")
    return 1 if refused else 0


def _refuse(arguments: argparse.Namespace, faults: Sequence[str]) -> int:
    if arguments.json:
        print_json({"ok": False, "faults": list(faults)})
    for fault in faults:
        print(f"{arguments.file}: {fault}", file=sys.stderr)
    return 2


def _preview(arguments: argparse.Namespace, entries: Sequence[tuple[str, DeskEntry]]) -> int:
    rows = [_previewed(place, entry) for place, entry in entries]
    if arguments.json:
        print_json({"ok": True, "preview": rows})
    else:
        _show(rows)
    return 0


def _previewed(place: str, entry: DeskEntry) -> dict[str, Any]:
    crossing, decision = entry.crossing, entry.decision
    document = crossing.document if crossing else None
    seen = decision.documents_seen[0] if decision and decision.documents_seen else None
    shown = document or seen
    return {
        "entry": place,
        "direction": crossing.direction.value if crossing else "",
        "occurred_at": _local(crossing.occurred_at) if crossing else "",
        "status": crossing.status.value if crossing else "",
        "document": f"{shown.issuing_state} {shown.document_number}" if shown else "",
        "holder": (
            f"{document.primary_identifier} {document.secondary_identifier}".strip()
            if document
            else ""
        ),
        "decision": decision.decision.value if decision else "",
        "supersedes": crossing.supersedes if crossing else "",
    }


def _local(moment: UtcSeconds) -> str:
    return datetime.fromtimestamp(moment, DHAKA).isoformat(timespec="minutes")


def _show(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        print("nothing waits")
    for row in rows:
        (_, name), *others = row.items()
        print(name)
        for key, value in others:
            if value != "":
                print(f"  {key:12} {value}")
