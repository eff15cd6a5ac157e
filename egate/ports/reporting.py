"""Where records go, as the outbox sees it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from egate.domain.evidence.chain import ChainLink
from egate.domain.service_span import ServiceSpan


@dataclass(frozen=True, slots=True)
class PendingRecord:
    """A stored record that the centre has not confirmed.

    Args:
        seq: its place in the outbox.
        record_id: the crossing id.
        payload: the encoded record; holds personal data.
        link: how it hangs on the record before; None where records are not chained.

    """

    seq: int
    record_id: str
    payload: bytes = field(repr=False)
    link: ChainLink | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the centre said of a batch, after its commit.

    Args:
        accepted: record ids that are durable at the centre (new or known before).
        refused: record id to reason, for records that can never be accepted.

    """

    accepted: frozenset[str]
    refused: dict[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a station's records go at the centre.

    Args:
        gate_seq: the highest number that is there, 0 for none.
        link: hash of that record's link; b"" when it came without one.
        key_id: of the key that signed it; b"" likewise.
        database_life: names one life of the centre's database; another one begins when it was
            restored from a backup. "" when that is not known.
        watermark: the highest number up to which none is missing there, 0 for none.

    """

    gate_seq: int
    link: bytes = b""
    key_id: bytes = b""
    database_life: str = ""
    watermark: int = 0


class CentreUnavailable(Exception):
    """The centre cannot be reached now; send again later."""


class RecordSink(Protocol):
    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        """Send ``batch`` and return once the centre has committed it.

        Raises:
            CentreUnavailable: nothing is known about the batch; send it again.

        """
        ...


class StationSink(RecordSink, Protocol):
    """Where the records of a station go that numbers and chains them."""

    async def standing(self, last_gate_seq: int) -> Standing:
        """Ask how far this station's records go.

        Args:
            last_gate_seq: the last number that was given here; the centre raises an alarm when
                it has a higher one.

        Raises:
            CentreUnavailable: nothing is known.

        """
        ...


class ServiceReports(Protocol):
    async def report(self, spans: Sequence[ServiceSpan]) -> None:
        """Send when the gate was in service and return once the centre has committed it.

        Args:
            spans: at most ``egate.domain.service_span.MOST_SPANS``.

        Raises:
            CentreUnavailable: nothing is known about them; send them again.

        """
        ...
