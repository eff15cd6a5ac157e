"""Scenario files: the demo's, and every way to write a bad one."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from hardware_mocks.__main__ import main
from hardware_mocks.camera.scene import Attack, Pose, Subject
from hardware_mocks.lane.passports import chip_for, issue_passport, page_of
from hardware_mocks.lane.scenario import load_scenario, parse_traveller
from hardware_mocks.outcome import BadInput
from hardware_mocks.pki.pki import Pki
from hardware_mocks.world.traveller import Kind

DEMO = Path(__file__).resolve().parents[2] / "config" / "scenarios" / "demo.toml"
GOOD = 'name = "A, B"\nkind = "genuine"\nperson = "P001"\n'


def test_the_demo_has_every_kind_and_several_genuine_people() -> None:
    travellers = load_scenario(DEMO).travellers
    assert len(travellers) >= 10
    assert {each.kind for each in travellers} == set(Kind) - {Kind.ABANDONS}  # its own scenario
    assert len({each.person for each in travellers if each.kind is Kind.GENUINE}) >= 3
    assert len({each.name for each in travellers}) == len(travellers)
    assert {each.state for each in travellers} == {"BGD", "UTO"}
    for each in travellers:
        assert (each.person != each.face) is (each.kind is Kind.OTHER_PERSONS_PASSPORT)
        assert each.seen() == Subject(each.face, Pose.FACING, each.attack)
    attacks = [each.attack for each in travellers if each.kind is Kind.PRESENTATION_ATTACK]
    assert set(attacks) >= {Attack.PRINT, Attack.REPLAY}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no [[traveller]]"),
        ("[traveller]\n" + GOOD, "no [[traveller]]"),
        ("nonsense", "not TOML"),
        ("speed = 3\n[[traveller]]\n" + GOOD, "speed: unknown key"),
        ("[[traveller]]\n" + GOOD + 'colour = "red"', "traveller 1: colour: unknown key"),
        (f"[[traveller]]\n{GOOD}\n[[traveller]]\nname = 'A, B'", "traveller 2: kind: missing"),
        ("[[traveller]]\nname = 'A, B'\nkind = 'rich'\nperson = 'P001'", "kind: bad value"),
        ("[[traveller]]\nname = 'A, B'\nkind = 'genuine'\nperson = '../x'", "person: bad value"),
        ("[[traveller]]\nname = 'Åse'\nkind = 'genuine'\nperson = 'P001'", "name: bad value"),
        ("[[traveller]]\nname = 'A, B'\nkind = 'genuine'\nperson = 'P004'", "person: bad value"),
        ("[[traveller]]\n" + GOOD + "attack = 'morph'", "attack: bad value"),
        ("[[traveller]]\n" + GOOD + "attack = 'print'", "attack: only with kind"),
        (
            "[[traveller]]\n" + GOOD.replace("genuine", "presentation_attack"),
            "attack: only with kind presentation_attack, and always then",
        ),
        ("[[traveller]]\n" + GOOD + "expires_in_days = true", "expires_in_days: bad value"),
        ("[[traveller]]\n" + GOOD + "dg2_bytes = true", "dg2_bytes: bad value"),
        ("[[traveller]]\n" + GOOD + "born = '1988'", "born: bad value"),
        ("[[traveller]]\n" + GOOD + "expected_verdict = 'deny'", "expected_verdict: bad value"),
        ("[[traveller]]\n" + GOOD + "expected_findings = 'X'", "expected_findings: bad value"),
    ],
)
def test_a_bad_scenario_ends_in_one_line_and_code_2(
    text: str, fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    assert main(["up", str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert str(file) in line
    assert fault in line


@pytest.mark.parametrize(
    "words",
    [
        ["up"],
        ["up", "--devices-only", str(DEMO)],
        ["up", "/no/such/file.toml"],
        ["up", str(DEMO), "--speed", "0"],
        ["up", str(DEMO), "--speed", "nan"],
        ["up", str(DEMO), "--travellers", "0"],
        ["up", str(DEMO), "--baud", "0", "--pki", "{pki}"],
        ["up", str(DEMO), "--link-kbit", "0", "--pki", "{pki}"],
        ["up", str(DEMO), "--apdu-ms", "-1", "--pki", "{pki}"],
        ["up", str(DEMO), "--door-seconds", "nan", "--pki", "{pki}"],
        ["up", str(DEMO), "--vpcd", "nowhere", "--pki", "{pki}"],
        ["up", str(DEMO), "--pki", "/proc/nowhere"],
    ],
)
def test_bad_usage_ends_in_one_line_and_code_2(
    words: list[str], pki_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word.format(pki=pki_folder) for word in words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.fixture(scope="module")
def pki_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    Pki.make(datetime(2026, 1, 1, tzinfo=UTC)).save(folder)
    return folder


def test_passports_are_printed_for_their_kind(pki_folder: Path) -> None:
    now = datetime(2026, 6, 15, tzinfo=UTC)
    expired = parse_traveller(
        {"name": "DOE, JO", "kind": "expired", "person": "P002", "active_authentication": "none"}
    )
    document = issue_passport(expired, 4, Pki.load(pki_folder), now)
    assert document.mrz[0].startswith("P<BGDDOE<<JO<<<")
    assert document.mrz[1].startswith("XB0000005")
    assert document.mrz[1][20:27] == "<260526"  # no sex stated; 20 days before now
    assert chip_for(expired, document, 1).leaves_after is None
    assert chip_for(expired, document, 1).interface.extended_length
    assert not chip_for(replace(expired, apdus="short"), document, 1).interface.extended_length


@pytest.mark.parametrize(
    ("access", "chip_authentication"), [("bac", "dh"), ("pace", "ecdh"), ("pace-cam", "none")]
)
def test_passports_have_the_protocols_of_their_scenario(
    pki_folder: Path, access: str, chip_authentication: str
) -> None:
    holder = parse_traveller(
        {
            "name": "DOE, JO",
            "kind": "genuine",
            "person": "P002",
            "active_authentication": "none",
            "access": access,
            "chip_authentication": chip_authentication,
        }
    )
    now = datetime(2026, 6, 15, tzinfo=UTC)
    document = issue_passport(holder, 0, Pki.load(pki_folder), now)
    assert document.basic_access
    assert [offer.mapping for offer in document.pace] == {
        "bac": [], "pace": ["GM"], "pace-cam": ["CAM"],
    }[access]  # fmt: skip
    tags = [key.order.group.public_key_tag for key in document.chip_keys]
    assert tags == {"dh": [0x84], "ecdh": [0x86], "none": []}[chip_authentication]


@pytest.mark.parametrize("key", ["access", "chip_authentication", "apdus"])
def test_protocols_that_there_are_not(key: str) -> None:
    with pytest.raises(BadInput, match=f"{key}: bad value"):
        parse_traveller({"name": "DOE, JO", "kind": "genuine", "person": "P002", key: "magic"})


def test_every_passport_of_the_demo_can_be_issued(pki_folder: Path) -> None:
    now, pki = datetime(2026, 6, 15, tzinfo=UTC), Pki.load(pki_folder)
    documents = [
        issue_passport(each, index, pki, now)
        for index, each in enumerate(load_scenario(DEMO).travellers)
    ]
    assert len({document.mrz[1][:9] for document in documents}) == len(documents)


def test_a_page_shows_the_photograph_that_was_put_on_it(pki_folder: Path) -> None:
    table = {"name": "A, B", "kind": "genuine", "person": "P001", "active_authentication": "none"}
    genuine, changed = parse_traveller(table), parse_traveller(table | {"printed": "P007"})
    document = issue_passport(genuine, 0, Pki.load(pki_folder), datetime(2026, 6, 15, tzinfo=UTC))
    once, again, other = (
        page_of(each, document, 0).scan.white for each in (genuine, genuine, changed)
    )
    differs = np.abs(once.astype(int) - other).max(axis=2) > 40
    assert np.array_equal(once, again)
    columns = np.flatnonzero(differs.mean(axis=0) > 0.1) / once.shape[1]
    assert 0.02 < columns.min() < columns.max() < 0.95  # portrait and ghost
    assert not differs[:, round(0.35 * once.shape[1]) : round(0.75 * once.shape[1])].any()


def test_a_page_says_what_its_document_says(pki_folder: Path) -> None:
    table = {"name": "A, B", "kind": "genuine", "person": "P001", "active_authentication": "none"}
    traveller = parse_traveller(table | {"sex": "F", "born": date(1969, 8, 16)})
    document = issue_passport(traveller, 4, Pki.load(pki_folder), datetime(2026, 6, 15, tzinfo=UTC))
    truth = page_of(traveller, document, 4).truth
    assert truth["mrz"] == list(document.mrz)
    assert truth["forgery"] is None
    said = truth["visual_zone"]
    assert (said["surname"], said["date_of_birth"], said["sex"]) == ("A", "16 AUG 1969", "F")


def test_a_forged_page_is_of_a_species_that_there_is(pki_folder: Path) -> None:
    table = {"name": "A, B", "kind": "genuine", "person": "P001", "active_authentication": "none"}
    forger = parse_traveller(table | {"forgery": "mrz_altered", "damage": 2})
    document = issue_passport(forger, 0, Pki.load(pki_folder), datetime(2026, 6, 15, tzinfo=UTC))
    truth = page_of(forger, document, 0).truth
    assert (truth["forgery"], truth["damage"]) == ("mrz_altered", 2)
    assert truth["mrz"] != list(document.mrz)
    for wrong in ({"forgery": "magic"}, {"damage": 4}, {"damage": True}):
        with pytest.raises(BadInput, match="bad value"):
            parse_traveller(table | wrong)


def test_a_chip_that_leaves_does_so_on_its_first_two_placements(pki_folder: Path) -> None:
    leaver = parse_traveller(
        {
            "name": "DOE, JO",
            "kind": "chip_leaves_twice",
            "person": "P002",
            "active_authentication": "none",
        }
    )
    document = issue_passport(leaver, 0, Pki.load(pki_folder), datetime(2026, 6, 15, tzinfo=UTC))
    leaves = [chip_for(leaver, document, placement).leaves_after for placement in (1, 2, 3)]
    assert [each is not None for each in leaves] == [True, True, False]


def test_parse_traveller_wants_a_table() -> None:
    with pytest.raises(BadInput):
        parse_traveller(3)
