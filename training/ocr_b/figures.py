"""What the two readers do with lines they never saw: the figures beside the weights."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from egate.optical.ocr_b.alphabet import ALPHABET
from training.ocr_b.cells import MRZ_LINE, Classes
from training.ocr_b.lettering import BLANK

Scores = npt.NDArray[np.floating]
Figures = dict[str, Any]  # as JSON

_CONFIDENT: Final = 0.9
_BINS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0)
_WORST: Final = 12  # confusions told


@dataclass(frozen=True, slots=True)
class Answers:
    """One reader's probabilities of cells, n x 37, and the truth, n."""

    shares: npt.NDArray[np.float64]
    classes: Classes

    @property
    def best(self) -> Classes:
        return np.asarray(self.shares.argmax(axis=1), np.int64)

    @property
    def confidence(self) -> npt.NDArray[np.float64]:
        return np.asarray(self.shares.max(axis=1), np.float64)


def shares(scores: Scores) -> npt.NDArray[np.float64]:
    """Return the probabilities of the characters, the last column of ``scores`` left out."""
    powers = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
    return np.asarray((powers / powers.sum(axis=1, keepdims=True))[:, :BLANK], np.float64)


def temperature(scores: Scores, classes: Classes) -> float:
    """Return what scores are divided by so that the classes are most likely."""
    tried = np.geomspace(0.3, 5, 60)
    return float(tried[int(np.argmin([mean_loss(scores / one, classes) for one in tried]))])


def mean_loss(scores: Scores, classes: Classes) -> float:
    """Return the mean of minus the logarithm of the right class's probability."""
    peak = scores.max(axis=1)
    total = peak + np.log(np.exp(scores - peak[:, None]).sum(axis=1))
    return float((total - scores[np.arange(len(classes)), classes]).mean())


def of_characters(answers: Answers) -> Figures:
    """Return rates of characters and of whole lines of 44, and how true probabilities are.

    Args:
        answers: of lines of 44 without a blank place.

    """
    right = answers.best == answers.classes
    return {
        "characters": len(right),
        "characters_right": round(float(right.mean()), 5),
        "lines": len(right) // MRZ_LINE,
        "lines_right": round(float(right.reshape(-1, MRZ_LINE).all(axis=1).mean()), 4),
        "confusions": _confusions(answers),
    } | _calibration(answers)


def _confusions(answers: Answers) -> list[str]:
    """Return the commonest errors, *printed read count*."""
    wrong = answers.best != answers.classes
    pairs = np.column_stack([answers.classes[wrong], answers.best[wrong]])
    unique, counts = np.unique(pairs, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_WORST]
    return [f"{ALPHABET[unique[i][0]]} {ALPHABET[unique[i][1]]} {counts[i]}" for i in order]


def _calibration(answers: Answers) -> Figures:
    """Return the reliability table of characters, and the expected calibration error."""
    right = answers.best == answers.classes
    rows: list[Figures] = []
    error = 0.0
    for low, high in pairwise(_BINS):
        within = (answers.confidence > low) & (answers.confidence <= high)
        if within.any():
            said, true = answers.confidence[within].mean(), right[within].mean()
            error += abs(said - true) * within.mean()
            rows.append(
                {
                    "up_to": high,
                    "cells": int(within.sum()),
                    "said": round(float(said), 4),
                    "right": round(float(true), 4),
                }
            )
    return {"expected_calibration_error": round(float(error), 4), "reliability": rows}


def of_blanks(answers: Answers) -> Figures:
    """Return how often cells without a character get a confident one."""
    blank = answers.classes == BLANK
    confident = answers.confidence > _CONFIDENT
    return {
        "blank_cells": int(blank.sum()),
        "blank_over_0.5": round(float((answers.confidence[blank] > 0.5).mean()), 4),
        "blank_over_0.9": round(float(confident[blank].mean()), 4),
        "characters_over_0.9": round(float(confident[~blank].mean()), 4),
    }


def of_both(first: Answers, second: Answers) -> Figures:
    """Return how often both readers are wrong, and with the same character.

    *By chance* is what it would be if the readers erred independently: the product of their
    rates of error. Cells that are hard are hard for both, so what is seen lies above it.
    """
    wrong = (first.best != first.classes, second.best != second.classes)
    alike = wrong[0] & (first.best == second.best)
    agree = first.best == second.best
    sure = agree & (first.confidence > _CONFIDENT) & (second.confidence > _CONFIDENT)
    return {
        "first_wrong": round(float(wrong[0].mean()), 6),
        "second_wrong": round(float(wrong[1].mean()), 6),
        "both_wrong": round(float((wrong[0] & wrong[1]).mean()), 6),
        "both_wrong_by_chance": round(float(wrong[0].mean() * wrong[1].mean()), 6),
        "both_wrong_and_alike": round(float(alike.mean()), 6),
        "both_sure_and_alike": round(float(sure.mean()), 4),
        "wrong_where_both_sure_and_alike": round(float(alike[sure].mean()), 6),
    }
