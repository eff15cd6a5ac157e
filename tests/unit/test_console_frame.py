"""The frame of every page: its words, its numbers and times, and the language it speaks."""

import math
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from egate.console.language import Language, language_routes
from egate.console.words import TABLES, Words
from egate.domain.time import UtcSeconds

CONSOLE = Path(__file__).resolve().parents[2] / "egate" / "console"
NOON = UtcSeconds(1_795_327_500.0)  # 2026-11-22 06:05 UTC
BANGLA = re.compile("[\u0980-\u09ff]")
USED_BY_VALUE = re.compile(r"""["']((?:[a-z_]+\.)+[a-z_]*)(?:\{|["'] ?~)""")


def sources() -> str:
    files = [*CONSOLE.rglob("*.html"), *CONSOLE.rglob("*.py")]
    return "\n".join(file.read_text() for file in files if not file.name.endswith("texts.py"))


def test_every_text_is_in_both_languages_and_of_one_area() -> None:
    seen: set[str] = set()
    for table in TABLES:
        areas = {key.partition(".")[0] for key in table}
        assert len(areas) == 1
        assert not seen & table.keys()
        seen |= table.keys()
        for key, (bangla, english) in table.items():
            assert english.strip(), key
            assert not BANGLA.search(english), key
            assert BANGLA.search(bangla) or not re.search("[a-z]{3}", bangla), key


def test_every_text_is_used() -> None:
    code = sources()
    families = tuple(USED_BY_VALUE.findall(code))
    keys = [key for table in TABLES for key in table]
    assert not [key for key in keys if f'"{key}"' not in code and not key.startswith(families)]


def test_no_page_asks_for_a_text_that_is_missing() -> None:
    keys = {key for table in TABLES for key in table}
    asked = set(re.findall(r"""[wW]ords\(\s*["']([a-z_]+\.[a-z_.0-9]+)["'](?! ?~)""", sources()))
    assert asked <= keys


@pytest.mark.parametrize(
    ("language", "number", "moment", "day"),
    [
        (Language.BANGLA, "১৯০৫", "২২ নভে ২০২৬, ১২:০৫", "৯ ফেব্রু ১৯৭৪"),
        (Language.ENGLISH, "1905", "22 Nov 2026, 12:05", "9 Feb 1974"),
    ],
)
def test_numbers_and_times_are_written_as_the_language_does(
    language: Language, number: str, moment: str, day: str
) -> None:
    words = Words(language)
    assert words.number(1905) == number
    assert words.moment(NOON) == moment
    assert words.day("1974-02-09") == day
    assert words.day("1974-XX-XX") == words.number("1974-XX-XX")


def test_a_time_of_day_is_that_of_dhaka() -> None:
    assert Words(Language.ENGLISH).time(UtcSeconds(NOON + 12 * 3600)) == "00:05"
    assert Words(Language.ENGLISH).date(UtcSeconds(NOON + 12 * 3600)) == "23 Nov 2026"


@pytest.mark.parametrize("moment", [math.nan, math.inf, -1.0, 253_402_300_799.0, 9.3e18])
def test_no_time_that_can_be_is_a_dash(moment: float) -> None:
    """A gate's record may say anything of when a list was made."""
    words = Words(Language.BANGLA)
    at = UtcSeconds(moment)
    assert words.time(at) == words.date(at) == words.moment(at) == "—"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (61.4, "61 s"),
        (1260, "21 min"),
        (3 * 3600, "3 h"),
        (86400 * 3, "3 d"),
        (math.inf, "—"),
        (math.nan, "—"),
    ],
)
def test_a_duration_has_a_unit_that_one_can_grasp(seconds: float, text: str) -> None:
    assert Words(Language.ENGLISH).duration(seconds) == text


def test_a_value_of_a_newer_gate_stands_for_itself() -> None:
    words = Words(Language.BANGLA)
    assert words.known("page.of_tomorrow", "tomorrow") == "tomorrow"
    assert words.known("page.close", "") == words("page.close")


async def asked(path: str, **parameters: str) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=language_routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
        return await client.get(path, params=parameters)


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/cases/0190a", "/cases/0190a"),
        ("//example.org", "/"),
        ("/\\example.org", "/"),
        ("https://example.org", "/"),
        ("/a?b=c", "/"),
        ("", "/"),
    ],
)
async def test_a_language_is_chosen_and_leads_back(back: str, leads_to: str) -> None:
    answer = await asked("/language/en", back=back)
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("language=en", "HttpOnly", "SameSite=strict"))


async def test_a_language_that_no_page_speaks_is_refused() -> None:
    answer = await asked("/language/xx")
    assert (answer.status_code, answer.headers.get("set-cookie")) == (404, None)
