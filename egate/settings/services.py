"""Settings of the centre and of the officers' console."""

from typing import Literal

from pydantic import Field

from egate.settings.values import Address, ConfiguredPath, Listen, Table, Tls


class Database(Table):
    """PostgreSQL: an address, or a folder for an embedded server (one box, demo, tests)."""

    dsn: str | None = None
    embedded: ConfiguredPath | None = None


class SpecialBranch(Table):
    """The Special Branch's own system, which is told of every crossing."""

    driver: Literal["file"]
    folder: ConfiguredPath


class CentralSettings(Table):
    listen: Address
    page: Listen
    database: Database
    tls: Tls
    special_branch: SpecialBranch | None = None
    agreement: ConfiguredPath | None = None


class ConsoleGate(Table):
    id: str
    address: Address


class ConsoleSettings(Table):
    listen: Address
    officer_id: str
    gates: tuple[ConsoleGate, ...] = Field(min_length=1, max_length=10)
    tls: Tls
