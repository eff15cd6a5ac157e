"""The whole centre: database, service for gates, status page, health."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.reflection import enable_server_reflection

from egate.central.authorisations.limits import RulesInForce, keep_judging
from egate.central.authorisations.service import add_authorisation_service
from egate.central.commands import CommandService
from egate.central.database import CONNECTION_FAULTS, DatabaseUnavailable, Pool, open_database
from egate.central.database_life import begin_life
from egate.central.decision_service import DecisionService
from egate.central.evidence.audit_head_service import AuditHeadService
from egate.central.evidence.closing import keep_closing
from egate.central.evidence.service import EvidenceService
from egate.central.evidence.signatures import SignatureCheck
from egate.central.group_commit import WORKERS, GroupCommit
from egate.central.images import add_image_service
from egate.central.ingest import CrossingService
from egate.central.inquiries.service import InquiryService
from egate.central.lists.running import add_list_services
from egate.central.metrics import Metrics
from egate.central.page import page
from egate.central.peering import Peering
from egate.central.reflection import served
from egate.central.resealing import keep_sealing
from egate.central.retention.running import keep_purging
from egate.central.service_reports import ServiceReportService
from egate.central.special_branch.outbox import keep
from egate.central.special_branch.running import System, add_special_branch, keep_telling_it
from egate.central.statistics.facts import keep_making_facts
from egate.central.statistics_page import Reports
from egate.central.statistics_service import StatisticsService
from egate.central.status.overview import Overviews
from egate.central.store import Store
from egate.central.web import serving_web
from egate.observability.logging import Logger
from egate.reporting.identity import Role
from egate.reporting.server import serving
from egate.settings import CentralSettings, Database
from egate.wire.v1 import audit_head_pb2_grpc as audit_head_grpc
from egate.wire.v1 import command_pb2_grpc as command_grpc
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc
from egate.wire.v1 import decision_pb2_grpc as decision_grpc
from egate.wire.v1 import evidence_pb2_grpc as evidence_grpc
from egate.wire.v1 import inquiry_pb2_grpc as inquiry_grpc
from egate.wire.v1 import service_report_pb2_grpc as report_grpc
from egate.wire.v1 import statistics_pb2_grpc as statistics_grpc

_PING_SECONDS: Final = 1.0
_UPKEEP_SECONDS: Final = 3600.0
_PATIENCE: Final = 3
"""Pings that an embedded database may miss; nobody but a new start of the centre brings it back."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the centre listens, as bound."""

    grpc: str
    page: str
    enrolment: str = ""


@asynccontextmanager
async def running_centre(settings: CentralSettings, log: Logger) -> AsyncIterator[Addresses]:
    """Run the centre inside the block.

    The block is cancelled, and `DatabaseUnavailable` raised in an exception group, when an
    embedded database dies.

    Raises:
        SettingsError: the settings or the certificate files cannot be used.
        CannotListen: an address is taken.
        DatabaseUnavailable: the database cannot be used.

    """
    peering = Peering(settings)  # before the database: a wrong certificate is told at once
    rules = _rules(settings)
    async with _opened(settings.database) as pool:
        store = Store(pool, also=(keep,) if settings.special_branch else ())
        admission = peering.admission(pool)
        server = peering.server(pool, admission)
        commits = GroupCommit(store)
        crossings = CrossingService(store, commits, SignatureCheck(pool), log)
        wire_grpc.add_CrossingServiceServicer_to_server(crossings, server)
        _add_stations_services(pool, log, server)
        reports = Reports(pool, settings.agreement)
        _add_officers_services(pool, reports, log, server)
        images = add_image_service(settings.images, pool, server)
        system = add_special_branch(settings.special_branch, server, log)
        lists = add_list_services(settings.lists, pool, server, log)
        if rules:
            add_authorisation_service(pool, rules.rules, log, server)
        metrics = Metrics(store, pool, lambda: crossings.refused)
        overviews = Overviews(store, pool, tells=system is not None)
        pages = page(overviews, reports, metrics)
        state = _add_health(settings, server)
        async with (
            serving(server, settings.listen, settings.tls, Role.CENTRE) as grpc_address,
            serving_web(pages, settings.page.listen) as page_address,
            peering.enrolling(pool) as enrolment_address,
            asyncio.TaskGroup() as tasks,
        ):
            loops = [
                tasks.create_task(_watch_database(store, state, log, settings.database)),
                *(tasks.create_task(commits.run()) for _ in range(WORKERS)),
                tasks.create_task(_make_months(store, log)),
                tasks.create_task(keep_making_facts(pool, log)),
                tasks.create_task(keep_sealing(pool, log)),
                tasks.create_task(keep_closing(pool, peering.sign_head, log)),
                tasks.create_task(admission.keep_looking()),
                tasks.create_task(keep_purging(pool, settings.retention, images, log)),
                *(tasks.create_task(work) for work in _as_set(system, rules, pool, log)),
            ]
            loops += [tasks.create_task(work()) for work in lists]
            try:
                yield Addresses(grpc_address, page_address, enrolment_address)
            finally:
                await _end(loops)


def _add_stations_services(pool: Pool, log: Logger, server: aio.Server) -> None:
    """Add what gates and consoles tell and ask beside their records."""
    evidence_grpc.add_EvidenceServiceServicer_to_server(EvidenceService(pool), server)
    audit_head_grpc.add_AuditHeadServiceServicer_to_server(AuditHeadService(pool), server)
    report_grpc.add_ServiceReportServiceServicer_to_server(ServiceReportService(pool, log), server)


def _add_officers_services(pool: Pool, reports: Reports, log: Logger, server: aio.Server) -> None:
    """Add what consoles ask and tell."""
    decision_grpc.add_DecisionServiceServicer_to_server(DecisionService(pool, log), server)
    command_grpc.add_CommandServiceServicer_to_server(CommandService(pool), server)
    inquiry_grpc.add_InquiryServiceServicer_to_server(InquiryService(pool), server)
    statistics_grpc.add_StatisticsServiceServicer_to_server(StatisticsService(reports), server)


@asynccontextmanager
async def _opened(database: Database) -> AsyncIterator[Pool]:
    async with open_database(database) as pool:
        try:
            await begin_life(pool)
        except CONNECTION_FAULTS as error:
            raise DatabaseUnavailable(f"database: {type(error).__name__}") from error
        yield pool


def _add_health(settings: CentralSettings, server: aio.Server) -> health.aio.HealthServicer:
    """Add what tools ask of any server: whether it serves, and in a workshop, which services."""
    if settings.reflection:
        enable_server_reflection(tuple(served(settings)), server)
    state = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(state, server)
    return state


def _rules(settings: CentralSettings) -> RulesInForce | None:
    file = settings.authorisation_rules
    return RulesInForce.from_file(file) if file else None


def _as_set(
    system: System | None, rules: RulesInForce | None, pool: Pool, log: Logger
) -> Iterator[Coroutine[Any, Any, None]]:
    """Give the work that runs only if the settings say so."""
    if rules:
        yield keep_judging(pool, rules, log)
    if system:
        yield keep_telling_it(system, pool, log)


async def _end(loops: Iterable[asyncio.Task[None]]) -> None:
    """Cancel until all have ended: a connection that is lost just then can hide that one was."""
    left = set(loops)
    while left:
        for loop in left:
            loop.cancel()
        _, left = await asyncio.wait(left, timeout=1.0)


async def _make_months(store: Store, log: Logger) -> None:
    """Keep partitions ready; without them records lie among the later ones until there are."""
    while True:
        try:
            await store.make_months()
        except CONNECTION_FAULTS as error:
            log.warning("partitions not made", error=type(error).__name__)
        await asyncio.sleep(_UPKEEP_SECONDS)


async def _watch_database(
    store: Store, state: health.aio.HealthServicer, log: Logger, database: Database
) -> None:
    """Keep the health service true: SERVING while the database answers."""
    missed: int | None = None
    while True:
        missed_before = missed
        try:
            await store.ping()
            missed = 0
        except CONNECTION_FAULTS:
            missed = (missed or 0) + 1
        if database.embedded and missed >= _PATIENCE:
            raise DatabaseUnavailable("database: the embedded PostgreSQL has ended; start again")
        if missed_before is None or bool(missed) is not bool(missed_before):
            await _tell(state, log, answers=not missed)
        await asyncio.sleep(_PING_SECONDS)


async def _tell(state: health.aio.HealthServicer, log: Logger, *, answers: bool) -> None:
    status = health_pb2.HealthCheckResponse.SERVING
    if not answers:
        status = health_pb2.HealthCheckResponse.NOT_SERVING
        log.error("database away")
    await state.set("", status)
