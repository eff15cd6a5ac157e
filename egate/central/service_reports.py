"""Takes from gates when they were in service."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import grpc
from grpc import aio

from egate.central.away import away
from egate.central.database import CONNECTION_FAULTS, Pool
from egate.domain.service_span import LONGEST_SPAN_SECONDS, MOST_SPANS
from egate.observability.logging import Logger
from egate.reporting.identity import Role, require_role
from egate.wire.v1 import service_report_pb2 as wire
from egate.wire.v1 import service_report_pb2_grpc as wire_grpc

_SENDERS: Final = frozenset({Role.GATE})
_WORD: Final = re.compile(r"[a-z][a-z_]{0,31}")
_VERSION: Final = re.compile(r"[ -~]{0,64}")
_MAX_CONDITIONS: Final = 32
_LONGEST: Final = timedelta(seconds=2 * LONGEST_SPAN_SECONDS)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_SECONDS: Final = 253_402_300_799  # the end of the year 9999

# What a gate with a wrong clock says of the future, or of long ago, is nobody's evidence. A
# batch may hold a span twice; conditions have no comma.
_KEEP: Final = """
INSERT INTO gate_service (gate_id, since, until, in_service, mode, conditions, software_version)
SELECT $1, since, max(until), bool_and(in_service), min(mode),
    string_to_array(min(conditions), ','), min(software_version)
FROM unnest($2::timestamptz[], $3::timestamptz[], $4::boolean[], $5::text[], $6::text[],
    $7::text[]) AS sent (since, until, in_service, mode, conditions, software_version)
WHERE until <= now() + interval '5 minutes' AND since >= now() - interval '40 days'
GROUP BY since
ON CONFLICT (gate_id, since) DO UPDATE SET until = greatest(gate_service.until, excluded.until)
RETURNING 1
"""


class ServiceReportService(wire_grpc.ServiceReportServiceServicer):
    """Keeps the spans of gates.

    Args:
        pool: of connections to the centre's database.
        log: for what is refused.

    """

    def __init__(self, pool: Pool, log: Logger) -> None:
        self._pool = pool
        self._log = log

    async def ReportStatus(  # noqa: N802 - the name of the call
        self,
        request: wire.ReportStatusRequest,
        context: aio.ServicerContext[wire.ReportStatusRequest, wire.ReportStatusResponse],
    ) -> wire.ReportStatusResponse:
        caller = await require_role(context, _SENDERS)
        if not 1 <= len(request.spans) <= MOST_SPANS:
            limits = f"1 to {MOST_SPANS} spans"
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, limits)
        spans = [span for span in request.spans if _is_sound(span)]
        try:
            kept = await self._pool.fetch(_KEEP, caller.name, *_columns(spans))
        except CONNECTION_FAULTS as error:
            await away(context, error)
        if len(kept) < len(request.spans):
            refused = len(request.spans) - len(kept)
            self._log.error("times of service refused", gate_id=caller.name, count=refused)
        return wire.ReportStatusResponse(kept=len(kept))


def _is_sound(span: wire.ServiceSpan) -> bool:
    stamps = (span.since, span.until)
    return (
        all(0 <= stamp.seconds <= _MAX_SECONDS and 0 <= stamp.nanos < 10**9 for stamp in stamps)
        and timedelta(0) <= _moment(span.until) - _moment(span.since) <= _LONGEST
        and _WORD.fullmatch(span.mode) is not None
        and len(span.conditions) <= _MAX_CONDITIONS
        and all(map(_WORD.fullmatch, span.conditions))
        and _VERSION.fullmatch(span.software_version) is not None
    )


def _columns(spans: list[wire.ServiceSpan]) -> list[list[Any]]:
    return [
        [_moment(span.since) for span in spans],
        [_moment(span.until) for span in spans],
        [span.in_service for span in spans],
        [span.mode for span in spans],
        [",".join(span.conditions) for span in spans],
        [span.software_version for span in spans],
    ]


def _moment(stamp: Any) -> datetime:  # noqa: ANN401 - a Timestamp, whose stub has no seconds
    return _EPOCH + timedelta(seconds=stamp.seconds, microseconds=stamp.nanos // 1000)
