"""What the console answers to what is not there, not theirs or not so: a page, and no more."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from egate.console.access.sessions import SessionState
from egate.console.pages import Pages
from egate.web.security import HEADERS
from tests.console_harness import OFFICERS, Made, fake_console
from tests.integration.test_console_security import Link, client

NOT_HERE: Final = ("এখানে কিছু নেই", "There is nothing here")
NOT_SO: Final = ("এভাবে হয় না", "Not in this way")
NOT_YOURS: Final = ("অনুমতি নেই", "Not permitted")
NOT_TAKEN: Final = ("যা পাঠানো হয়েছে তা নেওয়া যায়নি", "What was sent was not taken")
BROKEN: Final = ("কনসোলে একটি ত্রুটি হয়েছে", "A fault of this console")
REFUSED: Final = (
    ("GET", "/nowhere", 404, NOT_HERE),
    ("GET", "/static/nothing.css", 404, NOT_HERE),
    ("GET", "/language/xx", 404, NOT_HERE),
    ("GET", f"/lists/proposals/{'1' * 19}", 404, NOT_HERE),
    ("POST", f"/thresholds/changes/{'1' * 5000}/approve", 404, NOT_HERE),
    ("DELETE", "/login", 405, NOT_SO),
    ("GET", "/officers/officer-1/reset", 405, NOT_SO),
)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    with fake_console(tmp_path, {"A": Link("A")}) as made:
        yield made


@pytest.mark.parametrize("language", ["bn", "en"])
async def test_a_page_in_the_language_of_the_screen(made: Made, language: str) -> None:
    async with client(made, "officer-1") as officer:
        officer.cookies.set("language", language, domain="127.0.0.1")
        for method, path, status, says in REFUSED:
            answer = await officer.request(method, path)
            assert answer.status_code == status, path
            assert f'<html lang="{language}">' in answer.text
            said, other = says if language == "bn" else reversed(says)
            assert f"<h1>{said}</h1>" in answer.text
            assert other not in answer.text
            assert 'href="/desk"' in answer.text
            assert OFFICERS["officer-1"][0] in answer.text


@pytest.mark.parametrize("state", [None, *sorted(set(SessionState) - {SessionState.OPEN})])
async def test_to_nobody_the_page_says_nothing(made: Made, state: SessionState | None) -> None:
    async with client(made, "officer-1" if state else "", state) as nobody:
        for method, path, status, says in REFUSED:
            answer = await nobody.request(method, path)
            assert (answer.status_code, says[0] in answer.text) == (status, True)
            assert 'name="token" content=""' in answer.text
            links = set(re.findall(r'<a [^>]*href="(/[^"?]*)', answer.text))
            assert links == {"/", "/language/bn", "/language/en"}
            for told in ("<form", "officer-1", *OFFICERS["officer-1"][0].split()):
                assert told not in answer.text.replace(path, ""), path


async def test_a_script_gets_no_page(made: Made) -> None:
    async with client(made, "officer-1") as officer:
        for method, path, status, _ in REFUSED:
            answer = await officer.request(method, path, headers={"Sec-Fetch-Dest": "empty"})
            assert answer.status_code == status
            assert set(answer.json()) == {"error"}


async def test_what_is_allowed_is_said_as_http_wants_it(made: Made) -> None:
    async with client(made) as nobody:
        answer = await nobody.delete("/login")
    assert {each.strip() for each in answer.headers["Allow"].split(",")} == {"GET", "HEAD"}


async def test_nobody_changes_the_own_roles_by_a_form_of_the_own_making(made: Made) -> None:
    async with client(made, "supervisor-1") as supervisor:
        for act in ("appointment", "disabling", "reset"):
            answer = await supervisor.post(f"/officers/supervisor-1/{act}", data={"roles": "x"})
            assert (answer.status_code, NOT_YOURS[0] in answer.text) == (403, True)


async def test_a_form_of_an_ended_log_in_changes_nothing_and_says_so(made: Made) -> None:
    async with client(made, "officer-1") as officer:
        officer.headers["X-Console-Token"] = ""
        answer = await officer.post("/account/language", data={"language": "bn", "token": "old"})
        assert (answer.status_code, NOT_YOURS[0] in answer.text) == (403, True)
        answer = await officer.post("/account/language", content=b"\xff", headers={"X-A": "b"})
        assert (answer.status_code, NOT_TAKEN[0] in answer.text) == (415, True)
    assert made.console.access.accounts.get("officer-1").officer.language == "en"


async def test_a_log_in_that_no_page_sent_is_answered_with_a_page(made: Made) -> None:
    async with client(made) as nobody:
        answer = await nobody.post("/login", content=b"x" * 100_000)
    assert (answer.status_code, NOT_TAKEN[0] in answer.text) == (415, True)


@pytest.mark.parametrize("officer_id", ["", "supervisor-1"])
async def test_a_fault_is_a_page_in_both_languages_even_when_no_page_can_be_drawn(
    made: Made, officer_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("Farida Begum, of the test")

    monkeypatch.setattr(Pages, "render", fails)
    async with client(made, officer_id) as browser:
        path = "/officers" if officer_id else "/login"
        answer = await browser.get(path)
        script = await browser.get(path, headers={"Sec-Fetch-Dest": "empty"})
    assert answer.status_code == 500
    assert all(text in answer.text for text in BROKEN)
    assert "Farida" not in answer.text + script.text
    assert dict(HEADERS).items() <= {name: answer.headers.get(name) for name in HEADERS}.items()
    assert (script.status_code, script.json()) == (500, {"error": "a fault of this console"})


async def test_a_path_that_is_hostile_is_text(made: Made) -> None:
    async with client(made) as nobody:
        answer = await nobody.get('/"><script>x</script>')
    assert answer.status_code == 404
    assert "<script>x" not in answer.text
