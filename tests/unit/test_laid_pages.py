"""A page on a desk's scanner: how long it is looked at, and a scanner that is lost."""

import asyncio
import datetime as dt
import gc
import weakref
from collections.abc import AsyncIterator
from contextlib import aclosing, closing
from dataclasses import replace

import numpy as np
import pytest

from egate.console.desk import laid_pages
from egate.console.desk.attached_forms import AttachedForm, Event
from egate.console.desk.laid_pages import LaidPages
from egate.console.desk.page_scanner import scanning_reader
from egate.console.desk.reader import DeskReader
from egate.domain.desk_record import MOST_VISAS
from egate.domain.evidence import TravelDocument
from egate.emrtd.checks import PAGE_CHECKS, CheckId, Outcome
from egate.emrtd.mrz.check_digit import check_digit
from egate.emrtd.mrz.parse import parse
from egate.gate.mrz_reading import travel_document
from egate.optical.mrz_image.reading import MrzImageUnread
from egate.optical.page_threads import PageThreads
from egate.ports.devices import PageScan
from tests.gate_lane import MRZ
from tests.gate_pages import OTHER_MRZ, Scanner

TODAY = dt.date(2026, 11, 22)
SESSION = b"one session"
DOCUMENT = travel_document(parse(MRZ, TODAY))
SLOW = "the page was not inspected in time"


def visa(number: str, birth: str = "7408122") -> tuple[str, str]:
    """The lines of the MRV-A of 9303-7 appendix C, of the bearer of ``MRZ`` if not ``birth``."""
    first = "V<UTOERIKSSON<<ANNA<MARIA".ljust(44, "<")
    return first, f"{number}{check_digit(number)}UTO{birth}F9612109ZE184226B".ljust(44, "<")


VISA = visa("L8988901C")
VISA_OF_ANOTHER = visa("L8988902C", "4009078")


class Desk:
    """A desk whose scanner a test holds in its hand."""

    def __init__(self, scanner: Scanner, reader: DeskReader) -> None:
        self.scanner = scanner
        self._reader = reader
        assert reader.pages
        self.pages: LaidPages = reader.pages

    def form(self) -> aclosing[AsyncIterator[Event]]:
        """The events of a form that is open."""
        return aclosing(self._reader.events(AttachedForm(SESSION, lambda: True)))  # type: ignore[type-var]

    async def looked_at(self, told: AsyncIterator[Event]) -> None:
        """Wait until the page that lies there was looked at."""
        async for event in told:
            page = self.pages.of(SESSION)
            if event == {"page": "changed"} and page and page.findings is not None:
                return

    def outcomes(self, document: TravelDocument = DOCUMENT) -> set[tuple[Outcome, str]]:
        """How the checks of the page of ``document`` would be recorded."""
        checks = self.pages.checks_of(SESSION, document)
        assert {each.check_id for each in checks} in (set(), set(PAGE_CHECKS))
        return {(each.outcome, each.detail) for each in checks}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    scanner = Scanner()
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        with closing(PageThreads()) as threads:
            reader = scanning_reader(scanner.device, scanner.read, threads, lambda: TODAY)
            made = Desk(scanner, reader)
            work = [tasks.create_task(reader.keep_reading()), tasks.create_task(made.pages.keep())]
            yield made
            scanner.looks.set()
            for each in work:
                each.cancel()


async def test_a_look_that_takes_too_long_is_not_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laid_pages, "INSPECTING_SECONDS", 0.05)
    desk.scanner.looks.clear()
    async with desk.form() as told:
        desk.scanner.scan()
        await desk.looked_at(told)
    page = desk.pages.of(SESSION)
    assert page
    assert page.pictures
    assert desk.outcomes() == {(Outcome.UNDETERMINED, SLOW)}


async def test_what_is_entered_before_the_look_has_ended_says_so(desk: Desk) -> None:
    desk.scanner.looks.clear()
    async with desk.form() as told:
        desk.scanner.scan()
        async for event in told:
            if "lines" in event:
                break
        assert desk.outcomes() == {(Outcome.UNDETERMINED, SLOW)}
        assert desk.outcomes(replace(DOCUMENT, document_number="L898902C4")) == set()


async def test_the_checks_of_two_documents_are_kept_apart(desk: Desk) -> None:
    async with desk.form() as told:
        desk.scanner.scan()
        await desk.looked_at(told)
        desk.scanner.failed = (CheckId.OPTICAL_UV,)
        desk.scanner.scan(OTHER_MRZ)
        await desk.looked_at(told)
    page = desk.pages.of(SESSION)
    assert page
    assert not page.is_clear
    assert {outcome for outcome, _ in desk.outcomes()} == {Outcome.SUCCESSFUL}
    other = travel_document(parse(OTHER_MRZ, TODAY))
    ended = {outcome for outcome, _ in desk.outcomes(other)}
    assert ended == {Outcome.SUCCESSFUL, Outcome.FAILED}
    desk.pages.let_go(SESSION)
    assert desk.pages.of(SESSION) is None
    assert desk.outcomes() == set()


async def test_the_traveller_s_visas_are_told_beside_the_document(desk: Desk) -> None:
    async with desk.form() as told:
        desk.scanner.scan()
        await desk.looked_at(told)
        desk.scanner.scan(VISA_OF_ANOTHER)
        await desk.looked_at(told)
        desk.scanner.failed = (CheckId.PATTERN,)
        desk.scanner.scan(VISA)
        await desk.looked_at(told)
    (visa,) = desk.pages.visas_of(SESSION, DOCUMENT)
    assert (visa.document_code, visa.issuing_state, visa.document_number) == (
        *("V", "UTO"),
        "L8988901C",
    )
    assert {each.check_id for each in visa.checks} == set(PAGE_CHECKS)
    failed = {each.check_id for each in visa.checks if each.outcome is Outcome.FAILED}
    assert failed == {CheckId.PATTERN}
    assert {outcome for outcome, _ in desk.outcomes()} == {Outcome.SUCCESSFUL}
    assert desk.pages.visas_of(b"another session", DOCUMENT) == ()
    desk.pages.let_go(SESSION)
    assert desk.pages.visas_of(SESSION, DOCUMENT) == ()


async def test_a_visa_that_was_not_looked_at_yet_says_so(desk: Desk) -> None:
    desk.scanner.looks.clear()
    async with desk.form() as told:
        desk.scanner.scan(VISA)
        async for event in told:
            if "lines" in event:
                break
        (visa,) = desk.pages.visas_of(SESSION, DOCUMENT)
    assert {each.detail for each in visa.checks} == {SLOW}


async def test_a_page_that_is_taken_away_before_it_is_looked_at_was_there(desk: Desk) -> None:
    desk.scanner.looks.clear()
    async with desk.form() as told:
        desk.scanner.scan(VISA)
        async for event in told:
            if "lines" in event:
                break
        desk.scanner.scan()
        async for event in told:
            if "lines" in event:
                break
        desk.scanner.looks.set()
        await desk.looked_at(told)
    (kept,) = desk.pages.visas_of(SESSION, DOCUMENT)
    assert {(each.outcome, each.detail) for each in kept.checks} == {(Outcome.UNDETERMINED, SLOW)}
    assert {outcome for outcome, _ in desk.outcomes()} == {Outcome.SUCCESSFUL}


async def test_a_visa_that_is_the_document_itself_is_told_once(desk: Desk) -> None:
    async with desk.form() as told:
        desk.scanner.scan(VISA)
        await desk.looked_at(told)
    itself = travel_document(parse(VISA, TODAY))
    assert desk.pages.visas_of(SESSION, itself) == ()
    assert desk.outcomes(itself)


async def test_no_more_visas_are_told_than_a_record_may_have(desk: Desk) -> None:
    async with desk.form() as told:
        for number in range(MOST_VISAS + 1):
            desk.scanner.scan(visa(f"V0000000{number}"))
            await desk.looked_at(told)
    kept = [each.document_number for each in desk.pages.visas_of(SESSION, DOCUMENT)]
    assert kept == [f"V0000000{number}" for number in range(MOST_VISAS)]


async def test_the_pictures_of_a_scan_go_when_they_were_looked_at(desk: Desk) -> None:
    white = np.full((60, 80, 3), 200, np.uint8)
    scanned = weakref.ref(white)
    async with desk.form() as told:
        await anext(told)
        desk.pages.lay(PageScan(white), MrzImageUnread("blank"))
        del white
        await desk.looked_at(told)
    gc.collect()
    page = desk.pages.of(SESSION)
    assert page
    assert page.pictures
    assert scanned() is None


async def test_a_scanner_that_is_lost_and_found_says_so(desk: Desk) -> None:
    async with desk.form() as told:
        assert await anext(told) == {"state": "ready"}
        desk.scanner.device.fail()
        assert await anext(told) == {"state": "lost"}
        desk.scanner.scan()
        await desk.looked_at(told)
