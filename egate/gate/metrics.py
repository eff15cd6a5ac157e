"""What a lane tells Prometheus: counted since the process started, or as it is when asked.

Nothing personal: states, check ids, lists and times, of nobody in particular.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from egate.domain.session import model as m
from egate.domain.time import UtcSeconds
from egate.outbox.database import DatabaseUnusable
from egate.outbox.station_evidence import EvidencePart
from egate.ports.supervision import GateMode, GateState, GateStatus, ListStatus

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True)
class MachineSigns:
    """What is asked of the machine under the lane at each reading.

    Args:
        certificate_until: end of the gate's certificate, UTC; None where it cannot be read.
        disk_used: share of the journal's disk that is taken, 0 to 1.
        clock_error: how wrong the time of day can be, in seconds; None if nobody can tell.
        set_aside: records that will never reach the centre; raises DatabaseUnusable.
        broken_evidence: parts of the lane's evidence that do not hold.

    """

    certificate_until: Callable[[], UtcSeconds | None]
    disk_used: Callable[[], float]
    clock_error: Callable[[], float | None]
    set_aside: Callable[[], int]
    broken_evidence: Callable[[], Collection[str]]


class GateMetrics:
    """Counters of what the lane did, and gauges of how it is.

    Args:
        status: of the lane now.
        signs: of the machine.

    """

    def __init__(self, status: Callable[[], GateStatus], signs: MachineSigns) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Now(status, signs))
        self._crossings = Counter(
            "egate_crossings", "records made", ("direction", "status"), registry=self._registry
        )
        self._findings = Counter(
            "egate_findings", "referrals by reason", ("check_id",), registry=self._registry
        )
        self._steps = Histogram(
            "egate_step_seconds",
            "duration of a step of a session",
            ("step",),
            registry=self._registry,
            buckets=_SECONDS,
        )

    def count(self, report: m.Report) -> None:
        """Count a session whose record is in the journal."""
        self._crossings.labels(report.session.direction.value, report.status.value).inc()
        for check_id in report.findings:
            self._findings.labels(check_id).inc()
        for step in report.session.steps:
            self._steps.labels(step.step).observe(step.seconds)

    def text(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self._registry)


def metrics_route(metrics: GateMetrics) -> Route:
    """Return ``/metrics`` for the lane's own page, which is of this machine alone."""

    async def show(_: Request) -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    return Route("/metrics", show)


@dataclass(frozen=True, slots=True)
class _Now(Collector):
    status: Callable[[], GateStatus]
    signs: MachineSigns

    def collect(self) -> Iterable[GaugeMetricFamily]:
        status = self.status()
        yield _one("egate_build", "the version that runs", 1, version=status.software_version)
        yield _each("egate_mode", "1 for the mode of the lane", "mode", GateMode, status.mode)
        yield _each("egate_state", "1 for its state", "state", GateState, status.state)
        is_out = status.state is GateState.OUT_OF_SERVICE
        yield _set("egate_outage", "what the outage is due to", status.findings if is_out else ())
        yield _set("egate_condition", "what it notices about itself", status.conditions)
        yield _set("egate_alarm", "what somebody must be told at once", status.alarms)
        yield _set("egate_trust_alarm", "what its trust store needs", status.trust.alarms)
        yield _one("egate_centre_reachable", "the last attempt to send", status.centre_reachable)
        yield _one("egate_outbox_depth", "records not confirmed", status.outbox_depth)
        yield _one("egate_outbox_oldest_seconds", "age of one", status.outbox_oldest_seconds)
        yield from _of_lists(status.lists)
        yield _of_evidence(self.signs.broken_evidence())
        yield from self._of_machine()

    def _of_machine(self) -> Iterable[GaugeMetricFamily]:
        yield _one("egate_disk_used_ratio", "of the journal's disk", self.signs.disk_used())
        if (until := self.signs.certificate_until()) is not None:
            yield _one("egate_certificate_until_seconds", "its end, since 1970", until)
        error = self.signs.clock_error()
        yield _one("egate_clock_synchronised", "a time service keeps the clock", error is not None)
        if error is not None:
            yield _one("egate_clock_error_seconds", "how wrong the clock can be", error)
        try:
            aside = self.signs.set_aside()
        except DatabaseUnusable:
            return  # a lost journal is a condition, and the rest is still worth telling
        yield _one("egate_outbox_set_aside", "records that will never reach the centre", aside)


def _of_lists(lists: Iterable[ListStatus]) -> Iterable[GaugeMetricFamily]:
    age = GaugeMetricFamily("egate_list_age_seconds", "since proven newest", labels=("list",))
    trouble = GaugeMetricFamily("egate_list_in_trouble", "it cannot be relied on", labels=("list",))
    for each in lists:
        trouble.add_metric((each.name,), bool(each.trouble))
        if each.age_seconds is not None:
            age.add_metric((each.name,), each.age_seconds)
    return age, trouble


def _of_evidence(broken: Collection[str]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(
        "egate_evidence_broken", "1 for what does not hold: its chain, the proof", labels=("part",)
    )
    for part in EvidencePart:
        gauge.add_metric((part,), part in broken)
    return gauge


def _one(name: str, meaning: str, value: float, **labels: str) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, meaning, labels=tuple(labels))
    gauge.add_metric(tuple(labels.values()), value)
    return gauge


def _each(
    name: str, meaning: str, label: str, values: Iterable[str], current: str
) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, meaning, labels=(label,))
    for value in values:
        gauge.add_metric((str(value),), value == current)
    return gauge


def _set(name: str, meaning: str, present: Iterable[str]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, meaning, labels=("kind",))
    for kind in present:
        gauge.add_metric((kind,), 1)
    return gauge
