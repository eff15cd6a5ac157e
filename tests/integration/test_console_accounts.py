"""The own account, and officers by two: each form right, wrong and not confirmed, and its notes."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pyotp
import pytest

from egate.console.access.accounts import AccountState
from egate.console.access.officer import ConsoleRole
from tests.console_harness import PASSWORD, Made, fake_console
from tests.integration.test_console_security import Link, client

NEW: Final = "a ferry to Bhola in the rain"
WAIT_SECONDS: Final = 70.0
Noted = tuple[str, str, str, str]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    with fake_console(tmp_path, {"A": Link("A"), "B": Link("B")}) as made:
        yield made


@pytest.fixture
async def officer(made: Made) -> Any:  # noqa: ANN401
    async with client(made, "officer-1") as browser:
        browser.cookies.set("language", "en", domain="127.0.0.1")
        yield browser


@pytest.fixture
async def supervisor(made: Made) -> Any:  # noqa: ANN401
    async with client(made, "supervisor-1") as browser:
        browser.cookies.set("language", "en", domain="127.0.0.1")
        yield browser


def noted(made: Made) -> list[Noted]:
    with sqlite3.connect(made.console.audit.path) as log:
        return log.execute(
            "SELECT officer_id, act, subject, detail FROM act ORDER BY seq"
        ).fetchall()


def said(answer: httpx.Response, status: int, text: str) -> None:
    assert (answer.status_code, text in answer.text) == (status, True), answer.text


def confirmed(made: Made, form: dict[str, Any], second: str = "officer-2") -> dict[str, Any]:
    """Return ``form`` with what a second officer types into it."""
    made.clock.ahead += 30.0
    code = made.officers.code(second)
    return {**form, "second_id": second, "second_password": PASSWORD, "second_code": code}


def sessions_of(made: Made, officer_id: str) -> int:
    made.console.access.accounts.get(officer_id)
    database = made.console.access.accounts._database
    query = "SELECT count(*) FROM sessions WHERE officer_id = ?"
    found: int = database.execute(query, (officer_id,)).fetchone()[0]
    return found


async def test_a_password_is_changed_by_whoever_knows_it(
    made: Made, officer: httpx.AsyncClient
) -> None:
    made.officers.session("officer-1")
    form = {"present": PASSWORD, "new": NEW, "again": NEW}
    for wrong, status, text in (
        ({"again": NEW.upper()}, 400, "The two are not the same"),
        ({"present": "a guess of mine"}, 400, "The present password is not right"),
        ({"new": "short", "again": "short"}, 400, "at least 12 characters"),
        ({"new": "x" * 129, "again": "x" * 129}, 400, "The password is too long"),
        ({"new": "ab" * 10, "again": "ab" * 10}, 400, "repeats a few characters"),
        ({"new": f"{NEW} officer-1", "again": f"{NEW} officer-1"}, 400, "must not hold"),
        ({"new": PASSWORD, "again": PASSWORD}, 400, "same password as before"),
    ):
        said(await officer.post("/account/password", data=form | wrong), status, text)
    assert sessions_of(made, "officer-1") == 2
    said(await officer.post("/account/password", data=form), 200, "The password is changed")
    assert sessions_of(made, "officer-1") == 1
    assert [act for _, act, _, _ in noted(made)] == ["password_refused", "password_changed"]
    again = await officer.post("/account/password", data=form)
    said(again, 400, "The present password is not right")


@pytest.mark.parametrize(
    "path", ["/account/password", "/account/authenticator", "/account/recovery-codes"]
)
async def test_guessing_the_own_password_at_an_open_screen_pauses(
    made: Made, officer: httpx.AsyncClient, path: str
) -> None:
    made.clock.stop()
    form = {"present": "a guess of mine", "new": NEW, "again": NEW, "code": "000000"}
    for _ in range(5):
        said(await officer.post(path, data=form), 400, "The present password is not right")
    said(await officer.post(path, data=form | {"present": PASSWORD}), 429, "Too many attempts")
    made.clock.ahead += WAIT_SECONDS
    answer = await officer.post(path, data=form | {"present": PASSWORD})
    assert "Too many attempts" not in answer.text


async def test_an_authenticator_is_changed_with_the_password_and_a_code_of_the_new_one(
    made: Made, officer: httpx.AsyncClient
) -> None:
    made.officers.session("officer-1")
    page = await officer.get("/account/authenticator")
    secret = re.findall(r'id="secret">([A-Z2-7 ]+)<', page.text)[0].replace(" ", "")
    code = pyotp.TOTP(secret).at(int(made.console.now()))
    form = {"present": PASSWORD, "code": code}
    before = made.officers.code("officer-1")
    for wrong, text in (
        ({"present": "a guess of mine"}, "The present password is not right"),
        ({"code": before}, "The code is not right"),
    ):
        answer = await officer.post("/account/authenticator", data=form | wrong)
        said(answer, 400, text)
        assert secret in answer.text.replace(" ", "")
    done = await officer.post("/account/authenticator", data=form)
    said(done, 200, "The authenticator is changed")
    assert sessions_of(made, "officer-1") == 1
    assert noted(made)[-1] == ("officer-1", "second_factor_changed", "officer-1", "")
    made.clock.ahead += 30.0
    factors = made.console.access.factors
    assert not factors.use_totp("officer-1", made.officers.code("officer-1"))
    assert factors.use_totp("officer-1", pyotp.TOTP(secret).at(int(made.console.now())))


async def test_recovery_codes_are_renewed_with_the_password_and_shown_once(
    made: Made, officer: httpx.AsyncClient
) -> None:
    answer = await officer.post("/account/recovery-codes", data={"present": "a guess of mine"})
    said(answer, 400, "The present password is not right")
    assert made.console.access.factors.recovery_codes_left("officer-1") == 0
    first = await officer.post("/account/recovery-codes", data={"present": PASSWORD})
    second = await officer.post("/account/recovery-codes", data={"present": PASSWORD})
    codes = [set(re.findall("<code>([a-z0-9-]+)</code>", each.text)) for each in (first, second)]
    assert [len(each) for each in codes] == [10, 10]
    assert not codes[0] & codes[1]
    page = (await officer.get("/account")).text
    assert "<b>10</b>" in page
    assert not [code for code in codes[1] if code in page]
    factors = made.console.access.factors
    assert not factors.use_recovery_code("officer-1", codes[0].pop())
    assert factors.use_recovery_code("officer-1", codes[1].pop())


async def test_an_officer_chooses_the_language_of_the_pages(
    made: Made, officer: httpx.AsyncClient
) -> None:
    assert (await officer.post("/account/language", data={"language": "xx"})).status_code == 400
    answer = await officer.post("/account/language", data={"language": "bn"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert made.console.access.accounts.get("officer-1").officer.language == "bn"


ADDED: Final = {"officer_id": "Nila.K", "name": "Nila  Kabir", "roles": "officer", "gates": "B"}


async def test_an_officer_is_added_by_two_and_the_password_is_shown_once(
    made: Made, supervisor: httpx.AsyncClient
) -> None:
    answer = await supervisor.post("/officers", data=confirmed(made, ADDED))
    said(answer, 200, "First password")
    password = re.findall(r'id="first-password">([a-z0-9-]+)<', answer.text)[0]
    account = made.console.access.accounts.get("nila.k")
    assert (account.officer.name, account.officer.gates) == ("Nila Kabir", ("B",))
    assert account.state is AccountState.FIRST
    assert await made.console.access.passwords.verify(account.password, password)
    assert noted(made)[-2:] == [
        ("officer-2", "second_confirmed", "supervisor-1", ""),
        ("supervisor-1", "officer_added", "nila.k", "officer; lanes: B"),
    ]
    assert password not in (await supervisor.get("/officers")).text
    assert password not in str(noted(made))


_NO_ACCOUNT: Final = (
    ({"officer_id": "no such id!"}, "The id is not one"),
    ({"officer_id": "officer-2"}, "The id is not one, or somebody has it"),
    ({"name": " "}, "The name is missing"),
    ({"roles": ""}, "At least one role"),
    ({"roles": "emperor"}, "At least one role"),
    ({"roles": ["auditor", "officer"]}, "At least one role"),
    ({"gates": "Z"}, "There is no such lane"),
)


async def test_what_makes_no_account_is_said_and_what_was_typed_stays(
    made: Made, supervisor: httpx.AsyncClient
) -> None:
    for wrong, text in _NO_ACCOUNT:
        form = {key: value for key, value in (ADDED | wrong).items() if value != ""}
        answer = await supervisor.post("/officers", data=confirmed(made, form))
        said(answer, 400, text)
        assert 'value="officer-2"' in answer.text
        assert PASSWORD not in answer.text
        if "name" not in wrong:
            assert 'value="Nila  Kabir"' in answer.text
        if "roles" not in wrong:
            assert 'value="officer" checked' in answer.text
            assert 'value="supervisor">' in answer.text
    assert made.console.access.accounts.find("nila.k") is None
    assert "officer_added" not in str(noted(made))


async def test_a_list_where_a_role_should_be_is_no_role(
    made: Made, supervisor: httpx.AsyncClient
) -> None:
    for field in ("roles", "gates"):
        form = confirmed(made, {**ADDED, field: ["officer", {"a": 1}]})
        assert (await supervisor.post("/officers", json=form)).status_code == 400


@pytest.mark.parametrize("path", ["", "/officer-1/appointment", "/officer-1/reset"])
async def test_one_alone_adds_appoints_and_resets_nobody(
    made: Made, supervisor: httpx.AsyncClient, path: str
) -> None:
    made.clock.stop()
    made.officers.session("officer-1")
    before = made.console.access.accounts.get("officer-1")
    form = confirmed(made, ADDED)
    text = "No second officer has confirmed"
    for wrong in (
        {"second_id": "", "second_password": "", "second_code": ""},
        {"second_password": "a guess of mine"},
        {"second_code": "000000"},
        confirmed(made, {}, "supervisor-1"),
        confirmed(made, {}, "auditor-1"),
    ):
        answer = await supervisor.post(f"/officers{path}", data=form | wrong)
        said(answer, 403, text)
        assert not re.search(r'name="second_(password|code)"[^>]* value=', answer.text)
    for _ in range(3):
        await supervisor.post(f"/officers{path}", data=form | {"second_password": "a guess"})
    answer = await supervisor.post(f"/officers{path}", data=form)
    said(answer, 403, "Too many attempts")
    assert made.console.access.accounts.get("officer-1") == before
    assert made.console.access.accounts.find("nila.k") is None
    acts = {act for officer_id, act, _, _ in noted(made) if officer_id == "supervisor-1"}
    assert acts == {"second_refused"}


async def test_an_appointment_holds_from_now_on_and_ends_what_was(
    made: Made, supervisor: httpx.AsyncClient
) -> None:
    made.officers.session("officer-1")
    form = confirmed(made, {"roles": ["technician", "officer"], "gates": ["A", "B"]})
    answer = await supervisor.post("/officers/officer-1/appointment", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/officers")
    officer = made.console.access.accounts.get("officer-1").officer
    assert officer.roles == {ConsoleRole.OFFICER, ConsoleRole.TECHNICIAN}
    assert officer.gates == ("A", "B")
    assert sessions_of(made, "officer-1") == 0
    act = ("supervisor-1", "officer_appointed", "officer-1", "technician officer; lanes: A B")
    assert noted(made)[-1] == act


async def test_an_appointment_that_cannot_be_is_not_in_the_log(
    made: Made, supervisor: httpx.AsyncClient
) -> None:
    made.officers.session("officer-1")
    for wrong, text in (
        ({}, "At least one role"),
        ({"roles": ["auditor", "officer"]}, "At least one role"),
        ({"roles": "officer", "gates": "Z"}, "There is no such lane"),
    ):
        form = confirmed(made, wrong)
        answer = await supervisor.post("/officers/officer-1/appointment", data=form)
        said(answer, 400, text)
        assert 'value="officer" checked' in answer.text
    assert "officer_appointed" not in str(noted(made))
    assert sessions_of(made, "officer-1") == 1


async def test_an_account_is_disabled_at_once_and_begins_anew_by_two(
    made: Made, supervisor: httpx.AsyncClient
) -> None:
    made.officers.session("officer-1")
    answer = await supervisor.post("/officers/officer-1/disabling", data={"token": ""})
    assert answer.headers["location"] == "/officers"
    assert made.console.access.accounts.get("officer-1").state is AccountState.DISABLED
    assert sessions_of(made, "officer-1") == 0
    page = (await supervisor.get("/officers/officer-1")).text
    assert "Disabled" in page
    assert "/disabling" not in page
    answer = await supervisor.post("/officers/officer-1/reset", data=confirmed(made, {}))
    said(answer, 200, "First password")
    account = made.console.access.accounts.get("officer-1")
    assert (account.state, account.has_totp) == (AccountState.FIRST, False)
    own = [note[1:] for note in noted(made) if note[0] == "supervisor-1"]
    assert own == [("officer_disabled", "officer-1", ""), ("officer_reset", "officer-1", "")]


async def test_nobody_is_not_there_and_is_not_noted(
    made: Made, supervisor: httpx.AsyncClient
) -> None:
    assert (await supervisor.get("/officers/nobody")).status_code == 404
    for act in ("appointment", "disabling", "reset"):
        answer = await supervisor.post(f"/officers/nobody/{act}", data={"roles": "officer"})
        said(answer, 404, "There is nothing here")
    assert noted(made) == []
