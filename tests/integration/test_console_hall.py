"""The board over HTTP: who sees and orders what, what is written down, and who attends a lane."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from egate.console.access.officer import ConsoleRole
from egate.console.audit.acts import AuditAct
from egate.ports.supervision import GateState, GateStatus, OfficerOrder, TravellerMessage
from egate.web.server import serving
from tests.console_harness import Made, fake_console

CROSSING = "0197f000-0000-7000-8000-000000000001"


def idle(gate_id: str) -> GateStatus:
    return GateStatus(gate_id, GateState.IDLE, TravellerMessage.WELCOME, mode="enabled")


@dataclass
class Link:
    """A gate that the test holds in its hand."""

    now: GateStatus
    orders: list[tuple[OfficerOrder, str]] = field(default_factory=list)
    attending: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def changes(self) -> AsyncIterator[GateStatus]:
        while True:
            yield self.now
            await self.changed.wait()
            self.changed.clear()

    async def order(
        self, order: OfficerOrder, officer_id: str, crossing_id: str | None = None
    ) -> bool:
        self.orders.append((order, officer_id))
        return True

    async def attend(self, officer_id: str) -> None:
        self.attending.append(officer_id)
        try:
            await asyncio.Event().wait()
        finally:
            self.attending.remove(officer_id)

    def become(self, **changes: Any) -> None:  # noqa: ANN401 - fields of a status
        self.now = GateStatus(
            **{name: getattr(self.now, name) for name in GateStatus.__slots__} | changes
        )
        self.changed.set()

    def refer(self, *findings: str) -> None:
        self.become(
            state=GateState.AWAITING_OFFICER, crossing_id=CROSSING, findings=findings, since=7.5
        )


@dataclass
class Served:
    made: Made
    url: str
    links: dict[str, Link]

    @asynccontextmanager
    async def client(self, officer_id: str) -> AsyncIterator[httpx.AsyncClient]:
        secret, token = self.made.officers.session(officer_id)
        async with httpx.AsyncClient(
            base_url=self.url,
            cookies={"session": secret, "language": "en"},
            headers={"Origin": self.url, "X-Console-Token": token},
        ) as client:
            yield client

    def acts(self) -> list[tuple[str, str, str]]:
        rows = self.made.console.audit._database.execute(
            "SELECT officer_id, act, subject FROM act ORDER BY seq"
        )
        return [row for row in rows if row[1] != AuditAct.LOG_IN]


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Served]:
    links = {gate_id: Link(idle(gate_id)) for gate_id in ("A", "B")}
    with fake_console(tmp_path, links) as made:
        async with asyncio.timeout(20), serving(made.app, "127.0.0.1:0") as url:
            yield Served(made, url, links)


@asynccontextmanager
async def events(client: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    async def given(stream: httpx.Response) -> AsyncIterator[dict[str, Any]]:
        async for line in stream.aiter_lines():
            if line.startswith("data: {"):
                yield json.loads(line.removeprefix("data: "))

    async with client.stream("GET", "/hall/events") as stream:
        yield given(stream)


async def until(condition: Any) -> None:  # noqa: ANN401 - a callable
    while not condition():  # noqa: ASYNC110 - the console has no event for it
        await asyncio.sleep(0.01)


async def test_a_change_brings_the_parts_that_changed_and_no_others(hall: Served) -> None:
    async with hall.client("officer-1") as client, events(client) as given:
        html = ""
        while html.count("Ready") < 2:
            html += "".join((await anext(given))["parts"].values())
        hall.links["B"].refer("BIOMETRIC.FACE")
        change = await anext(given)
        assert set(change["parts"]) == {"alarms", "row B", "panel B"}
        assert f"/gates/B/cases/{CROSSING}" in change["parts"]["alarms"]
        assert change["lanes"] == ["A", "B"]


async def test_an_officer_of_one_lane_knows_no_other(hall: Served) -> None:
    roles = frozenset({ConsoleRole.OFFICER})
    hall.made.officers.add("officer-9", "N", roles, ["A"])
    async with hall.client("officer-9") as client, events(client) as given:
        assert (await anext(given))["lanes"] == ["A"]
        body = {"order": "close_lane", "kind": "lost", "text": "x"}
        for path in ("orders", "false-alarm", "notes", "notes/1/done"):
            answer = await client.post(f"/hall/lanes/B/{path}", json=body)
            assert answer.status_code == 404
        answer = await client.post("/shift/begin", data={"gate": "B"})
        assert answer.status_code == 409
    assert hall.links["B"].orders == []
    assert hall.made.console.shifts.of("officer-9") is None


@pytest.mark.parametrize(
    ("officer_id", "order", "status"),
    [
        ("officer-1", "reset", 200),
        ("technician-1", "reset", 403),
        ("technician-1", "serve_exit", 403),
        ("technician-1", "maintenance", 200),
        ("auditor-1", "close_lane", 403),
    ],
)
async def test_who_may_give_which_order(
    hall: Served, officer_id: str, order: str, status: int
) -> None:
    async with hall.client(officer_id) as client:
        body = {"order": order, "crossing_id": ""}
        answer = await client.post("/hall/lanes/A/orders", json=body)
        assert answer.status_code == status
    assert [each.value for each, _ in hall.links["A"].orders] == [order] * (status == 200)
    (last,) = hall.acts()[-1:]
    assert last[0] == officer_id
    assert (last[1] == AuditAct.ORDERED) is (status == 200)


async def test_nobody_evacuates_without_confirming(hall: Served) -> None:
    async with hall.client("officer-1") as client:
        body: dict[str, object] = {"order": "evacuate", "crossing_id": ""}
        answer = await client.post("/hall/lanes/A/orders", json=body)
        assert (answer.status_code, hall.links["A"].orders) == (400, [])
        body["confirmed"] = True
        assert (await client.post("/hall/lanes/A/orders", json=body)).status_code == 200


async def test_a_false_alarm_is_noted_while_it_is_that_alarm(hall: Served) -> None:
    hall.links["A"].refer("PHYSICAL.SINGLE_PERSON")
    lane = hall.made.console.hall
    await until(lambda: lane.every_lane()[0].status and lane.every_lane()[0].since == 7.5)
    async with hall.client("officer-1") as client:
        body = {"kind": "tailgating", "crossing_id": CROSSING, "since": 7}
        for wrong in ({"kind": "attack"}, {"crossing_id": "other"}, {"since": 8}, {"since": "7"}):
            answer = await client.post("/hall/lanes/A/false-alarm", json=body | wrong)
            assert answer.status_code == 409
        assert (await client.post("/hall/lanes/A/false-alarm", json=body)).status_code == 200
        assert "called false by officer-1" in (await client.get("/")).text
        assert "More than one person" in (await client.get("/shift")).text
    assert ("officer-1", AuditAct.ALARM_CALLED_FALSE, "A") in hall.acts()


async def test_notes_come_and_go_on_the_board(hall: Served) -> None:
    async with hall.client("technician-1") as client:
        text = "<b>the door squeaks</b>"
        answer = await client.post("/hall/lanes/A/notes", json={"text": text})
        assert answer.status_code == 200
        page = (await client.get("/")).text
        assert "&lt;b&gt;the door squeaks" in page
        assert text not in page
        (note,) = hall.made.console.shifts.notes("A")
        path = f"/hall/lanes/A/notes/{note.note_id}/done"
        assert (await client.post(path, json={})).status_code == 200
        assert (await client.post(path, json={})).status_code == 409
        assert (await client.post("/hall/lanes/A/notes", json={"text": ""})).status_code == 409


async def test_a_lane_is_attended_while_its_officer_on_shift_looks(hall: Served) -> None:
    attending = hall.links["A"].attending
    async with hall.client("officer-1") as client:
        async with events(client) as given:
            await anext(given)
            assert attending == []  # who looks without a shift attends nothing
            answer = await client.post("/shift/begin", data={"gate": "A"})
            assert answer.headers["location"] == "/"
            await until(lambda: attending == ["officer-1"])
            assert hall.links["B"].attending == []
        await until(lambda: attending == [])
        async with events(client):
            await until(lambda: attending == ["officer-1"])
            hall.made.clock.ahead = 3600.0  # the session locks, the stream ends with it
            await until(lambda: attending == [])


async def test_another_page_tells_of_alarms_and_attends_as_well(hall: Served) -> None:
    async with hall.client("officer-1") as client:
        assert "hall_strip.js" in (await client.get("/shift")).text
        await client.post("/shift/begin", data={"gate": "A"})
        async with client.stream("GET", "/hall/strip") as stream:
            await until(lambda: hall.links["A"].attending == ["officer-1"])
            assert "No alarm, and nobody is waiting" in (await client.get("/shift")).text
            hall.links["A"].refer("BIOMETRIC.PAD")
            async for line in stream.aiter_lines():
                if "Attack suspected" in line:
                    break
            assert "Attack suspected" in (await client.get("/shift")).text  # as it is opened
        assert "hall_strip.js" not in (await client.get("/")).text  # the board says it itself
    async with hall.client("auditor-1") as client:
        assert "hall_strip.js" not in (await client.get("/account")).text
        assert (await client.get("/hall/strip")).status_code == 403


async def test_a_shift_is_handed_over_by_two_officers(hall: Served) -> None:
    hall.links["A"].refer("BIOMETRIC.FACE")
    async with hall.client("officer-1") as first, hall.client("officer-2") as second:
        await first.post("/shift/begin", data={"gate": ["A", "B"]})
        assert (await first.post("/shift/offer", data={"to": "nobody"})).status_code == 409
        await until(lambda: hall.made.console.hall.every_lane()[0].fault == "")
        await first.post("/shift/offer", data={"to": "officer-2", "note": "mind lane A"})
        page = (await second.get("/shift")).text
        assert "mind lane A" in page
        assert "Officer needed" in page
        shifts = hall.made.console.shifts
        (offered,) = shifts.offered_to("officer-2")
        for given in ("x", "99", "\u0967"):
            answer = await second.post("/shift/accept", data={"hand_over_id": given})
            assert answer.status_code == 409
        await second.post("/shift/accept", data={"hand_over_id": str(offered.hand_over_id)})
        assert shifts.officers_of("A") == ("officer-2",)
        await second.post("/shift/end", data={"sure": "yes"})
        assert shifts.officers_of("A") == ()
    acts = [act for _, act, _ in hall.acts()]
    assert acts[0] == AuditAct.SHIFT_BEGUN
    assert acts[-2:] == [AuditAct.SHIFT_ACCEPTED, AuditAct.SHIFT_ENDED]


async def test_a_reminder_to_rotate_stands_beside_the_alarms(hall: Served) -> None:
    hall.links["A"].refer("BIOMETRIC.FACE")
    async with hall.client("officer-1") as client:
        assert (await client.post("/shift/put-off", json={})).status_code == 409
        await client.post("/shift/begin", data={"gate": "A"})
        hall.made.clock.ahead = 3660.0
    async with hall.client("officer-1") as client:
        page = (await client.get("/")).text
        assert "without a rest for 61" in page
        assert "Officer needed" in page
        assert (await client.post("/shift/put-off", json={})).status_code == 200
        assert "without a rest" not in (await client.get("/")).text
