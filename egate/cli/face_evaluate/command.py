"""``egate face evaluate``: reads the list, runs it, writes the report."""

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from egate.biometrics.evaluation.document import as_document, as_rate
from egate.biometrics.evaluation.evaluation import evaluate
from egate.biometrics.evaluation.pair_list import PairsInvalid, parse_images, parse_pairs
from egate.biometrics.evaluation.proportion import Proportion
from egate.biometrics.models import ModelInvalid
from egate.biometrics.verification import FaceVerifier
from egate.cli.face_evaluate.acquisition import Acquisition, acquire, software
from egate.cli.face_evaluate.image_folder import ImageFolder, some
from egate.cli.face_evaluate.output import DET_PICTURE, REPORT_FILES, print_tables, write_report
from egate.cli.face_evaluate.resume_file import ResumeFile
from egate.cli.face_evaluate.runs import FoundPair, Run, run_all, run_pairs
from egate.cli.input_file import read_file
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput, Unavailable

_Parsed = TypeVar("_Parsed")

_MAX_LIST_BYTES: Final = 256 << 20
_MAX_IMAGES: Final = 10_000  # 50 million comparisons: some 650 MB
_RESUME: Final = "resume.jsonl"
_INSTALL: Final = (
    "it needs matplotlib (pip install --require-hashes -r requirements/evaluation.lock)"
)
DESCRIPTION: Final = (
    "Compare the pairs of images of a list and tell how often one person was taken for two"
    " and two for one. The list is one of Labeled Faces in the Wild, or CSV or TSV with"
    " reference, probe and label (genuine or impostor). An interrupted run goes on where it"
    " stopped when it is called again; with --all it begins again."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.add_argument("--pairs", required=True, type=Path, metavar="FILE", help="the list")
    parser.add_argument(
        "--images", required=True, type=Path, metavar="DIR", help="folder that its paths begin at"
    )
    parser.add_argument(
        "--all", action="store_true",
        help="compare each image of the list with each other one; people are told apart by"
        " their folder, or by the columns image and person",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, metavar="DIR",
        help="for report.json, det.csv and det.png (default: beside the list)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    raw = read_file(arguments.pairs, _MAX_LIST_BYTES)
    protocol = "all" if arguments.all else "pairs"
    beside = arguments.pairs.with_name(f"{arguments.pairs.name}.evaluation-{protocol}")
    order = _Order(
        arguments.pairs, raw, ImageFolder(arguments.images), arguments.out or beside, arguments.json
    )
    (_run_all if arguments.all else _run_pairs)(order)
    return 0


@dataclass(frozen=True, slots=True)
class _Order:
    """What the user asked for."""

    file: Path
    raw: bytes
    images: ImageFolder
    out: Path
    as_json: bool

    def read(self, parse: Callable[[str], _Parsed]) -> _Parsed:
        """Return the content of the list.

        Raises:
            BadInput: it is no list; names the lines.

        """
        try:
            return parse(self.raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = self.raw.count(b"\n", 0, error.start) + 1
            raise BadInput(f"{self.file}: line {line} is not UTF-8") from error
        except PairsInvalid as error:
            faults = [f"line {bad.line}: {bad.fault}" for bad in error.lines]
            raise BadInput(f"{self.file}: {some(faults)}") from error

    def digest(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()


def _run_pairs(order: _Order) -> None:
    pairs = order.read(parse_pairs)
    found = order.images.find(image for pair in pairs for image in (pair.reference, pair.probe))
    compared = [FoundPair(found[each.reference], found[each.probe], each.genuine) for each in pairs]
    names = set(found.values())
    bound_to = {
        "list of pairs": order.digest(),
        "set of images": order.images.digest(names),
        "version of the software": hashlib.sha256(repr(software()).encode()).hexdigest(),
    }
    verifier = _verifier()
    _make(order.out)
    with ResumeFile(order.out / _RESUME, bound_to, len(pairs), names) as resume:
        kept = f"the same command goes on from there, by {order.out / _RESUME}"
        with _progress("pairs", len(pairs), kept) as advance:
            look = partial(_look, order.images, verifier)
            run = run_pairs(compared, look, verifier.similarity, resume, advance)
        _finish(order, run, "pairs")
        resume.remove()


def _run_all(order: _Order) -> None:
    listed = order.read(parse_images)
    if len(listed) > _MAX_IMAGES:
        raise BadInput(f"{order.file}: --all takes at most {_MAX_IMAGES} images, not {len(listed)}")
    found = order.images.find(listed)
    verifier = _verifier()
    _make(order.out)
    with _progress("images", len(found), "--all keeps nothing and begins again") as advance:
        people = {found[image]: image.person for image in listed}
        run = run_all(people, partial(_look, order.images, verifier), advance)
    _finish(order, run, "all")


def _verifier() -> FaceVerifier:
    try:
        return FaceVerifier.load()
    except ModelInvalid as error:
        raise Unavailable(f"face verification: {error}") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder}: {error.strerror}") from error


def _look(images: ImageFolder, verifier: FaceVerifier, image: str) -> Acquisition:
    return acquire(images.path(image), verifier)


@contextmanager
def _progress(what: str, total: int, after_interrupt: str) -> Iterator[Callable[[], None]]:
    """Show a bar on a terminal; an interrupt says what is left of the work."""
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    done = 0
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=total)

        def advance() -> None:
            nonlocal done
            done += 1
            bar.advance(task)

        try:
            yield advance
        except KeyboardInterrupt:
            bar.stop()
            print(
                f"egate: interrupted after {done} of {total} {what}; {after_interrupt}",
                file=sys.stderr,
            )
            raise


def _finish(order: _Order, run: Run, protocol: str) -> None:
    evaluation = evaluate(run.genuine, run.impostor, run.measures)
    failed = {image: each.failure for image, each in run.images.items() if each.failure}
    lost = Proportion(len(failed), len(run.images))
    document = {
        **as_document(evaluation),
        "images": {
            "compared": len(run.images),
            "failure_to_acquire": as_rate(lost),
            "failed": failed,
        },
        "protocol": protocol,
        "pairs_sha256": order.digest(),
        "software": software(),
    }
    drawn = write_report(order.out, document, evaluation)
    if not drawn:
        print(f"egate: no {DET_PICTURE}: {_INSTALL}", file=sys.stderr)
    if order.as_json:
        print_json(document)
        return
    print_tables(evaluation, lost)
    print(f"written to {order.out}: {', '.join(REPORT_FILES if drawn else REPORT_FILES[:2])}")
