"""The Special Branch's system by files: one a day, one JSON document a line, only ever longer."""

import asyncio
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from itertools import groupby
from pathlib import Path
from typing import Final

from google.protobuf.json_format import MessageToDict

from egate.durable_files import synchronise
from egate.ports.special_branch import CrossingMessage, SpecialBranchAway
from egate.reporting.mapping import parse

# What a crossing is to the police; neither scores nor times of the gate's own work.
_TOLD: Final = (
    *("crossing_id", "gate_id", "gate_seq", "direction", "border_crossing_point", "occurred_at"),
    *("verdict", "status", "passage_confirmed", "findings", "document"),
    *("capture_mode", "supersedes", "entered_under_fallback"),
)
_OPEN: Final = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_OWNER_ONLY: Final = 0o600
_TAIL_BYTES: Final = 64 * 1024


class DayFiles:
    """Files ``crossings-YYYY-MM-DD.jsonl``, by the UTC day on which the centre took a record.

    One thread writes, so that a delivery whose caller gave up has ended before the next begins.

    Args:
        folder: exists; who may read it reads personal data.

    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer = ThreadPoolExecutor(1, "special-branch")

    async def aclose(self) -> None:
        """End what is being written."""
        self._writer.shutdown()

    async def deliver(self, messages: Sequence[CrossingMessage]) -> None:
        """Append one line a message, and have the disk keep them.

        Raises:
            SpecialBranchAway: the disk is full, the folder is not there, or may not be written.

        """
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._writer, self._append_all, messages)
        except OSError as error:
            raise SpecialBranchAway(f"{self._folder}: {error.strerror}") from error

    def _append_all(self, messages: Sequence[CrossingMessage]) -> None:
        for day, each in groupby(
            messages, lambda message: message.accepted_at.astimezone(UTC).date()
        ):
            lines = b"".join(map(_line, each))
            _append(self._folder / f"crossings-{day.isoformat()}.jsonl", lines)
        synchronise(self._folder)


def _append(file: Path, lines: bytes) -> None:
    descriptor = os.open(file, _OPEN, _OWNER_ONLY)
    with os.fdopen(descriptor, "r+b", buffering=0) as stream:
        end = _end_of_lines(stream.fileno())
        os.ftruncate(stream.fileno(), end)
        try:
            written = 0
            while written < len(lines):
                written += os.pwrite(stream.fileno(), lines[written:], end + written)
            os.fsync(stream.fileno())
        except OSError:
            os.ftruncate(stream.fileno(), end)  # whoever reads meets whole lines only
            raise


def _end_of_lines(descriptor: int) -> int:
    """Return where the last whole line ends: what is after it was cut off by a crash."""
    end = os.fstat(descriptor).st_size
    while end:
        start = max(end - _TAIL_BYTES, 0)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _line(message: CrossingMessage) -> bytes:
    record = parse(message.payload)
    # Not even looked at: what nobody is told was not examined when the record was accepted.
    for field, _ in record.ListFields():
        if field.name not in _TOLD:
            record.ClearField(field.name)  # type: ignore[arg-type]  # a name of its own
    told = MessageToDict(record, preserving_proto_field_name=True)
    line = {
        "position": message.position,
        "accepted_at": message.accepted_at.astimezone(UTC).isoformat(),
        "crossing": {key: told[key] for key in _TOLD if key in told},
    }
    return json.dumps(line).encode("ascii") + b"\n"
