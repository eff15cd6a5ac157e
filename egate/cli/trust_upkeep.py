"""``egate trust`` beyond taking in: approval, versions, the trail, and the age of it all."""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from egate.cli.clock import now_utc
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.cli.trust_output import ages_as_json, entry_as_json, event_as_json
from egate.emrtd.passive_authentication.country import normalise
from egate.trust.ages import ages
from egate.trust.approval import MAX_OFFICER_CHARACTERS, ApprovalRefused, approve, reject
from egate.trust.audit import Action, AuditEvent, Occasion
from egate.trust.entry import Kind
from egate.trust.store import TrustStore, TrustStoreError, history_of, pending_in, update
from egate.trust.versions import kept_versions

_MAX_WORDS: Final = 1000
_SHOWN_DIGITS: Final = 16

Run = Callable[[argparse.Namespace], int]


def configure(commands: "argparse._SubParsersAction[Any]") -> None:
    for name, summary, run in (
        ("approve", "trust a certificate that another officer took in", _approve),
        ("reject", "forget a certificate that waits for approval", _reject),
    ):
        deciding = trust_command(commands, name, summary, run)
        deciding.add_argument("--officer", type=officer, required=True, metavar="ID", help="you")
        deciding.add_argument(
            "fingerprint", metavar="FINGERPRINT", help="SHA-256 as `trust list --pending` shows it"
        )
    trust_command(commands, "versions", "show what can be restored", _versions)
    restoring = trust_command(commands, "restore", "go back to an earlier version", _restore)
    restoring.add_argument("--officer", type=officer, required=True, metavar="ID", help="you")
    restoring.add_argument("--reason", type=words, metavar="TEXT", help="why")
    restoring.add_argument(
        "version", metavar="VERSION", help="its SHA-256, or the first 8 digits or more"
    )
    trust_command(commands, "history", "show who changed what, and when", _history)
    asking = trust_command(commands, "status", "show how old lists and CRLs are", _status)
    asking.add_argument(
        "--state", default="", metavar="CODE", help="your own State, whose CSCA must be there"
    )


def trust_command(
    commands: "argparse._SubParsersAction[Any]", name: str, summary: str, run: Run
) -> argparse.ArgumentParser:
    """Return the parser of one command of ``egate trust``, with what all of them take."""
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
    )
    command.add_argument("--store", type=Path, required=True, metavar="DIR", help="trust store")
    command.add_argument("--json", action="store_true", help="print one JSON document")
    command.set_defaults(run=run)
    return command


def officer(text: str) -> str:
    """Return how an officer signs: short, printable, and not nothing."""
    plain = " ".join(text.split())
    if not plain or not plain.isprintable() or len(plain) > MAX_OFFICER_CHARACTERS:
        raise argparse.ArgumentTypeError("not the name of an officer")
    return plain


def words(text: str) -> str:
    """Return a statement on one line, and not nothing."""
    plain = " ".join(text.split())
    if not plain or not plain.isprintable() or len(plain) > _MAX_WORDS:
        raise argparse.ArgumentTypeError(f"not a statement of at most {_MAX_WORDS} characters")
    return plain


@contextmanager
def store_faults() -> Iterator[None]:
    """Let what is wrong with a store end the command in one line."""
    try:
        yield
    except (TrustStoreError, ApprovalRefused) as error:
        raise BadInput(str(error)) from error


def _approve(arguments: argparse.Namespace) -> int:
    occasion = Occasion(now_utc(), arguments.officer)
    with store_faults(), update(_existing(arguments.store)) as change:
        entry = approve(change, arguments.fingerprint, occasion)
        change.commit()
        version = change.trusted.version
    if arguments.json:
        print_json({"approved": entry_as_json(entry), "store_version": version})
    else:
        print(f"trusted: {entry.country} {entry.fingerprint}")
        print(entry.provenance.trusted_by)
    return 0


def _reject(arguments: argparse.Namespace) -> int:
    occasion = Occasion(now_utc(), arguments.officer)
    with store_faults(), update(_existing(arguments.store)) as change:
        entry = reject(change, arguments.fingerprint, occasion)
        change.commit()
        version = change.trusted.version
    if arguments.json:
        print_json({"rejected": entry_as_json(entry), "store_version": version})
    else:
        print(f"rejected: {entry.country} {entry.fingerprint}")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    occasion = Occasion(now_utc(), arguments.officer, arguments.reason or "")
    with store_faults(), update(_existing(arguments.store)) as change:
        replaced = change.trusted.version
        restored = change.restore(arguments.version)
        detail = {"restored": restored, "replaced": replaced}
        change.record(AuditEvent(occasion, Action.RESTORE, detail))
        change.commit()
    if arguments.json:
        print_json(detail)
    else:
        print(f"restored {restored}")
    return 0


def _versions(arguments: argparse.Namespace) -> int:
    folder = arguments.store
    with store_faults():
        rows = [_version_as_json(TrustStore.open(folder), history_of(folder), is_current=True)]
        for kept in reversed(kept_versions(folder)):
            try:
                store, trail = (
                    TrustStore.open_file(folder, kept.file),
                    history_of(folder, kept.file),
                )
            except TrustStoreError:
                rows.append({"version": kept.version, "damaged": True})
            else:
                rows.append(_version_as_json(store, trail, is_current=False))
    if arguments.json:
        print_json(rows)
        return 0
    table = Table("Version", "Last changed", "By", "CSCA", "Link", "CRL", "")
    for row in rows:
        last, count = row.get("last_change") or {}, row.get("count", {})
        remark = "damaged" if row.get("damaged") else "current" if row["current"] else ""
        numbers = (str(count.get(kind, "")) for kind in ("csca", "link", "crl"))
        who = last.get("officer", "")
        table.add_row(row["version"][:_SHOWN_DIGITS], last.get("at", ""), who, *numbers, remark)
    Console().print(table)
    return 0


def _version_as_json(
    store: TrustStore, trail: Sequence[AuditEvent], *, is_current: bool
) -> dict[str, Any]:
    count = Counter(entry.kind for entry in store)
    last = event_as_json(trail[-1]) if trail else None
    return {
        "version": store.version,
        "current": is_current,
        "damaged": False,
        "last_change": last and {name: last[name] for name in ("at", "officer", "action")},
        "count": {kind.value: count[kind] for kind in Kind if kind is not Kind.DSC},
    }


def _history(arguments: argparse.Namespace) -> int:
    with store_faults():
        trail = [event_as_json(event) for event in history_of(arguments.store)]
    if arguments.json:
        print_json(trail)
        return 0
    table = Table("When", "Who", "What", "Why", "Version")
    for each in trail:
        values = (str(each[name]) for name in ("at", "officer", "action", "statement"))
        table.add_row(*values, str(each["store_version"])[:_SHOWN_DIGITS])
    Console().print(table)
    return 0


def _status(arguments: argparse.Namespace) -> int:
    with store_faults():
        store = TrustStore.open(arguments.store)
        waiting = len(pending_in(arguments.store))
    found = ages_as_json(ages(store, now_utc(), normalise(arguments.state)))
    if arguments.json:
        print_json({**found, "pending": waiting, "store_version": store.version})
    else:
        _print_status(found, waiting)
    return 1 if found["stale"] else 0


def _print_status(found: dict[str, Any], waiting: int) -> None:
    console = Console()
    lists = Table("List", "State", "Signed", "Age in days", "Is")
    for each in found["lists"]:
        signed = each["signed_at"] or "not said"
        lists.add_row(
            each["kind"], each["country"], signed, str(each["age_days"]), each["freshness"]
        )
    crls = Table("CRL of", "Issued", "Next", "Days left", "Is")
    for each in found["crls"]:
        left = "" if each["remaining_days"] is None else str(each["remaining_days"])
        next_update = each["next_update"] or "not said"
        crls.add_row(each["country"], each["this_update"], next_update, left, each["freshness"])
    console.print(lists, crls)
    if own := found["own"]:
        until = f" until {own['not_after']}" if own["not_after"] else ""
        print(f"CSCA of {own['country']}: {own['freshness']}{until}, {own['count']} valid")
    for word in ("stale", "due"):
        if found[word]:
            print(f"{word}: {', '.join(found[word])}")
    if waiting:
        print(f"{waiting} pending: egate trust list --pending")


def _existing(folder: Path) -> Path:
    """Return ``folder`` if a store is in it; only an import makes one."""
    TrustStore.open(folder)
    return folder
