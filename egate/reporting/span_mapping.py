"""Times of service as messages of the wire."""

from google.protobuf.timestamp_pb2 import Timestamp

from egate.domain.service_span import ServiceSpan
from egate.domain.time import UtcSeconds
from egate.wire.v1 import service_report_pb2 as wire


def encode_span(span: ServiceSpan) -> wire.ServiceSpan:
    return wire.ServiceSpan(
        since=_timestamp(span.since),
        until=_timestamp(span.until),
        in_service=span.in_service,
        mode=span.mode,
        conditions=span.conditions,
        software_version=span.software_version,
    )


def _timestamp(seconds: UtcSeconds) -> Timestamp:
    stamp = Timestamp()
    stamp.FromMicroseconds(round(seconds * 1e6))
    return stamp
