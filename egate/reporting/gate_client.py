"""A gate, seen from its officers' console."""

from collections.abc import AsyncIterator
from typing import Final

from egate.ports.case_facts import CaseFacts
from egate.ports.case_hits import MAX_HITS, CaseHit
from egate.ports.case_images import CaseImage
from egate.ports.policy_changes import SignedChange
from egate.ports.supervision import GateStatus, OfficerOrder
from egate.reporting.case_mapping import decode_case
from egate.reporting.gate_mapping import (
    StatusUnknown,
    decode_status,
    encode_order,
)
from egate.reporting.hit_mapping import decode_hit
from egate.reporting.identity import Role
from egate.reporting.image_stream import TooManyImages, images_in
from egate.reporting.link import Link, found
from egate.reporting.wire_values import RecordMalformed
from egate.settings import Tls
from egate.wire.v1 import gate_pb2 as wire
from egate.wire.v1 import gate_pb2_grpc as wire_grpc
from egate.wire.v1 import policy_change_pb2 as policy_wire
from egate.wire.v1 import policy_change_pb2_grpc as policy_wire_grpc

_ORDER_DEADLINE_SECONDS: Final = 5.0
_IMAGES_DEADLINE_SECONDS: Final = 10.0


class GateUnavailable(Exception):
    """The gate does not answer, or refuses us; says which and why in one line."""


class GateLink:
    """One gate over one channel, which reconnects by itself.

    Args:
        address: of the gate's service, as ``host:port``.
        tls: a certificate of role ``console`` or ``officer``.

    Raises:
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """

    def __init__(self, address: str, tls: Tls) -> None:
        self._address = address
        self._link = Link(address, tls, Role.GATE)

    async def changes(self) -> AsyncIterator[GateStatus]:
        """Give the status now, and again after every change, until the gate is lost.

        Watching alone attends no lane: an officer does (`attend`).

        Raises:
            GateUnavailable: the gate is lost; iterate anew to try again.

        """
        with self._link.failing_as(GateUnavailable):
            stub = wire_grpc.GateServiceStub(await self._link.channel())
            call = stub.Watch(wire.WatchRequest(observes=True))
            try:
                async for response in call:
                    yield decode_status(response.status)
            except StatusUnknown as error:
                raise GateUnavailable(f"{self._address}: {error}") from error
            finally:
                call.cancel()
        raise GateUnavailable(f"{self._address}: the gate ended the connection")

    async def attend(self, officer_id: str) -> None:
        """Keep ``officer_id`` attending the lane until cancelled.

        Args:
            officer_id: who has the lane in view; the gate logs it.

        Raises:
            GateUnavailable: the gate does not count on the officer any more.

        """
        with self._link.failing_as(GateUnavailable):
            stub = wire_grpc.GateServiceStub(await self._link.channel())
            call = stub.Attend(wire.AttendRequest(officer_id=officer_id))
            try:
                async for _ in call:
                    pass
            finally:
                call.cancel()
        raise GateUnavailable(f"{self._address}: the gate ended the connection")

    async def order(
        self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None
    ) -> bool:
        """Give ``order`` in the name of ``officer_id``; False when it means nothing now.

        Args:
            order: what to do.
            officer_id: who orders.
            crossing_id: as ``Supervision.order`` takes it.

        Raises:
            GateUnavailable: whether the order arrived is unknown.

        """
        request = wire.OrderRequest(
            order=encode_order(order), officer_id=officer_id, crossing_id=crossing_id
        )
        with self._link.failing_as(GateUnavailable):
            stub = wire_grpc.GateServiceStub(await self._link.channel())
            answer = await stub.Order(request, timeout=_ORDER_DEADLINE_SECONDS)
        return answer.carried_out

    async def case_images(self, crossing_id: str, officer_id: str) -> tuple[CaseImage, ...] | None:
        """Return the pictures of a referred traveller, None when their case is over.

        Args:
            crossing_id: as the status names it.
            officer_id: who looks; the gate logs it.

        Raises:
            GateUnavailable: the gate does not answer, or with more than a case can have.

        """
        request = wire.GetCaseImagesRequest(
            crossing_id=crossing_id, officer_id=officer_id, takes_pages=True
        )
        with self._link.failing_as(GateUnavailable):
            stub = wire_grpc.GateServiceStub(await self._link.channel())
            call = stub.GetCaseImages(request, timeout=_IMAGES_DEADLINE_SECONDS)
            try:
                return await found(images_in(call))
            except TooManyImages as error:
                raise GateUnavailable(f"{self._address}: {error}") from error
            finally:
                call.cancel()

    async def case_hits(self, crossing_id: str, officer_id: str) -> tuple[CaseHit, ...] | None:
        """Return why a referred traveller is listed, None when their case is over.

        Args:
            crossing_id: as the status names it.
            officer_id: who looks; the gate logs it.

        Raises:
            GateUnavailable: the gate does not answer, or with more than a case can have.

        """
        request = wire.GetCaseHitsRequest(crossing_id=crossing_id, officer_id=officer_id)
        with self._link.failing_as(GateUnavailable):
            stub = wire_grpc.GateServiceStub(await self._link.channel())
            answer = await found(stub.GetCaseHits(request, timeout=_ORDER_DEADLINE_SECONDS))
        if answer is None:
            return None
        if len(answer.hits) > MAX_HITS:
            raise GateUnavailable(f"{self._address}: more than the hits of a case")
        return tuple(map(decode_hit, answer.hits))

    async def put_change(self, change: SignedChange) -> str:
        """Bring a signed change of the policy; return why the gate refuses it, "" when it has it.

        Raises:
            GateUnavailable: whether the gate has it is unknown; send it again.

        """
        request = policy_wire.PutChangeRequest(
            content=change.content,
            signatures=[
                policy_wire.PolicySignature(officer_id=officer_id, value=value)
                for officer_id, value in change.signatures
            ],
        )
        with self._link.failing_as(GateUnavailable):
            stub = policy_wire_grpc.PolicyChangeServiceStub(await self._link.channel())
            answer = await stub.PutChange(request, timeout=_ORDER_DEADLINE_SECONDS)
        return answer.refused

    async def case(self, crossing_id: str, officer_id: str) -> CaseFacts | None:
        """Return what the gate found of a referred traveller, None when their case is over.

        Args:
            crossing_id: as the status names it.
            officer_id: who looks; the gate logs it.

        Raises:
            GateUnavailable: the gate does not answer, or with what only a newer version knows.

        """
        request = wire.GetCaseRequest(crossing_id=crossing_id, officer_id=officer_id)
        with self._link.failing_as(GateUnavailable):
            stub = wire_grpc.GateServiceStub(await self._link.channel())
            answer = await found(stub.GetCase(request, timeout=_ORDER_DEADLINE_SECONDS))
        try:
            return None if answer is None else decode_case(answer)
        except RecordMalformed as error:
            raise GateUnavailable(f"{self._address}: {error}") from error

    async def take_case(
        self, crossing_id: str, officer_id: str, from_officer_id: str = ""
    ) -> str | None:
        """Take a case and return who has it now, who may be another; None when it is over.

        Args:
            crossing_id: as the status names it.
            officer_id: who takes it.
            from_officer_id: whom they take it from, "" for a case that nobody has.

        Raises:
            GateUnavailable: whether the case was taken is unknown.

        """
        request = wire.TakeCaseRequest(
            crossing_id=crossing_id, officer_id=officer_id, from_officer_id=from_officer_id
        )
        with self._link.failing_as(GateUnavailable):
            stub = wire_grpc.GateServiceStub(await self._link.channel())
            answer = await found(stub.TakeCase(request, timeout=_ORDER_DEADLINE_SECONDS))
        return None if answer is None else answer.case_officer_id

    async def close(self) -> None:
        """End the connection and every iteration of `changes`."""
        await self._link.close()
