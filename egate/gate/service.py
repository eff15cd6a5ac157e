"""One lane as a service: everything that its settings name, opened in order."""

import asyncio
import datetime as dt
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from grpc import aio

from egate import __version__
from egate.biometrics.presentation_attack.detector import CueDetector
from egate.biometrics.verification import FaceVerifier
from egate.domain.conditions import ConditionLimits
from egate.domain.policy.policy import Policy
from egate.domain.record import Direction
from egate.domain.schedule import Shift, direction_at
from egate.domain.session.crossing import LaneIdentity
from egate.domain.time import UtcSeconds
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.passive_authentication.country import normalise
from egate.gate.background.opening import authorisations_at, background_of, opened_lists
from egate.gate.ballast import Ballast
from egate.gate.beside import Beside, beside_the_lane
from egate.gate.chip_procedure import chip_procedure
from egate.gate.clocks import Clocks
from egate.gate.conditions import Surroundings
from egate.gate.display.app import display_app
from egate.gate.display.mirror import Mirror, MirroredCamera
from egate.gate.display.presentation import Sight, presentation_of, warn_of_unread
from egate.gate.face_comparison import FaceWays
from egate.gate.faces_in_force import FacesInForce
from egate.gate.lane import LaneGate, Procedures
from egate.gate.lane_devices import LaneDevices
from egate.gate.machine_readings import disk_used, max_clock_error
from egate.gate.memory import Memory
from egate.gate.metrics import GateMetrics, MachineSigns, metrics_route
from egate.gate.page_opening import page_procedures
from egate.gate.policy_file import load_policy
from egate.gate.policy_intake import PolicyIntake
from egate.gate.printed_portrait import PrintedPortraitCheck
from egate.gate.seal_trust import LaneSealTrust
from egate.gate.trust_keeping import TrustKeeping, TrustPlan
from egate.gate.watchers import LaneLayout
from egate.outbox.backoff import delays
from egate.outbox.database import opened, reasons_set_aside
from egate.outbox.sealing import Seal
from egate.outbox.station_evidence import StationEvidence
from egate.reporting import credentials
from egate.reporting.client import CentreClient
from egate.reporting.gate_service import serve_gate
from egate.reporting.guard import in_force
from egate.reporting.identity import Role
from egate.reporting.kiosk_client import HallKiosks
from egate.reporting.mapping import encode
from egate.reporting.policy_change_service import add_policy_change_service
from egate.reporting.revocation import Revocations
from egate.reporting.revocation_keeping import RevocationKeeping
from egate.reporting.station_key import StationKey
from egate.reporting.token_service import add_token_service
from egate.settings import GateSettings, Inspection, SettingsError
from egate.trust.ages import AgeLimits
from egate.trust.source import source_at
from egate.web.server import serving


@dataclass(frozen=True, slots=True)
class Served:
    """A gate that serves travellers, and where its pages are.

    Args:
        gate: the lane.
        grpc: address of the officers' service, as bound.
        display: URL of the traveller display.
        beside: what runs beside the lane until it is cancelled.

    """

    gate: LaneGate
    grpc: str
    display: str
    beside: tuple[Beside, ...]


@asynccontextmanager
async def opened_gate(
    settings: GateSettings, devices: LaneDevices, clocks: Clocks
) -> AsyncIterator[Served]:
    """Open everything, check every device, and hand out the gate, ready to run.

    The caller owns the journal (``egate.outbox.database.owning``).

    Raises:
        SettingsError: a certificate, a key of the lists, the rules of entry, or a model of
            documents cannot be used.
        ModelInvalid: a file of weights is missing or damaged.
        PolicyInvalid: the policy cannot be used.
        LanguageUnusable: a language of the display cannot be shown.
        PromptUnusable: a recording cannot be played.
        TrustStoreError: there is no usable trust store.
        KeyFileUnusable: the key of the journal cannot be used.
        DatabaseUnusable: the journal cannot be used.
        DeviceError: a device does not answer.
        CannotListen: an address is taken (of ``egate.reporting.server`` or ``egate.web.server``).

    """
    own = credentials.load(settings.tls, Role.GATE)
    if own.identity.name != settings.gate.id:
        raise SettingsError(
            f"{settings.tls.certificate}: of gate {own.identity.name}, not {settings.gate.id}"
        )
    policy = load_policy(settings.gate.policy, settings.gate.profile, settings.gate.policy_keys)
    presentation = presentation_of(settings.display)
    warn_of_unread(presentation)
    sight = Sight()
    trust = await TrustKeeping.opened(trust_plan_of(settings), clocks)
    seal = Seal.from_file(settings.gate.journal.with_suffix(".key"))
    policy_of_chips = inspection_policy_of(settings.inspection)
    chip = chip_procedure(
        trust.snapshot, secrets.token_bytes, time.perf_counter, policy_of_chips, sight.chip
    )
    faces = await asyncio.to_thread(FaceVerifier.load)
    kiosks = HallKiosks(settings.segregated.kiosks, settings.tls)
    revocations = revocations_of(settings)
    signer = StationKey(settings.tls)

    def policy_in_force() -> Policy:
        return gate.runner.policy

    async with (
        _connected(settings) as centre,
        opened_lists(settings, clocks, policy_in_force) as lists,
    ):
        procedures = Procedures(
            chip=chip,
            face=FacesInForce(_face_ways(devices, faces, sight.mirror), policy_in_force, clocks),
            layout=layout_of(settings, clocks),
            trust=trust,
            sink=centre,
            encode=encode,
            delays=lambda: delays(secrets.SystemRandom().random),
            pages=await page_procedures(
                devices,
                PrintedPortraitCheck(faces, policy_in_force),
                LaneSealTrust(trust.snapshot, settings.gate.trust_store),
            ),
            surroundings=surroundings_of(settings),
            background=background_of(lists, authorisations_at(centre.link, settings)),
            kiosks=kiosks,
            lists=lists,
        )
        with opened(settings.gate.journal) as database:
            memory = Memory(database, seal, signer)
            gate = LaneGate(identity_of(settings), policy, devices, memory, procedures, clocks)
            signs = signs_of(settings, gate.evidence)
            metrics = GateMetrics(gate.supervision.status, signs)
            gate.runner.on_report(metrics.count)
            page = display_app(gate.supervision, presentation, sight, [metrics_route(metrics)])
            for device in devices.to_check():
                await device.check()
            async with (
                serve_gate(
                    gate.supervision,
                    settings.service.listen,
                    settings.tls,
                    lambda server: _add_services(gate, settings, clocks, server),
                    in_force(revocations, clocks.utc),
                ) as grpc,
                aclosing(kiosks),
                serving(page, settings.display.listen) as display,
                beside_the_lane(gate, settings, memory, centre, clocks) as beside,
            ):
                keeping = RevocationKeeping(centre.link, revocations, clocks.utc_now)
                yield Served(gate, grpc, display, (*beside, keeping.run))


@asynccontextmanager
async def _connected(settings: GateSettings) -> AsyncIterator[CentreClient]:
    centre = CentreClient(settings.centre.address, settings.tls)
    try:
        yield centre
    finally:
        await centre.close()


def revocations_of(settings: GateSettings) -> Revocations:
    """Return whose certificates are revoked: by the file that is named, else as the centre says.

    Raises:
        SettingsError: the file that is named cannot be used.

    """
    tls = settings.tls
    if tls.crl:
        return Revocations.required(tls.crl, tls.ca)
    return Revocations(settings.gate.journal.with_suffix(".crl"), tls.ca)


def _add_services(
    gate: LaneGate, settings: GateSettings, clocks: Clocks, server: aio.Server
) -> None:
    add_policy_change_service(PolicyIntake(settings.gate, gate.runner, clocks.utc_now), server)
    if gate.token_desk:
        add_token_service(gate.token_desk, settings.segregated.gates, server)


def _face_ways(devices: LaneDevices, faces: FaceVerifier, mirror: Mirror) -> FaceWays:
    pad = devices.attack_detection or CueDetector()
    camera = MirroredCamera(devices.camera, mirror)
    return FaceWays(camera, faces, pad, devices.face_light)


def inspection_policy_of(chosen: Inspection) -> InspectionPolicy:
    """Return what the settings say about chips, as the inspection takes it."""
    return InspectionPolicy(
        access=chosen.access,
        bac_after_failed_pace=chosen.bac_after_failed_pace,
        extended_length=chosen.extended_length,
        chip_authentication=chosen.chip_authentication,
        active_authentication=chosen.active_authentication,
    )


def trust_plan_of(settings: GateSettings) -> TrustPlan:
    """Return what the settings say about the trust store, as the lane takes it."""
    chosen = settings.trust
    return TrustPlan(
        folder=settings.gate.trust_store,
        # UN/LOCODE begins with the State.
        own_state=normalise(chosen.own_state or settings.gate.border_crossing_point[:2]),
        source=source_at(chosen.source, chosen.ca) if chosen.source else None,
        every_seconds=chosen.every_seconds,
        limits=AgeLimits(
            list_stale_after=dt.timedelta(days=chosen.list_stale_days),
            list_due_before=dt.timedelta(days=chosen.list_warn_days),
            crl_due_before=dt.timedelta(days=chosen.crl_warn_days),
            csca_due_before=dt.timedelta(days=chosen.csca_warn_days),
        ),
    )


def surroundings_of(settings: GateSettings) -> Surroundings:
    """Return what stands against full service of the configured lane, and from when on."""
    chosen = settings.conditions
    limits = ConditionLimits(
        disk_filling=chosen.disk_filling_percent / 100,
        disk_full=chosen.disk_full_percent / 100,
        clock_drifting_seconds=chosen.clock_drifting_seconds,
        clock_wrong_seconds=chosen.clock_wrong_seconds,
        item_left_seconds=chosen.item_left_seconds,
        way_out_seconds=chosen.way_out_seconds,
        document_left_seconds=chosen.document_left_seconds,
    )
    journal = settings.gate.journal
    ballast = Ballast(journal.with_name(f"{journal.name}.ballast"))
    used = ballast.guarding(disk_used(journal))
    return Surroundings(limits, used, max_clock_error, settings.service.officer_required)


def signs_of(settings: GateSettings, evidence: StationEvidence) -> MachineSigns:
    """Return what the metrics of the configured lane ask of its machine, and of its evidence."""

    def certificate_until() -> UtcSeconds | None:
        until = credentials.valid_until(credentials.own_certificate(settings.tls))
        return UtcSeconds(until.timestamp()) if until else None

    return MachineSigns(
        certificate_until,
        disk_used(settings.gate.journal),
        max_clock_error,
        lambda: sum(reasons_set_aside(settings.gate.journal).values()),
        lambda: evidence.faults,
    )


def layout_of(settings: GateSettings, clocks: Clocks) -> LaneLayout:
    """Return how the configured lane stands, and which way it serves at each moment."""
    gate = settings.gate
    shifts = [
        Shift(60 * int(shift.begins[:2]) + int(shift.begins[3:]), shift.direction)
        for shift in gate.shifts
    ]

    def direction() -> Direction:
        return direction_at(gate.direction, shifts, clocks.utc_now(), gate.utc_offset_minutes)

    return LaneLayout(gate.flow, direction)


def identity_of(settings: GateSettings) -> LaneIdentity:
    """Return what every record of the configured lane says."""
    gate = settings.gate
    return LaneIdentity(gate.id, gate.border_crossing_point, __version__)
