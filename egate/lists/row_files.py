"""Rows of a file that people and other systems send: CSV, or a JSON array of objects."""

import csv
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from egate.lists.errors import ListRefused

_MAX_JSON_BYTES: Final = 256 << 20
_MAX_LINE: Final = 1 << 16


def rows_in(file: Path, needed: Sequence[str]) -> Iterator[tuple[int, Mapping[Any, Any]]]:
    """Yield the rows of ``file``, each with the line where it ends; in JSON, with its number.

    Args:
        file: CSV with a line of names, or JSON if it begins with a bracket; UTF-8.
        needed: columns that CSV must have.

    Raises:
        ListRefused: the file is neither, or cannot be read.

    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            begins = stream.read(64).lstrip()
            stream.seek(0)
            rows = _json_rows(stream) if begins.startswith("[") else _csv_rows(stream, needed)
            yield from rows
    except OSError as error:
        raise ListRefused(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ListRefused(f"{file}: not UTF-8") from error
    except csv.Error as error:
        raise ListRefused(f"{file}: not CSV: {error}") from error
    except ListRefused as error:
        raise ListRefused(f"{file}: {error}") from error


def _csv_rows(stream: IO[str], needed: Sequence[str]) -> Iterator[tuple[int, Mapping[Any, Any]]]:
    reader = csv.DictReader(_lines(stream), strict=True)
    names = reader.fieldnames or ()
    if missing := [name for name in needed if name not in names]:
        raise ListRefused(f"no column {missing[0]}")
    if len(set(names)) != len(names):
        raise ListRefused("two columns of one name")
    for row in reader:
        yield reader.line_num, row


def _lines(stream: IO[str]) -> Iterator[str]:
    """Yield lines, and never hold more of a file that has none than a line may have."""
    while line := stream.readline(_MAX_LINE + 1):
        if len(line) > _MAX_LINE:
            raise ListRefused(f"a line of more than {_MAX_LINE} characters")
        yield line


def _json_rows(stream: IO[str]) -> Iterator[tuple[int, Mapping[Any, Any]]]:
    text = stream.read(_MAX_JSON_BYTES + 1)
    if len(text) > _MAX_JSON_BYTES:
        raise ListRefused(f"more than {_MAX_JSON_BYTES} characters of JSON; send CSV")
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise ListRefused("not JSON") from None
    for number, row in zip(itertools.count(1), rows, strict=False):
        yield number, row if isinstance(row, dict) else {}
