"""Settings of the centre and of the officers' console."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from egate.settings.keeping import Database, ImageKeeping, Retention
from egate.settings.sending import KeepSentDays
from egate.settings.values import Address, ConfiguredPath, Device, Listen, Table, Tls


class SpecialBranchFiles(Table):
    """The Special Branch's own system is told of every crossing by files."""

    driver: Literal["file"]
    folder: ConfiguredPath


class SpecialBranchRemote(Table):
    """The Special Branch's own system is told of every crossing, and asked, over gRPC.

    Args:
        driver: which adapter.
        address: where their server listens.
        server_name: the DNS name that its certificate must have.
        tls: our certificate for them, and the authority of theirs.

    """

    driver: Literal["grpc"]
    address: Address
    server_name: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
    tls: Tls


SpecialBranch = Annotated[SpecialBranchFiles | SpecialBranchRemote, Field(discriminator="driver")]


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
    """The centre.

    Args:
        listen: where gates and consoles call.
        page: where its pages are.
        database: where everything is.
        tls: our certificate, and the authority of the others'.
        enrolment: how gates get certificates; none: by hand.
        images: where pictures of referred travellers lie; none are taken without it.
        retention: how long what is kept.
        special_branch: who is told of every crossing.
        lists: where lists for gates are made.
        agreement: the department's performance agreement, for its report.
        authorisation_rules: of entry and stay.
        reflection: tell callers which services there are, for tools; off in production.

    """

    listen: Address
    page: Listen
    database: Database
    tls: Tls
    enrolment: Enrolment | None = None
    images: ImageKeeping | None = None
    retention: Retention = Retention()
    special_branch: SpecialBranch | None = None
    lists: ListPublishing | None = None
    agreement: ConfiguredPath | None = None
    authorisation_rules: ConfiguredPath | None = None
    reflection: bool = False


class ConsoleGate(Table):
    id: str
    address: Address


class ConsoleDesk(Table):
    """A desk that records crossings and decisions itself.

    Args:
        border_crossing_point: the port, a UN/LOCODE.
        station: the desk.
        authority: whose officers sit there, as SB or DIP.
        book: what was entered, until the centre has it; its key lies beside it.
        officer_id: who enters by the command line; whoever is logged in enters at the console.
        reason_codes: the office's table of reasons; without it nobody decides on cases here.
        reader: an MRZ reader at the desk that does not type; none is needed.
        page_scanner: reads the MRZ too, so it is named instead of a reader.
        trust_store: with which seals of scanned pages are verified; without, none is proven.

    """

    border_crossing_point: str = Field(pattern=r"^[A-Z]{2}[A-Z0-9]{3}$")
    station: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    authority: str = Field(pattern=r"^[A-Z][A-Z0-9_-]{0,15}$")
    book: ConfiguredPath
    officer_id: str | None = Field(default=None, min_length=1, max_length=64)
    reason_codes: ConfiguredPath | None = None
    reader: Device | None = None
    page_scanner: Device | None = None
    trust_store: ConfiguredPath | None = None

    @model_validator(mode="after")
    def _reads_each_document_once(self) -> Self:
        if self.reader and self.page_scanner:
            raise PydanticCustomError(
                "reader", "reader and page_scanner: name one, a page scanner reads the MRZ itself"
            )
        return self


class ConsoleEnrolment(Table):
    """How a console gets its certificates of the centre; without this table, by hand.

    Args:
        name: the console's id in its certificate.
        address: of the centre's enrolment, for the first one.
        centre: address of the centre, for the next ones.

    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    address: Address
    centre: Address


class ConsoleCentre(Table):
    """The centre that a console asks and tells; without this table it knows its lanes alone.

    Args:
        address: of its services.
        keep_sent_days: how long what the desk sent is kept here, sealed, for a centre that is
            restored from a backup.

    """

    address: Address
    keep_sent_days: KeepSentDays = 7.0


class ConsoleLogIn(Table):
    """How long a session of an officer lasts.

    Args:
        lock_minutes: without a sign of the officer, after which their password is asked again.
        end_hours: after which they log in anew, whatever they do: a shift.

    """

    lock_minutes: int = Field(default=5, ge=1, le=60)
    end_hours: int = Field(default=12, ge=1, le=24)


class ConsoleHall(Table):
    """What one officer can watch.

    Args:
        most_lanes: that one officer may supervise.
        rotation_minutes: after which they are reminded that somebody else should.

    """

    most_lanes: int = Field(default=10, ge=1, le=64)
    rotation_minutes: int = Field(default=60, ge=5, le=480)


class ConsolePolicy(Table):
    """The policy of the hall's lanes, for changes of its thresholds.

    Args:
        file: the same as on the lanes, signed by two officers; its changes are filed beside it.
        keys: folder of officers' public keys, the same as on the lanes.

    """

    file: ConfiguredPath
    keys: ConfiguredPath


HostName = Annotated[str, Field(pattern=r"^[a-z0-9:]([a-z0-9.:-]{0,251}[a-z0-9])?$")]


class PageTls(Table):
    """With what the page is served over HTTPS (PEM files); browsers need no certificate.

    Args:
        certificate: of this console's name, and of who signed it.
        key: its private key.
        names: by which officers' browsers come; any other one gets nothing.

    """

    certificate: ConfiguredPath
    key: ConfiguredPath
    names: tuple[HostName, ...] = Field(min_length=1, max_length=20)


class ConsoleAudit(Table):
    """The log of who did and saw what.

    Args:
        keep_days: after which a row goes; that it went is a row too.

    """

    keep_days: int = Field(default=1830, ge=30, le=36_600)


class ConsoleSettings(Table):
    """The officers' console of one hall.

    Args:
        listen: where its page is.
        state: folder of what it keeps: officers, their sessions, the audit log.
        gates: the lanes, in the order of the board.
        tls: our certificate for gates and centre, and the authority of theirs.
        centre: whom it asks and tells.
        log_in: how long sessions last.
        hall: what one officer can watch.
        audit: how long it is known who saw what.
        policy: of the hall's lanes; without it no threshold is changed here.
        page_tls: how the page is served to other machines than this one.
        desk: what is needed to record crossings here.
        enrolment: how it gets its certificates.
        specimens: folder of pictures of genuine documents, to compare scanned pages with.

    """

    listen: Address
    state: ConfiguredPath
    specimens: ConfiguredPath | None = None
    gates: tuple[ConsoleGate, ...] = Field(min_length=1, max_length=64)
    tls: Tls
    centre: ConsoleCentre | None = None
    log_in: ConsoleLogIn = ConsoleLogIn()
    hall: ConsoleHall = ConsoleHall()
    audit: ConsoleAudit = ConsoleAudit()
    policy: ConsolePolicy | None = None
    page_tls: PageTls | None = None
    desk: ConsoleDesk | None = None
    enrolment: ConsoleEnrolment | None = None

    @model_validator(mode="after")
    def _desk_needs_a_centre(self) -> Self:
        if self.desk is not None and self.centre is None:
            raise PydanticCustomError(
                "centre", "desk: its records go to a [centre], which is missing"
            )
        return self
