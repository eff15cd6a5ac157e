"""Makes the weights of our OCR-B readers again: `python -m training.ocr_b --fonts FOLDER`."""

import argparse
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.optical.ocr_b.alphabet import Cells
from egate.optical.ocr_b.weights import FOLDER, KERNEL, NETWORK
from training.ocr_b import figures, kernel_machine, network
from training.ocr_b.cells import MRZ_LINE, Sample, rendered
from training.ocr_b.figures import Answers, Figures
from training.ocr_b.lettering import Lettering

# Every set has a seed of its own; the readers learn from different lines.
_FIRST, _SECOND, _CALIBRATION, _HELD_OUT = range(4)
_STRENGTHS: Final = {"slight": (0.0, 0.2), "marked": (0.3, 0.5), "severe": (0.6, 0.8)}
_ALL: Final = (0.0, 1.0)
_CALIBRATED_ON: Final = Sample(1500, (0.0, 0.8))

Read = Callable[[Cells], npt.NDArray[np.float64]]


def main() -> None:
    asked = _arguments()
    lettering = Lettering(asked.fonts)
    cells, classes = rendered(lettering, asked.seed + _FIRST, Sample(asked.lines, _ALL))
    first = network.learn(cells, classes, asked.seed, asked.epochs)
    cells, classes = rendered(lettering, asked.seed + _SECOND, Sample(asked.lines, _ALL))
    second = kernel_machine.learn(cells, classes, asked.seed)
    cells, classes = rendered(lettering, asked.seed + _CALIBRATION, _CALIBRATED_ON)
    ease = figures.temperature(network.logits(first, cells), classes)
    ease_again = figures.temperature(kernel_machine.scores(second, cells), classes)
    second = kernel_machine.at_temperature(second, ease_again)
    _write(asked.out / NETWORK.file_name, network.as_onnx(first, ease))
    _write(asked.out / KERNEL.file_name, kernel_machine.as_npz(second))
    readers: tuple[Read, Read] = (
        lambda cells: figures.shares(network.logits(first, cells) / ease),
        lambda cells: figures.shares(kernel_machine.scores(second, cells)),
    )
    measured = _measured(lettering, asked.seed, readers)
    measured["made_with"] = {
        "seed": asked.seed,
        "lines": asked.lines,
        "epochs": asked.epochs,
        "first_temperature": round(ease, 3),
        "second_temperature": round(ease_again, 3),
    }
    (asked.out / "figures.json").write_text(json.dumps(measured, indent=1) + "\n", "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="training.ocr_b", description=__doc__)
    parser.add_argument("--fonts", type=Path, required=True, help="folder with OCRB.otf, OCRBS.otf")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the weights go")
    parser.add_argument("--seed", type=int, default=9303)
    parser.add_argument("--lines", type=int, default=12000, help="of 14 places, for each reader")
    parser.add_argument("--epochs", type=int, default=6)
    return parser.parse_args()


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    print(f"{file.name}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


def _measured(lettering: Lettering, seed: int, readers: tuple[Read, Read]) -> Figures:
    found: Figures = {}
    for number, (name, severity) in enumerate(_STRENGTHS.items()):
        held_out = seed + _HELD_OUT + 2 * number
        lines = rendered(lettering, held_out, Sample(200, severity, MRZ_LINE, 0.0))
        mixed = rendered(lettering, held_out + 1, Sample(400, severity))
        first, second = (Answers(read(lines[0]), lines[1]) for read in readers)
        blanks = [figures.of_blanks(Answers(read(mixed[0]), mixed[1])) for read in readers]
        found[name] = {
            "severity": list(severity),
            "first_reader": figures.of_characters(first) | blanks[0],
            "second_reader": figures.of_characters(second) | blanks[1],
            "together": figures.of_both(first, second),
        }
    return found


if __name__ == "__main__":
    main()
