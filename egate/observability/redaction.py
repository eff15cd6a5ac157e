"""No log line carries personal data: only permitted keys, and values that cannot be personal.

A key that is not on the list loses its value, so forgetting to think about a new one is
safe. To log something new, add its key here, in review.
"""

import re
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from enum import Enum
from types import TracebackType
from typing import Any, Final

REMOVED: Final = "[removed]"
MAX_CHARACTERS: Final = 300

PERMITTED_KEYS: Final = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "at",
        "exception",
        "type",
        "frames",
        "address",
        "file",
        "folder",
        "grpc",
        "list",
        "page",
        "port",
        "pid",
        "role",
        "signal",
        "url",
        "version",
        "device",
        "condition",
        "state",
        "previous_state",
        "next_state",
        "reason",
        "error",
        "code",
        "command",
        "gate_id",
        "gate_seq",
        "crossing_id",
        "decision_id",
        "border_crossing_point",
        "direction",
        "verdict",
        "status",
        "findings",
        "check_id",
        "outcome",
        "access",
        "attempts",
        "policy_version",
        "software_version",
        "officer_id",
        "order",
        "accepted",
        "refused",
        "duplicates",
        "conflicts",
        "records",
        "count",
        "sha256",
        "batch",
        "bytes",
        "first",
        "last",
        "seconds",
        "gate_seconds",
        "duration_ms",
        "retry_seconds",
        "outbox_depth",
        "outbox_oldest_seconds",
        "migration",
        "centre_reachable",
        "message_key",
        "scenario",
    }
)

_EVENT: Final = re.compile(r"[a-z][a-z0-9_ .,-]{0,79}")
_UUID: Final = r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
# A piece of an MRZ: fillers among capitals and digits. A document number: seven or more
# capitals and digits with four digits among them. Ids of crossings may stay.
_PERSONAL: Final = re.compile(
    rf"(?P<kept>{_UUID})|[A-Z0-9]*<<[A-Z0-9<]*|[A-Z0-9<]{{28,}}|\b(?=(?:[A-Z]*\d){{4}})[A-Z0-9]{{7,}}\b"
)


def redact(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Structlog processor: take out of ``line`` whatever may be personal."""
    for key, value in line.items():
        line[key] = _safe(value) if key in PERMITTED_KEYS else REMOVED
    if not _EVENT.fullmatch(str(line.get("event", ""))):
        line["event"] = REMOVED
    return line


def describe_exception(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Structlog processor: the type of an exception and where it came from, never its message.

    Messages of libraries quote what they choke on: a row of the database, a line of an MRZ.
    """
    fault = line.pop("exc_info", None)
    if fault is True:
        fault = sys.exception()
    elif isinstance(fault, tuple):
        fault = fault[1]
    if isinstance(fault, BaseException):
        line["exception"] = {
            "type": type(fault).__name__,
            "frames": _frames(fault.__traceback__),
        }
    return line


def _frames(traceback: TracebackType | None) -> list[str]:
    frames: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return frames[-8:]


def _safe(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return _safe(value.value)
        case str():
            return _PERSONAL.sub(lambda found: found["kept"] or REMOVED, value[:MAX_CHARACTERS])
        case Mapping():
            return {
                key: _safe(inner) if key in PERMITTED_KEYS else REMOVED
                for key, inner in value.items()
            }
        case Sequence() | set() | frozenset() if not isinstance(value, bytes | bytearray):
            return [_safe(inner) for inner in value]
        case _:
            return f"[{type(value).__name__}]"
