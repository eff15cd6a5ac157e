"""The file of dated rules: read strictly, and no two of its rules speak of one case."""

import pytest

from egate.domain.authorisation.rules import Days
from egate.domain.authorisation.travel_authorisation import AuthorisationKind, Verification
from egate.domain.policy.entries import PolicyInvalid
from egate.domain.time import UtcSeconds
from tests.authorisation_samples import RULES, RULES_TEXT, day, rules

HEAD = """
version = "1"
own_state = "BGD"
utc_offset_minutes = 360
trusted = ["system"]
entry = []
clearance = []
leaving = []
reuse = { same_direction_minutes = 1, other_port_minutes = 1 }
"""
VISA = '{ kind = "visa_mrv", from = 2026-01-01, stay = 30 }'


def fault(text: str) -> str:
    with pytest.raises(PolicyInvalid) as raised:
        rules(text)
    said = str(raised.value)
    assert "\n" not in said
    return said


def with_entries(*tables: str) -> str:
    return HEAD.replace("entry = []", f"entry = [{', '.join(tables)}]")


def test_the_rules_that_are_shipped() -> None:
    assert RULES.own_state == "BGD"
    assert Verification.OFFICER_SIGHT not in RULES.trusted
    today = day("2026-11-22")
    assert AuthorisationKind.VOA not in RULES.entry_rules("IND", today)
    assert AuthorisationKind.NVR not in RULES.entry_rules("IND", today)
    assert AuthorisationKind.SAARC_STICKER in RULES.entry_rules("IND", today)
    exempt = RULES.entry_rules("BTN", today)[AuthorisationKind.VISA_EXEMPT]
    assert exempt.stay_days == 90


def test_every_moment_has_a_day() -> None:
    assert RULES.day_of(UtcSeconds(253_402_300_799.0)) == day("9999-12-31")
    assert RULES.day_of(UtcSeconds(1e300)) == day("9999-12-31")
    assert RULES.day_of(UtcSeconds(-1e300)) == day("0001-01-02")


def test_the_least_that_is_a_file_of_rules() -> None:
    found = rules(HEAD)
    assert (found.entry, found.suspensions, found.not_admitted) == ((), (), ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version", "versions", "versions: unknown key"),
        ('version = "1"', "", "version: is missing"),
        ('"1"', "1", "version: is not a text on one line"),
        ('"BGD"', '"Bgd"', "own_state: 'Bgd' is no State of 9303-3 section 5"),
        ("360", "6.0", "utc_offset_minutes: is not a whole number"),
        ("360", "true", "utc_offset_minutes: is not a whole number"),
        ("360", "841", "utc_offset_minutes: is not a whole number"),
        ('["system"]', '"system"', "trusted: is not a list of texts"),
        ('["system"]', '["sight"]', "trusted: one is none of system, seal, officer_sight"),
        ("{ same", "{ more = 1, same", "reuse.more: unknown key"),
        ("other_port_minutes = 1", "other_port_minutes = 0", "reuse.other_port_minutes: is not a"),
        ("minutes = 1,", "minutes = 99999,", "reuse.same_direction_minutes: is not a whole"),
        ("entry = []", "entry = 1", "entry: is not an array of tables"),
        ("entry = []", "entry = [1]", "entry.1: is not a table"),
        ("entry = []", f"entry = [{'1,' * 501}]", "entry: are more than 500"),
        ("leaving = []", 'leaving = [{ kind = "exit_visa" }]', "leaving.1.from: is missing"),
    ],
)
def test_one_line_names_key_and_fault(old: str, new: str, said: str) -> None:
    assert old in HEAD
    assert fault(HEAD.replace(old, new, 1)).startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"visa_mrv"', '"visa"', "entry.1.kind: is none of coi, e_tp, e_visa"),
        ('"visa_mrv"', '"exit_visa"', "entry.1.kind: is none of"),
        ('"visa_mrv"', "1", "entry.1.kind: is none of"),
        ('"visa_mrv"', "[]", "entry.1.kind: is none of"),
        ("2026-01-01", '"2026-01-01"', "entry.1.from: is not a day such as"),
        ("2026-01-01", "2026-01-01T00:00:00", "entry.1.from: is not a day such as"),
        ("stay", "until = 2025-12-31, stay", "entry.1.until: is before from"),
        ("stay = 30", "stay = 0", "entry.1.stay: is not a whole number from 1"),
        ("stay = 30", "stay = true", "entry.1.stay: is neither days"),
        ("stay = 30", 'stay = "for ever"', "entry.1.stay: is neither days"),
        ("stay = 30", "", "entry.1.stay: is missing"),
        ("stay", "stays = 1, stay", "entry.1.stays: unknown key"),
        ("stay", "entries = 0, stay", "entry.1.entries: is not a whole number"),
        ("stay", 'follows = ["dual"], stay', "entry.1.follows: of two documents in use"),
        ("stay", 'follows = ["lost"], stay', "entry.1.follows: one is none of"),
        ("stay", 'nationalities = ["x"], stay', "entry.1.nationalities: 'x' is no State"),
        ("stay", "given_on_arrival = 1, stay", "entry.1.given_on_arrival: is neither true"),
        ("stay", "by_nationality = true, stay", "entry.1.by_nationality: needs nationalities"),
        (
            "stay = 30",
            'by_nationality = true, nationalities = ["FJI"], stay = "as_issued"',
            "entry.1.by_nationality: needs nationalities and a stay of its own",
        ),
    ],
)
def test_a_rule_of_entry_is_read_strictly(old: str, new: str, said: str) -> None:
    text = VISA.replace(old, new, 1).replace(",  }", "}")
    assert text != VISA
    assert fault(with_entries(text)).startswith(said)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('clearance = [{ kind = "eta", from = 2026-01-01, purposes = [] }]', "clearance.1.kind"),
        (
            'clearance = [{ kind = "noc_go", from = 2026-01-01, purposes = ["unknown"] }]',
            "clearance.1.purposes: what is unknown demands nothing by itself",
        ),
        ('leaving = [{ kind = "eta", from = 2026-01-01 }]', "leaving.1.kind: is none of"),
        ('suspended = [{ kind = "noc_go", from = 2026-01-01 }]', "suspended.1.kind: is none of"),
        ('suspended = [{ kind = "voa", from = 1 }]', "suspended.1.from: is not a day"),
        (
            "not_admitted = [{ nationalities = [], from = 2026-01-01 }]",
            "not_admitted.1.nationalities: is empty",
        ),
        ("not_admitted = [{ from = 2026-01-01 }]", "not_admitted.1.nationalities: is missing"),
    ],
)
def test_the_other_tables_are_read_strictly(table: str, said: str) -> None:
    name = table.partition(" ")[0]
    assert fault(HEAD.replace(f"{name} = []\n", "") + table).startswith(said)


NEPALI = VISA.replace("stay", 'nationalities = ["NPL"], stay')
FIJIAN = VISA.replace("stay", 'nationalities = ["FJI"], stay')
NOT_NEPALI = VISA.replace("stay", 'except_nationalities = ["NPL"], stay')
ENDED = VISA.replace("stay", "until = 2026-05-31, stay")
LATER = VISA.replace("2026-01-01", "2026-06-01")


@pytest.mark.parametrize(
    ("one", "other", "is_one_case"),
    [
        (VISA, VISA, True),
        (VISA, VISA.replace("visa_mrv", "eta"), False),
        (NEPALI, FIJIAN, False),
        (NEPALI, NEPALI, True),
        (NEPALI, VISA, True),
        (NEPALI, NOT_NEPALI, False),
        (FIJIAN, NOT_NEPALI, True),
        (NOT_NEPALI, NOT_NEPALI, True),
        (ENDED, LATER, False),
        (ENDED, VISA.replace("2026-01-01", "2026-05-31"), True),
        (VISA, LATER, True),
    ],
)
def test_no_two_rules_are_for_one_case(one: str, other: str, *, is_one_case: bool) -> None:
    for pair in ((one, other), (other, one)):
        if is_one_case:
            assert fault(with_entries(*pair)) == "entry.2: is for a case that entry.1 is for"
        else:
            assert len(rules(with_entries(*pair)).entry) == 2


def test_nor_are_two_rules_of_exit() -> None:
    twice = 'leaving = [{kind="exit_visa", from=2026-01-01}, {kind="exit_visa", from=2027-01-01}]'
    assert fault(HEAD.replace("leaving = []", twice)).startswith("leaving.2: is for a case")
    needs = '{kind="noc_go", from=2026-01-01, purposes=["official"]}'
    twice = f"clearance = [{needs}, {needs}]"
    assert fault(HEAD.replace("clearance = []", twice)).startswith("clearance.2: is for a case")


def test_days_meet_where_one_is_in_both() -> None:
    first, second = day("2026-01-01"), day("2026-01-02")
    assert Days(first, second).meet(Days(second))
    assert not Days(first, first).meet(Days(second))
    assert Days(first).meet(Days(second, second))


def test_a_file_that_is_no_rules_at_all() -> None:
    assert fault("") == "clearance: is missing"
    assert "suspended" in RULES_TEXT
