"""The desk with a page on its scanner, as scenes of tests.console_pages."""

from collections.abc import Awaitable, Callable
from typing import Final

from tests.chromium import Screen
from tests.console_harness import Site

_READY: Final = "return document.querySelector('#reader').dataset.said === 'ready'"
_DRAWN: Final = """
const page = document.querySelector("#page-view .whole canvas");
return page !== null && page.width > 0;
"""
SEED: Final = 900_001
ALTERED_SEED: Final = 782


async def begun(screen: Screen) -> None:
    """A new form that has attached."""
    await screen.go("/desk")
    await screen.until(_READY)


async def lay(
    site: Site, screen: Screen, seed: int = SEED, forgery: str = "", document: str = "bd_e_passport"
) -> None:
    """Lay a page down, and wait for the form that shows it."""
    assert site.glass
    await site.glass.lay(seed, forgery, document)
    await screen.until("return document.querySelector('#enter') !== null", seconds=20)
    await screen.until(_DRAWN, seconds=20)


def of(seed: int, forgery: str, document: str) -> Callable[[Site, Screen], Awaitable[None]]:
    """Show a form whose page was laid down."""

    async def show(site: Site, screen: Screen) -> None:
        await begun(screen)
        await lay(site, screen, seed, forgery, document)

    return show


async def _visa(site: Site, screen: Screen) -> None:
    await of(SEED, "", "bd_e_passport")(site, screen)
    assert site.glass
    await site.glass.lay(SEED, "photo_substituted", "bd_visa")
    await screen.until_text(".laid", "Visa" if await _is_english(screen) else "ভিসা", seconds=20)
    await screen.until(_DRAWN)


async def _not_confirmed(site: Site, screen: Screen) -> None:
    """An altered MRZ that infrared does not show: nothing comes into the form."""
    await begun(screen)
    assert site.glass
    await site.glass.lay(ALTERED_SEED, "mrz_altered")
    await screen.until(_DRAWN, seconds=20)


async def _unread(site: Site, screen: Screen) -> None:
    await begun(screen)
    assert site.glass
    await site.glass.lay_blank()
    await screen.until(_DRAWN, seconds=20)


async def _is_english(screen: Screen) -> bool:
    return bool(await screen.script("return document.documentElement.lang === 'en'"))


DESK_PAGES: Final = {
    "desk-page-genuine": of(SEED, "", "bd_e_passport"),
    "desk-page-photograph": of(SEED, "photo_substituted", "bd_e_passport"),
    "desk-page-mrp": of(SEED, "mrz_visible_ink_only", "bd_mrp"),
    "desk-page-visa": _visa,
    "desk-page-unread": _unread,
    "desk-page-not-confirmed": _not_confirmed,
}
