"""Readers of MRZs by other people, each in its process, and a plain assembler over their text."""

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from egate.emrtd.errors import MrzInvalid
from egate.emrtd.mrz.check_digit import CHARACTERS
from egate.emrtd.mrz.layout import LAYOUTS, Layout, Span, format_of
from egate.emrtd.mrz.parse import parse

PROCESS: Final = Path(__file__).with_name("mrz_peer_process.py")
_SHAPES: Final = ((30, 30, 30), (36, 36), (44, 44))
_DIGITS: Final = str.maketrans("OQDILZSBG", "000112586")
_LETTERS: Final = str.maketrans("01258", "OIZSB")
_IN_DIGITS: Final = ("date_of_birth", "date_of_expiry")
_IN_LETTERS: Final = ("issuing_state", "nationality", "names", "surname", "given_names")
_LEAST: Final = 0.5
"""Of a line that ends with a filler: what must have been found of its length."""
_MOST_INSIDE: Final = 4
"""Fillers that may be too few or too many within a line."""


class PeerReader:
    """A process that answers one image at a time."""

    def __init__(self, version: str, to: IO[str], answers: IO[str]) -> None:
        self.version = version
        self._to = to
        self._answers = answers

    def read(self, path: Path, today: dt.date) -> tuple[tuple[str, ...] | None, float]:
        """Return the MRZ with right check digits in ``path``, and the milliseconds it took."""
        self._to.write(f"{path}\n")
        self._to.flush()
        answer = json.loads(self._answers.readline())
        return assembled(answer["lines"], today), answer["cpu_ms"]


@contextmanager
def started(name: str, python: Path | None) -> Iterator[PeerReader | None]:
    """Yield reader ``name`` of the environment of ``python``, or None where it is not installed."""
    with subprocess.Popen(
        [str(python or sys.executable), "-W", "ignore", str(PROCESS), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process without its pipes")
        first = process.stdout.readline()
        if first:
            yield PeerReader(json.loads(first)["ready"], process.stdin, process.stdout)
        else:
            yield None
        process.stdin.close()


def assembled(texts: Sequence[str], today: dt.date) -> tuple[str, ...] | None:
    """Return lines among ``texts`` that are an MRZ whose check digits are all right.

    What a reader of common text gets wrong is put right first as anybody would: letters where only
    digits stand and the reverse, and runs of fillers that are too long or too short.
    """
    found = [_characters(text) for text in texts]
    found = [line for line in found if line]
    for lengths in _SHAPES:
        for first in range(len(found) - len(lengths) + 1):
            taken = found[first : first + len(lengths)]
            if not any(map(_is_long, taken, lengths)):
                continue
            lines = tuple(map(_fitted, taken, lengths))
            if all(lines):
                lines = _in_their_kind(lines)
                try:
                    if parse(lines, today).is_valid:
                        return lines
                except MrzInvalid:
                    continue
    return None


def _characters(text: str) -> str:
    written = text.upper().replace("\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}", "<<")
    return "".join(each for each in written if each in CHARACTERS)


def _is_long(line: str, length: int) -> bool:
    """Tell whether one line at least has its length by itself: it tells the format."""
    return len(line) == length


def _fitted(line: str, length: int) -> str:
    """Put in or leave out fillers, at the end or in the longest run; "" where that is no way."""
    more = length - len(line)
    if more > 0 and line.endswith("<") and len(line) >= _LEAST * length:
        return line + "<" * more
    runs = [run.span() for run in re.finditer("<{2,}", line)]
    if not more or not runs or abs(more) > _MOST_INSIDE:
        return "" if more else line
    start, end = max(runs, key=lambda run: run[1] - run[0])
    fillers = end - start + more
    return line[:start] + "<" * fillers + line[end:] if fillers > 0 else ""


def _in_their_kind(lines: tuple[str, ...]) -> tuple[str, ...]:
    layout = LAYOUTS[format_of(lines)]
    for span in _spans_in_digits(layout):
        lines = _replaced(lines, span, span.of(lines).translate(_DIGITS))
    for name in _IN_LETTERS:
        if span := layout.fields.get(name):
            lines = _replaced(lines, span, span.of(lines).translate(_LETTERS))
    return lines


def _spans_in_digits(layout: Layout) -> Iterator[Span]:
    yield from (layout.fields[name] for name in _IN_DIGITS if name in layout.fields)
    yield from (layout.fields[name].check for name in layout.checked)
    if layout.composite_check:
        yield layout.composite_check


def _replaced(lines: tuple[str, ...], span: Span, text: str) -> tuple[str, ...]:
    line = lines[span.line]
    changed = line[: span.start] + text + line[span.end :]
    return (*lines[: span.line], changed, *lines[span.line + 1 :])
