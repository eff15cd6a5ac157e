"""Days of Bangladesh: what a statistic is over."""

from dataclasses import dataclass
from datetime import date
from typing import Final

TIME_ZONE: Final = "Asia/Dhaka"
LONGEST_DAYS: Final = 366


class PeriodInvalid(ValueError):
    """Days that no statistic is over; says which."""


@dataclass(frozen=True, slots=True)
class Period:
    """From midnight of ``first`` to midnight after ``last``, in Asia/Dhaka.

    Raises:
        PeriodInvalid: it is empty, or longer than a year.

    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodInvalid(f"{self.first} to {self.last}: ends before it begins")
        if (self.last - self.first).days >= LONGEST_DAYS:
            raise PeriodInvalid(f"{self.first} to {self.last}: more than {LONGEST_DAYS} days")
