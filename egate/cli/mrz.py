"""``egate mrz``: the fields of a machine readable zone and whether it is right."""

import argparse
import datetime as dt
import importlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from egate.cli.clock import now_utc
from egate.cli.json_output import answer_lines, print_json
from egate.cli.outcome import BadInput
from egate.emrtd.errors import MrzInvalid
from egate.emrtd.mrz.parse import Mrz, parse

_MAX_CHARACTERS: Final = 4096
# Loaded when used: `egate mrz parse` should not wait for OpenCV.
_READ: Final = "egate.cli.mrz_read"


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="mrz_command", required=True, metavar="COMMAND")
    command = commands.add_parser(
        "parse",
        help="parse 2 or 3 lines of MRZ",
        description="Parse a machine readable zone of 2 or 3 lines and check its check digits.",
    )
    command.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="file of lines; default standard input"
    )
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON document")
    form.add_argument(
        "--jsonl", action="store_true", help='one request {"lines": [...]} a line on standard input'
    )
    command.set_defaults(run=_run_parse)
    command = commands.add_parser(
        "read",
        help="find and read the MRZ in an image of a data page",
        description="Find and read the machine readable zone in a scan or photograph of a page.",
    )
    command.add_argument("image", type=Path, metavar="IMAGE", help="JPEG, PNG or JPEG 2000")
    command.add_argument(
        "--infrared",
        type=Path,
        metavar="IMAGE",
        help="the same page under infrared light, of the same size, as a page scanner sends it",
    )
    command.add_argument("--json", action="store_true", help="print one JSON document")
    command.set_defaults(run=_run_read)


def _run_read(arguments: argparse.Namespace) -> int:
    code: int = importlib.import_module(_READ).run(arguments)
    return code


def _run_parse(arguments: argparse.Namespace) -> int:
    if arguments.jsonl:
        if arguments.file:
            raise BadInput(f"{arguments.file}: --jsonl takes its lines from standard input")
        return answer_lines(_answer)
    mrz = parse_lines(read_lines(arguments.file), str(arguments.file or "standard input"))
    document = as_json(mrz)
    if arguments.json:
        print_json(document)
    else:
        print_table(document)
    return 0 if mrz.is_valid else 1


def today_utc() -> dt.date:
    return now_utc().date()


def read_lines(file: Path | None) -> list[str]:
    """Return the non-empty lines of ``file``, or of standard input when None.

    Raises:
        BadInput: the file cannot be read as text.

    """
    name = str(file or "standard input")
    if file is None and sys.stdin is None:
        raise BadInput(f"{name}: closed")
    try:
        if file is None:
            text = sys.stdin.read(_MAX_CHARACTERS + 1)
        else:
            with file.open(encoding="ascii") as stream:
                text = stream.read(_MAX_CHARACTERS + 1)
    except OSError as error:
        raise BadInput(f"{name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{name}: holds other characters than ASCII") from error
    if len(text) > _MAX_CHARACTERS:
        raise BadInput(f"{name}: an MRZ has at most 90 characters")
    return [line for line in text.split() if line]


def parse_lines(lines: Sequence[str], name: str) -> Mrz:
    """Parse ``lines`` of the input called ``name``.

    Raises:
        BadInput: they have the shape of no MRZ.

    """
    try:
        return parse(lines, today_utc())
    except MrzInvalid as error:
        raise BadInput(f"{name}: {error}") from error


def as_json(mrz: Mrz) -> dict[str, Any]:
    """Return the JSON document of the public surface."""
    return {
        "ok": True,
        "valid": mrz.is_valid,
        "format": str(mrz.format),
        "document_code": mrz.document_code,
        "issuing_state": mrz.issuing_state,
        "document_number": mrz.document_number,
        "nationality": mrz.nationality,
        "date_of_birth": mrz.date_of_birth,
        "date_of_expiry": mrz.date_of_expiry,
        "sex": mrz.sex,
        "primary_identifier": mrz.primary_identifier,
        "secondary_identifier": mrz.secondary_identifier,
        "optional_data": list(mrz.optional_data),
        "check_digits": dict(mrz.check_digits),
        "malformed": list(mrz.malformed),
    }


def _answer(request: dict[str, Any]) -> Mapping[str, Any]:
    lines = request.get("lines")
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise BadInput("lines: a list of 2 or 3 texts")
    return as_json(parse_lines(lines, "lines"))


def print_table(document: Mapping[str, Any]) -> None:
    for name, value in document.items():
        if name in ("ok", "check_digits", "malformed"):
            continue
        shown = ", ".join(value) if isinstance(value, list) else value
        print(f"{name.replace('_', ' '):<21} {'' if shown is None else shown}")
    wrong = [name for name, right in document["check_digits"].items() if not right]
    print(f"{'check digits':<21} {'wrong: ' + ', '.join(wrong) if wrong else 'right'}")
    if document["malformed"]:
        print(f"{'malformed':<21} {', '.join(document['malformed'])}")
