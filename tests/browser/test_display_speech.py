"""Spoken prompts in a real browser: which recordings are played, in which order, and when none."""

import io
import wave
from pathlib import Path
from typing import Final

import httpx
import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from egate.domain.guidance import Guidance
from egate.gate.display.app import display_app
from egate.gate.display.presentation import Presentation
from egate.gate.display.prompts import PromptUnusable, prompts_in
from egate.ports.supervision import TravellerMessage
from egate.web.traveller_language import language_of
from tests.display_page import MakeGate, Serve, Until, show

_LANGUAGES: Final = (language_of("bn"), language_of("en"))
# Loudspeakers are out of reach: what the page begins to play is noted, and ends at once.
_NOTE: Final = """
window.played = [];
HTMLMediaElement.prototype.play = function () {
  window.played.push([new URL(this.src).pathname, this.volume]);
  setTimeout(() => this.onended?.(), 20);
  return Promise.resolve();
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) {
  window.played.push(["chime"]);
  start.call(this, at);
};
"""

_SETTLED: Final = "return new Promise(done => setTimeout(() => done(window.played.length), 700))"

# The page's time passes thirty times as fast, and its gate is never silent.
_HURRY: Final = """
const [now, later] = [performance.now.bind(performance), setTimeout];
performance.now = () => 30 * now();
window.setTimeout = (call, after) => later(call, after / 30);
setInterval(() => { heard = performance.now(); }, 10);
"""


@pytest.fixture
def listened(browser: WebDriver):  # noqa: ANN201 - a browser whose sounds are noted
    noted = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _NOTE})  # type: ignore[attr-defined]
    yield browser
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", noted)  # type: ignore[attr-defined]


def recording(seconds: float = 0.05) -> bytes:
    sound = io.BytesIO()
    with wave.open(sound, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        written.writeframes(bytes(int(16000 * seconds)))
    return sound.getvalue()


def recorded(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(recording())
    return folder


def played(browser: WebDriver) -> list[list[object]]:
    found: list[list[object]] = browser.execute_script("return window.played")
    return found


def test_each_language_is_heard_in_its_turn_and_the_rest_is_a_chime(
    listened: WebDriver, serve: Serve, until: Until, make_gate: MakeGate, tmp_path: Path
) -> None:
    names = ("bn/place_document.wav", "en/place_document.wav", "en/hold_still.wav")
    prompts = prompts_in(recorded(tmp_path, *names), _LANGUAGES)
    gate = make_gate("DAC-E-01")
    with serve(display_app(gate, Presentation(_LANGUAGES, prompts, 40))) as url:
        assert httpx.get(f"{url}/speech/bn/place_document.wav").content == recording()
        listened.get(url)
        show(listened, gate, "place_document", until)
        both = [["/speech/bn/place_document.wav", 0.4], ["/speech/en/place_document.wav", 0.4]]
        until(lambda: played(listened) == both)
        show(listened, gate, "please_pass", until)  # nobody recorded it
        until(lambda: played(listened) == [*both, ["chime"], ["chime"]])
        show(listened, gate, "hold_still", until)
        until(lambda: played(listened)[-1] == ["/speech/en/hold_still.wav", 0.4])


def test_what_changes_at_once_is_not_begun_and_what_was_heard_is_not_said_again(
    listened: WebDriver, serve: Serve, until: Until, make_gate: MakeGate, tmp_path: Path
) -> None:
    names = ("en/look_up.wav", "en/look_down.wav", "en/come_closer.wav")
    prompts = prompts_in(recorded(tmp_path, *names), _LANGUAGES)
    gate = make_gate("DAC-E-01")
    with serve(display_app(gate, Presentation(_LANGUAGES, prompts))) as url:
        listened.get(url)
        show(listened, gate, "lane_closed", until)
        listened.execute_script(
            "for (const message of arguments) show({message, step: 2, mirror: false})",
            *(Guidance.LOOK_UP, Guidance.LOOK_DOWN, Guidance.COME_CLOSER),
        )
        closer = ["/speech/en/come_closer.wav", 0.7]
        until(lambda: played(listened) == [closer])
        show(listened, gate, "look_up", until)
        until(lambda: len(played(listened)) == 2)
        show(listened, gate, "come_closer", until)
        assert listened.execute_script(_SETTLED) == 2
        show(listened, gate, "welcome", until)  # the next traveller has heard nothing
        show(listened, gate, "come_closer", until)
        until(lambda: played(listened)[2:] == [closer])


def test_an_evacuation_is_called_again_and_again_until_it_ends(
    listened: WebDriver, serve: Serve, until: Until, make_gate: MakeGate
) -> None:
    gate = make_gate("DAC-E-01")
    with serve(display_app(gate)) as url:
        listened.get(url)
        show(listened, gate, "lane_closed", until)
        listened.execute_script(_HURRY)
        show(listened, gate, "evacuate", until)
        until(lambda: len(played(listened)) >= 3 * 2)  # a chime has two notes
        show(listened, gate, "lane_closed", until)
        heard = len(played(listened))
        assert listened.execute_script(_SETTLED) == heard
        listened.get("about:blank")


@pytest.mark.parametrize("volume", [0, 100])
def test_a_silent_display_makes_no_sound(
    listened: WebDriver, serve: Serve, until: Until, make_gate: MakeGate, volume: int
) -> None:
    gate = make_gate("DAC-E-01")
    with serve(display_app(gate, Presentation(_LANGUAGES, {}, volume))) as url:
        listened.get(url)
        show(listened, gate, "evacuate", until)
        assert listened.execute_script(_SETTLED) == (2 if volume else 0)


def test_a_recording_is_chosen_by_name_alone(tmp_path: Path) -> None:
    files = ("bn/welcome.ogg", "en/welcome.mp3", "en/notes.txt", "fr/welcome.ogg", "en/other.ogg")
    found = prompts_in(recorded(tmp_path, *files), _LANGUAGES)
    assert {name: [p.path for p in prompts] for name, prompts in found.items()} == {
        TravellerMessage.WELCOME: ["/speech/bn/welcome.ogg", "/speech/en/welcome.mp3"]
    }
    assert [p.media_type for p in found["welcome"]] == ["audio/ogg", "audio/mpeg"]


def test_a_recording_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(PromptUnusable, match="there is no such folder"):
        prompts_in(tmp_path / "none", _LANGUAGES)
    (recorded(tmp_path, "bn/welcome.ogg") / "bn/welcome.ogg").write_bytes(bytes(1024 * 1024 + 1))
    with pytest.raises(PromptUnusable, match=r"welcome\.ogg: more than 1048576 bytes"):
        prompts_in(tmp_path, _LANGUAGES)
