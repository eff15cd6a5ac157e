"""Names of persons: the same one however it is spelt, another one however it looks alike."""

import pytest

from egate.lists.names.folding import UnusableName, fold
from egate.lists.names.person_index import NameThresholds
from egate.lists.names.person_name import PersonName, part_of
from egate.lists.names.score import alike, names_score

OF_ONE_PERSON = [
    ("Md. Abdul Karim", "MOHAMMAD ABDULKARIM"),
    ("Mohd Abdul Karim", "Muhammad Abd al-Karim"),
    ("Mst. Fatema Begum", "MOSAMMAT FATIMA KHATUN"),
    ("Most. Fatema Bibi", "MST FATEMA KHANAM"),
    ("Mahbubur Rahman", "MAHBUB-UR-RAHMAN"),
    ("Mahbubul Rahman", "MAHBUBURRAHMAN"),
    ("Sk. Rezaul Haque", "SHEIKH REZAUL HUQ"),
    ("Nasiruddin Chowdhury", "NASIR UDDIN CHOUDHURY"),
    ("Nasir ud-Din Chaudhry", "NASIRUDDIN CHOWDHURY"),
    ("Habib Ullah Sarker", "HABIBULLAH SARKAR"),
    ("Syed Anwar Hossain", "SAYYID ANWAR HUSSEIN"),
    ("Dr. Aminul Islam", "AMINUL ISLAM"),
    ("Alhaj Aminul Islam", "ISLAM<<AMINUL<<<<<<<<"),
    ("Jürgen Müller", "MUELLER<<JUERGEN"),
    ("D'Souza, Maria", "DSOUZA<<MARIA"),
    ("মোহাম্মদ সাহাবুদ্দিন", "Mohammad Sahabuddin"),
    ("Ig0r Sech1n", "Igor Sechin"),
    ("SergeiLavrov", "Sergei Lavrov"),
    ("A. K. M. Rezaul Karim", "AKM Rezaul Karim"),
    ("Abdul Karim", "Md Abdul Karim"),
    ("Rachid Thabit", "Rashid Sabit"),
    ("Ramadhan Chattah", "Ramazan Shattah"),
    ("Nasraw Kowser", "Nasrav Kovser"),
    ("Tahirur Lagod", "Tahir Lagod"),
]
OF_TWO_PERSONS = [
    ("Md Abdul Karim", "Md Abdul Rahim"),
    ("Rafiqul Islam", "Monirul Islam"),
    ("Md Kamal Hossain", "Md Sohel Hossain"),
    ("Mst Rahima Begum", "Mst Halima Begum"),
    ("Anwar Hossain", "Delwar Hossain"),
    ("Syed Ashraf Ali", "Syed Mujtaba Ali"),
    ("Nasir Uddin Khan", "Salah Uddin Khan"),
    ("Habibullah Khan", "Waliullah Khan"),
    ("Roksana Akter", "Sumaiya Akter"),
]
THRESHOLD = 0.74  # of the policy, where the dates of birth are the same


@pytest.mark.parametrize(("left", "right"), OF_ONE_PERSON)
def test_one_person_is_found(left: str, right: str) -> None:
    assert names_score(left, right) >= 0.9


@pytest.mark.parametrize(("left", "right"), OF_TWO_PERSONS)
def test_another_person_with_a_common_surname_is_not(left: str, right: str) -> None:
    assert names_score(left, right) < THRESHOLD


@pytest.mark.parametrize(
    ("left", "right"),
    [("Md Kamal Hossain", "Md Jamal Hossain"), ("Rafiqul Islam", "Shafiqul Islam")],
)
def test_names_that_rhyme_need_the_same_date_of_birth(left: str, right: str) -> None:
    assert THRESHOLD < names_score(left, right) < 0.85


def test_a_name_cut_where_the_machine_readable_zone_ends() -> None:
    full = "Papandropoulous Jonathon Alexandros Warnakulasuriya"
    assert names_score(full, "PAPANDROPOULOUS<<JONATHON<ALEXANDROS<WARN") >= 0.95
    assert names_score("Jonathon Warnakulasuriya", "JONATHON WARN") < THRESHOLD  # nothing filled


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ærø Þór Straße", ["AEROE", "THOR", "STRASSE"]),
        ("Özil Çelik", ["OEZIL", "CELIK"]),
        ("O'Connor-Smith", ["OCONNOR", "SMITH"]),
        ("ERIKSSON<<ANNA<MARIA<<<<", ["ERIKSSON", "ANNA", "MARIA"]),
        ("Владимир", ["VLADIMIR"]),
        ("Anna 2", ["ANNA"]),
    ],
)
def test_folding(name: str, words: list[str]) -> None:
    assert [each.text for each in fold(name)] == words


@pytest.mark.parametrize("name", ["", "   ", "<<<<", "12 34", "\u0301", "x" * 257, "a " * 25])
def test_what_is_no_name_is_said_without_it(name: str) -> None:
    with pytest.raises(UnusableName, match="a name has") as refused:
        PersonName.parse(name)
    assert not name.strip() or name not in str(refused.value)


def test_a_name_of_titles_and_links_alone_is_a_name() -> None:
    assert names_score("Major", "MAJOR") == 1.0
    assert [each.text for each in PersonName.parse("Ben Ali").parts] == ["BEN", "ALI"]


def test_one_part_that_agrees_is_little_where_the_other_name_has_more() -> None:
    assert names_score("Md Rosidur", "Md Atshak Rosidur") < 0.85
    assert names_score("Kamal Rosidur", "Kamal Atshak Rosidur") > 0.9


@pytest.mark.parametrize(
    ("bangla", "latin"),
    [
        ("মোঃ আনিসুর রহমান", "RAHMAN MD ANISUR"),
        ("মো. আনিসুর রহমান", "MOHAMMAD ANISUR RAHMAN"),
        ("মোহাঃ কামাল হোসেন", "HOSSAIN MD KAMAL"),
        ("মোছাঃ রহিমা বেগম", "BEGUM MST RAHIMA"),
        ("মোসাঃ সালমা খাতুন", "MOSAMMAT SALMA KHATUN"),
        ("শেখ কামাল", "SHEIKH KAMAL"),
    ],
)
def test_short_forms_of_bangla_are_those_of_the_passport(bangla: str, latin: str) -> None:
    assert names_score(bangla, latin) >= NameThresholds().exact


def test_what_is_a_short_form_in_bangla_alone_is_a_name_of_its_own_elsewhere() -> None:
    assert names_score("MO YAN", "MUHAMMAD YAN") < 0.6


def test_an_initial_is_like_what_begins_with_it_alone() -> None:
    assert alike(part_of("A", False), part_of("ALI", False)) == 0.85
    assert alike(part_of("B", False), part_of("ALI", False)) == 0.0


def test_a_name_does_not_show_itself() -> None:
    name = PersonName.parse("Abdul Karim")
    assert "KARIM" not in repr((name, name.parts, fold("Abdul Karim")))
