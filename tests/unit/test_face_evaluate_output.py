"""Tables, files and the picture of an evaluation with enough comparisons for every FMR."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from egate.biometrics.evaluation.document import as_document
from egate.biometrics.evaluation.evaluation import Evaluation, evaluate
from egate.biometrics.evaluation.proportion import Proportion
from egate.biometrics.evaluation.quality_bands import QualityBands
from egate.biometrics.evaluation.trials import Trials
from egate.cli.face_evaluate.output import print_tables, write_report
from egate.cli.outcome import Unavailable

LIMITS = (10.7, 11.1, 11.6, 12.3)


def trials(random: np.random.Generator, count: int, mean: float, not_acquired: int) -> Trials:
    bands = random.choice(5, count).astype(np.uint8)
    scores = random.normal(mean, 0.1, count) + 0.02 * bands
    by_measure = {"embedding_norm": bands, "another_measure": bands[::-1].copy()}
    return Trials(scores.astype(np.float32), by_measure, not_acquired)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    random = np.random.default_rng(5)
    measures = [QualityBands("embedding_norm", LIMITS), QualityBands("another_measure", LIMITS)]
    return evaluate(trials(random, 2000, 0.6, 7), trials(random, 120_000, 0.1, 9), measures)


def test_a_table_has_the_figures_of_the_report(
    evaluation: Evaluation, capsys: pytest.CaptureFixture[str]
) -> None:
    print_tables(evaluation, Proportion(3, 900))
    lines = capsys.readouterr().out.splitlines()
    assert "2000 genuine and 120000 impostor comparisons; 16 were not possible" in lines[0]
    assert "3 of 900 images" in lines[0]
    assert all(len(line) <= 80 for line in lines[1:]), "for a terminal of 80 columns"
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]
    document = as_document(evaluation)
    for row, point in zip(rows, document["operating_points"], strict=False):
        assert float(row[0].rstrip(" %")) / 100 == pytest.approx(point["fmr"])
        # Never below the threshold, or more impostors would match than were counted.
        assert 0 <= float(row[1]) - point["threshold"] < 1e-4
        assert float(row[2].rstrip(" %")) / 100 == pytest.approx(
            point["measured"]["fnmr"]["rate"], rel=1e-2
        )
        assert int(row[4]) == point["measured"]["fnmr"]["errors"]
        frr = point["generalised_frr"]
        assert frr["errors"] == point["measured"]["fnmr"]["errors"] + 7
        assert float(row[5].rstrip(" %")) / 100 == pytest.approx(frr["rate"], rel=1e-2)
    assert len(rows) == 4 + 2 * (5 + 4)
    assert "10.70" in rows[5]


def test_files_of_a_report(evaluation: Evaluation, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    document = as_document(evaluation)
    assert write_report(tmp_path, document, evaluation)
    assert {file.name for file in tmp_path.iterdir()} == {"det.csv", "det.png", "report.json"}
    assert json.loads((tmp_path / "report.json").read_text("utf-8")) == document
    with (tmp_path / "det.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["quality_measure"], row["band"]) for row in rows} >= {
        ("all", "all"), ("embedding_norm", "0 to 5 %"), ("another_measure", "50 to 100 %")
    }  # fmt: skip
    for row in rows:
        assert float(row["fmr"]) == int(row["false_matches"]) / int(row["impostor"])
        assert float(row["fnmr"]) == int(row["false_non_matches"]) / int(row["genuine"])
    first = (tmp_path / "det.png").read_bytes()
    height, width = cv2.imdecode(np.frombuffer(first, np.uint8), cv2.IMREAD_COLOR).shape[:2]
    assert width > 1.8 * height  # one panel a measure
    write_report(tmp_path, document, evaluation)
    assert (tmp_path / "det.png").read_bytes() == first


def test_a_curve_for_one_kind_of_comparison_is_drawn_empty(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    nothing = Trials(np.empty(0), {}, 2)
    evaluation = evaluate(Trials(np.array([0.5]), {}, 0), nothing, [])
    assert write_report(tmp_path, as_document(evaluation), evaluation)
    assert (tmp_path / "det.png").stat().st_size > 5000


def test_a_file_that_cannot_be_written_is_named(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "det.csv").mkdir()
    with pytest.raises(Unavailable, match=r"det\.csv: "):
        write_report(tmp_path, {}, evaluation)
