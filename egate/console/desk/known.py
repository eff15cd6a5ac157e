"""What the centre knows of the traveller at a desk, before an officer decides."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Iterable, Iterator
from dataclasses import dataclass, field
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
from egate.lists.list_entry import ListEntry, revision_of
from egate.lists.listed_document import ListedDocument
from egate.lists.listed_person import ListedPerson
from egate.lists.names.folding import UnusableName
from egate.lists.names.score import names_score
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
_ALIKE: Final = {True: 0.74, False: 0.82}
"""How alike names are of one person, with a whole date of birth that agrees, and with a part."""
_NAME_ALONE: Final = 0.95


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
        answer: about authorisations and the stay; None without one.
        holder: stays and crossings of before; None where that is not known.

    """

    away: str = ""
    hits: tuple[ListHit, ...] = field(default=(), repr=False)
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
        hits = tasks.create_task(_or_away(_hits(centre.lists, question)))
        answer = tasks.create_task(_or_away(_answer(centre.authorisations, question)))
        holder = tasks.create_task(_or_away(_holder(centre.inquiry, question)))
    away = next((task.result()[1] for task in (hits, answer, holder) if task.result()[1]), "")
    return Known(away, hits.result()[0] or (), answer.result()[0], holder.result()[0])


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


async def _hits(lists: ListEntryClient, question: Question) -> tuple[ListHit, ...]:
    document = question.document
    by_document = wire.SearchEntriesRequest(
        issuing_state=document.issuing_state, document_number=document.document_number
    )
    by_name = wire.SearchEntriesRequest(words=document.primary_identifier)
    found: dict[tuple[str, str], ListHit] = {}
    for wanted in (by_document, by_name):
        try:
            entries = await lists.search(wanted)
        except ListActRefused:
            continue  # a number or a name that no list can hold
        for hit in _holding(entries, question):
            found.setdefault((hit.entry.kind, hit.entry.entry_id), hit)
    return tuple(sorted(found.values(), key=lambda hit: (not hit.stops, hit.by_name)))


def _holding(entries: Iterable[wire.ListedEntry], question: Question) -> Iterator[ListHit]:
    for listed in entries:
        if listed.revoked or listed.list not in list(ListKind):
            continue
        kind = ListKind(listed.list)
        rows = [read_row(0, _columns(row), kind) for row in listed.rows]
        whole = [row for row in rows if isinstance(row, SourceRow)]
        if not whole or not whole[0].entry.applies(question.direction, question.today):
            continue
        persons = tuple(dict.fromkeys(one for row in whole for one in row.entry.persons))
        named = any(_names(row, question.document) for row in whole)
        if named or any(_is_like(one, question.document) for one in persons):
            yield ListHit(whole[0].entry, by_name=not named, revision=revision_of(persons))


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


def _is_like(person: ListedPerson, document: TravelDocument) -> bool:
    needed = _needed(person.date_of_birth or "", document.date_of_birth)
    if needed is None:
        return False
    name = f"{document.primary_identifier}<<{document.secondary_identifier}"
    try:
        return any(names_score(each, name) >= needed for each in person.names)
    except UnusableName:
        return False


def _needed(listed: str, born: str) -> float | None:
    """Return how alike the names must be, None when the births contradict each other."""
    pairs = list(zip(listed.split("-"), born.split("-"), strict=False))
    known = [(one, other) for one, other in pairs if one and "X" not in one + other]
    if any(one != other for one, other in known):
        return None
    return _ALIKE[len(known) == 3] if known else _NAME_ALONE  # noqa: PLR2004 - parts of a date
