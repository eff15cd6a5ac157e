"""``python -m tests.stay_orders --examples 200000``: stays do not depend on the order of arrival.

Histories of a document, in any order, in batches, with repetition, exits before entries. They
are drawn in rounds, each by a seed of its own; a fault ends the command with an example that is
as small as hypothesis finds. Prints one line of JSON.
"""

import argparse
import json
import sys
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from egate.central.stays import Movement, pair
from egate.domain.record import Direction
from tests.crossing_histories import arrivals, movements

_ROUND: Final = 20_000


def is_of_no_order(data: st.DataObject, sent: list[Movement], opening: Direction) -> None:
    """Draw an order of ``sent``, and see that the stays are the same."""
    batches = data.draw(arrivals(sent))
    assert pair([one for batch in batches for one in batch], opening) == pair(sent, opening)


DRAWN: Final = given(st.data(), movements, st.sampled_from(Direction))


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.stay_orders", description=__doc__)
    parser.add_argument("--examples", type=int, default=200_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    asked = parser.parse_args()
    longest, tried = 0, 0

    def counted(data: st.DataObject, sent: list[Movement], opening: Direction) -> None:
        nonlocal longest, tried
        is_of_no_order(data, sent, opening)
        longest, tried = max(longest, len(sent)), tried + 1

    while tried < asked.examples:
        bounded = settings(
            max_examples=min(_ROUND, asked.examples - tried),
            deadline=None,
            database=None,
            derandomize=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        seed(asked.seed + tried)(bounded(DRAWN(counted)))()
    print(json.dumps({"examples": tried, "longest_history": longest, "faults": 0}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
