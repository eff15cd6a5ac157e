"""``egate face quality`` as a technician at a camera calls it."""

import io
import json
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from egate.biometrics.quality import FaceQuality
from egate.cli.main import main
from tests.integration.test_face_command import dg2

ROOT = Path(__file__).resolve().parents[2]
PORTRAIT = ROOT / "hardware_mocks" / "photographs" / "P001" / "portrait.jpg"
SELFIE = ROOT / "hardware_mocks" / "photographs" / "P001" / "selfie.jpg"
OFIQ = """#!{python}
import sys
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
open(options["-o"], "w").write("Filename;Sharpness;Sharpness.scalar;\\nx;44;-1\\n")
sys.exit({status})
"""


def picture(folder: Path, image: np.ndarray) -> str:
    file = folder / "picture.png"
    cv2.imwrite(str(file), image)
    return str(file)


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    document = json.loads(capsys.readouterr().out)
    assert isinstance(document, dict)
    return document


def test_a_good_picture_is_exit_0_with_every_measure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["face", "quality", str(SELFIE), "--json"]) == 0
    found = answer(capsys)
    assert (found["ok"], found["good"], found["faults"]) == (True, True, [])
    assert (found["faces"], found["judged_as"]) == (1, "live")
    rows = {row["name"]: row for row in found["measures"]}
    assert set(rows) == {*FaceQuality.__slots__, "bits_per_pixel"}
    assert all(row["unit"] and row["good"] in (True, None) for row in rows.values())
    assert rows["eye_distance_px"]["value"] == pytest.approx(125, abs=5)
    assert rows["yaw"]["minimum"] == -rows["yaw"]["maximum"] < 0
    assert rows["mouth_covered"]["maximum"] == rows["eyes_covered"]["maximum"] == 0.5
    assert 0 <= found["score"] <= 100


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["face", "quality", str(SELFIE)]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.startswith("good: judged as live, 1 face(s), score ")
    assert len(lines) == len(FaceQuality.__slots__) + 1
    assert any(line.startswith("  sharpness") and line.endswith("good") for line in lines)


def test_a_bad_picture_is_exit_1_and_says_what(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blurred = cv2.GaussianBlur(cv2.imread(str(SELFIE)), (0, 0), 9)
    assert main(["face", "quality", picture(tmp_path, blurred)]) == 1
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.startswith("blurred")
    assert next(line.split()[0] for line in lines if line.endswith("BAD")) == "sharpness"


def test_no_face_is_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = picture(tmp_path, np.full((99, 99, 3), 70, np.uint8))
    assert main(["face", "quality", file]) == 1
    assert capsys.readouterr().out == "no face\n"
    assert main(["face", "quality", file, "--json"]) == 1
    assert answer(capsys) == {"ok": True, "faces": 0, "good": False, "faults": ["no_face"]}


def test_limits_of_a_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "policy.toml"
    text = (ROOT / "config" / "policy.toml").read_text("utf-8")
    policy.write_text(text.replace("max_over_exposed = ", "max_over_exposed = 0.0 # "), "utf-8")
    bright = np.clip(cv2.imread(str(SELFIE)) * 1.6, 0, 255).astype(np.uint8)
    arguments = ["face", "quality", picture(tmp_path, bright), "--policy", str(policy), "--json"]
    assert main(arguments) == 1
    assert answer(capsys)["faults"] == ["too_bright"]
    assert main([*arguments, "--profile", "none"]) == 2
    assert "none" in capsys.readouterr().err


def test_a_portrait_has_limits_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "EF.DG2.bin"
    file.write_bytes(dg2(PORTRAIT.read_bytes()))
    for arguments in ([str(file)], [str(PORTRAIT), "--portrait"]):
        assert main(["face", "quality", *arguments, "--json"]) == 0
        found = answer(capsys)
        assert found["judged_as"] == "portrait"
        bounds = {row["name"]: row["minimum"] for row in found["measures"]}
        assert (bounds["eye_distance_px"], bounds["bits_per_pixel"]) == (60, 0.2)
    small = cv2.resize(cv2.imread(str(PORTRAIT)), None, fx=0.4, fy=0.4)
    assert main(["face", "quality", picture(tmp_path, small), "--portrait", "--json"]) == 1
    assert "low_resolution" in answer(capsys)["faults"]


def test_requests_are_answered_in_order_and_a_bad_one_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.dumps({"image": str(SELFIE)}), '{"image": 3}', "[]", '{"image": "/none"}']
    stream = SimpleNamespace(buffer=io.BytesIO("\n".join(lines).encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    assert main(["face", "quality", "--jsonl"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["ok"] for one in answers] == [True, False, False, False]
    assert answers[0]["good"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [str(SELFIE), "--jsonl"],
        [str(SELFIE), "--ofiq", "/bin/true"],
        [str(SELFIE), "--policy", "/none"],
        ["/none"],
    ],
)
def test_bad_usage_is_one_line_and_exit_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["face", "quality", *arguments]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_ofiq_is_asked_where_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "OFIQSampleApp"
    program.write_text(OFIQ.format(python=sys.executable, status=0), "utf-8")
    program.chmod(stat.S_IRWXU)
    asked = ["face", "quality", str(SELFIE), "--ofiq", str(program), "--ofiq-config", "c.jaxn"]
    assert main([*asked, "--json"]) == 0
    assert answer(capsys)["ofiq"] == {"Sharpness": {"native": 44, "value": None}}
    assert main(asked) == 0
    assert capsys.readouterr().out.endswith("  OFIQ Sharpness: 44, not assessed\n")
    program.write_text(OFIQ.format(python=sys.executable, status=3), "utf-8")
    assert main(asked) == 3
    assert "OFIQ: ended with status 3" in capsys.readouterr().err
