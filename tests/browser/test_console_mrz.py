"""The zone as the browser checks it: what the server says too, for every vector and for noise."""

import datetime as dt
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from egate.emrtd.mrz.parse import Mrz, parse
from tests.conftest import ROOT
from tests.unit.test_mrz_quirks import LICENCE, td1, td2
from tests.vectors.test_mrz_vectors import TD3

TODAY = dt.date(2026, 7, 1)
_NOISE = 400
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B", "5": "S", "2": "Z"})
_ASKED = "return arguments[0].map((text) => mrz.examine(text))"
_MENDED = "return arguments[0].map((text) => mrz.repair(mrz.examine(text)))"


@pytest.fixture
def script(browser: WebDriver) -> WebDriver:
    """A page that has the console's script, and no console."""
    browser.get("about:blank")
    code = (ROOT / "egate/console/static/desk.js").read_text()
    browser.execute_script(f"{code}\nwindow.mrz = mrz;")
    return browser


def examined(browser: WebDriver, zones: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.execute_script(_ASKED, ["\n".join(z) for z in zones])
    return found


def agrees(seen: dict[str, Any] | None, mrz: Mrz) -> bool:
    return seen is not None and (seen["format"], seen["checks"]) == (
        mrz.format.value,
        dict(mrz.check_digits),
    )


def test_the_browser_agrees_with_the_server_on_every_vector(
    script: WebDriver, shared_data: Path
) -> None:
    vectors = (shared_data / "mrz" / "vectors.jsonl").read_text().splitlines()
    zones = [json.loads(each)["lines"] for each in vectors]
    zones += [list(LICENCE), list(TD3), list(td1().lines), list(td2().lines)]
    for zone, seen in zip(zones, examined(script, zones), strict=True):
        assert agrees(seen, parse(zone, TODAY)), zone


def test_the_browser_agrees_with_the_server_on_noise(script: WebDriver) -> None:
    chance = random.Random(9303)  # noqa: S311 - to be seen again
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
    zones = []
    for _ in range(_NOISE):
        lines = [list(each) for each in chance.choice((TD3, td1().lines, td2().lines, LICENCE))]
        for _ in range(chance.randint(1, 6)):
            line = chance.choice(lines)
            line[chance.randrange(len(line))] = chance.choice(letters)
        zones.append(["".join(line) for line in lines])
    for zone, seen in zip(zones, examined(script, zones), strict=True):
        assert agrees(seen, parse(zone, TODAY)), zone


def test_a_misread_character_is_mended_where_the_check_digits_prove_it(script: WebDriver) -> None:
    whole = [TD3, td1().lines, td2().lines]
    broken, meant = [], []
    for zone in whole:
        for at, line in enumerate(zone):
            for place, character in enumerate(line):
                misread = character.translate(_MISREAD)
                if misread != character:
                    lines = list(zone)
                    lines[at] = line[:place] + misread + line[place + 1 :]
                    broken.append("\n".join(lines))
                    meant.append(list(zone))
    mended = script.execute_script(_MENDED, broken)
    offered = [(found, right) for found, right in zip(mended, meant, strict=True) if found]
    assert len(offered) > len(broken) / 2
    assert all(found == right for found, right in offered)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P<UTO",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "Ä" * 44 + "\n" + "<" * 44,
        "<" * 45 + "\n" + "<" * 44,
        "A\n" * 9,
    ],
)
def test_what_is_no_zone_is_none(script: WebDriver, text: str) -> None:
    assert examined(script, [[text]]) == [None]


def test_a_reader_that_knows_no_lines_is_understood(script: WebDriver) -> None:
    for zone in (TD3, td1().lines, td2().lines):
        (seen,) = examined(script, [["".join(zone).lower()]])
        assert seen["lines"] == list(zone)


def test_nothing_is_offered_where_nothing_is_proved(script: WebDriver) -> None:
    """A right zone, and one in which a wrong check digit may have any of several causes."""
    names = TD3[0].replace("ERIKSSON", "ER1KSSON")  # which no check digit covers
    hopeless = TD3[1][:13] + "991332" + TD3[1][19:]
    zones = ["\n".join(TD3), "\n".join((names, TD3[1])), "\n".join((TD3[0], hopeless))]
    assert script.execute_script(_MENDED, zones) == [None, None, None]
