"""Histories of a few documents for hypothesis, and batches in which they may arrive."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from hypothesis import strategies as st

from egate.central.stays import Movement
from egate.domain.record import Direction

T = TypeVar("T")
BEGUN = datetime(2026, 11, 1, tzinfo=UTC)

movements = st.lists(
    st.builds(
        Movement,
        # Few times, so that some coincide; many days, so that some lie in other months.
        at=st.integers(0, 12).map(lambda step: BEGUN + timedelta(days=9 * step)),
        crossing_id=st.integers(1, 10_000).map(lambda n: uuid.UUID(int=7 << 76 | 2 << 62 | n)),
        direction=st.sampled_from(Direction),
    ),
    max_size=14,
    unique_by=lambda movement: movement.crossing_id,
)


@st.composite
def arrivals(draw: st.DrawFn, sent: Sequence[T]) -> list[list[T]]:
    """Any order of ``sent``, some of it again, in batches."""
    again = draw(st.lists(st.sampled_from(sent), max_size=6)) if sent else []
    order = draw(st.permutations([*sent, *again]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=4)))
    ends = [*cuts, len(order)]
    batches = [order[start:end] for start, end in zip([0, *cuts], ends, strict=True)]
    return [batch for batch in batches if batch]
