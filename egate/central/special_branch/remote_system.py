"""The Special Branch's system over gRPC: told in batches, asked about persons.

Its interface is our proposal (proto/dip/special_branch/v1); what theirs has otherwise is
adapted here and nowhere else.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from egate.ports.special_branch import CrossingMessage, PersonHit, PersonQuery, SpecialBranchAway
from egate.reporting.link import Link
from egate.reporting.mapping import parse
from egate.settings import SpecialBranchRemote
from egate.wire.special_branch_v1 import special_branch_pb2 as wire
from egate.wire.special_branch_v1 import special_branch_pb2_grpc as wire_grpc
from egate.wire.v1 import crossing_pb2

_DELIVERY_SECONDS: Final = 10.0
_MOST_HITS: Final = 50
_MOST_CHARACTERS: Final = 400
_NOT_SHOWN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class RemoteSystem:
    """A ``SpecialBranch`` and ``PersonFiles`` at an address, over mutual TLS.

    Args:
        settings: where it is, and who we are to it.

    Raises:
        SettingsError: the certificate files cannot be used.

    """

    def __init__(self, settings: SpecialBranchRemote) -> None:
        self._link = Link(settings.address, settings.tls, settings.server_name)

    async def deliver(self, messages: Sequence[CrossingMessage]) -> None:
        """Hand over ``messages`` in one call.

        Raises:
            SpecialBranchAway: it did not say that all are durable.

        """
        request = wire.PutCrossingsRequest(crossings=map(_crossing, messages))
        with self._link.failing_as(SpecialBranchAway):
            stub = wire_grpc.SpecialBranchServiceStub(await self._link.channel())
            answer = await stub.PutCrossings(request, timeout=_DELIVERY_SECONDS)
        if answer.taken != len(messages):
            raise SpecialBranchAway(f"took {answer.taken} of {len(messages)} messages")

    async def ask(self, query: PersonQuery, seconds: float) -> Sequence[PersonHit]:
        """Return what is known, at most 50 hits.

        Raises:
            SpecialBranchAway: no answer within ``seconds``.

        """
        request = wire.QueryPersonRequest(
            officer_id=query.officer_id,
            crossing_id=query.crossing_id,
            document=_document(query.document),
        )
        with self._link.failing_as(SpecialBranchAway):
            stub = wire_grpc.SpecialBranchServiceStub(await self._link.channel())
            answer = await stub.QueryPerson(request, timeout=seconds)
        return [
            PersonHit(_shown(hit.reference), _shown(hit.category), _shown(hit.instruction))
            for hit in answer.hits[:_MOST_HITS]
        ]

    async def aclose(self) -> None:
        """End the connection and the calls under way."""
        await self._link.close()


def _crossing(message: CrossingMessage) -> wire.Crossing:
    record = parse(message.payload)
    told = wire.Crossing(
        position=message.position,
        crossing_id=message.crossing_id,
        gate_id=record.gate_id,
        gate_seq=record.gate_seq,
        direction=_word(crossing_pb2.Direction, record.direction, "DIRECTION_"),
        verdict=_word(crossing_pb2.Verdict, record.verdict, "VERDICT_"),
        status=_word(crossing_pb2.CrossingStatus, record.status, "CROSSING_STATUS_"),
        border_crossing_point=record.border_crossing_point,
        occurred_at=record.occurred_at,
        passage_confirmed=record.passage_confirmed,
        findings=record.findings,
        capture_mode=_word(crossing_pb2.CaptureMode, record.capture_mode, "CAPTURE_MODE_"),
        supersedes=record.supersedes,
        entered_under_fallback=record.entered_under_fallback,
    )
    told.accepted_at.FromDatetime(message.accepted_at)
    if record.HasField("document"):
        told.document.CopyFrom(_document(record.document))
    return told


def _word(kind: Any, number: int, prefix: str) -> str:  # noqa: ANN401 - an enum of the wire
    """Return the word of ``number``; of one that a newer gate knows, the number itself."""
    known = number in kind.values()
    return str(kind.Name(number)).removeprefix(prefix) if known else str(number)


def _document(document: Any) -> wire.TravelDocument:  # noqa: ANN401 - ours, or the wire's
    names = (field.name for field in wire.TravelDocument.DESCRIPTOR.fields)
    return wire.TravelDocument(**{name: getattr(document, name) for name in names})


def _shown(text: str) -> str:
    """Return ``text`` as one line of bounded length: it comes from another house's system."""
    return _NOT_SHOWN.sub(" ", text[:_MOST_CHARACTERS]).strip()
