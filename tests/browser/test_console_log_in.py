"""Log-in, second factor, lock and roles in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions

from egate.console.access.officer import ConsoleRole
from egate.console.language import Language
from egate.reporting.gate_client import GateUnavailable
from egate.settings.services import ConsoleLogIn
from egate.web.server import serving
from tests.chromium import Screen, installed, screen
from tests.console_harness import PASSWORD, Made, fake_console

NEW_PASSWORD = "a lighthouse at Kutubdia"  # noqa: S105 - of the test


class Gone:
    """A lane that is never reached."""

    async def changes(self) -> AsyncIterator[None]:
        raise GateUnavailable("of the test")
        yield


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[Made]:
    if not installed():
        pytest.skip("chromium with chromedriver")
    with fake_console(tmp_path, {"A": Gone(), "B": Gone()}) as made:
        yield made


@pytest.fixture
async def url(made: Made) -> AsyncIterator[str]:
    async with serving(made.app, "127.0.0.1:0") as url:
        yield url.replace("127.0.0.1", "localhost")  # WebAuthn wants a name


@pytest.fixture
async def shown(url: str) -> AsyncIterator[Screen]:
    async with screen(url) as shown:
        await shown.cookie("language", "en")
        yield shown


async def log_in(shown: Screen, officer_id: str, password: str, code: str) -> None:
    await shown.fill("#officer_id", officer_id)
    await shown.fill("#password", password)
    await send(shown, "#code", code)


async def send(shown: Screen, field: str, typed: str) -> None:
    """Fill the last field of a form, send the form, and wait for the page that answers it."""
    await shown.script("window.isBefore = true")
    await shown.fill(field, typed + Keys.ENTER)
    await shown.until("return !window.isBefore && document.readyState === 'complete'")


async def at(shown: Screen, path: str) -> None:
    await shown.until("return location.pathname === arguments[0]", path)


async def test_password_and_code_let_in_and_nothing_else(made: Made, shown: Screen) -> None:
    await shown.go("/account")
    await at(shown, "/login")
    assert await shown.script("return document.activeElement.id") == "officer_id"
    await log_in(shown, "officer-1", PASSWORD, "000000")
    await shown.until_text("main", "not right")
    await log_in(shown, "officer-1", "another password", made.officers.code("officer-1"))
    await shown.until_text("main", "not right")
    assert PASSWORD not in await shown.script("return document.documentElement.outerHTML")
    await log_in(shown, "officer-1", PASSWORD, made.officers.code("officer-1"))
    await at(shown, "/account")
    await shown.until_text(".tools", "Farida Begum")
    assert await shown.script("return document.cookie") == ""


async def test_the_first_log_in_sets_password_and_authenticator(made: Made, shown: Screen) -> None:
    first = made.console.access.accounts.add(
        "new-1", "Nadia Sultana", [ConsoleRole.OFFICER], language=Language.ENGLISH
    )
    await shown.go("/login")
    await log_in(shown, "new-1", first, "")
    await at(shown, "/first")
    await shown.go("/account")
    await at(shown, "/first")
    assert await shown.script("return document.querySelector('.qr svg').clientWidth") > 150
    secret = (await shown.text("#secret")).replace(" ", "")
    await shown.fill("#new", NEW_PASSWORD)
    await shown.fill("#again", NEW_PASSWORD)
    code = pyotp.TOTP(secret).at(int(made.console.now()))
    await send(shown, "#code", code)
    await shown.until_text("h1", "Recovery codes")
    codes = (await shown.text(".codes code")).split()
    assert len(codes) == 10
    await shown.click("main a.button")
    await at(shown, "/")
    await shown.click(".tools form[action='/logout'] button")
    await at(shown, "/login")
    await log_in(shown, "new-1", NEW_PASSWORD, codes[0])
    await at(shown, "/")


async def test_a_screen_locks_on_demand_and_opens_by_the_password(
    made: Made, shown: Screen
) -> None:
    await shown.go("/login")
    await log_in(shown, "officer-1", PASSWORD, made.officers.code("officer-1"))
    await at(shown, "/")
    await shown.go("/account")
    await shown.script("document.activeElement.blur()")
    await shown.press("gk")
    await at(shown, "/lock")
    assert "Farida" not in await shown.text("main")
    await shown.run(lambda driver: driver.back())
    await at(shown, "/lock")
    await send(shown, "#password", "another password")
    await shown.until_text("main", "not right")
    await send(shown, "#password", PASSWORD)
    await at(shown, "/account")


async def test_a_screen_without_keys_locks_by_itself(tmp_path: Path) -> None:
    if not installed():
        pytest.skip("chromium with chromedriver")
    soon = ConsoleLogIn.model_construct(lock_minutes=0.05, end_hours=12)
    with fake_console(tmp_path, {"A": Gone()}, log_in=soon) as made:
        async with serving(made.app, "127.0.0.1:0") as url, screen(url) as shown:
            await shown.cookie("language", "en")
            await shown.cookie("session", made.officers.session("officer-1")[0])
            await shown.go("/account")
            await shown.until_text("main", "Farida Begum")
            await at(shown, "/lock")
            assert "Farida" not in await shown.text("main")
            await send(shown, "#password", PASSWORD)
            await at(shown, "/account")


async def test_roles_see_what_they_may(made: Made, shown: Screen) -> None:
    for officer_id, paths in (
        ("supervisor-1", {"/": "", "/officers": "Officers"}),
        ("officer-1", {"/": "", "/officers": "Not permitted"}),
        ("auditor-1", {"/officers": "Not permitted"}),
    ):
        await shown.cookie("session", made.officers.session(officer_id)[0])
        for path, text in paths.items():
            await shown.go(path)
            await shown.until_text("body", text)
            links = await shown.script(
                "return [...document.querySelectorAll('header a')].map(a => a.pathname)"
            )
            assert ("/officers" in links) is (officer_id == "supervisor-1")


async def test_a_supervisor_adds_an_officer_with_a_second_one(made: Made, shown: Screen) -> None:
    await shown.cookie("session", made.officers.session("supervisor-1")[0])
    await shown.go("/officers")
    await shown.fill("#officer_id", "Nila.K")
    await shown.fill("#name", "Nila Kabir")
    await shown.click("input[name=roles][value=officer]")
    await shown.click("input[name=gates][value=B]")
    await shown.fill("#second_id", "supervisor-1")
    await shown.fill("#second_password", PASSWORD)
    await send(shown, "#second_code", made.officers.code("supervisor-1"))
    await shown.until_text("main", "No second officer has confirmed")
    assert made.console.access.accounts.find("nila.k") is None
    # What was typed is there still, and nothing secret of it.
    await shown.fill("#second_id", "officer-2")
    await shown.fill("#second_password", PASSWORD)
    await send(shown, "#second_code", made.officers.code("officer-2"))
    await shown.until_text("h1", "First password")
    added = made.console.access.accounts.get("nila.k").officer
    assert (added.roles, added.gates) == (frozenset({ConsoleRole.OFFICER}), ("B",))


async def test_a_supervisor_cannot_raise_himself(made: Made, shown: Screen) -> None:
    await shown.cookie("session", made.officers.session("supervisor-1")[0])
    await shown.go("/officers/supervisor-1")
    await shown.until_text("main", "by another supervisor")
    assert await shown.script("return document.querySelectorAll('main form').length") == 0


async def test_a_security_key_is_a_second_factor(made: Made, shown: Screen) -> None:
    def plug_in(driver: object) -> None:
        options = VirtualAuthenticatorOptions(
            protocol="ctap2", transport="usb", has_resident_key=False, has_user_verification=False
        )
        driver.add_virtual_authenticator(options)  # type: ignore[attr-defined]

    await shown.run(plug_in)
    await shown.go("/login")
    await log_in(shown, "officer-1", PASSWORD, made.officers.code("officer-1"))
    await at(shown, "/")
    await shown.go("/account")
    await shown.fill("#passkey-present", "another password" + Keys.ENTER)
    await shown.until("return !document.getElementById('passkey-fault').hidden")
    await shown.fill("#passkey-present", PASSWORD + Keys.ENTER)
    await shown.until_text("#passkeys", "Keys added: 1")
    await shown.click(".tools form[action='/logout'] button")
    await at(shown, "/login")
    await log_in(shown, "officer-1", PASSWORD, "")
    await at(shown, "/login/passkey")
    await shown.go("/account")
    await at(shown, "/login/passkey")
    await shown.click("#passkey-use")
    await at(shown, "/account")
    await shown.click("#passkey-remove")
    await shown.until_text("#passkeys", "Keys added: 0")
