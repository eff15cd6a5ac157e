"""Writing a log of inspections to its place, and what is shown of it."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from egate import __version__
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput, Unavailable
from egate.domain.evidence import Outcome
from egate.domain.inspection_log.overall import Tally
from egate.domain.inspection_log.profile import LogProfile
from egate.domain.record import RecordVerdict
from egate.durable_files import file_in_place_of
from egate.reporting.inspection_log.writer import LogUnwritable, LogWriter

_OWNER_ONLY: Final = 0o600
_STANDARD_OUTPUT: Final = Path("-")


@contextmanager
def written_log(arguments: argparse.Namespace) -> Iterator[LogWriter]:
    """Give a writer whose log is in its place, whole, when the block ends, or not at all.

    Raises:
        BadInput: it cannot be written there.
        Unavailable: the disk takes no more, or standard output.

    """
    with _stream(arguments) as stream:
        writer = LogWriter(stream, LogProfile(arguments.profile))
        try:
            writer.begin(__version__)
            yield writer
            writer.end()
        except LogUnwritable as error:
            if isinstance(error.__cause__, BrokenPipeError):
                raise error.__cause__ from None  # nobody reads any more
            raise Unavailable(f"{arguments.out}: {error}") from error


@contextmanager
def progress(total: int) -> Iterator[Callable[[], None]]:
    """Show a bar on a terminal; call what is given after each record."""
    console = Console(stderr=True)
    columns = ("records", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("records", total=total)
        yield lambda: bar.advance(task)


def conclude(arguments: argparse.Namespace, writer: LogWriter) -> int:
    """Print the counts and return the exit code: 1 if a record could not be told."""
    if arguments.json:
        print_json(_as_json(arguments, writer))
        return _code(writer)
    verdicts = _verdicts(writer.tally)
    said = ", ".join(f"{verdict} {verdicts[verdict]}" for verdict in RecordVerdict)
    place = sys.stderr if arguments.out == _STANDARD_OUTPUT else sys.stdout
    print(f"{writer.tally.transactions} transactions: {said}", file=place)
    if writer.unreadable:
        print(f"{writer.unreadable} records cannot be read, and are not there", file=sys.stderr)
    return _code(writer)


@contextmanager
def _stream(arguments: argparse.Namespace) -> Iterator[BinaryIO]:
    file: Path = arguments.out
    if file == _STANDARD_OUTPUT:
        if arguments.json:
            raise BadInput("--json: standard output has the log; name a file with --out")
        yield sys.stdout.buffer
        with _taken("standard output"):
            sys.stdout.buffer.flush()
        return
    if file.exists() and not file.is_file():
        raise BadInput(f"{file}: not a file")
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(file_in_place_of(file, _OWNER_ONLY))
        except OSError as error:
            raise BadInput(f"{file}: {error.strerror}") from error
        yield stream
        with _taken(str(file)):
            stack.close()


@contextmanager
def _taken(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unavailable(f"{name}: {error.strerror}") from error


def _as_json(arguments: argparse.Namespace, writer: LogWriter) -> dict[str, Any]:
    tally = writer.tally
    checks: dict[str, dict[str, int]] = {}
    for (check_id, outcome), count in sorted(tally.checks.items()):
        checks.setdefault(check_id, {})[outcome] = count
    return {
        "file": str(arguments.out),
        "profile": str(arguments.profile),
        "transactions": tally.transactions,
        "unreadable": writer.unreadable,
        "verdicts": _verdicts(tally),
        "endings": [
            {"verdict": verdict, "status": status, "count": count}
            for (verdict, status), count in sorted(tally.verdicts.items())
        ],
        "checks": checks,
        "documents": _by_state(tally.documents),
        "visas": _by_state(tally.visas),
    }


def _by_state(counted: Counter[tuple[str, Outcome]]) -> list[dict[str, Any]]:
    return [
        {"issuing_state": state, "result": outcome.value, "count": count}
        for (state, outcome), count in sorted(counted.items())
    ]


def _verdicts(tally: Tally) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (verdict, _), count in tally.verdicts.items():
        found[verdict] += count
    return {verdict.value: found[verdict] for verdict in RecordVerdict}


def _code(writer: LogWriter) -> int:
    return 1 if writer.unreadable else 0
