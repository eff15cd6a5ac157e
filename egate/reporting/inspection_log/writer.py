"""A log of transactions, written as it comes: it needs no more memory for more of them."""

from pathlib import Path
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element, indent, tostring
from xml.sax.saxutils import quoteattr

from egate.domain.inspection_log.overall import Tally
from egate.domain.inspection_log.profile import LogProfile
from egate.domain.inspection_log.transaction import RecordUntellable, transaction_of
from egate.reporting.inspection_log.elements import statistics_element, transaction_element
from egate.reporting.mapping import decode
from egate.reporting.wire_values import RecordMalformed

NAMESPACE: Final = "urn:egate:inspection-log:1"
GUIDELINE: Final = "BSI TR-03135 2.5"
SCHEMA: Final = Path(__file__).with_name("transactions.xsd")

_INDENT: Final = "  "


class LogUnwritable(Exception):
    """The stream takes nothing more; says why."""


class LogWriter:
    """Writes one log: ``begin``, any number of ``add``, ``end``; each may raise LogUnwritable.

    Args:
        stream: takes the bytes, UTF-8.
        profile: how much is told.

    """

    def __init__(self, stream: BinaryIO, profile: LogProfile) -> None:
        self._stream = stream
        self._profile = profile
        self.tally = Tally()
        self.unreadable = 0
        """Records that could not be told."""

    def begin(self, software_version: str) -> None:
        """Write the head.

        Args:
            software_version: of who writes.

        """
        attributes = {
            "xmlns": NAMESPACE,
            "guideline": GUIDELINE,
            "profile": self._profile.value,
            "writtenBy": f"egate {software_version}",
        }
        written = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<InspectionLog {written}>\n'
        self._put(head.encode())

    def add(self, payload: bytes) -> None:
        """Write the transaction of an encoded record; one that cannot be told is counted."""
        try:
            transaction = transaction_of(decode(payload))
        except (RecordMalformed, RecordUntellable):
            self.leave_out()
            return
        self.tally.add(transaction)
        self._write(transaction_element(transaction, self._profile))

    def leave_out(self) -> None:
        """Count a record that cannot be told, as one that was changed where it lies."""
        self.unreadable += 1

    def end(self) -> None:
        """Write the counts and the last line."""
        self._write(statistics_element(self.tally, self.unreadable))
        self._put(b"</InspectionLog>\n")

    def _write(self, element: Element) -> None:
        indent(element, _INDENT, level=1)
        self._put(_INDENT.encode() + tostring(element, encoding="utf-8") + b"\n")

    def _put(self, raw: bytes) -> None:
        try:
            self._stream.write(raw)
        except OSError as error:
            raise LogUnwritable(error.strerror or type(error).__name__) from error
