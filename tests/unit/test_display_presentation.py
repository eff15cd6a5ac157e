"""What the settings say of the display, as the page gets it."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from egate.cli.doctor_display import look_at_display
from egate.gate.display.presentation import presentation_of, warn_of_unread
from egate.gate.display.prompts import PromptUnusable
from egate.gate.display.steps import step_number, steps_of
from egate.ports.supervision import TravellerMessage
from egate.settings import Display
from egate.web.traveller_language import LanguageUnusable, StepName


def test_nothing_but_an_address_is_bangla_and_english_with_a_chime() -> None:
    with capture_logs() as said:
        shown = presentation_of(Display(listen="127.0.0.1:8080"))
        warn_of_unread(shown)
    assert [language.code for language in shown.languages] == ["bn", "en"]
    assert (shown.prompts, shown.volume_percent, said) == ({}, 70, [])


def test_an_operators_folders_are_used(tmp_path: Path) -> None:
    (tmp_path / "fr.toml").write_text('[texts]\nwelcome = { say = "Bienvenue" }\n', "utf-8")
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "welcome.ogg").write_bytes(b"sound")
    shown = presentation_of(
        Display(
            listen="127.0.0.1:8080",
            languages=("fr", "bn"),
            language_folder=tmp_path,
            speech_folder=tmp_path,
            volume_percent=5,
        )
    )
    assert shown.languages[0].texts["welcome"].say == "Bienvenue"
    assert [prompt.content for prompt in shown.prompts["welcome"]] == [b"sound"]
    assert "sound" not in repr(shown.prompts)


def test_a_language_that_no_native_reader_has_read_is_told_of() -> None:
    with capture_logs() as said:
        warn_of_unread(
            presentation_of(Display(listen="127.0.0.1:8080", languages=("bn", "ar", "hi")))
        )
    assert [entry["language"] for entry in said] == ["ar", "hi"]
    assert {entry["log_level"] for entry in said} == {"warning"}


def test_what_cannot_be_shown_or_played_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(LanguageUnusable, match="xx"):
        presentation_of(Display(listen="127.0.0.1:8080", languages=("xx",)))
    with pytest.raises(PromptUnusable, match="no such folder"):
        presentation_of(Display(listen="127.0.0.1:8080", speech_folder=tmp_path / "none"))


@pytest.mark.parametrize(
    "bad", [(), ("../x",), ("EN",), ("a", "b"), ("bn", "en", "ar", "hi", "fr")]
)
def test_languages_are_one_to_four_codes(bad: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="languages"):
        Display(listen="127.0.0.1:8080", languages=bad)


def test_a_kiosk_has_two_steps_and_every_other_lane_three() -> None:
    assert steps_of("kiosk") == (StepName.PASSPORT, StepName.GATE)
    for flow in ("one_step", "two_step", "token_gate", ""):
        assert steps_of(flow) == (StepName.PASSPORT, StepName.FACE, StepName.THROUGH)
    assert step_number(TravellerMessage.GO_TO_GATE, steps_of("kiosk")) == 2
    assert step_number(TravellerMessage.LOOK_AT_CAMERA, steps_of("kiosk")) == 0
    assert step_number(TravellerMessage.OFFICER_WILL_HELP, steps_of("one_step")) == 0


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"languages": ("bn", "xx")}, "xx.toml: there is no such file"),
        ({"languages": ("bn", "ar", "hi")}, "ar, hi: have a native reader read them"),
        ({"speech_folder": Path("/nowhere")}, "/nowhere: there is no such folder"),
        ({"listen": "0.0.0.0:8080"}, "listen at 127.0.0.1"),
        ({"listen": "lane.example:8080"}, "listen at 127.0.0.1"),
    ],
)
def test_the_doctor_says_what_to_mend(chosen: dict[str, object], says: str) -> None:
    name, is_well, detail = look_at_display(Display(**{"listen": "127.0.0.1:8080", **chosen}))
    assert (name, is_well) == ("display", False)
    assert says in detail
    assert "\n" not in detail


def test_the_doctor_counts_what_is_recorded(tmp_path: Path) -> None:
    (tmp_path / "bn").mkdir()
    (tmp_path / "bn" / "welcome.ogg").write_bytes(b"sound")
    chosen = Display(listen="localhost:8080", speech_folder=tmp_path)
    assert look_at_display(chosen) == ("display", True, "bn, en; 1 of 26 messages recorded")
