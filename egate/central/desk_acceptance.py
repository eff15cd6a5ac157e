"""Which records of consoles the centre takes: stricter than with gates, since somebody typed them.

What this version does not know is refused too: whoever entered it waits for the answer.
"""

from typing import Final

from egate.central.acceptance import CrossingRow, Refusal, examine_by
from egate.domain.desk_record import desk_record_faults
from egate.domain.evidence.chain import ChainLink
from egate.reporting.mapping import RecordMalformed, decode
from egate.wire.v1 import crossing_pb2 as wire

NOT_A_DESKS: Final = "capture_mode: a console records as DESK, MOBILE or MANUAL_RETROSPECTIVE"
"""Why a record is refused that only a gate could have made."""
_OF_DESKS: Final = (
    wire.CAPTURE_MODE_DESK,
    wire.CAPTURE_MODE_MOBILE,
    wire.CAPTURE_MODE_MANUAL_RETROSPECTIVE,
)


def examine_of_desk(
    payload: bytes, console_id: str, link: ChainLink | None = None
) -> CrossingRow | Refusal:
    """Return the row of one record, or the first reason against it.

    Args:
        payload: the record, as the console sent it.
        console_id: whose certificate sent it.
        link: that came with it.

    """
    return examine_by(_fault, payload, console_id, link)


def _fault(record: wire.CrossingRecord, payload: bytes) -> str | None:
    if record.capture_mode not in _OF_DESKS:
        return NOT_A_DESKS
    try:
        faults = desk_record_faults(decode(payload))
    except RecordMalformed as error:
        return str(error)
    return next(iter(faults), None)
