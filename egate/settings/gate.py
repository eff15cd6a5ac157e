"""Settings of one lane."""

from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from egate.domain.record import Direction
from egate.domain.session.flow import Flow
from egate.emrtd.inspection_policy import AccessChoice
from egate.settings.display import Display
from egate.settings.key_token import GateTls
from egate.settings.sending import Centre, Images
from egate.settings.values import (
    Address,
    ConfiguredPath,
    Device,
    DriverOptions,
    Listen,
    Table,
    beside_the_file,
)


class Devices(Table):
    """The devices of one lane.

    Args:
        mrz_reader: none in a lane whose page scanner reads the MRZ.
        chip_reader: none at the gate of a segregated lane.
        camera: none at the kiosk of a segregated lane.
        barrier: the board of doors, beams and lights; a kiosk has its beams and lights.
        page_scanner: none in most lanes.
        emergency_input: a contact besides the one that the barrier's board sees.
        signal_lights: where the barrier's board does not switch them.

    """

    mrz_reader: Device | None = None
    chip_reader: Device | None = None
    camera: Device | None = None
    barrier: Device
    page_scanner: Device | None = None
    emergency_input: Device | None = None
    signal_lights: Device | None = None

    @model_validator(mode="after")
    def _can_read_an_mrz(self) -> Self:
        if self.mrz_reader is None and self.page_scanner is None:
            raise PydanticCustomError(
                "mrz", "mrz_reader is missing, and there is no page_scanner to read the MRZ from"
            )
        return self


class Shift(Table):
    """From ``begins``, local time, the lane serves ``direction``, until the next shift begins."""

    begins: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    direction: Direction


GateId = Annotated[str, Field(pattern=r"^[A-Z0-9-]{1,32}$")]


class Gate(Table):
    """One lane.

    Args:
        direction: which way it serves where no shift says otherwise.
        flow: its layout.
        authorisation_rules: dated rules of entry, exit and stay, for when the centre does not
            answer.
        policy_keys: folder of officers' public keys, two of whom must have signed the policy;
            none: its signatures are not looked at.
        shifts: arrivals and departures by the hour.
        utc_offset_minutes: of the shifts' local time.

    """

    id: GateId
    border_crossing_point: str = Field(pattern=r"^[A-Z]{2}[A-Z0-9]{3}$")
    direction: Direction
    flow: Flow = Flow.ONE_STEP
    shifts: tuple[Shift, ...] = ()
    utc_offset_minutes: int = Field(360, ge=-720, le=840)
    journal: ConfiguredPath
    trust_store: ConfiguredPath
    authorisation_rules: ConfiguredPath
    policy: ConfiguredPath
    policy_keys: ConfiguredPath | None = None
    profile: str = Field("standard", pattern=r"^[a-z][a-z0-9_]{0,31}$")


def _folder_or_address(source: str, context: ValidationInfo) -> str:
    """Resolve a folder beside the file; an address must be one of HTTPS."""
    if "://" not in source:
        return str(beside_the_file(Path(source), context))
    if not source.startswith("https://") or "@" in source:
        raise PydanticCustomError("source", "a folder, or an https:// address without a user")
    return source


Days = Annotated[int, Field(ge=1, le=3650)]


class Trust(Table):
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


_REQUIRED: Final = (
    "EXIT_BAN",
    "BLACKLIST_FOREIGN",
    "BLACKLIST_BD",
    "LOST_STOLEN_DOC",
    "OFFLOAD",
    "WANTED",
    "SLTD",
)


class Lists(Table):
    """The lists that the gate keeps and asks.

    Args:
        folder: of the gate alone; each list has one in it.
        signer: whose lists are believed: P-256 public key in PEM.
        key: what they are digested and sealed with: 32 bytes, mode 600.
        required: lists without which nobody is admitted; others are asked when they are there.

    """

    folder: ConfiguredPath
    signer: ConfiguredPath
    key: ConfiguredPath
    required: Annotated[tuple[str, ...], Field(min_length=1)] = _REQUIRED


class Inspection(Table):
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
_MOST_IN_A_HALL: Final = 32


class Pad(Table):
    """Who detects presentation attacks: the gate's own cues, or a driver of the catalogue."""

    driver: str = OWN_CUES
    address: str = ""
    options: DriverOptions = Field(default_factory=dict)


class Service(Listen):
    """Where officers' consoles watch the lane, and whether it serves unwatched."""

    officer_required: bool = False


class Conditions(Table):
    """From when on something stands against full service; every key has a default.

    Args:
        disk_filling_percent: used of the journal's disk: a warning.
        disk_full_percent: the lane closes.
        clock_drifting_seconds: error of the clock: a warning.
        clock_wrong_seconds: the lane closes.
        item_left_seconds: a beam stays broken while nobody is served.
        way_out_seconds: the beam behind the exit stays broken.
        document_left_seconds: a document stays on a reader while nobody is served.

    """

    disk_filling_percent: Annotated[float, Field(gt=0, lt=100)] = 80.0
    disk_full_percent: Annotated[float, Field(gt=0, le=100)] = 95.0
    clock_drifting_seconds: Annotated[float, Field(gt=0, le=3600)] = 5.0
    clock_wrong_seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0
    item_left_seconds: Annotated[float, Field(ge=1, le=3600)] = 20.0
    way_out_seconds: Annotated[float, Field(ge=1, le=3600)] = 5.0
    document_left_seconds: Annotated[float, Field(ge=1, le=3600)] = 3.0

    @model_validator(mode="after")
    def _warn_before_closing(self) -> Self:
        for warning, closing in (
            ("disk_filling_percent", "disk_full_percent"),
            ("clock_drifting_seconds", "clock_wrong_seconds"),
        ):
            if getattr(self, warning) >= getattr(self, closing):
                raise PydanticCustomError("order", f"{warning} is not less than {closing}")
        return self


class Segregated(Table):
    """The other half of a segregated lane.

    Args:
        gates: of a kiosk: ids of the gates that may ask it for travellers.
        kiosks: of a gate: services of all kiosks from which its travellers can come.

    """

    gates: Annotated[tuple[GateId, ...], Field(max_length=_MOST_IN_A_HALL)] = ()
    kiosks: Annotated[tuple[Address, ...], Field(max_length=_MOST_IN_A_HALL)] = ()


class GateSettings(Table):
    gate: Gate
    devices: Devices
    centre: Centre
    tls: GateTls
    service: Service
    display: Display
    inspection: Inspection = Inspection()
    trust: Trust = Trust()
    pad: Pad = Pad()
    conditions: Conditions = Conditions()
    images: Images = Images()
    segregated: Segregated = Segregated()
    lists: Lists | None = None

    @model_validator(mode="after")
    def _whole_for_its_flow(self) -> Self:
        flow = self.gate.flow
        needed = {
            "devices.chip_reader": (self.devices.chip_reader, flow is not Flow.TOKEN_GATE),
            "devices.camera": (self.devices.camera, flow is not Flow.KIOSK),
            "segregated.gates": (self.segregated.gates, flow is Flow.KIOSK),
            "segregated.kiosks": (self.segregated.kiosks, flow is Flow.TOKEN_GATE),
        }
        for key, (value, is_needed) in needed.items():
            if bool(value) is not is_needed:
                fault = "is missing" if is_needed else "is not for it"
                raise PydanticCustomError("flow", f"gate.flow is {flow}: {key} {fault}")
        return self
