"""Log-in's further steps, second factors and what is refused, as scenes of tests.console_pages."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import cycle
from typing import Final

import pyotp
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.remote.webdriver import WebDriver

from egate.console.access.officer import ConsoleRole
from egate.console.access.sessions import SessionState
from tests.chromium import Screen
from tests.console_harness import PASSWORD, Site

NEW_ID: Final = "nila.k"
NEW_PASSWORD: Final = "a lighthouse at Kutubdia"  # noqa: S105 - of the scenes
_SECONDS: Final = cycle(("officer-1", "officer-2", "supervisor-2"))
"""Who confirms, one after the other: each has two codes in half a minute."""
_SLOW_SECONDS: Final = 30.0
"""For what hashes passwords, on a busy machine."""

Show = Callable[[Site, Screen], Awaitable[None]]


async def _on_the_way(site: Site, screen: Screen, officer_id: str, state: SessionState) -> None:
    """Make the screen one of an officer who is not logged in all the way."""
    await screen.cookie("session", site.console.access.sessions.begin(officer_id, state))


async def first(site: Site, screen: Screen) -> None:
    """The first log-in of an officer who has a first password."""
    accounts = site.console.access.accounts
    if accounts.find(NEW_ID) is None:
        accounts.add(NEW_ID, "Nila Kabir", [ConsoleRole.OFFICER])
    else:
        accounts.reset(NEW_ID)
    await _on_the_way(site, screen, NEW_ID, SessionState.FIRST)
    await screen.go("/first")


async def _take_first(site: Site, screen: Screen, again: str, code: str) -> None:
    await first(site, screen)
    secret = (await screen.text("#secret")).replace(" ", "")
    await screen.fill("#new", NEW_PASSWORD)
    await screen.fill("#again", again)
    await screen.fill("#code", (code or pyotp.TOTP(secret).at(int(site.clock()))) + Keys.ENTER)


async def first_faulty(site: Site, screen: Screen) -> None:
    await _take_first(site, screen, NEW_PASSWORD.upper(), "000000")
    await screen.until("return document.querySelector('.notice.fault') !== null")


async def recovery_codes(site: Site, screen: Screen) -> None:
    await _take_first(site, screen, NEW_PASSWORD, "")
    await screen.until("return document.querySelector('.codes') !== null", seconds=_SLOW_SECONDS)


async def passkey(site: Site, screen: Screen) -> None:
    """The second step of a log-in with a security key."""
    site.officers.session("officer-1")
    await _on_the_way(site, screen, "officer-1", SessionState.PASSKEY)
    await screen.go("/login/passkey")
    await screen.until("return document.getElementById('passkey-use') !== null")


async def passkey_refused(site: Site, screen: Screen) -> None:
    """The key does not answer: this address is a number, for which no key is made."""
    await passkey(site, screen)
    await screen.click("#passkey-use")
    await screen.until("return !document.getElementById('passkey-fault').hidden")


async def passkey_added(site: Site, screen: Screen) -> None:
    """An account with one security key, which was added just now."""
    site.console.access.passkeys.remove_all("officer-1")
    await screen.go("/account")
    language = await screen.script("return document.documentElement.lang")
    named = replace(screen, url=screen.url.replace("127.0.0.1", "localhost"))
    await named.cookie("session", site.officers.session("officer-1")[0])
    await named.cookie("language", language)
    await screen.run(_plug_in)
    try:
        await named.go("/account")
        await named.fill("#passkey-present", PASSWORD + Keys.ENTER)
        await named.until("return document.getElementById('passkey-remove') !== null")
    finally:
        await screen.run(lambda driver: driver.remove_virtual_authenticator())  # type: ignore[attr-defined]


def _plug_in(driver: WebDriver) -> None:
    options = VirtualAuthenticatorOptions(
        protocol="ctap2", transport="usb", has_resident_key=False, has_user_verification=False
    )
    driver.add_virtual_authenticator(options)  # type: ignore[attr-defined]


async def passkey_fault(_: Site, screen: Screen) -> None:
    """A security key is to be added, and the password is another one."""
    await screen.go("/account")
    await screen.fill("#passkey-present", "another password" + Keys.ENTER)
    await screen.until("return !document.getElementById('passkey-fault').hidden")


async def first_password(site: Site, screen: Screen) -> None:
    """The password for the first log-in of somebody who begins anew."""
    await first(site, screen)
    await screen.cookie("session", site.officers.session("supervisor-1")[0])
    await screen.go(f"/officers/{NEW_ID}")
    second = next(_SECONDS)
    await screen.fill("#second_id_reset", second)
    await screen.fill("#second_password_reset", PASSWORD)
    await screen.fill("#second_code_reset", site.officers.code(second) + Keys.ENTER)
    await screen.until(
        "return document.getElementById('first-password') !== null", seconds=_SLOW_SECONDS
    )


def at(path: str) -> Show:
    async def show(_: Site, screen: Screen) -> None:
        await screen.go(path)
        await screen.until("return document.querySelector('main h1') !== null")

    return show


async def not_taken(_: Site, screen: Screen) -> None:
    """A form of a log-in that has ended, sent from a page that stayed open."""
    await screen.go("/account")
    await screen.script(
        "for (const one of document.querySelectorAll('[name=token]')) one.value = 'of before';"
        "document.querySelector(\"form[action='/account/language']\").requestSubmit()"
    )
    await screen.until("return document.querySelector('small.id') !== null")


async def broken(site: Site, screen: Screen) -> None:
    """A page that fails while it is made."""

    def fails() -> None:
        raise RuntimeError("of the scene")

    accounts = site.console.access.accounts
    accounts.all = fails  # type: ignore[method-assign, assignment]
    try:
        await screen.go("/officers")
    finally:
        del accounts.all
    await screen.until("return document.querySelector('main .fault') !== null")


ACCESS_SHOWN: Final[tuple[tuple[str, str, Show], ...]] = (
    ("first", "", first),
    ("first-faulty", "", first_faulty),
    ("recovery-codes", "", recovery_codes),
    ("passkey", "", passkey),
    ("passkey-refused", "", passkey_refused),
    ("passkey-fault", "officer-1", passkey_fault),
    ("passkey-added", "officer-1", passkey_added),
    ("first-password", "supervisor-1", first_password),
    ("own-account", "supervisor-1", at("/officers/supervisor-1")),
    ("not-here", "officer-1", at("/gates/nowhere")),
    ("not-here-nobody", "", at("/gates/nowhere")),
    ("not-so", "officer-1", at("/officers/officer-1/reset")),
    ("not-taken", "officer-1", not_taken),
    ("broken", "supervisor-1", broken),
)
"""Name, who looks, and how to get there."""
