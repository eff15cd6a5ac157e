"""Settings from config/*.toml: typed, frozen; an unknown key is an error.

Relative paths are relative to the file that names them.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError

from egate.domain.record import Direction
from egate.domain.session.flow import Flow
from egate.emrtd.inspection_policy import AccessChoice

_MAX_FILE_BYTES: Final = 64 * 1024


class SettingsError(Exception):
    """A settings file cannot be used; the message names file, key and fault in one line."""


def _beside_the_file(path: Path, context: ValidationInfo) -> Path:
    return (context.context["folder"] / path).resolve() if context.context else path


ConfiguredPath = Annotated[Path, AfterValidator(_beside_the_file)]

_LAST_PORT: Final = 65_535


def _with_a_port(address: str) -> str:
    if int(address.rpartition(":")[2]) > _LAST_PORT:
        raise PydanticCustomError("port", "there is no such port")
    return address


Address = Annotated[str, Field(pattern=r"^[^\s:]+:[0-9]{1,5}$"), AfterValidator(_with_a_port)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tls(_Settings):
    """Mutual TLS: who we are, and whose peers we accept (PEM files)."""

    ca: ConfiguredPath
    certificate: ConfiguredPath
    key: ConfiguredPath


class Device(_Settings):
    """One device: the driver's name in the catalogue, its address, and the driver's own options."""

    driver: str
    address: str
    options: dict[str, int | float | str | bool] = {}


class Devices(_Settings):
    mrz_reader: Device
    chip_reader: Device
    camera: Device
    barrier: Device
    page_scanner: Device | None = None


class Shift(_Settings):
    """From ``begins``, local time, the lane serves ``direction``, until the next shift begins."""

    begins: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    direction: Direction


class Gate(_Settings):
    """One lane.

    Args:
        direction: which way it serves where no shift says otherwise.
        flow: its layout; the two halves of a segregated lane are not built in this version.
        policy_keys: folder of officers' public keys, two of whom must have signed the policy;
            none: its signatures are not looked at.
        shifts: arrivals and departures by the hour.
        utc_offset_minutes: of the shifts' local time.

    """

    id: str = Field(pattern=r"^[A-Z0-9-]{1,32}$")
    border_crossing_point: str = Field(pattern=r"^[A-Z]{2}[A-Z0-9]{3}$")
    direction: Direction
    flow: Literal[Flow.ONE_STEP, Flow.TWO_STEP] = Flow.ONE_STEP
    shifts: tuple[Shift, ...] = ()
    utc_offset_minutes: int = Field(360, ge=-720, le=840)
    journal: ConfiguredPath
    trust_store: ConfiguredPath
    policy: ConfiguredPath
    policy_keys: ConfiguredPath | None = None
    profile: str = Field("standard", pattern=r"^[a-z][a-z0-9_]{0,31}$")


def _folder_or_address(source: str, context: ValidationInfo) -> str:
    """Resolve a folder beside the file; an address must be one of HTTPS."""
    if "://" not in source:
        return str(_beside_the_file(Path(source), context))
    if not source.startswith("https://") or "@" in source:
        raise PydanticCustomError("source", "a folder, or an https:// address without a user")
    return source


Days = Annotated[int, Field(ge=1, le=3650)]


class Trust(_Settings):
    """How the trust store is kept fresh; every key has a default.

    Args:
        source: of updates: a folder, or an https:// address of a file or a manifest; none
            if they are imported by hand alone.
        ca: who may certify the server (PEM); the system's authorities if none.
        every_seconds: between two rounds of updates.
        own_state: whose CSCA must be there; the State of the border crossing point if none.
        list_stale_days: age at which the newest master list is stale.
        list_warn_days: how long before that an alarm is raised.
        crl_warn_days: how long before its end a CRL raises an alarm.
        csca_warn_days: how long before its end the own State's last CSCA raises one.

    """

    source: Annotated[str, AfterValidator(_folder_or_address)] | None = None
    ca: ConfiguredPath | None = None
    every_seconds: Annotated[float, Field(ge=1, le=604_800)] = 3600.0
    own_state: Annotated[str, Field(pattern=r"^[A-Z]{2,3}$")] | None = None
    list_stale_days: Days = 90
    list_warn_days: Days = 14
    crl_warn_days: Days = 7
    csca_warn_days: Days = 90


class Inspection(_Settings):
    """How chips are opened and asked; every key has a default.

    Args:
        access: which protocols may open a chip.
        bac_after_failed_pace: whether BAC may open a chip that offers PACE, when PACE
            failed. The record then tells of the downgrade.
        extended_length: whether the reader can carry extended APDUs.
        chip_authentication: perform it where the document offers it.
        active_authentication: perform it where the document offers it.

    """

    access: AccessChoice = AccessChoice.AUTO
    bac_after_failed_pace: bool = True
    extended_length: bool = True
    chip_authentication: bool = True
    active_authentication: bool = True


OWN_CUES: Final = "cues"


class Pad(_Settings):
    """Who detects presentation attacks: the gate's own cues, or a driver of the catalogue."""

    driver: str = OWN_CUES
    address: str = ""
    options: dict[str, int | float | str | bool] = {}


class Centre(_Settings):
    """Where records go."""

    address: Address


class Listen(_Settings):
    listen: Address


class Service(Listen):
    """Where officers' consoles watch the lane, and whether it serves unwatched."""

    officer_required: bool = False


class Conditions(_Settings):
    """From when on something stands against full service; every key has a default.

    Args:
        disk_filling_percent: used of the journal's disk: a warning.
        disk_full_percent: the lane closes.
        clock_drifting_seconds: error of the clock: a warning.
        clock_wrong_seconds: the lane closes.
        item_left_seconds: a beam stays broken while nobody is served.
        way_out_seconds: the beam behind the exit stays broken.

    """

    disk_filling_percent: Annotated[float, Field(gt=0, lt=100)] = 80.0
    disk_full_percent: Annotated[float, Field(gt=0, le=100)] = 95.0
    clock_drifting_seconds: Annotated[float, Field(gt=0, le=3600)] = 5.0
    clock_wrong_seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0
    item_left_seconds: Annotated[float, Field(ge=1, le=3600)] = 20.0
    way_out_seconds: Annotated[float, Field(ge=1, le=3600)] = 5.0


class GateSettings(_Settings):
    gate: Gate
    devices: Devices
    centre: Centre
    tls: Tls
    service: Service
    display: Listen
    inspection: Inspection = Inspection()
    trust: Trust = Trust()
    pad: Pad = Pad()
    conditions: Conditions = Conditions()


class Database(_Settings):
    """PostgreSQL: an address, or a folder for an embedded server (one box, demo, tests)."""

    dsn: str | None = None
    embedded: ConfiguredPath | None = None


class CentralSettings(_Settings):
    listen: Address
    page: Listen
    database: Database
    tls: Tls


class ConsoleGate(_Settings):
    id: str
    address: Address


class ConsoleSettings(_Settings):
    listen: Address
    officer_id: str
    gates: tuple[ConsoleGate, ...] = Field(min_length=1, max_length=10)
    tls: Tls


SettingsType = TypeVar("SettingsType", bound=BaseModel)


def read_settings_file(file: Path) -> bytes:
    """Return what is in ``file``, which may be a device that never ends.

    Raises:
        SettingsError: it is missing, or larger than 64 KiB.

    """
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from error
    if len(content) > _MAX_FILE_BYTES:
        raise SettingsError(f"{file}: more than {_MAX_FILE_BYTES} bytes")
    return content


def toml_of(file: Path, content: bytes) -> dict[str, Any]:
    """Return ``content``, read from ``file``, as TOML.

    Raises:
        SettingsError: it is none.

    """
    try:
        return tomllib.loads(content.decode("utf-8"))
    except RecursionError:
        raise SettingsError(f"{file}: not TOML: nested too deeply") from None
    except ValueError as error:
        raise SettingsError(f"{file}: not TOML: {error}") from error


def load(kind: type[SettingsType], file: Path) -> SettingsType:
    """Read ``file`` as ``kind``.

    Raises:
        SettingsError: the file is missing, is not TOML, has an unknown key, or a
            value of the wrong kind.

    """
    content = toml_of(file, read_settings_file(file))
    try:
        return kind.model_validate(content, context={"folder": file.resolve().parent})
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(str(part) for part in fault["loc"])
        reason = "unknown key" if fault["type"] == "extra_forbidden" else fault["msg"]
        raise SettingsError(f"{file}: {key}: {reason}") from error
