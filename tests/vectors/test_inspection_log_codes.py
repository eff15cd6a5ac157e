"""Numbers of reasons: fixed, each of one meaning, and each still said by some check."""

import csv
from collections.abc import Iterator
from pathlib import Path

from egate.domain.inspection_log.places import FIRST_CODE, LAST_CODE, PLACES
from egate.domain.inspection_log.reasons import code_of, reasons_of
from egate.emrtd.checks import CheckId
from tests.conftest import ROOT
from tests.inspection_log_samples import IN, valid

CODES = Path(__file__).with_name("inspection_log_codes.csv")


def test_every_check_has_a_place_of_its_own() -> None:
    assert set(PLACES) == set(CheckId)
    assert len({place.first_code for place in PLACES.values()}) == len(CheckId)


def codes() -> Iterator[tuple[str, str, str]]:
    for check_id in CheckId:
        for reason in sorted(reasons_of(check_id), key=lambda each: each.number):
            yield str(code_of(check_id, reason)), check_id.value, reason.text


def test_a_code_never_changes_its_meaning() -> None:
    """Who adds a reason adds its line; no line is ever changed or taken away."""
    with CODES.open(newline="") as table:
        fixed = [(row["code"], row["check_id"], row["meaning"]) for row in csv.DictReader(table)]
    made = sorted(codes())
    assert made == sorted(fixed)
    numbers = [int(code) for code, _, _ in made]
    assert len(set(numbers)) == len(numbers)
    assert FIRST_CODE <= min(numbers) <= max(numbers) <= LAST_CODE  # TR-03135-1 §5.3


def test_every_phrase_is_still_said_somewhere() -> None:
    own = ROOT / "egate" / "domain" / "inspection_log"
    files = (file for file in (ROOT / "egate").rglob("*.py") if own not in file.parents)
    said = "\n".join(file.read_text("utf-8") for file in files)
    phrases = {reason.phrase for check_id in CheckId for reason in reasons_of(check_id)}
    assert [phrase for phrase in phrases if phrase not in said] == []


def test_the_page_shows_a_valid_log() -> None:
    page = (ROOT / "docs" / "inspection-log.md").read_text("utf-8")
    shown = page.partition("```xml\n")[2].partition("```")[0]
    root = valid(shown.encode())
    fixed = {code: check_id for code, check_id, _ in codes()}
    for check in root.iter(f"{IN}Check"):
        assert check.get("section", "") == PLACES[CheckId(check.get("id"))].section
        assert fixed.get(check.get("errorCode"), check.get("id")) == check.get("id")
