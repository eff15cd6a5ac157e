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


class Enrolment(Table):
    """How gates and consoles get their certificates; without this table, by hand.

    Args:
        listen: where they ask for the first one; it asks nobody for a certificate.
        authority: certificate of the authority that signs them (PEM).
        key: its private key.
        valid_days: how long a certificate is valid; gates renew theirs after two thirds.

    """

    listen: Address
    authority: ConfiguredPath
    key: ConfiguredPath
    valid_days: int = Field(30, ge=1, le=825)


class ListPublishing(Table):
    """Where versions of lists are made for gates, and the secrets that make them.

    The secrets are files that nobody else may read: the key that signs is the centre's alone,
    the list key is that of all gates.
    """

    folder: ConfiguredPath
    signing_key: ConfiguredPath
    list_key: ConfiguredPath
    valid_hours: int = Field(default=72, ge=1, le=24 * 366)


class CentralSettings(Table):
    listen: Address
    page: Listen
    database: Database
    tls: Tls
    enrolment: Enrolment | None = None
    special_branch: SpecialBranch | None = None
    lists: ListPublishing | None = None
    agreement: ConfiguredPath | None = None
    authorisation_rules: ConfiguredPath | None = None


class ConsoleGate(Table):
    id: str
    address: Address


class ConsoleSettings(Table):
    listen: Address
    officer_id: str
    gates: tuple[ConsoleGate, ...] = Field(min_length=1, max_length=10)
    tls: Tls
