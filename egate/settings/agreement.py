"""Settings of the department's performance agreement: what was promised, dated, and by whom.

What a contract, a letter or a delivery note says is entered here; the centre counts the rest.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from egate.settings.values import Table

GRADES = (100, 90, 80, 70, 60)
"""The columns of an agreement, the best first."""

_Port = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z0-9]{3}$")]
_Text = Annotated[str, Field(min_length=1, max_length=400)]
_Number = Annotated[str, Field(pattern=r"^[0-9]{1,2}\.[0-9]{1,2}$")]


class Bilingual(Table):
    """One text in both languages of the report."""

    en: _Text
    bn: _Text


class Measure(StrEnum):
    """How an indicator is measured."""

    GATES_INSTALLED = "gates_installed"
    READERS_INSTALLED = "readers_installed"
    MILESTONE = "milestone"
    """A document of a day, entered below."""
    GATES_OPERATIONAL = "gates_operational"
    """The day by which all installed gates were fully operational for a whole month."""
    CONNECTION_MILESTONE = "connection_milestone"
    """A milestone, with the checkpoints that are connected as evidence."""


class Indicator(Table):
    """One row of the agreement.

    ``targets`` has one entry a column, from 100 on; columns that are not known are left out.
    """

    number: _Number
    text: Bilingual
    measure: Measure
    targets: tuple[int | date, ...] = Field(min_length=1, max_length=len(GRADES))

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        counted = self.measure in {Measure.GATES_INSTALLED, Measure.READERS_INSTALLED}
        if any(isinstance(target, date) is counted for target in self.targets):
            kind = "numbers" if counted else "days"
            raise PydanticCustomError("targets", "targets: are not {kind}", {"kind": kind})
        best_first = sorted(self.targets, reverse=counted)
        if list(self.targets) != best_first or len(set(self.targets)) < len(self.targets):
            raise PydanticCustomError("targets", "targets: not from the best to the least")
        return self


class InstalledGates(Table):
    """Gates of one checkpoint that were taken over on one day."""

    ids: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")], ...]
    border_crossing_point: _Port
    installed_on: date
    reference: _Text
    opens: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "00:00"
    hours: Annotated[float, Field(gt=0, le=24)] = 24.0


class Delivery(Table):
    """Passport readers that were installed on one day."""

    installed_on: date
    count: Annotated[int, Field(ge=1, le=100_000)]
    reference: _Text


class Milestone(Table):
    """The document that shows that an indicator of a day was reached."""

    indicator: _Number
    reached_on: date
    reference: _Text


class Checkpoint(Table):
    """A place where travellers cross, which the centre is to be connected with."""

    code: _Port
    name: Bilingual


class Agreement(Table):
    """One agreement of one financial year."""

    financial_year: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")]
    begins: date
    ends: date
    area: Bilingual
    office: Bilingual
    operational_percent: Annotated[float, Field(gt=0, le=100)]
    live_checks: tuple[Annotated[str, Field(pattern=r"^BACKGROUND\.[A-Z_]+$")], ...] = Field(
        min_length=1
    )
    indicators: tuple[Indicator, ...] = Field(min_length=1, max_length=20)
    gates: tuple[InstalledGates, ...] = ()
    readers: tuple[Delivery, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.ends <= self.begins:
            raise PydanticCustomError("year", "ends: not after begins")
        for name, keys in {
            "indicators": [each.number for each in self.indicators],
            "gates": [gate for group in self.gates for gate in group.ids],
            "milestones": [each.indicator for each in self.milestones],
            "checkpoints": [each.code for each in self.checkpoints],
        }.items():
            if len(set(keys)) < len(keys):
                raise PydanticCustomError("twice", "{name}: one is named twice", {"name": name})
        return self
