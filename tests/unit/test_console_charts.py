from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from egate.console.records.charts import HEIGHT, WIDTH, column_chart, tick_step


@pytest.mark.parametrize(
    ("most", "step"), [(0, 1), (1, 1), (4, 1), (5, 2), (20, 5), (21, 10), (400, 100), (401, 200)]
)
def test_lines_across_stand_a_round_number_apart(most: int, step: int) -> None:
    assert tick_step(most) == step


def test_a_column_is_as_high_as_its_number_says() -> None:
    chart = column_chart(["00", "01"], [("in", [10, 5]), ("out", [0, 20])])
    heights = {(each.label, each.series): each.height for each in chart.columns}
    assert heights["00", 1] == 0
    assert heights["01", 1] == 2 * heights["00", 0] == 4 * heights["01", 0] > 0
    assert [tick.value for tick in chart.ticks] == [0, 5, 10, 15, 20]
    assert chart.series == ("in", "out")


@given(
    some.lists(some.tuples(some.integers(0, 10**9), some.integers(0, 10**9)), max_size=120),
)
def test_all_is_drawn_within_the_picture(pairs: list[tuple[int, int]]) -> None:
    labels = [str(number) for number in range(len(pairs))]
    series = [("a", [a for a, _ in pairs]), ("b", [b for _, b in pairs])]
    chart = column_chart(labels, series)
    assert len(chart.columns) == 2 * len(pairs)
    assert len(chart.labels) <= 16
    for column in chart.columns:
        assert 0 <= column.x <= column.x + column.width <= WIDTH + 0.1
        assert 0 <= column.y <= column.y + column.height <= HEIGHT
    places = sorted((column.x, column.width) for column in chart.columns)
    assert all(x + w <= after + 0.02 for (x, w), (after, _) in pairwise(places))
