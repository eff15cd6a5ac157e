"""Lists of the pairs of images to compare: text in, checked pairs out.

Two forms. The one of Labeled Faces in the Wild: a line with the number of folds and of
pairs of each kind, then ``name n n`` for one person and ``name n name n`` for two. And
plain CSV or TSV: ``reference, probe, label``, with or without a line that names them;
that line may name ``reference_person`` and ``probe_person`` too.
"""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import PurePosixPath
from typing import Final, NamedTuple, TypeVar

MAX_PAIRS: Final = 1_000_000
_COLUMNS: Final = ("reference", "probe", "label")
_IMAGES: Final = ("image", "person")
_LABELS: Final = {
    **dict.fromkeys(("1", "genuine", "mated", "same", "true", "match", "yes"), True),
    **dict.fromkeys(("0", "impostor", "non-mated", "different", "false", "non-match", "no"), False),
}
_SUFFIXES: Final = (".jpg", ".png")
_LONGEST_NUMBER: Final = 9
_LONGEST_PATH: Final = 1024
_LFW_HEAD: Final = re.compile(r"[0-9]{1,9}(\s+[0-9]{1,9})?")
_REMEMBERED: Final = 1 << 16  # images named again are kept once, or a long list takes gigabytes
_Read = TypeVar("_Read")


class ImageName(NamedTuple):
    """An image of the list.

    Args:
        candidates: paths below the folder of images, in the order to look for them.
        person: who is in it, as far as the list or its path tells; else empty.

    """

    candidates: tuple[str, ...]
    person: str


class Pair(NamedTuple):
    line: int
    reference: ImageName
    probe: ImageName
    genuine: bool


class BadLine(NamedTuple):
    line: int
    fault: str


class PairsInvalid(Exception):
    """The list has lines that are none of its form; all of them are in ``lines``."""

    def __init__(self, lines: Sequence[BadLine]) -> None:
        super().__init__(f"{len(lines)} bad line{'s' if len(lines) > 1 else ''}")
        self.lines = tuple(lines)


class _Fault(Exception):
    """What is wrong with one line."""


Lines = Sequence[tuple[int, str]]


def parse_pairs(text: str) -> tuple[Pair, ...]:
    """Read a list of either form.

    Args:
        text: of the whole file; empty lines are skipped.

    Raises:
        PairsInvalid: with every bad line.

    """
    lines = _lines(text)
    if _LFW_HEAD.fullmatch(lines[0][1].strip()):
        return _lfw(lines)
    columns = _header(lines[0], _COLUMNS)
    return _each(lines[1:] if columns else lines, partial(_row, columns or _COLUMNS))


def parse_images(text: str) -> tuple[ImageName, ...]:
    """Return each image of a list once, with its person, in the order they are named.

    Args:
        text: a list of pairs, or a table with the columns ``image`` and ``person``.

    Raises:
        PairsInvalid: with every bad line; also one whose image has no person, or another
            one than before, or whose label says otherwise.

    """
    lines = _lines(text)
    columns = _header(lines[0], _IMAGES)
    pairs: tuple[Pair, ...] = ()
    if columns:
        named = _each(lines[1:], partial(_image_row, columns))
    else:
        pairs = parse_pairs(text)
        named = tuple(
            (pair.line, image) for pair in pairs for image in (pair.reference, pair.probe)
        )
    people: dict[tuple[str, ...], str] = {}
    bad = []
    for line, image in named:
        if not image.person:
            bad.append(BadLine(line, f"nothing says who is in {image.candidates[0]}"))
        elif people.setdefault(image.candidates, image.person) != image.person:
            bad.append(BadLine(line, f"{image.candidates[0]} would show two people"))
    if not bad:
        bad = [BadLine(pair.line, "the people say otherwise") for pair in pairs if _denied(pair)]
    if bad:
        raise PairsInvalid(bad)
    return tuple(ImageName(*item) for item in people.items())


def _lines(text: str) -> Lines:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise PairsInvalid([BadLine(1, "the list is empty")])
    if len(lines) > MAX_PAIRS + 1:
        raise PairsInvalid([BadLine(lines[MAX_PAIRS][0], f"more than {MAX_PAIRS} pairs")])
    return lines


def _each(lines: Lines, read: Callable[[int, str], _Read]) -> tuple[_Read, ...]:
    """Read every line; one bad one refuses the list, but only after all are looked at."""
    if not lines:
        raise PairsInvalid([BadLine(1, "no line follows it")])
    good, bad = [], []
    for number, line in lines:
        try:
            good.append(read(number, line))
        except _Fault as fault:
            bad.append(BadLine(number, str(fault)))
    if bad:
        raise PairsInvalid(bad)
    return tuple(good)


def _lfw(lines: Lines) -> tuple[Pair, ...]:
    (number, head), *rows = lines
    *folds, of_each = map(int, head.split())
    promised = 2 * of_each * (folds[0] if folds else 1)
    if promised != len(rows):
        raise PairsInvalid([BadLine(number, f"promises {promised} pairs, {len(rows)} follow")])
    return _each(rows, _lfw_pair)


def _lfw_pair(number: int, line: str) -> Pair:
    match line.split():
        case name, first, second:
            return _pair(number, _lfw_image(name, first), _lfw_image(name, second), genuine=True)
        case name, first, other, second if name != other:
            return _pair(number, _lfw_image(name, first), _lfw_image(other, second), genuine=False)
        case name, _, other, _ if name == other:
            raise _Fault("one person where two belong")
    raise _Fault("neither 'name n n' nor 'name n name n'")


@lru_cache(_REMEMBERED)
def _lfw_image(name: str, number: str) -> ImageName:
    if not (number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER):
        raise _Fault(f"{number[:20]!r} is not the number of an image")
    if "/" in name:
        raise _Fault(f"{name!r} is not a name")
    files = [f"{name}_{int(number):04d}{suffix}" for suffix in _SUFFIXES]
    return ImageName(tuple(_inside(path) for f in files for path in (f"{name}/{f}", f)), name)


def _cells(line: str) -> list[str]:
    try:
        (cells,) = csv.reader([line.strip("\r")], delimiter=_delimiter(line), strict=True)
    except csv.Error as error:
        raise _Fault(f"not a table: {error}") from None
    return [cell.strip() for cell in cells]


def _delimiter(line: str) -> str:
    """Return what parts the columns: spreadsheets of some countries write semicolons."""
    return next((each for each in "\t,;" if each in line), ",")


def _header(head: tuple[int, str], wanted: Sequence[str]) -> Sequence[str] | None:
    """Return the names of the columns, None when the line does not have those ``wanted``."""
    try:
        columns = [cell.lower() for cell in _cells(head[1])]
    except _Fault:
        return None
    if not set(columns) >= set(wanted):
        return None
    if len(set(columns)) < len(columns):
        raise PairsInvalid([BadLine(head[0], "a column is named twice")])
    return columns


def _row(columns: Sequence[str], number: int, line: str) -> Pair:
    cell = _named(columns, line)
    label = _LABELS.get(cell["label"].lower())
    if label is None:
        raise _Fault(f"{cell['label'][:20]!r} is not a label: genuine or impostor, 1 or 0")
    return _pair(
        number,
        _image(cell["reference"], cell.get("reference_person")),
        _image(cell["probe"], cell.get("probe_person")),
        genuine=label,
    )


def _image_row(columns: Sequence[str], number: int, line: str) -> tuple[int, ImageName]:
    cell = _named(columns, line)
    return number, _image(cell["image"], cell["person"])


def _named(columns: Sequence[str], line: str) -> Mapping[str, str]:
    cells = _cells(line)
    if len(cells) != len(columns):
        raise _Fault(f"{len(cells)} columns instead of {len(columns)}")
    return dict(zip(columns, cells, strict=True))


@lru_cache(_REMEMBERED)
def _image(path: str, person: str | None) -> ImageName:
    inside = _inside(path)
    folder = str(PurePosixPath(inside).parent)
    return ImageName((inside,), person if person is not None else folder.strip("."))


def _inside(path: str) -> str:
    """Return ``path`` if it leads nowhere but below the folder of images."""
    if not path or not path.isprintable() or len(path) > _LONGEST_PATH:
        raise _Fault("not the path of an image")
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        raise _Fault(f"{path}: outside the folder of images")
    return str(pure)


def _denied(pair: Pair) -> bool:
    return pair.genuine != (pair.reference.person == pair.probe.person)


def _pair(number: int, reference: ImageName, probe: ImageName, *, genuine: bool) -> Pair:
    if reference.candidates == probe.candidates:
        raise _Fault("an image against itself")
    return Pair(number, reference, probe, genuine)
