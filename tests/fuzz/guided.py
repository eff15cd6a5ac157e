"""A search guided by coverage: ``python -m tests.fuzz.guided --target list/entry --seconds 60``.

libFuzzer tries what our damage makes and goes on from what reached new lines; of what it found,
the few bytes are put into the corpus that reach lines which nothing in it reaches yet. Needs
``requirements/fuzz.lock``, beside those of the tests.
"""

import argparse
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import coverage

from tests.fuzz.cases import attempt
from tests.fuzz.catalogue import targets
from tests.fuzz.corpus import Entry, corpus_of, write_corpus
from tests.fuzz.target import Target

WORKER = [sys.executable, "-m", "tests.fuzz.guided_worker"]
_ROOT: Final = Path(__file__).resolve().parents[2]
_MOST_KEPT: Final = 16
_MOST_BYTES: Final = 3000
_SOURCES: Final = ("egate", "drivers")

Arc = tuple[str, int, int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 1 when something failed."""
    options = _options(arguments)
    failed = False
    for name in options.target or sorted(targets()):
        found, has_failed = _searched(name, options.seconds)
        failed |= has_failed
        kept = worth_keeping(targets()[name], name, found)
        if kept:
            write_corpus(name, (*corpus_of(name), *map(Entry, kept)))
        print(f"{name}: {len(found)} found, {len(kept)} kept{', FAILED' if has_failed else ''}")
    return 1 if failed else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided", description=__doc__)
    parser.add_argument("--target", action="append", help="only this one; may come again")
    parser.add_argument("--seconds", type=int, default=60, help="for each target; default 60")
    return parser.parse_args(arguments)


def _searched(name: str, seconds: int) -> tuple[list[bytes], bool]:
    """Return what reached new lines, the shortest first, and whether something failed."""
    with tempfile.TemporaryDirectory(prefix="egate-guided-") as folder:
        done = subprocess.run(
            [*WORKER, name, str(seconds), folder], cwd=_ROOT, check=False, capture_output=True
        )
        raws = {file.read_bytes() for file in Path(folder).iterdir() if file.is_file()}
    return sorted(raws, key=lambda raw: (len(raw), raw)), done.returncode != 0


def worth_keeping(target: Target, name: str, found: Iterable[bytes]) -> list[bytes]:
    """Return those of ``found`` that reach what neither samples nor corpus reach.

    Args:
        target: that takes them.
        name: of it.
        found: in the order in which they are looked at.

    """
    target.prepare()
    reached: set[Arc] = set()
    for raw in target.samples(name):
        reached |= _arcs(target, raw)
    kept: list[bytes] = []
    for raw in found:
        if len(raw) > _MOST_BYTES or len(kept) == _MOST_KEPT:
            continue
        new = _arcs(target, raw) - reached
        if new:
            reached |= new
            kept.append(raw)
    return kept


def _arcs(target: Target, raw: bytes) -> set[Arc]:
    """Return from which line to which ``target`` goes with ``raw``."""
    sources = [f"{_ROOT / name}/*" for name in _SOURCES]
    looking = coverage.Coverage(data_file=None, branch=True, include=sources, config_file=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a case may reach nothing
        with looking.collect():
            attempt(target, raw)
        seen = looking.get_data()
    return {(file, *arc) for file in seen.measured_files() for arc in seen.arcs(file) or ()}


if __name__ == "__main__":
    sys.exit(main())
