"""Presentation attack detection by species (ISO/IEC 30107-3): APCER and BPCER.

    python -m benchmarks.bench_pad --split held_out [--page FILE]

Renders passages with the simulated camera, finds the faces as the gate does and asks the gate's
own detector. ``--scores FILE`` keeps what it said, one JSON line a passage, and goes on from
there: scores and cues only, no picture. ``--passages DIR`` keeps the pictures, two megabytes a
passage: after a change of a cue they are not rendered again. Without ``--split`` nothing is
measured; it takes a quarter of an hour of one idle core.
"""

import argparse
import json
import math
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.progress import track

from benchmarks.pad_passages import (
    BONA_FIDE,
    SPECIES,
    Scored,
    Split,
    parse_species,
    passages_of,
    scored,
)
from benchmarks.pad_store import PassageStore
from egate.biometrics.detection import FaceDetector
from egate.biometrics.models import YUNET, read_model
from egate.biometrics.presentation_attack.detector import CueDetector

_POLICY: Final = Path(__file__).resolve().parent.parent / "config" / "policy.toml"
_PASSAGES: Final = {BONA_FIDE: 120, "mask": 80}  # of masks few cues see anything
_OTHERS: Final = 30
_BPCER: Final = 0.02
_95_PERCENT: Final = 1.96

_RENDERED: Final = """
## What is rendered, and what is not

People are photographs on a head with depth: parallax, natural movement, blinking, the lamp's light
by the shape of the face and by distance, shine of the skin, its mirror in the eyes, glasses.
Prints have ink, grain and curl; screens a lattice of pixels, glass, bands and their own light;
films another room. Masks follow a head but not a nose. Sheets and devices have hands and an
impostor behind them. All of it goes through the same lens, exposure, colour filter, noise,
sharpening and JPEG compression.

Ten synthetic faces are few, and the four of the held-out split are women with dark hair. An earlier
detector was measured on the same four, and what failed there led to a change: the seeds of bona
fide passages and masks are new, the faces are not. All heads have one shape, and all masks one
pattern. Not rendered: speech and expressions, hair and hands that move by themselves, shadows that
one thing throws on another, screens with high dynamic range, masks of silicone or resin, make-up,
morphed portraits, attacks on the cable behind the camera.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=[split.value for split in Split])
    parser.add_argument("--species", type=parse_species, default=SPECIES, metavar="NAME,...")
    parser.add_argument(
        "--each", type=int, metavar="N", help="passages of a species; bona fide twice as many"
    )
    parser.add_argument("--passages", type=Path, metavar="DIR", help="rendered ones are kept there")
    parser.add_argument("--scores", type=Path, metavar="FILE", help="kept there, and gone on from")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the tables there")
    parser.add_argument("--json", action="store_true", help="one line a passage")
    arguments = parser.parse_args()
    if arguments.split is None:
        print("bench_pad: skipped, --split names no passages", file=sys.stderr)
        return
    split = Split(arguments.split)
    found = measured(split, arguments.species, arguments.each, arguments.scores, arguments.passages)
    if arguments.json:
        for one in found:
            print(json.dumps(one.record()))
        return
    tables = report(split, found)
    if arguments.page:
        arguments.page.write_text(tables, "utf-8")
    print(tables)


def measured(
    split: Split,
    species: Sequence[str],
    each: int | None,
    scores: Path | None = None,
    passages: Path | None = None,
) -> list[Scored]:
    """Return every passage's score.

    Args:
        split: of people and seeds.
        species: of which passages are wanted.
        each: how many of each, of bona fide twice as many; None for as many as the page has.
        scores: a file: passages in it are not asked about again.
        passages: a folder: those in it are not rendered again.

    """
    known = {(one.species, one.seed): one for one in _kept(scores)}
    wanted = [
        passage for name in species for passage in passages_of(split, name, _count(name, each))
    ]
    finder, detector = FaceDetector(read_model(YUNET)), CueDetector()
    store = PassageStore(passages)
    found = []
    console = Console(stderr=True)
    for passage in track(wanted, description=f"passages, {split.value}", console=console):
        one = known.get((passage.species, passage.seed))
        if one is None:
            one = scored(passage, store.frames(passage), finder, detector)
            if scores:
                with scores.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(one.record()) + "\n")
        found.append(one)
    return found


def _count(species: str, each: int | None) -> int:
    if each is None:
        return _PASSAGES.get(species, _OTHERS)
    return 2 * each if species == BONA_FIDE else each


def _kept(scores: Path | None) -> list[Scored]:
    if scores is None or not scores.exists():
        return []
    # a last line without an end was cut off when the run was interrupted
    whole = scores.read_text("utf-8").rpartition("\n")[0]
    return [Scored.of(json.loads(line)) for line in whole.splitlines() if line]


class Rate(NamedTuple):
    """Errors among passages, with the bounds of Wilson's interval at 95 %."""

    errors: int
    of: int

    @property
    def bounds(self) -> tuple[float, float]:
        share, z2 = self.errors / self.of, _95_PERCENT**2
        middle = (share + z2 / (2 * self.of)) / (1 + z2 / self.of)
        spread = share * (1 - share) / self.of + z2 / (4 * self.of**2)
        half = _95_PERCENT * math.sqrt(spread) / (1 + z2 / self.of)
        return max(middle - half, 0.0), min(middle + half, 1.0)

    def __str__(self) -> str:
        low, high = self.bounds
        return (
            f"{100 * self.errors / self.of:.1f} % ({self.errors} of {self.of}; "
            f"{100 * low:.1f} to {100 * high:.1f} %)"
        )


@dataclass(frozen=True, slots=True)
class Threshold:
    name: str
    value: float

    def admits(self, one: Scored) -> bool:
        return one.sufficient and one.score <= self.value


def thresholds(found: Sequence[Scored]) -> list[Threshold]:
    """Return the one of BPCER 2 % on these passages, and those of the policy's profiles."""
    live = sorted(one.score for one in found if one.species == BONA_FIDE)
    chosen = []
    if live:
        refused = int(_BPCER * len(live))
        chosen.append(Threshold("BPCER 2 %", live[len(live) - refused - 1]))
    profiles = tomllib.loads(_POLICY.read_text("utf-8"))["profiles"]
    for name, profile in profiles.items():
        chosen.append(Threshold(f"policy, {name}", profile["max_pad_score"]))
    return chosen


def report(split: Split, found: Sequence[Scored]) -> str:
    """Return the page of figures."""
    chosen = thresholds(found)
    names = [name for name in SPECIES if any(one.species == name for one in found)]
    head = " | ".join(f"{each.name}: {each.value:.3f}" for each in chosen)
    rows = [
        f"| {name} | "
        + " | ".join(str(_rate(each, name, found)) for each in chosen)
        + f" | {_insufficient(name, found)} |\n"
        for name in names
    ]
    return (
        "# Presentation attacks: measured error rates by species\n\n"
        f"Written by `python -m benchmarks.bench_pad --split {split.value} --page "
        "docs/presentation-attack-figures.md`.\n\n"
        f"Split `{split.value}`: faces of {', '.join(split.people)}. Both splits, and the seeds of"
        " each species, are in\n`benchmarks/pad_passages.py`. A passage is twelve frames of"
        " 1280 x 720 in a second and a half, the\nlane's light switched twice. Everything is"
        " rendered by `hardware_mocks/camera`: the figures show how\nthe cues work together and"
        " what a change of them costs. They are no certificate, and no forecast for\nreal impostors"
        " before a real camera.\n\n## Error rates\n\n"
        "APCER for each species of attack, BPCER for bona fide; in brackets counts and 95 %"
        " interval.\nAn assessment that is not sufficient admits nobody: it counts against"
        " bona fide and\nnot as a missed attack.\n\n"
        f"| species | {head} | not sufficient |\n|---|{'---|' * (len(chosen) + 1)}\n"
        + "".join(rows)
        + "\n"
        + _cue_table(names, found)
        + _RENDERED
    )


def _rate(threshold: Threshold, species: str, found: Sequence[Scored]) -> Rate:
    of_species = [one for one in found if one.species == species]
    admitted = sum(threshold.admits(one) for one in of_species)
    errors = len(of_species) - admitted if species == BONA_FIDE else admitted
    return Rate(errors, len(of_species))


def _insufficient(species: str, found: Sequence[Scored]) -> int:
    return sum(not one.sufficient for one in found if one.species == species)


def _cue_table(species: Sequence[str], found: Sequence[Scored]) -> str:
    """Return the median and the 98th hundredth of every cue, by species."""
    cues = sorted({cue for one in found for cue in one.cues})
    rows = ""
    for name in species:
        of_species = [one for one in found if one.species == name]
        whole = _spread(of_species, lambda one: one.score)
        rows += f"| {name} | {whole} | "
        rows += " | ".join(
            _spread([one for one in of_species if cue in one.cues], _value_of(cue)) for cue in cues
        )
        rows += " |\n"
    return (
        "## Scores and cues\n\nMedian, and in brackets the values that 2 % are below and 2 % are"
        " above.\n\n"
        f"| species | score | {' | '.join(cues)} |\n|---|---|{'---|' * len(cues)}\n{rows}"
    )


def _value_of(cue: str) -> Callable[[Scored], float]:
    return lambda one: one.cues[cue]


def _spread(some: Sequence[Scored], value: Callable[[Scored], float]) -> str:
    if not some:
        return "absent"
    ordered = sorted(map(value, some))
    beyond = int(0.02 * len(ordered))
    low, high = ordered[beyond], ordered[len(ordered) - 1 - beyond]
    return f"{ordered[len(ordered) // 2]:.2f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    main()
