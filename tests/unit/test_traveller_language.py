"""Languages of the display as files: ours, an operator's, and what happens to bad ones."""

from pathlib import Path

import pytest

from egate.web.traveller_language import (
    TEXT_NAMES,
    DisplayText,
    LanguageUnusable,
    StepName,
    language_of,
    lines,
    step_names,
)

_SCRIPTS = {"bn": "\u0980\u09ff", "hi": "\u0900\u097f", "ar": "\u0600\u06ff", "en": "Az"}


@pytest.mark.parametrize("code", _SCRIPTS)
def test_each_language_that_we_bring_says_everything_in_its_own_script(code: str) -> None:
    language = language_of(code)
    first, last = _SCRIPTS[code]
    assert set(language.texts) == set(TEXT_NAMES)
    assert set(language.steps) == set(StepName)
    for text in language.texts.values():
        for part in (text.say, text.more):
            assert any(first <= letter <= last for letter in part)
            assert code == "en" or not any("A" <= letter <= "z" for letter in part)
    assert language.direction == ("rtl" if code == "ar" else "ltr")
    assert len(language.numerals) == 3


def test_a_language_that_nobody_has_read_says_so() -> None:
    wanting = {code for code in _SCRIPTS if language_of(code).needs_native_reader}
    assert wanting == {"ar", "hi"}


def test_a_file_that_is_dropped_in_is_a_language(tmp_path: Path) -> None:
    (tmp_path / "fr.toml").write_text(
        'numerals = "123"\n[steps]\npassport = "Passeport"\n'
        '[texts]\nwelcome = { say = "Bienvenue", more = "Avancez un par un" }\n',
        "utf-8",
    )
    languages = (language_of("bn"), language_of("fr", tmp_path))
    said = lines("welcome", languages)
    assert [line.code for line in said] == ["bn", "fr"]
    assert said[1].text == DisplayText("Bienvenue", "Avancez un par un")
    assert step_names(languages, StepName.PASSPORT)[1] == ("fr", "Passeport")


def test_what_a_language_lacks_is_said_in_english_and_never_twice(tmp_path: Path) -> None:
    (tmp_path / "fr.toml").write_text('[texts]\nwelcome = { say = "Bienvenue" }\n', "utf-8")
    french, english, bangla = language_of("fr", tmp_path), language_of("en"), language_of("bn")
    assert [line.code for line in lines("evacuate", (french,))] == ["en"]
    assert [line.code for line in lines("evacuate", (bangla, french, english))] == ["bn", "en"]
    assert [line.code for line in lines("welcome", (french, english))] == ["fr", "en"]
    assert step_names((french, english), StepName.FACE) == (("en", "Face"),)


def test_an_operators_words_go_before_ours_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "ar.toml").write_text(
        'needs_native_reader = false\n[texts]\nwelcome = { say = "مرحباً" }\n', "utf-8"
    )
    own, ours = language_of("ar", tmp_path), language_of("ar")
    assert own.texts["welcome"] == DisplayText("مرحباً")
    assert own.texts["evacuate"] == ours.texts["evacuate"]
    assert (own.direction, own.steps, own.needs_native_reader) == ("rtl", ours.steps, False)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('[texts]\nwelcom = { say = "x" }\n', "texts.welcom"),
        ('[texts]\nwelcome = { say = "x", why = "y" }\n', "unknown key"),
        ('[texts]\nwelcome = { say = "" }\n', "texts.welcome.say"),
        ("[texts]\nwelcome = { say = 1 }\n", "texts.welcome.say"),
        (f'[texts]\nwelcome = {{ say = "{"x" * 61}" }}\n', "texts.welcome.say"),
        ('[texts]\nwelcome = { say = "a\\nb" }\n', "texts.welcome.say"),
        ('[texts]\nwelcome = { say = "\\u202eevil" }\n', "texts.welcome.say"),
        ('[steps]\nfeet = "x"\n', "steps.feet"),
        ('direction = "up"\n', "direction"),
        ('numerals = "12"\n', "numerals"),
        ("colour = 1\n", "unknown key"),
        ("direction = ", "not TOML"),
        ("x = " + "[" * 5000, "not TOML"),
        ("#" * 70_000, "more than 65536 bytes"),
    ],
)
def test_a_file_that_cannot_be_shown_is_one_line(tmp_path: Path, content: str, fault: str) -> None:
    (tmp_path / "fr.toml").write_text(content, "utf-8")
    with pytest.raises(LanguageUnusable, match=fault) as raised:
        language_of("fr", tmp_path)
    assert "fr.toml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_language_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(LanguageUnusable, match=r"xx\.toml: there is no such file"):
        language_of("xx", tmp_path)
