"""The page of a crossing by hand: look the traveller up, then decide and enter."""

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from egate.console.access.limits import TooManyAttempts
from egate.console.access.officer import Officer
from egate.console.access.proof import Proof, SecondRefused
from egate.console.audit.acts import AuditAct
from egate.console.cases.reason_codes import Reason, ReasonTable
from egate.console.context import Console
from egate.console.desk.book_thread import BookUnusable
from egate.console.desk.crossing_form import (
    DECISIONS,
    FALLBACK,
    KINDS,
    OUTCOMES,
    Confirmation,
    CrossingForm,
)
from egate.console.desk.form_faults import DECIDED_LATER, NotEntered, by_field, status_of
from egate.console.desk.known import Known, Question, ask
from egate.console.desk.request import Desk, DeskRequestBad
from egate.console.desk.sittings import Line, Sitting, Sittings
from egate.console.desk.writing import DeskWriting
from egate.console.local_time import DHAKA
from egate.domain.authorisation.traveller import Purpose
from egate.domain.decision import IdentityConfirmed
from egate.emrtd.errors import MrzInvalid
from egate.emrtd.mrz.parse import Mrz
from egate.outbox.desk_book import DeskEntry, Entered

PATH: Final = "/desk"
_CARRIED: Final = ("direction", "on_paper", "paper_date", "purpose")
_LAST_CHARACTERS: Final = 4
_OFFLOAD_DAYS: Final = 7


class CrossingPages:
    """Forms of crossings, and what becomes of them.

    Args:
        console: whose.
        desk: of it.
        reasons: of the office, for decisions; None: nobody is stopped here.

    """

    def __init__(self, console: Console, desk: DeskWriting, reasons: ReasonTable | None) -> None:
        self._console = console
        self._desk = desk
        self._reasons = reasons
        self._pages = console.reader.pages if console.reader else None
        self._sittings = Sittings()

    async def begin(self, request: Request) -> Response:
        """Give an empty form, as the one before left its journey."""
        officer = _officer(request)
        sitting = self._sittings.of(officer.officer_id)
        self._let_page_go(request)
        form = CrossingForm(self._desk.new_id(), dict(sitting.carried), sitting.fallback)
        return await self._page(request, form)

    async def look(self, request: Request) -> Response:
        """Read the zone, and say what is known of the traveller."""
        form = CrossingForm.of(request.state.form)
        return await self._looked(request, form)

    async def enter(self, request: Request) -> Response:
        """Write the crossing down, or say what is missing."""
        officer, form = _officer(request), CrossingForm.of(request.state.form)
        sitting = self._sittings.of(officer.officer_id)
        known = sitting.known(form.entry, _about(form))
        try:
            form, mrz = form.read(self._today())
        except MrzInvalid as error:
            return await self._page(request, form, faults={"mrz": str(error)})
        if known is None:
            return await self._looked(request, form)
        try:
            entered = await self._enter(request, form, known)
        except NotEntered as error:
            return await self._page(request, form, known, mrz, error.faults)
        except BookUnusable as error:
            return await self._page(request, form, known, mrz, {"book": str(error)})
        self._let_page_go(request)
        self._next(sitting, form, entered)
        return RedirectResponse(PATH, 303)

    async def _looked(self, request: Request, form: CrossingForm) -> Response:
        officer = _officer(request)
        try:
            form, mrz = form.read(self._today())
        except MrzInvalid as error:
            return await self._page(request, form, faults={"mrz": str(error)})
        try:
            form.entered(self._place(officer), Confirmation())
        except DeskRequestBad as error:
            faults = by_field(error.faults)
            about_the_traveller = {
                name: fault for name, fault in faults.items() if name not in DECIDED_LATER
            }
            if about_the_traveller:
                return await self._page(request, form, None, mrz, about_the_traveller)
        known = await self._ask(officer, form)
        self._sittings.of(officer.officer_id).keep(form.entry, _about(form), known)
        return await self._page(request, form, known, mrz)

    async def _ask(self, officer: Officer, form: CrossingForm) -> Known:
        centre = self._console.centre
        if centre is None:
            return Known(away="no centre")
        await self._note(officer, AuditAct.DESK_TRAVELLER_SEEN, form.entry)
        at = form.occurred_at(self._console.now())
        purpose = form.text("purpose")
        return await ask(
            centre,
            Question(
                form.entry,
                officer.officer_id,
                form.document,
                form.direction,
                self._desk.station.border_crossing_point,
                at,
                dt.datetime.fromtimestamp(at, DHAKA).date(),
                Purpose(purpose) if purpose in list(Purpose) else Purpose.UNKNOWN,
            ),
        )

    async def _enter(self, request: Request, form: CrossingForm, known: Known) -> Entered:
        officer = _officer(request)
        confirmation = await self._confirmed(request, form, known)
        if known.away and "centre_away" not in form.fallback:
            form = form.marked("centre_away")
        if form.is_decided(confirmation) and not self._is_reason(form):
            raise NotEntered({"reason_code": "missing"})
        try:
            entry = form.entered(self._place(officer), confirmation)
        except DeskRequestBad as error:
            raise NotEntered(by_field(error.faults)) from None
        await self._note(officer, AuditAct.DESK_CROSSING_ENTERED, form.entry)
        (entered,) = await self._desk.enter([self._with_checks(request, form, entry)])
        return entered

    async def _confirmed(self, request: Request, form: CrossingForm, known: Known) -> Confirmation:
        """Return what the decision rests on; a hit needs a second officer, who confirms here."""
        hit = known.stopping
        if hit is None:
            return Confirmation()
        if form.text("identity_confirmed") not in list(IdentityConfirmed):
            raise NotEntered({"identity_confirmed": "missing"})
        typed = request.state.form
        proof = Proof(
            typed.text("second_officer_id").strip(),
            typed.text("second_password"),
            typed.text("second_code").strip(),
        )
        try:
            second = await self._console.access.second(proof, _officer(request))
        except SecondRefused:
            raise NotEntered({"second": "refused"}) from None
        except TooManyAttempts:
            raise NotEntered({"second": "too many"}) from None
        return Confirmation(hit.entry.kind, hit.entry.entry_id, hit.revision, second.officer_id)

    async def _page(
        self,
        request: Request,
        form: CrossingForm,
        known: Known | None = None,
        mrz: Mrz | None = None,
        faults: Mapping[str, str] | None = None,
    ) -> Response:
        sitting = self._sittings.of(_officer(request).officer_id)
        now, faults, like = self._console.now(), dict(faults or {}), ""
        try:
            lines = [(line, await self._state(line)) for line in sitting.lines]
            if known is not None:
                like = await self._desk.like(form.document, form.direction, form.occurred_at(now))
        except BookUnusable as error:
            lines, faults["book"] = [], str(error)
        return self._console.pages.render(
            request,
            "desk/crossing.html",
            status_of(faults),
            form=form,
            known=known,
            faults=faults,
            check_digits=mrz.check_digits if mrz else {},
            like=like,
            is_earlier=form.is_on_paper
            and known is not None
            and sitting.ends_after(form.occurred_at(now)),
            today=self._today().isoformat(),
            offload_until=(self._today() + dt.timedelta(days=_OFFLOAD_DAYS)).isoformat(),
            kinds=KINDS,
            reasons_of_fallback=FALLBACK,
            outcomes=OUTCOMES[form.direction],
            reasons_of=self._reasons_of(form),
            has_reader=self._console.reader is not None,
            has_pages=self._pages is not None,
            page_is_clear=self._page_is_clear(request),
            lines=lines,
            station=self._desk.station,
        )

    def _let_page_go(self, request: Request) -> None:
        if self._pages:
            self._pages.let_go(request.state.session.fingerprint)

    def _page_is_clear(self, request: Request) -> bool:
        """Say whether no page lies there, or one on which nothing is amiss."""
        page = self._pages.of(request.state.session.fingerprint) if self._pages else None
        return page is None or page.is_clear

    def _with_checks(self, request: Request, form: CrossingForm, entry: DeskEntry) -> DeskEntry:
        """Return ``entry`` with how the checks of its document's page, and of visas, ended."""
        if self._pages is None or entry.crossing is None:
            return entry
        session = request.state.session.fingerprint
        checks = self._pages.checks_of(session, form.document)
        visas = self._pages.visas_of(session, form.document)
        return replace(entry, crossing=replace(entry.crossing, checks=checks, visas=visas))

    def _is_reason(self, form: CrossingForm) -> bool:
        decision, code = DECISIONS[form.outcome], form.text("reason_code")
        return self._reasons is not None and self._reasons.find(code, decision) is not None

    def _reasons_of(self, form: CrossingForm) -> dict[str, tuple[Reason, ...]]:
        decisions = [DECISIONS[each] for each in OUTCOMES[form.direction]]
        return {each.value: self._reasons.of(each) for each in decisions} if self._reasons else {}

    async def _state(self, line: Line) -> str:
        found = await self._desk.state_of(line.crossing_id)
        return found[0].value if found else "waiting"

    def _next(self, sitting: Sitting, form: CrossingForm, entered: Entered) -> None:
        sitting.looked.pop(form.entry, None)
        sitting.carried = {name: form.text(name) for name in _CARRIED}
        sitting.fallback = form.fallback if form.is_on_paper else ()
        number = sitting.lines[0].number + 1 if sitting.lines else 1
        if all(line.crossing_id != entered.crossing_id for line in sitting.lines):
            sitting.lines.appendleft(
                Line(
                    number,
                    entered.crossing_id,
                    form.direction,
                    form.outcome,
                    form.occurred_at(entered.entered_at),
                    form.text("document_number")[-_LAST_CHARACTERS:],
                )
            )

    def _place(self, officer: Officer) -> Desk:
        station = self._desk.station
        return Desk(
            console_id=station.console_id,
            officer_id=officer.officer_id,
            authority=station.authority,
            border_crossing_point=station.border_crossing_point,
            station=station.station,
            now=self._console.now(),
            new_id=self._desk.new_id,
        )

    def _today(self) -> dt.date:
        return dt.datetime.fromtimestamp(self._console.now(), DHAKA).date()

    async def _note(self, officer: Officer, act: AuditAct, subject: str) -> None:
        await asyncio.to_thread(self._console.audit.note, officer.officer_id, act, subject)


def _officer(request: Request) -> Officer:
    officer: Officer = request.state.officer
    return officer


def _about(form: CrossingForm) -> object:
    return form.document, form.direction, form.text("purpose")
