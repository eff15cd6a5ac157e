"""Answers of services, as the clients of gates, consoles and the centre take them."""

import datetime as dt
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

from google.protobuf.message import Message

from egate.central.special_branch.remote_system import RemoteSystem
from egate.domain.evidence import AccessProtocol, BackgroundEvidence, ChipEvidence
from egate.domain.session.states import SessionId
from egate.lists.kinds import ListKind
from egate.ports.authorisations import AuthorisationsAway
from egate.ports.case_facts import CaseFacts
from egate.ports.inquiries import CrossingSearch
from egate.ports.lists import ListsAway, PartOf
from egate.ports.reporting import CentreUnavailable, PendingRecord
from egate.ports.special_branch import PersonQuery, SpecialBranchAway
from egate.ports.tokens import Prepared, TokenRefusal
from egate.reporting.authorisation_client import AuthorisationClient
from egate.reporting.authorisation_mapping import encode_answer
from egate.reporting.case_mapping import encode_case
from egate.reporting.client import CentreClient
from egate.reporting.command_client import CommandClient
from egate.reporting.crossing_list import CrossingList
from egate.reporting.decision_client import DecisionClient
from egate.reporting.decision_mapping import encode_decision
from egate.reporting.gate_client import GateLink, GateUnavailable
from egate.reporting.gate_mapping import encode_status
from egate.reporting.hit_mapping import encode_hit
from egate.reporting.inquiry_client import InquiryClient, InquiryRefused
from egate.reporting.kiosk_client import _Kiosk, _KioskUnavailable
from egate.reporting.list_client import ListClient
from egate.reporting.mapping import encode
from egate.reporting.person_query_client import PersonQueries
from egate.reporting.statistics_client import StatisticsClient
from egate.reporting.token_mapping import encode_prepared
from egate.wire.special_branch_v1 import special_branch_pb2
from egate.wire.v1 import (
    authorisation_pb2,
    command_pb2,
    crossing_pb2,
    decision_pb2,
    gate_pb2,
    inquiry_pb2,
    list_pb2,
    person_query_pb2,
    statistics_pb2,
    token_pb2,
)
from tests.authorisation_samples import ARRIVING, answer
from tests.case_samples import (
    BAN,
    CROSSING,
    DOCUMENT,
    LIKE,
    THRESHOLDS,
    CaseLink,
    photographs,
    record,
)
from tests.fuzz.answering import AnsweringLink, driven
from tests.fuzz.messages import filled, messages_damaged
from tests.fuzz.target import Target
from tests.page_samples import GENUINE
from tests.unit.test_decision import CLEARED

Ask = Callable[[Any], Coroutine[Any, Any, object]]
_OFFICER: Final = "sb-1042"


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of one client.

    Args:
        client: whose.
        ask: makes the call.
        kind: of the answer.
        refusals: as the client says that the answer is no good.
        made: answers beside those that are made up.
        share: as of a target.

    """

    client: type
    ask: Ask
    kind: type[Message]
    refusals: tuple[type[Exception], ...]
    made: Callable[[], Sequence[Message]] = tuple
    share: int = 4

    def target(self) -> Target:
        """Return the target of it."""
        return Target(
            partial(_taken, self.client, self.ask),
            partial(_samples, self.kind, self.made),
            self.refusals,
            messages_damaged(self.kind),
            self.share,
        )


def _taken(client: type, ask: Ask, raw: bytes) -> object:
    made = object.__new__(client)
    made._link = AnsweringLink(raw)
    made._address, made._deadline_seconds = "127.0.0.1:1", 1.0
    return driven(ask(made))


def _samples(kind: type[Message], made: Callable[[], Sequence[Message]]) -> Sequence[bytes]:
    usual = (kind(), filled(kind()), *made())
    return tuple(each.SerializeToString() for each in usual)


async def _changes(gate: GateLink) -> None:
    try:
        async for _ in gate.changes():
            pass
    except GateUnavailable as error:
        if "ended the connection" not in str(error):
            raise


_FACTS: Final = CaseFacts(record(), THRESHOLDS, _OFFICER, GENUINE)
_LINK: Final = CaseLink(_FACTS)


@cache
def _status() -> gate_pb2.WatchResponse:
    return gate_pb2.WatchResponse(status=encode_status(_LINK.status()))


def _hits() -> Sequence[Message]:
    return (gate_pb2.GetCaseHitsResponse(hits=map(encode_hit, (BAN, LIKE))),)


def _images() -> Sequence[Message]:
    first = photographs()[0]
    picture = gate_pb2.CaseImage(kind=gate_pb2.CASE_IMAGE_KIND_LIVE_FRAME, jpeg=first.jpeg[:2000])
    return (gate_pb2.GetCaseImagesResponse(image=picture),)


def _case() -> Sequence[Message]:
    return (encode_case(_FACTS),)


def _crossing() -> Sequence[Message]:
    kept = inquiry_pb2.GetCrossingResponse(record=encode(record()))
    kept.decisions.add(decision=encode_decision(CLEARED), console_id="hall-1")
    return (kept,)


def _authorised() -> Sequence[Message]:
    return (encode_answer(answer()),)


async def _report(client: StatisticsClient) -> object:
    return await client.report(dt.date(2026, 1, 1), dt.date(2026, 1, 31), "en")


def _prepared() -> Sequence[Message]:
    found = Prepared(
        SessionId(CROSSING),
        ChipEvidence(next(iter(AccessProtocol)), record().checks, DOCUMENT, "BD:1a2b"),
        BackgroundEvidence(record().checks[:3]),
        b"portrait",
    )
    told = token_pb2.RedeemResponse(prepared=encode_prepared(found))
    return told, token_pb2.RedeemResponse(refused=TokenRefusal.UNKNOWN)


_PENDING: Final = (PendingRecord(1, "a", b"record"),)
_QUERY: Final = PersonQuery(_OFFICER, CROSSING, DOCUMENT)
_PART: Final = PartOf(ListKind.OFFLOAD.value, 1, False, "entries", 0, 4096)
_SEARCH: Final = CrossingSearch(crossing_id=CROSSING)
_CENTRE: Final = (CentreUnavailable,)
_GATE: Final = (GateUnavailable,)
_REFUSED: Final = (CentreUnavailable, InquiryRefused)
_AWAY: Final = (SpecialBranchAway,)
_ASKED: Final[Mapping[str, Asked]] = {
    "status of a lane": Asked(
        GateLink, _changes, gate_pb2.WatchResponse, _GATE, lambda: (_status(),), 6
    ),
    "case": Asked(
        GateLink, lambda c: c.case(CROSSING, _OFFICER), gate_pb2.GetCaseResponse, _GATE, _case, 8
    ),
    "hits": Asked(
        GateLink,
        lambda c: c.case_hits(CROSSING, _OFFICER),
        gate_pb2.GetCaseHitsResponse,
        _GATE,
        _hits,
    ),
    "pictures of a case": Asked(
        GateLink,
        lambda c: c.case_images(CROSSING, _OFFICER),
        gate_pb2.GetCaseImagesResponse,
        _GATE,
        _images,
        2,
    ),
    "found crossings": Asked(
        InquiryClient,
        lambda c: c.find(_SEARCH, _OFFICER),
        inquiry_pb2.FindCrossingsResponse,
        _REFUSED,
    ),
    "crossing": Asked(
        InquiryClient,
        lambda c: c.crossing(CROSSING, _OFFICER),
        inquiry_pb2.GetCrossingResponse,
        _REFUSED,
        _crossing,
        8,
    ),
    "holder": Asked(
        InquiryClient,
        lambda c: c.holder("BGD", "A1", _OFFICER),
        inquiry_pb2.GetHolderResponse,
        _REFUSED,
    ),
    "report": Asked(StatisticsClient, _report, statistics_pb2.GetReportResponse, _CENTRE),
    "list of crossings": Asked(
        CrossingList, lambda c: c.fetch(), crossing_pb2.ListCrossingsResponse, _CENTRE
    ),
    "receipt of records": Asked(
        CentreClient, lambda c: c.submit(_PENDING), crossing_pb2.PutBatchResponse, _CENTRE
    ),
    "receipt of decisions": Asked(
        DecisionClient, lambda c: c.submit(_PENDING), decision_pb2.PutDecisionsResponse, _CENTRE
    ),
    "orders": Asked(
        CommandClient, lambda c: c.poll(_LINK.status(), ()), command_pb2.PollResponse, _CENTRE
    ),
    "authorisations": Asked(
        AuthorisationClient,
        lambda c: c.check(ARRIVING, CROSSING),
        authorisation_pb2.CheckResponse,
        (AuthorisationsAway,),
        _authorised,
        8,
    ),
    "token": Asked(
        _Kiosk,
        lambda c: c._redeem(token_pb2.RedeemRequest(crossing_id=SessionId(CROSSING))),
        token_pb2.RedeemResponse,
        (_KioskUnavailable,),
        _prepared,
        6,
    ),
    "versions of lists": Asked(
        ListClient,
        lambda c: c.versions({ListKind.OFFLOAD.value: 1}),
        list_pb2.GetVersionsResponse,
        (ListsAway,),
    ),
    "part of a list": Asked(
        ListClient, lambda c: c.part(_PART), list_pb2.GetPartResponse, (ListsAway,)
    ),
    "person known, at the console": Asked(
        PersonQueries, lambda c: c.ask(_QUERY), person_query_pb2.QueryPersonResponse, _AWAY
    ),
    "person known, at the centre": Asked(
        RemoteSystem, lambda c: c.ask(_QUERY, 1.0), special_branch_pb2.QueryPersonResponse, _AWAY
    ),
    "receipt of the Special Branch": Asked(
        RemoteSystem, lambda c: c.deliver(()), special_branch_pb2.PutCrossingsResponse, _AWAY
    ),
}


def targets() -> Mapping[str, Target]:
    """Return the targets by name."""
    return {f"answer/{name}": asked.target() for name, asked in _ASKED.items()}
