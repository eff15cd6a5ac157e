"""What officers look up at the centre, seen from a console."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import grpc
from grpc import aio

from egate.ports.inquiries import CrossingKept, CrossingSearch, CrossingsFound, HolderKnown
from egate.ports.reporting import CentreUnavailable
from egate.reporting.inquiry_mapping import (
    decode_crossing,
    decode_holder,
    decode_page,
    encode_search,
)
from egate.reporting.link import Link, found
from egate.reporting.wire_values import RecordMalformed
from egate.wire.v1 import inquiry_pb2 as wire
from egate.wire.v1 import inquiry_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 8.0
_REFUSED: Final = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.DATA_LOSS,
    }
)


class InquiryRefused(Exception):
    """The centre does not answer this; says why in one line, and nothing of what was asked."""


class InquiryClient:
    """Asks the centre, in the name of an officer; it keeps who asked what. Answers are personal.

    Every call raises ``CentreUnavailable`` when the centre does not answer, and
    ``InquiryRefused`` when asking again would not help.

    Args:
        link: to the centre, with a certificate of role ``console`` or ``officer``.

    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def find(
        self, search: CrossingSearch, officer_id: str, limit: int = 0, cursor: bytes = b""
    ) -> CrossingsFound:
        """Return one page of crossings, the newest first.

        Args:
            search: what is looked for.
            officer_id: who looks.
            limit: the most, up to 100; 0 for 100.
            cursor: of the page before, with the same search by the same officer; b"" for the
                first page.

        """
        with self._asking():
            request = encode_search(search, officer_id, limit, cursor)
            stub = wire_grpc.InquiryServiceStub(await self._link.channel())
            answer = await stub.FindCrossings(request, timeout=_DEADLINE_SECONDS)
        return decode_page(answer)

    async def crossing(self, crossing_id: str, officer_id: str) -> CrossingKept | None:
        """Return a crossing with its decisions, None when the centre has no such record.

        Args:
            crossing_id: of the record.
            officer_id: who looks.

        """
        with self._asking():
            request = wire.GetCrossingRequest(officer_id=officer_id, crossing_id=crossing_id)
            stub = wire_grpc.InquiryServiceStub(await self._link.channel())
            answer = await found(stub.GetCrossing(request, timeout=_DEADLINE_SECONDS))
        try:
            return None if answer is None else decode_crossing(answer)
        except RecordMalformed as error:
            raise InquiryRefused(f"only a newer version can read it: {error}") from error

    async def holder(
        self, issuing_state: str, document_number: str, officer_id: str
    ) -> HolderKnown:
        """Return what is known of the holder of a document, which may be nothing.

        Args:
            issuing_state: of the document.
            document_number: as it is printed, or as an officer keyed it in.
            officer_id: who looks.

        """
        with self._asking():
            request = wire.GetHolderRequest(
                officer_id=officer_id, issuing_state=issuing_state, document_number=document_number
            )
            stub = wire_grpc.InquiryServiceStub(await self._link.channel())
            answer = await stub.GetHolder(request, timeout=_DEADLINE_SECONDS)
        return decode_holder(answer)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with self._link.failing_as(CentreUnavailable):
            try:
                yield
            except aio.AioRpcError as error:
                if error.code() in _REFUSED:
                    raise InquiryRefused((error.details() or "")[:200]) from error
                raise
            except (ValueError, OverflowError) as error:
                # Not chained: protobuf quotes the value in its message.
                raise InquiryRefused(f"a field does not fit: {type(error).__name__}") from None
