"""A sample of the random worlds; ``python -m tests.random_worlds --worlds 1000`` plays them all."""

import pytest

from tests.random_worlds import play_seed


@pytest.mark.parametrize("seed", range(6, 26))
def test_every_law_holds_in_the_world_of(seed: int) -> None:
    assert play_seed(seed).faults == []
