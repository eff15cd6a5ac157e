"""Makes the weights of our OCR-B readers again: `python -m training.ocr_b --fonts FOLDER`."""

import argparse
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from egate.optical.ocr_b.alphabet import Cells
from egate.optical.ocr_b.weights import FOLDER, GAUSSIANS, NETWORK
from training.ocr_b import discriminant, figures, network
from training.ocr_b.cells import MRZ_LINE, Classes, Sample, rendered
from training.ocr_b.figures import Answers, Figures, Scores
from training.ocr_b.lettering import Lettering

# Every set has a seed of its own; the readers learn from different lines.
_FIRST, _SECOND, _CALIBRATION, _HELD_OUT = range(4)
_STRENGTHS: Final = {"slight": (0.0, 0.2), "marked": (0.3, 0.5), "severe": (0.6, 0.8)}
_CALIBRATED_ON: Final = Sample(3000, (0.0, 0.8))

Score = Callable[[Cells], Scores]


def main() -> None:
    asked = _arguments()
    lettering = Lettering(asked.fonts)
    learned = Sample(asked.lines, (0.0, 1.0))
    cells, classes = rendered(lettering, asked.seed + _FIRST, learned)
    first = network.learn(cells, classes, asked.seed, asked.epochs)
    cells, classes = rendered(lettering, asked.seed + _SECOND, learned)
    second = discriminant.fit(cells, classes)
    scores: tuple[Score, Score] = (
        lambda cells: network.logits(first, cells),
        lambda cells: discriminant.scores(second, cells),
    )
    cells, classes = rendered(lettering, asked.seed + _CALIBRATION, _CALIBRATED_ON)
    temperatures = [figures.temperature(score(cells), classes) for score in scores]
    _write(asked.out / NETWORK.file_name, network.as_onnx(first, temperatures[0]))
    _write(asked.out / GAUSSIANS.file_name, discriminant.as_npz(second, temperatures[1]))
    measured = _measured(lettering, asked.seed, scores, temperatures)
    measured["made_with"] = {
        "seed": asked.seed,
        "lines": asked.lines,
        "epochs": asked.epochs,
        "temperatures": [round(one, 3) for one in temperatures],
    }
    (asked.out / "figures.json").write_text(json.dumps(measured, indent=1) + "\n", "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="training.ocr_b", description=__doc__)
    parser.add_argument("--fonts", type=Path, required=True, help="folder with OCRB.otf, OCRBS.otf")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the weights go")
    parser.add_argument("--seed", type=int, default=9303)
    parser.add_argument("--lines", type=int, default=24000, help="of 14 places, for each reader")
    parser.add_argument("--epochs", type=int, default=8)
    return parser.parse_args()


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    print(f"{file.name}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


def _measured(
    lettering: Lettering, seed: int, scores: tuple[Score, Score], temperatures: list[float]
) -> Figures:
    found: Figures = {}
    for number, (name, severity) in enumerate(_STRENGTHS.items()):
        held_out = seed + _HELD_OUT + 2 * number
        lines = Sample(400, severity, MRZ_LINE, 0.0)
        of_lines = _answers(rendered(lettering, held_out, lines), scores, temperatures)
        mixed = Sample(600, severity)
        of_mixed = _answers(rendered(lettering, held_out + 1, mixed), scores, temperatures)
        found[name] = {"severity": f"{severity[0]} to {severity[1]}"} | {
            f"{which}_reader": figures.of_lines(answers)
            | figures.of_calibration(answers)
            | figures.of_blanks(blanks)
            for which, answers, blanks in zip(("first", "second"), of_lines, of_mixed, strict=True)
        }
        found[name] |= {"together": figures.of_both(*of_lines)}
    return found


def _answers(
    truth: tuple[Cells, Classes], scores: tuple[Score, Score], temperatures: list[float]
) -> tuple[Answers, Answers]:
    cells, classes = truth
    first, second = (
        Answers(figures.shares(score(cells), eased), classes)
        for score, eased in zip(scores, temperatures, strict=True)
    )
    return first, second


if __name__ == "__main__":
    main()
