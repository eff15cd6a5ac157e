"""Who proposed and approved which change, and when: appended, chained, never rewritten."""

import fcntl
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

_MAX_FILE_BYTES: Final = 8 << 20
_BEGINNING: Final = "0" * 64


class AuditUnusable(Exception):
    """The audit file cannot be read or written, or was changed; one line."""


class Action(StrEnum):
    """What is done to changes of a policy."""

    PROPOSE = "propose"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One line of the trail.

    Args:
        at: UTC, ISO 8601.
        officer: who did it.
        action: what.
        number: of the change.
        sha256: of the change's file, so that what was approved can be told later.

    """

    at: str
    officer: str
    action: Action
    number: int
    sha256: str


def append(file: Path, event: AuditEvent) -> None:
    """Put ``event`` at the end of ``file``, bound to all lines before it.

    Raises:
        AuditUnusable: it cannot be written, or was changed.

    """
    try:
        with file.open("ab+") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0)
            lines = _lines(file, stream.read(_MAX_FILE_BYTES + 1))
            _events(file, lines)
            row = {**asdict(event), "previous": _digest(lines[-1]) if lines else _BEGINNING}
            stream.write(json.dumps(row).encode() + b"\n")
    except OSError as error:
        raise AuditUnusable(f"{file}: {error.strerror}") from error


def read_trail(file: Path) -> Sequence[AuditEvent]:
    """Return every event of ``file``, none if there is no file.

    Raises:
        AuditUnusable: it cannot be read, or was changed.

    """
    try:
        with file.open("rb") as stream:
            raw = stream.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise AuditUnusable(f"{file}: {error.strerror}") from error
    return _events(file, _lines(file, raw))


def _lines(file: Path, raw: bytes) -> Sequence[bytes]:
    if len(raw) > _MAX_FILE_BYTES:
        raise AuditUnusable(f"{file}: more than {_MAX_FILE_BYTES} bytes")
    return raw.splitlines()


def _events(file: Path, lines: Sequence[bytes]) -> Sequence[AuditEvent]:
    previous = _BEGINNING
    events = []
    for number, line in enumerate(lines, 1):
        try:
            events.append(_event(line, previous))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise AuditUnusable(f"{file}: line {number} was changed") from None
        previous = _digest(line)
    return events


def _event(line: bytes, previous: str) -> AuditEvent:
    row = json.loads(line)
    if row.pop("previous") != previous:
        raise ValueError
    return AuditEvent(**{**row, "action": Action(row["action"])})


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
