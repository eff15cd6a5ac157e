"""Every page of the console against WCAG 2.2 AA, as far as axe-core can tell, in both languages."""

from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest

from tests.centre_harness import Centre
from tests.chromium import Screen, installed, screen
from tests.console_harness import site
from tests.console_page_view_pages import specimens_of
from tests.console_pages import SCENES, prepare
from tests.desk_pages import glass
from tests.records_harness import count, fill
from tests.supervision_pages import office_of

pytestmark = pytest.mark.asyncio(loop_scope="session")
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
_RUN: Final = """
const done = arguments[arguments.length - 1];
const told = (one) => `${one.target.join(" ")} ${one.failureSummary}`;
const asked = { runOnly: { type: "tag", values: arguments[0] }, resultTypes: ["violations"] };
axe.run(document, asked).then((found) =>
  done(found.violations.map((one) => `${one.id}: ${one.nodes.map(told).join("; ")}`)));
"""


# Two things of one page that one key would press.
_TWICE: Final = """
const keys = [...document.querySelectorAll("[data-shortcut]")]
  .filter((one) => !one.disabled && one.checkVisibility())
  .map((one) => one.dataset.shortcut.toUpperCase());
return [...new Set(keys.filter((key, place) => keys.indexOf(key) < place))];
"""


# What leaves the page to the right, where there is the least room.
_TOO_WIDE: Final = """
const page = document.documentElement;
if (page.scrollWidth <= page.clientWidth) return [];
return [`wider than the page: ${[...document.querySelectorAll("main *")]
  .filter((one) => one.getBoundingClientRect().right > page.clientWidth)
  .filter((one) => !one.closest(".table, .scroll"))
  .map((one) => one.tagName + "." + one.className).slice(0, 5).join(" ")}`];
"""


async def violations(shown: Screen) -> list[str]:
    source = (files("selenium_axe_python") / "axe-core" / "axe.min.js").read_text("utf-8")

    def run(driver: Any) -> list[str]:  # noqa: ANN401 - a driver
        driver.execute_script(source)
        found: list[str] = driver.execute_async_script(_RUN, _RULES)
        return found

    return await shown.run(run)


async def too_wide(shown: Screen) -> list[str]:
    await shown.resize(768, 1024)
    found: list[str] = await shown.script(_TOO_WIDE)
    await shown.resize(1280, 800)
    return found


@pytest.mark.skipif(not installed(), reason="no chromium with chromedriver")
@pytest.mark.timeout(900)
async def test_no_page_has_a_violation(centre: Centre, tmp_path: Path) -> None:
    found = []
    policy, specimens = office_of(tmp_path), specimens_of(tmp_path)
    async with (
        glass(tmp_path / "pages") as laid,
        site(tmp_path, centre=centre, policy=policy, specimens=specimens, glass=laid) as made,
        screen(made.url) as shown,
    ):
        await prepare(made)
        await fill(centre, made.clock())
        await count(centre)
        for scene in SCENES:
            for language in ("en", "bn"):
                await made.log_in(shown, scene.officer_id, language)
                await scene.show(made, shown)
                seen = [*await violations(shown), *await shown.script(_TWICE)]
                seen += await too_wide(shown)
                found += [f"{scene.name} in {language}: {one}" for one in seen]
    assert not found, "\n".join(found)


@pytest.mark.skipif(not installed(), reason="no chromium with chromedriver")
async def test_a_violation_would_be_found() -> None:
    async with screen("data:text/html,") as shown:
        await shown.go("<html lang=en><title>t</title><img src=x><p style='color:%23ccc'>pale</p>")
        found = "\n".join(await violations(shown))
    assert "image-alt" in found
    assert "color-contrast" in found
