"""The rows of the reliability table that have a nightly column: what is run, and how much of it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Args:
        number: in docs/reliability.md.
        tried: what is tried, for the page.
        words: of the command, after ``python -m``.
        option: of the command, that says how much of it.
        full: how much of it a night is.
        unit: of that.

    """

    number: int
    tried: str
    words: tuple[str, ...]
    option: str
    full: int
    unit: str

    def command(self, size: int) -> tuple[str, ...]:
        return (*self.words, self.option, str(size))


ROWS: Final = (
    Row(2, "power cuts", ("tests.disk_faults",), "--cuts", 20_000, "cuts"),
    Row(10, "flipped bits", ("tests.disk_faults",), "--flips", 50_000, "flips"),
    Row(3, "centre and PostgreSQL killed", ("tests.centre_kills",), "--kills", 500, "kills"),
    Row(5, "orders of arrival", ("tests.stay_orders",), "--examples", 200_000, "examples"),
    Row(14, "standby takes over", ("tests.standby",), "--rounds", 20, "takeovers"),
    Row(13, "calls answered and given up", ("tests.faults", "leaks"), "--calls", 200_000, "calls"),
    Row(12, "gates come back at once", ("tests.faults", "reconnect"), "--gates", 5000, "gates"),
    Row(1, "gate killed at random", ("tests.gate_kills",), "--random", 5000, "kills"),
    Row(
        11,
        "days by seed",
        ("tests.simulation", "--jobs", "2", "--json"),
        "--seeds",
        100_000,
        "days",
    ),
    Row(15, "random clients", ("tests.faults", "histories"), "--seconds", 3600, "seconds"),
    Row(4, "every weather at once", ("tests.faults", "partitions"), "--seconds", 28_800, "seconds"),
)
