"""What the centre knows of the traveller at a desk, before an officer decides."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from egate.console.centre import CentreLinks
from egate.domain.authorisation.background import BackgroundAnswer
from egate.domain.authorisation.travel_authorisation import DocumentKey
from egate.domain.authorisation.traveller import Purpose, Traveller
from egate.domain.evidence import TravelDocument
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.lists.errors import ListRefused
from egate.lists.kinds import ListAction, ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_document import ListedDocument
from egate.lists.source import RowStatus, SourceRow, read_row
from egate.ports.authorisations import AuthorisationsAway
from egate.ports.inquiries import HolderKnown
from egate.ports.reporting import CentreUnavailable
from egate.reporting.authorisation_client import AuthorisationClient
from egate.reporting.inquiry_client import InquiryClient, InquiryRefused
from egate.reporting.list_entry_client import ListActRefused, ListEntryClient
from egate.wire.v1 import list_entry_pb2 as wire

Found = TypeVar("Found")

_SECONDS: Final = 4.0
"""A traveller waits, and an officer can decide without."""
_COLUMNS: Final = tuple(field.name for field in wire.ListRow.DESCRIPTOR.fields)


@dataclass(frozen=True, slots=True)
class ListHit:
    """An entry that names the document, or somebody of the same name. Personal.

    Args:
        entry: why.
        by_name: the name and the birth agree, and the document is not named.
        revision: of the entry's persons, which a decision *not the same person* is about.

    """

    entry: ListEntry = field(repr=False)
    by_name: bool
    revision: str

    @property
    def stops(self) -> bool:
        """Say whether two officers decide about it."""
        return self.entry.action is not ListAction.INFO


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out. Personal.

    Args:
        away: why the centre did not answer, "" when it did.
        hits: entries of lists, those of the document first.
        names_unasked: the name cannot be compared, so that nobody can say that it is on no list.
        answer: about authorisations and the stay; None without one.
        holder: stays and crossings of before; None where that is not known.

    """

    away: str = ""
    hits: tuple[ListHit, ...] = field(default=(), repr=False)
    names_unasked: bool = False
    answer: BackgroundAnswer | None = field(default=None, repr=False)
    holder: HolderKnown | None = field(default=None, repr=False)

    @property
    def stopping(self) -> ListHit | None:
        return next((each for each in self.hits if each.stops), None)


@dataclass(frozen=True, slots=True)
class Question:
    """Who is asked about. Personal.

    Args:
        crossing_id: under which it is asked.
        officer_id: who asks.
        document: that lies before the officer.
        direction: of the journey.
        port: as a UN/LOCODE.
        at: when it takes place.
        today: the day in Dhaka then.
        purpose: of a citizen's journey.

    """

    crossing_id: str
    officer_id: str
    document: TravelDocument = field(repr=False)
    direction: Direction
    port: str
    at: UtcSeconds
    today: dt.date
    purpose: Purpose = Purpose.UNKNOWN


async def ask(centre: CentreLinks, question: Question) -> Known:
    """Ask the centre everything at once; what it does not answer in time is not known."""
    async with asyncio.TaskGroup() as tasks:
        listed = tasks.create_task(_or_away(_by_document(centre.lists, question)))
        named = tasks.create_task(_or_away(_by_name(centre.lists, question)))
        answer = tasks.create_task(_or_away(_answer(centre.authorisations, question)))
        holder = tasks.create_task(_or_away(_holder(centre.inquiry, question)))
    asked = (listed, named, answer, holder)
    away = next((task.result()[1] for task in asked if task.result()[1]), "")
    by_name, names_away = named.result()
    return Known(
        away,
        _both(listed.result()[0] or (), by_name or ()),
        names_unasked=by_name is None and not names_away,
        answer=answer.result()[0],
        holder=holder.result()[0],
    )


async def _or_away(asked: Awaitable[Found]) -> tuple[Found | None, str]:
    try:
        async with asyncio.timeout(_SECONDS):
            return await asked, ""
    except TimeoutError:
        return None, "no answer in time"
    except (CentreUnavailable, AuthorisationsAway) as error:
        return None, str(error)


async def _answer(authorisations: AuthorisationClient, question: Question) -> BackgroundAnswer:
    document = question.document
    key = DocumentKey(
        document.issuing_state,
        "".join(each for each in document.document_number if each.isalnum()),
    )
    return await authorisations.check(
        Traveller(
            key,
            document.document_code,
            document.nationality,
            question.direction,
            question.port,
            question.at,
            question.purpose,
        ),
        question.crossing_id,
    )


async def _holder(holders: InquiryClient, question: Question) -> HolderKnown | None:
    document = question.document
    try:
        return await holders.holder(
            document.issuing_state, document.document_number, question.officer_id
        )
    except InquiryRefused:
        return None


async def _by_document(lists: ListEntryClient, question: Question) -> tuple[ListHit, ...]:
    document = question.document
    wanted = wire.SearchEntriesRequest(
        issuing_state=document.issuing_state, document_number=document.document_number
    )
    try:
        entries = await lists.search(wanted)
    except ListActRefused:
        return ()  # a number that no list can hold
    return tuple(
        ListHit(entry, by_name=False, revision=entry.revision)
        for entry, rows in _read(entries)
        if any(_names(row, document) for row in rows)
        and entry.applies(question.direction, question.today)
    )


async def _by_name(lists: ListEntryClient, question: Question) -> tuple[ListHit, ...] | None:
    """Ask for the name as a gate asks its lists; None where it cannot be compared."""
    document = question.document
    wanted = wire.FindPersonsRequest(
        primary_identifier=document.primary_identifier,
        secondary_identifier=document.secondary_identifier,
        date_of_birth=document.date_of_birth,
        nationality=document.nationality,
        document_type=document.document_code,
        issuing_state=document.issuing_state,
        document_number=document.document_number,
        direction=question.direction.value,
        day=question.today.isoformat(),
    )
    try:
        found = await lists.find_persons(wanted)
    except ListActRefused:
        return None
    return tuple(
        ListHit(entry, by_name=True, revision=entry.revision)
        for entry, _ in _read(each.entry for each in found)
    )


def _both(by_document: Iterable[ListHit], by_name: Iterable[ListHit]) -> tuple[ListHit, ...]:
    """Return each entry once: as one that names the document, if it does."""
    found: dict[tuple[str, str], ListHit] = {}
    for hit in (*by_document, *by_name):
        found.setdefault((hit.entry.kind, hit.entry.entry_id), hit)
    return tuple(sorted(found.values(), key=lambda hit: (not hit.stops, hit.by_name)))


def _read(listed: Iterable[wire.ListedEntry]) -> Iterator[tuple[ListEntry, list[SourceRow]]]:
    """Give what is on lists now: each entry with all of its persons, and its rows."""
    for each in listed:
        if each.revoked or each.list not in list(ListKind):
            continue
        read = [read_row(0, _columns(row), ListKind(each.list)) for row in each.rows]
        rows = [row for row in read if isinstance(row, SourceRow)]
        if rows:
            persons = dict.fromkeys(one for row in rows for one in row.entry.persons)
            yield replace(rows[0].entry, persons=tuple(persons)), rows


def _columns(row: wire.ListRow) -> dict[str, str]:
    return {name: getattr(row, name) for name in _COLUMNS}


def _names(row: SourceRow, document: TravelDocument) -> bool:
    if row.document is None or row.status is RowStatus.WITHDRAWN:
        return False
    try:
        asked = ListedDocument.of(
            document.document_code, document.issuing_state, document.document_number
        )
    except ListRefused:
        return False
    # What kind of document it is may be written otherwise on the page and on the list.
    return (row.document.issuing_state, row.document.number) == (asked.issuing_state, asked.number)
