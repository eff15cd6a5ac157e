"""The office's table of reasons for decisions, with words in both languages."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from egate.domain.decision import Decision
from egate.settings.values import Table

_Line = Annotated[str, Field(min_length=1, max_length=120)]


class Reason(Table):
    """One reason.

    Args:
        code: as decisions name it, never of another meaning.
        bangla: in words.
        english: likewise.
        decisions: for which it may be given.
        needs_words: the officer says more in their own words.

    """

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_.]{0,63}$")
    bangla: _Line
    english: _Line
    decisions: frozenset[Decision] = frozenset()
    needs_words: bool = False


class ReasonTable(Table):
    """Every reason, in the order in which officers see them."""

    version: _Line
    reason: tuple[Reason, ...] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        codes = [each.code for each in self.reason]
        if len(set(codes)) < len(codes):
            raise ValueError("reason: one code stands twice")
        for decision in Decision:
            if not self.of(decision):
                raise ValueError(f"reason: none is for {decision}")
        return self

    def of(self, decision: Decision) -> tuple[Reason, ...]:
        """Return the reasons that may be given for ``decision``."""
        return tuple(each for each in self.reason if decision in each.decisions)

    def find(self, code: str, decision: Decision) -> Reason | None:
        """Return the reason of ``code`` if it may be given for ``decision``."""
        return next((each for each in self.of(decision) if each.code == code), None)
