"""The detection error trade-off curve as a picture, by matplotlib where it is installed.

Both axes are of normal deviates (ISO/IEC 19795-1): errors of normally distributed scores
make straight lines there. Curves step at the pessimistic corner, so that no line lies
lower than what was counted.
"""

import io
from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from egate.biometrics.evaluation.error_rates import EqualErrorRate, OperatingPoint
from egate.biometrics.evaluation.evaluation import ByQuality, Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TICKS: Final = (1e-6, 1e-5, 1e-4, 1e-3, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
_HIGHEST: Final = 0.5
_FEWEST: Final = 1e-6
_OFF_THE_PICTURE: Final = 1e-12  # for a rate of 0, which has no deviate
_ALL: Final = "#111111"
# From the poorest band to the best; told apart also without colour, by their dashes.
_BANDS: Final = (
    ("#d7301f", (0, (1, 1))), ("#ef7f3b", (0, (3, 1))), ("#c8a415", (0, (5, 1, 1, 1))),
    ("#4a9a5b", (0, (6, 2))), ("#2b6cb0", (0, (9, 2))),
)  # fmt: skip
_MEASURES: Final = {"embedding_norm": "norm of the embedding"}
_INCHES: Final = (7.4, 6.6)


class PlotUnavailable(Exception):
    """Matplotlib is not installed."""


def det_png(evaluation: Evaluation) -> bytes:
    """Draw the curve of all comparisons, with those of the bands of each measure.

    Returns:
        A PNG file, the same for the same figures.

    Raises:
        PlotUnavailable: matplotlib is not installed.

    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  an extra
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise PlotUnavailable from error
    panels: Sequence[ByQuality | None] = evaluation.by_quality or (None,)
    figure = Figure((_INCHES[0] * len(panels), _INCHES[1]), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    for number, each in enumerate(panels, 1):
        _panel(figure.add_subplot(1, len(panels), number), evaluation, each)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def _panel(axes: "Axes", evaluation: Evaluation, each: ByQuality | None) -> None:
    if each:
        for band, (colour, dashes) in zip(each.bands, _BANDS, strict=True):
            label = f"{band.name} ({_size(band.genuine, band.impostor, band.eer)})"
            x, y = _deviates(band.det)
            axes.plot(
                x, y, drawstyle="steps-post", color=colour, linestyle=dashes, linewidth=1.4,
                label=label,
            )  # fmt: skip
    label = f"all ({_size(evaluation.genuine, evaluation.impostor, evaluation.eer)})"
    x, y = _deviates(evaluation.det)
    axes.plot(x, y, drawstyle="steps-post", color=_ALL, linewidth=2.2, label=label)
    if not any(point.fmr.errors and point.fnmr.errors for point in evaluation.det):
        axes.text(0.5, 0.5, "no threshold makes both errors", transform=axes.transAxes, ha="center")
    lowest = _lowest(evaluation.genuine)
    _axes(axes, _lowest(evaluation.impostor), lowest)
    _marks(axes, evaluation, lowest)
    measure = _MEASURES.get(each.measure, each.measure) if each else ""
    title = f"Images ranked by {measure}, the poorer of each pair" if each else None
    axes.legend(loc="upper right", fontsize=8, framealpha=1, title=title, title_fontsize=8)


def _size(genuine: int, impostor: int, eer: EqualErrorRate | None) -> str:
    rate = f"EER {100 * eer.value:.2g} %" if eer else "no EER"
    return f"{genuine:,} genuine, {impostor:,} impostor, {rate}"


def _deviates(curve: Sequence[OperatingPoint]) -> tuple[list[float], list[float]]:
    """Return x and y of a curve by rising FMR; where no impostor matched there is no x."""
    rates = [(point.fmr.value or 0.0, point.fnmr.value or 0.0) for point in reversed(curve)]
    shown = [(fmr, fnmr) for fmr, fnmr in rates if 0 < fmr < 1 and fnmr < 1]
    return [_deviate(fmr) for fmr, _ in shown], [_deviate(fnmr) for _, fnmr in shown]


def _deviate(rate: float) -> float:
    return NormalDist().inv_cdf(max(rate, _OFF_THE_PICTURE))


def _lowest(trials: int) -> float:
    """Return where an axis begins: at a tenth of one error, which leaves room for the marks."""
    return min(0.001, max(_FEWEST, 0.1 / max(trials, 1)))


def _axes(axes: "Axes", lowest_fmr: float, lowest_fnmr: float) -> None:
    axes.set_xlim(_deviate(lowest_fmr), _deviate(_HIGHEST))
    axes.set_ylim(_deviate(lowest_fnmr), _deviate(_HIGHEST))
    for axis, lowest in ((axes.xaxis, lowest_fmr), (axes.yaxis, lowest_fnmr)):
        ticks = [rate for rate in _TICKS if rate >= lowest]
        axis.set_ticks([_deviate(rate) for rate in ticks], [_per_cent(rate) for rate in ticks])
    axes.tick_params(labelsize=8)
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("false match rate")
    axes.set_ylabel("false non-match rate")


def _marks(axes: "Axes", evaluation: Evaluation, lowest: float) -> None:
    """Mark where the curve of all has the four false match rates."""
    for one in evaluation.at:
        if one.point is None or one.point.fnmr.value is None:
            continue
        x, fnmr = _deviate(float(one.fmr)), one.point.fnmr.value
        y = _deviate(min(max(fnmr, lowest), _HIGHEST))
        axes.axvline(x, color="#888888", linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        axes.plot([x], [y], marker="o", color=_ALL, markersize=5, clip_on=False, zorder=5)
        # At the foot of the line, to its left: there a good system has no curve.
        axes.annotate(
            f"FNMR {100 * fnmr:.2f} %\nfrom {one.point.threshold:.3f}", (x, 0),
            xycoords=("data", "axes fraction"), xytext=(-4, 6), textcoords="offset points",
            ha="right", fontsize=7.5, zorder=6,
            bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "#bbbbbb"},
        )  # fmt: skip


def _per_cent(rate: float) -> str:
    return f"{100 * rate:.4f}".rstrip("0").rstrip(".") + " %"
