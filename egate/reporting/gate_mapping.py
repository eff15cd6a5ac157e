"""A gate's status and its officers' orders as messages of the wire."""

from types import MappingProxyType
from typing import Final

from egate.domain.time import UtcSeconds
from egate.ports.case_images import CaseImage, CaseImageKind
from egate.ports.supervision import (
    GateState,
    GateStatus,
    ListStatus,
    OfficerOrder,
    TravellerMessage,
    TrustStatus,
)
from egate.wire.v1 import gate_pb2 as wire

_ORDERS: Final = MappingProxyType(
    {
        OfficerOrder.RESET: wire.OFFICER_ORDER_RESET,
        OfficerOrder.EVACUATE: wire.OFFICER_ORDER_EVACUATE,
        OfficerOrder.CLOSE_LANE: wire.OFFICER_ORDER_CLOSE_LANE,
        OfficerOrder.OPEN_LANE: wire.OFFICER_ORDER_OPEN_LANE,
        OfficerOrder.MAINTENANCE: wire.OFFICER_ORDER_MAINTENANCE,
        OfficerOrder.FEEDER: wire.OFFICER_ORDER_FEEDER,
        OfficerOrder.RELEASE: wire.OFFICER_ORDER_RELEASE,
        OfficerOrder.SERVE_ENTRY: wire.OFFICER_ORDER_SERVE_ENTRY,
        OfficerOrder.SERVE_EXIT: wire.OFFICER_ORDER_SERVE_EXIT,
        OfficerOrder.SERVE_BY_HOUR: wire.OFFICER_ORDER_SERVE_BY_HOUR,
    }
)
_IMAGES: Final = MappingProxyType(
    {
        CaseImageKind.LIVE_FRAME: wire.CASE_IMAGE_KIND_LIVE_FRAME,
        CaseImageKind.CHIP_PORTRAIT: wire.CASE_IMAGE_KIND_CHIP_PORTRAIT,
        CaseImageKind.PRINTED_PORTRAIT: wire.CASE_IMAGE_KIND_PRINTED_PORTRAIT,
        CaseImageKind.PAD_FRAME: wire.CASE_IMAGE_KIND_PAD_FRAME,
        CaseImageKind.PAGE_WHITE: wire.CASE_IMAGE_KIND_PAGE_WHITE,
        CaseImageKind.PAGE_INFRARED: wire.CASE_IMAGE_KIND_PAGE_INFRARED,
        CaseImageKind.PAGE_ULTRAVIOLET: wire.CASE_IMAGE_KIND_PAGE_ULTRAVIOLET,
    }
)
_IMAGE_KINDS: Final = MappingProxyType({number: kind for kind, number in _IMAGES.items()})
_OFFICER_ORDERS: Final = MappingProxyType({number: order for order, number in _ORDERS.items()})


class StatusUnknown(ValueError):
    """The gate reports a state or a message that this version does not know."""


def encode_status(status: GateStatus) -> wire.GateStatus:
    return wire.GateStatus(
        gate_id=status.gate_id,
        state=status.state,
        message=status.message,
        crossing_id=status.crossing_id,
        findings=status.findings,
        outbox_depth=status.outbox_depth,
        outbox_oldest_seconds=status.outbox_oldest_seconds,
        centre_reachable=status.centre_reachable,
        sessions=status.sessions,
        software_version=status.software_version,
        trust=wire.TrustStatus(
            store_version=status.trust.store_version,
            list_age_days=status.trust.list_age_days,
            own_state=status.trust.own_state,
            own_csca_until=status.trust.own_csca_until,
            crls_due=status.trust.crls_due,
            crls_stale=status.trust.crls_stale,
            alarms=status.trust.alarms,
        ),
        mode=status.mode,
        conditions=status.conditions,
        flow=status.flow,
        direction=status.direction,
        lists=[
            wire.ListStatus(
                name=each.name,
                version=each.version,
                age_seconds=each.age_seconds,
                trouble=each.trouble,
            )
            for each in status.lists
        ],
        case_officer_id=status.case_officer_id,
        direction_ordered=status.direction_ordered,
        alarms=status.alarms,
        since=status.since,
    )


def decode_status(message: wire.GateStatus) -> GateStatus:
    """Return the status in ``message``.

    Raises:
        StatusUnknown: its state or message is of a newer version.

    """
    try:
        state, shown = GateState(message.state), TravellerMessage(message.message)
    except ValueError:
        raise StatusUnknown("a state or a message of a newer version") from None
    return GateStatus(
        gate_id=message.gate_id,
        state=state,
        message=shown,
        crossing_id=message.crossing_id,
        findings=tuple(message.findings),
        outbox_depth=message.outbox_depth,
        outbox_oldest_seconds=message.outbox_oldest_seconds,
        centre_reachable=message.centre_reachable,
        sessions=message.sessions,
        software_version=message.software_version,
        trust=_trust(message.trust),
        mode=message.mode,
        conditions=tuple(message.conditions),
        flow=message.flow,
        direction=message.direction,
        lists=tuple(map(_list, message.lists)),
        case_officer_id=message.case_officer_id,
        direction_ordered=message.direction_ordered,
        alarms=tuple(message.alarms),
        since=UtcSeconds(message.since) if message.HasField("since") else None,
    )


def _list(message: wire.ListStatus) -> ListStatus:
    age = message.age_seconds if message.HasField("age_seconds") else None
    return ListStatus(message.name, message.version, age, message.trouble)


def _trust(message: wire.TrustStatus) -> TrustStatus:
    return TrustStatus(
        store_version=message.store_version,
        list_age_days=message.list_age_days if message.HasField("list_age_days") else None,
        own_state=message.own_state,
        own_csca_until=message.own_csca_until,
        crls_due=tuple(message.crls_due),
        crls_stale=tuple(message.crls_stale),
        alarms=tuple(message.alarms),
    )


def encode_order(order: OfficerOrder) -> wire.OfficerOrder.ValueType:
    return _ORDERS[order]


def decode_order(number: wire.OfficerOrder.ValueType) -> OfficerOrder | None:
    """Return the order, None when it is unspecified or of a newer version."""
    return _OFFICER_ORDERS.get(number)


def encode_image(image: CaseImage) -> wire.CaseImage:
    return wire.CaseImage(kind=_IMAGES[image.kind], jpeg=image.jpeg)


def decode_kind(number: wire.CaseImageKind.ValueType) -> CaseImageKind | None:
    """Return what a picture shows, None when it is unspecified or of a newer version."""
    return _IMAGE_KINDS.get(number)


def decode_image(message: wire.CaseImage) -> CaseImage | None:
    """Return the picture, None when its kind is unspecified or of a newer version."""
    kind = decode_kind(message.kind)
    return None if kind is None else CaseImage(kind, message.jpeg)
