"""What an evaluation leaves: tables for people, and the files of the report."""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from egate.biometrics.evaluation.document import DET_COLUMNS, det_rows
from egate.biometrics.evaluation.error_rates import FMRS, OperatingPoint
from egate.biometrics.evaluation.evaluation import ByQuality, Evaluation
from egate.biometrics.evaluation.proportion import Proportion
from egate.cli.face_evaluate.det_plot import PlotUnavailable, det_png
from egate.cli.outcome import Unavailable

REPORT: Final = "report.json"
DET_TABLE: Final = "det.csv"
DET_PICTURE: Final = "det.png"
REPORT_FILES: Final = (REPORT, DET_TABLE, DET_PICTURE)
_NONE: Final = "-"


def write_report(folder: Path, document: Mapping[str, Any], evaluation: Evaluation) -> bool:
    """Write the three files, each whole or not at all.

    Returns:
        Whether there is a picture: matplotlib may not be installed.

    Raises:
        Unavailable: a file cannot be written.

    """
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(DET_COLUMNS)
    rows.writerows(det_rows(evaluation))
    _write(folder / DET_TABLE, table.getvalue().encode())
    _write(folder / REPORT, (json.dumps(document, indent=1) + "\n").encode())
    try:
        _write(folder / DET_PICTURE, det_png(evaluation))
    except PlotUnavailable:
        (folder / DET_PICTURE).unlink(missing_ok=True)  # of an earlier run: not of this one
        return False
    return True


def _write(file: Path, content: bytes) -> None:
    new = file.with_name(file.name + ".new")
    try:
        new.write_bytes(content)
        new.replace(file)
    except OSError as error:
        raise Unavailable(f"{file}: {error.strerror}") from error


def print_tables(evaluation: Evaluation, lost: Proportion) -> None:
    """Print the figures that people look for first."""
    print(
        f"{evaluation.genuine} genuine and {evaluation.impostor} impostor comparisons;"
        f" {evaluation.not_acquired} were not possible, for"
        f" {lost.errors} of {lost.trials} images show no face"
    )
    eer = evaluation.eer
    print(f"EER {_per_cent(eer.value)} at {eer.threshold:.4f}" if eer else "no EER")
    console = Console()
    console.print(_rates(evaluation))
    if all(one.point is None for one in evaluation.at):
        return
    for each in evaluation.by_quality:
        console.print(_bands(each))
        console.print(_discards(each))


def _rates(evaluation: Evaluation) -> Table:
    table = Table("FMR", "Threshold", "FNMR", "95 % interval", "Errors", "GFRR")
    for one in evaluation.at:
        if one.point is None:
            table.add_row(_per_cent(float(one.fmr)), "too few", *[_NONE] * 4)
            continue
        fnmr, interval = one.point.fnmr, one.point.fnmr.interval()
        table.add_row(
            _per_cent(float(one.fmr)),
            # Rounded up: a threshold rounded down would let more impostors match.
            f"{math.ceil(one.point.threshold * 1e4) / 1e4:.4f}",
            _share(fnmr),
            f"{100 * interval.low:.3f} to {100 * interval.high:.3f}" if interval else _NONE,
            str(fnmr.errors),
            _share(one.generalised_frr),
        )
    return table


def _bands(each: ByQuality) -> Table:
    table = _table(f"FNMR by {each.measure} of the poorer image, at the thresholds of each FMR")
    for name in ("Images", "From", "Genuine", *_names()):
        table.add_column(name, no_wrap=True)
    for band in each.bands:
        begins = _NONE if band.begins is None else f"{band.begins:.2f}"
        table.add_row(band.name, begins, str(band.genuine), *_fnmrs(band.at))
    return table


def _discards(each: ByQuality) -> Table:
    table = _table(f"FNMR at each FMR when images are asked for again, by {each.measure}")
    for name in ("Poorest", "Below", *_names()):
        table.add_column(name, no_wrap=True)
    for discard in each.discards:
        table.add_row(f"{discard.share} %", f"{discard.limit:.2f}", *_fnmrs(discard.at))
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="none")


def _names() -> Sequence[str]:
    return [_per_cent(float(fmr)) for fmr in FMRS]


def _fnmrs(points: Sequence[OperatingPoint | None]) -> list[str]:
    return [_share(point.fnmr if point else None) for point in points]


def _share(proportion: Proportion | None) -> str:
    value = proportion.value if proportion else None
    return _NONE if value is None else _per_cent(value)


def _per_cent(rate: float | Fraction) -> str:
    return f"{100 * float(rate):.3g} %"
