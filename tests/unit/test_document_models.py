"""Models of documents: which one describes a document, and what is said of a broken one."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

from egate.emrtd.mrz.parse import Mrz, parse
from egate.optical.models.library import DocumentModels, read_model, read_models
from egate.settings.files import SettingsError

# 9303-4 Appendix B
UTOPIA = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
SOUND = """
title = "Utopia: passport"
measured_from = "nothing: an example"
size_mm = [125.0, 88.0]
photograph = [5.0, 15.0, 35.0, 45.0]

[document]
format = "TD3"
issuing_state = "UTO"
document_code = "P"
number = "[A-Z][0-9]{6}[A-Z][0-9]"

[expectations.dull_paper]
check = "OPTICAL.UV"
feature = "paper"
light = "ultraviolet"
property = "dull"
boxes = [[0.0, 0.0, 125.0, 88.0]]
limit = 0.5
chosen_from = "nothing: an example"
"""
SPECIMEN = """
[specimen]
white = "white.png"
infrared = "infrared.png"
ultraviolet = "ultraviolet.png"
pixels_per_mm = 2.0
"""


@pytest.fixture
def mrz() -> Mrz:
    return parse(UTOPIA, date(2011, 1, 1))


def written(folder: Path, text: str, name: str = "utopia") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_model_describes_the_documents_of_its_series(tmp_path: Path, mrz: Mrz) -> None:
    model = read_model(written(tmp_path, SOUND))
    assert model.describes(mrz)
    assert not model.describes(replace(mrz, issuing_state="BGD"))
    assert not model.describes(replace(mrz, document_number="AB1234567"))
    assert not model.describes(replace(mrz, document_code="PD"))


def test_the_model_of_a_state_goes_before_the_generic_one(tmp_path: Path, mrz: Mrz) -> None:
    generic = SOUND.replace('issuing_state = "UTO"\n', "")
    written(tmp_path, generic, "any_td3")
    written(tmp_path, SOUND)
    models = read_models(tmp_path)
    assert [model.name for model in models.of(mrz)] == ["utopia"]
    assert [model.name for model in models.of(replace(mrz, issuing_state="BGD"))] == ["any_td3"]
    assert not DocumentModels(()).of(mrz)


def test_own_models_can_be_used(mrz: Mrz) -> None:
    models = read_models()
    assert [model.name for model in models.of(mrz)] == ["any_td3"]
    bangladeshi = models.of(replace(mrz, issuing_state="BGD"))
    assert {model.name for model in bangladeshi} == {"bd_e_passport", "bd_mrp"}


@pytest.mark.parametrize(
    ("wrong", "instead", "said"),
    [
        ('title = "Utopia: passport"', "", "title: Field required"),
        ("limit = 0.5", "limit = 5", "expectations.dull_paper.limit: Input should be less"),
        ('light = "ultraviolet"', 'light = "moon"', "expectations.dull_paper.light: Input"),
        ("125.0, 88.0]]", "126.0, 88.0]]", "expectations.dull_paper.boxes: not on the page"),
        ("[5.0, 15.0", "[95.0, 15.0", "photograph: not on the page"),
        ("[document]", "seal = [110, 70, 20, 20]\n[document]", "seal: not on the page"),
        ('[A-Z][0-9]"', '[A-Z"', "document.number: no regular expression: unterminated"),
        ('"dull"', '"continuous"', "expectations.dull_paper: around: of a continuous print"),
        ("measured_from", "measured_on = 1\nmeasured_from", "measured_on: unknown key"),
        ("size_mm = [125.0, 88.0]", "size_mm = [nan, 88.0]", "size_mm.0"),
        ("[document]", "[document", "not TOML"),
    ],
)
def test_a_broken_model_is_refused_in_one_line(
    tmp_path: Path, wrong: str, instead: str, said: str
) -> None:
    file = written(tmp_path, SOUND.replace(wrong, instead))
    with pytest.raises(SettingsError) as refused:
        read_model(file)
    message = str(refused.value)
    assert message.startswith(str(file))
    assert said in message
    assert "\n" not in message


def test_a_specimen_of_another_size_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, SOUND + SPECIMEN)
    for light in ("white", "infrared", "ultraviolet"):
        cv2.imwrite(str(tmp_path / f"{light}.png"), np.zeros((176, 250), np.uint8))
    assert read_model(file).specimen
    cv2.imwrite(str(tmp_path / "infrared.png"), np.zeros((176, 249), np.uint8))
    with pytest.raises(SettingsError, match=r"infrared\.png: 249 x 176 pixels, not 250 x 176"):
        read_model(file)
    (tmp_path / "infrared.png").write_bytes(b"no picture")
    with pytest.raises(SettingsError, match=r"infrared\.png: not a picture"):
        read_model(file)
    (tmp_path / "infrared.png").unlink()
    with pytest.raises(SettingsError, match=r"infrared\.png: No such file"):
        read_model(file)


def test_a_folder_without_models_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no model of a document"):
        read_models(tmp_path)
