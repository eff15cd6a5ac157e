"""A case between gate and officer: who sees it, who decides, and what a lost gate changes."""

import asyncio
import io
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from egate.console.audit.log import FILE_NAME
from egate.console.desk.book_thread import opened_book
from egate.console.desk.writing import DeskStation, DeskWriting
from egate.console.reaching import Reached
from egate.domain.decision import OfficerDecision
from egate.emrtd.checks import CheckId
from egate.observability.logging import configure_logging
from egate.outbox.desk_book import DeskKind
from egate.ports.case_facts import CaseFacts
from egate.ports.case_images import CaseImage, CaseImageKind
from egate.ports.reporting import CentreUnavailable, PendingRecord, Receipt, Standing
from egate.ports.supervision import OfficerOrder
from egate.reporting.decision_mapping import decode_decision
from egate.settings import ConsoleCentre, ConsoleDesk, ConsoleGate, ConsoleSettings, Tls
from tests.case_samples import BAN, CROSSING, GATE, THRESHOLDS, CaseLink, record
from tests.conftest import ROOT
from tests.console_harness import PASSWORD, Clock, Made, console_of
from tests.evidence_proofs import Proofs
from tests.station_keys import KeyOfTests

URL = "http://127.0.0.1:7300"
CASE = f"/gates/{GATE}/cases/{CROSSING}"
AGAIN = {"decision": "retry", "reason_code": "CAPTURE.AGAIN"}
IMAGES = tuple(CaseImage(kind, b"\xff\xd8 of " + kind.encode()) for kind in CaseImageKind)


class Away:
    """A centre that is not there."""

    async def submit(self, batch: Sequence[PendingRecord]) -> Receipt:
        raise CentreUnavailable("away")

    async def standing(self, last_gate_seq: int) -> Standing:
        raise CentreUnavailable("away")

    async def reach(self, seconds: float) -> None:
        raise CentreUnavailable("away")


@dataclass
class Office:
    """One console of a lane that the test holds in its hand, and its desk."""

    made: Made
    desk: DeskWriting
    state: Path
    open_now: AsyncExitStack = field(repr=False)

    async def of(self, officer_id: str = "officer-1") -> httpx.AsyncClient:
        """A client whose requests come from a page of the console."""
        secret, token = self.made.officers.session(officer_id)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.made.app),
            base_url=URL,
            cookies={"session": secret, "language": "en"},
            headers={"Origin": URL, "X-Console-Token": token, "Accept": "text/html"},
        )
        return await self.open_now.enter_async_context(client)

    async def decided(self) -> list[OfficerDecision]:
        waiting = await self.desk._book.ask(lambda it: it.book.waiting(DeskKind.DECISION, 9))
        return [decode_decision(each.payload) for each in waiting]

    def noted(self) -> list[tuple[str, str, str]]:
        with sqlite3.connect(self.state / FILE_NAME) as log:
            return log.execute("SELECT officer_id, act, subject FROM act ORDER BY seq").fetchall()


@asynccontextmanager
async def office(
    folder: Path,
    link: CaseLink,
    name: str = "hall-1",
    other: CaseLink | None = None,
    specimens: Path | None = None,
) -> AsyncIterator[Office]:
    """The lane of ``link``, and that of ``other`` beside it."""
    links = {each.gate_id: each for each in (link, other) if each}
    tls = Tls(ca=folder / "ca.pem", certificate=folder / "own.pem", key=folder / "own.key")
    settings = ConsoleSettings(
        listen="127.0.0.1:0",
        state=folder / name,
        specimens=specimens,
        gates=tuple(ConsoleGate(id=each, address="127.0.0.1:1") for each in links),
        tls=tls,
        centre=ConsoleCentre(address="127.0.0.1:1"),
        desk=ConsoleDesk(
            border_crossing_point="BDDAC",
            station="DAC-D-12",
            authority="SB",
            book=folder / f"{name}.sqlite",
            reason_codes=ROOT / "config" / "reason_codes.toml",
        ),
    )
    clock = Clock()
    async with AsyncExitStack() as open_now:
        book = await open_now.enter_async_context(
            opened_book(folder / f"{name}.sqlite", name, KeyOfTests())
        )
        station = DeskStation(name, "BDDAC", "DAC-D-12", "SB")
        desk = DeskWriting(book, station, Away(), Away(), clock, Proofs())  # type: ignore[arg-type]
        far = Reached(links, desk)  # type: ignore[arg-type]
        made = open_now.enter_context(console_of(settings, far, clock))
        await open_now.enter_async_context(made.app.router.lifespan_context(made.app))
        hall = made.console.hall
        await until(lambda: all(lane.status is not None for lane in hall.every_lane()))
        yield Office(made, desk, settings.state, open_now)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(8):
        while not condition():  # noqa: ASYNC110 - a hall of the test has no event for it
            await asyncio.sleep(0.01)


def link_of(*failed: CheckId, **changes: object) -> CaseLink:
    facts = CaseFacts(record(*failed), THRESHOLDS)
    return CaseLink(facts, images=IMAGES, **changes)  # type: ignore[arg-type]


@pytest.fixture
def link() -> CaseLink:
    return link_of(CheckId.FACE_QUALITY)


def pictures(answer: httpx.Response) -> list[tuple[str, bytes]]:
    assert answer.status_code == 200
    head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
    form = message_from_bytes(head + answer.content, policy=policy.HTTP)
    assert not form.defects
    parts = [part for part in form.walk() if part is not form]
    assert {part.get_content_type() for part in parts} == {"image/jpeg"}
    named = "content-disposition"
    return [
        (str(part.get_param("name", header=named)), part.get_payload(decode=True)) for part in parts
    ]


async def test_every_look_is_noted_before_it_is_answered(tmp_path: Path, link: CaseLink) -> None:
    async with office(tmp_path, link) as desk:
        client = await desk.of()
        assert "KARIM" in (await client.get(CASE)).text
        await client.post(f"{CASE}/images", json={})
        await client.post(f"{CASE}/holder", json={})
        await client.post(f"{CASE}/take", json={"from": ""})
        acts = ["case_seen", "case_pictures_seen", "case_history_seen", "case_taken"]
        seen = [each for each in desk.noted() if each[1].startswith("case_")]
        assert seen == [("officer-1", act, CROSSING) for act in acts]


async def test_the_faces_come_and_nothing_may_keep_them(tmp_path: Path, link: CaseLink) -> None:
    log = io.StringIO()
    configure_logging(log)
    async with office(tmp_path, link) as desk:
        client = await desk.of()
        answer = await client.post(f"{CASE}/images", json={})
        assert pictures(answer) == [
            (each.kind.value, each.jpeg)
            for each in IMAGES
            if each.kind is not CaseImageKind.PAD_FRAME
        ]
        assert answer.headers["Cache-Control"] == "no-store"
        assert (await client.get(f"{CASE}/images")).status_code == 405
        link.is_open = False
        assert (await client.post(f"{CASE}/images", json={})).status_code == 204
    assert "of live_frame" not in log.getvalue()
    assert "KARIM" not in log.getvalue()


async def test_pad_frames_come_with_their_finding_alone(tmp_path: Path) -> None:
    async with office(tmp_path, link_of(CheckId.PAD)) as desk:
        answer = await (await desk.of()).post(f"{CASE}/images", json={})
        assert "pad_frame" in [name for name, _ in pictures(answer)]


async def test_the_specimens_of_the_document_come_to_who_opened_the_case(
    tmp_path: Path, link: CaseLink
) -> None:
    folder = tmp_path / "specimens"
    for name in ("e-passport 2020", "machine readable 2010"):
        place = folder / "BGD" / "P" / name
        place.mkdir(parents=True)
        cv2.imwrite(str(place / "white.png"), np.full((88, 125, 3), 90, np.uint8))
    async with office(tmp_path, link, specimens=folder) as desk:
        client = await desk.of()
        assert (await client.post(f"{CASE}/specimens", json={})).status_code == 204
        assert "e-passport 2020" in (await client.get(CASE)).text
        answer = await client.post(f"{CASE}/specimens", json={})
        assert [name for name, _ in pictures(answer)] == ["0.white", "1.white"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert (await client.get(f"{CASE}/specimens")).status_code == 405
        other = await desk.of("officer-2")
        assert (await other.post(f"{CASE}/specimens", json={})).status_code == 204
        auditor = await desk.of("auditor-1")
        assert (await auditor.post(f"{CASE}/specimens", json={})).status_code == 403


async def test_a_console_without_specimens_says_so(tmp_path: Path, link: CaseLink) -> None:
    async with office(tmp_path, link) as desk:
        client = await desk.of()
        assert "This console has no specimen of such a document" in (await client.get(CASE)).text
        assert (await client.post(f"{CASE}/specimens", json={})).status_code == 204


async def test_a_lost_gate_is_said(tmp_path: Path, link: CaseLink) -> None:
    async with office(tmp_path, link) as desk:
        client = await desk.of()
        link.reachable = False
        assert (await client.post(f"{CASE}/images", json={})).status_code == 503
        assert (await client.post(f"{CASE}/take", json={"from": ""})).status_code == 503
        answer = await client.get(CASE)
        assert answer.status_code == 503
        assert "The gate was not reached" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        f"/gates/B/cases/{CROSSING}",
        f"/gates/{GATE}/cases/0190a",
        f"/gates/{GATE}/cases/..%2f..%2fetc",
        f"/gates/{GATE}/cases/{CROSSING.replace('7', '8')}",
    ],
)
async def test_there_is_no_other_case(tmp_path: Path, link: CaseLink, path: str) -> None:
    async with office(tmp_path, link) as desk:
        client = await desk.of()
        for part in ("images", "holder", "take", "decision"):
            assert (await client.post(f"{path}/{part}", json=AGAIN)).status_code == 404
        assert (await client.get(path)).status_code == 404
        assert (await client.get(f"{path}/events")).status_code == 404
    assert link.views == []


async def test_only_who_may_decide_looks(tmp_path: Path, link: CaseLink) -> None:
    async with office(tmp_path, link) as desk:
        for officer_id in ("technician-1", "auditor-1"):
            client = await desk.of(officer_id)
            assert (await client.get(CASE)).status_code == 403
            assert (await client.post(f"{CASE}/images", json={})).status_code == 403
        client = await desk.of()
        answer = await client.post(f"{CASE}/decision", json=AGAIN, headers={"X-Console-Token": "x"})
        assert answer.status_code == 403
    assert link.views == []
    assert link.orders == []


async def test_a_decision_is_in_the_book_before_the_lane_hears_it(
    tmp_path: Path, link: CaseLink
) -> None:
    async with office(tmp_path, link) as desk:
        heard: list[int] = []
        order = link.order

        async def listening(*told: object) -> bool:
            heard.append(len(await desk.decided()))
            return await order(*told)  # type: ignore[arg-type]

        link.order = listening  # type: ignore[method-assign, assignment]
        client = await desk.of()
        await client.get(CASE)
        answer = await client.post(f"{CASE}/decision", json=AGAIN)
        assert "Decided: Retry" in answer.json()["html"]
        assert heard == [1]
        assert link.orders == [(OfficerOrder.RESET, "officer-1", CROSSING)]
        # Sent twice it is decided once, and the page is told what stands.
        answer = await client.post(f"{CASE}/decision", json=AGAIN)
        assert "Decided: Retry" in answer.json()["html"]
        assert len(await desk.decided()) == 1
        assert "Decided: Retry" in (await client.get(CASE)).text


async def test_who_looks_at_the_lanes_while_one_is_told_does_not_tell_it_again(
    tmp_path: Path, link: CaseLink
) -> None:
    async with office(tmp_path, link) as desk:
        cases, lane = desk.made.console.cases.desk, desk.made.console.hall.every_lane()[0]
        assert cases
        told: list[object] = []
        order = link.order

        async def slow(*what: object) -> bool:
            told.append(what)
            if len(told) == 1:
                await cases.tell_if_missed(lane)  # the lane still says that it waits
            return await order(*what)  # type: ignore[arg-type]

        link.order = slow  # type: ignore[method-assign, assignment]
        client = await desk.of()
        await client.get(CASE)
        cases._known.clear()  # nobody has looked yet: it came this very moment
        await client.post(f"{CASE}/decision", json=AGAIN)
    assert len(told) == 1


async def test_nobody_decides_on_what_they_have_not_seen(tmp_path: Path, link: CaseLink) -> None:
    async with office(tmp_path, link) as desk:
        answer = await (await desk.of()).post(f"{CASE}/decision", json=AGAIN)
        assert answer.status_code == 410
        assert await desk.decided() == []


async def test_two_officers_at_two_consoles_and_one_decides(tmp_path: Path, link: CaseLink) -> None:
    async with office(tmp_path, link) as one, office(tmp_path, link, "hall-2") as other:
        first, second = await one.of("officer-1"), await other.of("officer-2")
        for client in (first, second):
            await client.get(CASE)
        assert (await first.post(f"{CASE}/take", json={"from": ""})).json() == {
            "officer_id": "officer-1"
        }
        answer = await second.post(f"{CASE}/decision", json=AGAIN)
        assert answer.status_code == 409
        assert "it is with officer-1" in answer.text
        taken = await second.post(f"{CASE}/take", json={"from": "officer-1"})
        assert taken.json() == {"officer_id": "officer-2"}
        assert (await first.post(f"{CASE}/decision", json=AGAIN)).status_code == 409
        assert (await second.post(f"{CASE}/decision", json=AGAIN)).status_code == 200
        assert (await first.post(f"{CASE}/decision", json=AGAIN)).status_code == 410
        assert [len(await each.decided()) for each in (one, other)] == [0, 1]


async def test_a_lane_that_was_lost_hears_the_decision_when_it_is_back(
    tmp_path: Path, link: CaseLink
) -> None:
    link.holder = "officer-1"
    async with office(tmp_path, link) as desk:
        client, other = await desk.of(), await desk.of("officer-2")
        await client.get(CASE)
        await other.get(CASE)
        told = desk.made.console.cases.desk
        assert told
        await until(lambda: told._known)  # nothing was decided when the lane was first seen
        link.reachable = False
        assert (await other.post(f"{CASE}/decision", json=AGAIN)).status_code == 503
        answer = await client.post(f"{CASE}/decision", json=AGAIN)
        assert "The lane has not heard it" in answer.json()["html"]
        assert len(await desk.decided()) == 1
        assert link.orders == []
        # Nobody is told to decide again.
        assert "Decided: Retry" in (await other.post(f"{CASE}/decision", json=AGAIN)).text
        link.reachable = True
        await until(lambda: link.orders)
        assert link.orders == [(OfficerOrder.RESET, "officer-1", CROSSING)]


async def test_a_console_that_was_started_again_tells_what_was_decided(
    tmp_path: Path, link: CaseLink
) -> None:
    link.holder = "officer-1"
    async with office(tmp_path, link) as desk:
        client = await desk.of()
        await client.get(CASE)
        link.reachable = False
        await client.post(f"{CASE}/decision", json=AGAIN)
    link.reachable = True
    async with office(tmp_path, link):
        await until(lambda: link.orders)
    assert link.orders == [(OfficerOrder.RESET, "officer-1", CROSSING)]


async def test_nothing_of_a_case_stays_when_it_is_over(tmp_path: Path, link: CaseLink) -> None:
    async with office(tmp_path, link) as desk:
        client = await desk.of()
        await client.get(CASE)
        link.is_open = False
        hall = desk.made.console.hall
        hall._hear(GATE, link.status())
        answer = await client.get(CASE)
        assert "This case is over" in answer.text
        assert "KARIM" not in answer.text


async def test_a_second_officer_confirms_last_and_is_named_only_then(tmp_path: Path) -> None:
    link = link_of(CheckId.WATCHLIST, hits=(BAN,))
    form = {
        "decision": "deny_exit",
        "reason_code": "LIST.ORDER",
        "legal_basis": "",
        "entry-0": f"EXIT_BAN/{BAN.entry_id}/{BAN.revision}",
        "identity-0": "same",
        "second_id": "supervisor-1",
        "second_password": PASSWORD,
    }
    async with office(tmp_path, link) as desk:
        client = await desk.of()
        assert "Writ 4437/2021" in (await client.get(CASE)).text
        form["second_code"] = desk.made.officers.code("supervisor-1")
        answer = await client.post(f"{CASE}/decision", json=form)
        assert list(answer.json()["faults"]) == ["legal_basis"]
        form["legal_basis"] = "Writ 4437/2021"
        wrong = form | {"second_password": "another"}
        answer = await client.post(f"{CASE}/decision", json=wrong)
        assert list(answer.json()["faults"]) == ["second_id"]
        assert await desk.decided() == []
        # The code was not spent on a form that lacked something.
        answer = await client.post(f"{CASE}/decision", json=form)
        assert "Decided: Deny exit" in answer.json()["html"]
        (decision,) = await desk.decided()
        assert decision.second_officer_id == "supervisor-1"
        assert ("supervisor-1", "second_confirmed", "officer-1") in desk.noted()
