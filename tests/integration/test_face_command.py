"""``egate face compare`` as its users call it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from egate.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PHOTOGRAPHS = ROOT / "hardware_mocks" / "photographs"
PORTRAIT = str(PHOTOGRAPHS / "P001" / "portrait.jpg")
SELFIE = str(PHOTOGRAPHS / "P001" / "selfie.jpg")
OTHER = str(PHOTOGRAPHS / "P002" / "selfie.jpg")


@pytest.fixture
def empty(tmp_path: Path) -> str:
    file = tmp_path / "empty.png"
    cv2.imwrite(str(file), np.full((200, 200, 3), 99, np.uint8))
    return str(file)


def test_a_match_is_exit_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["face", "compare", PORTRAIT, SELFIE, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"]
    assert answer["match"]
    assert answer["threshold"] == 0.43
    assert answer["similarity"] > 0.6
    assert answer["reference"]["faces"] == answer["probe"]["faces"] == 1
    assert answer["probe"]["quality"]["eye_distance_px"] > 100


def test_another_person_is_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["face", "compare", PORTRAIT, OTHER]) == 1
    assert capsys.readouterr().out.startswith("no match: similarity")


def test_a_threshold_decides() -> None:
    assert main(["face", "compare", PORTRAIT, SELFIE, "--threshold", "0.99"]) == 1
    assert main(["face", "compare", PORTRAIT, OTHER, "--threshold", "-1"]) == 0
    with pytest.raises(SystemExit) as ended:
        main(["face", "compare", PORTRAIT, OTHER, "--threshold", "nan"])
    assert ended.value.code == 2


def test_no_face_is_exit_1(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["face", "compare", PORTRAIT, empty]) == 1
    assert capsys.readouterr().out == "no face in probe\n"
    assert main(["face", "compare", PORTRAIT, empty, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["similarity"] is None
    assert answer["probe"] == {"faces": 0, "quality": None}


def test_unreadable_input_is_one_line_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled = tmp_path / "spoiled.jpg"
    spoiled.write_bytes(Path(PORTRAIT).read_bytes()[:3000])
    for arguments in ([str(spoiled), SELFIE], [SELFIE, str(tmp_path / "none.jpg")], [SELFIE]):
        assert main(["face", "compare", *arguments]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert arguments[-1] in said.err or str(spoiled) in said.err or "PROBE" in said.err


def test_requests_are_answered_in_order_and_a_bad_one_ends_nothing(tmp_path: Path) -> None:
    requests = [
        json.dumps({"reference": PORTRAIT, "probe": SELFIE}),
        "{",
        "[" * 100_000,
        json.dumps({"reference": PORTRAIT}),
        json.dumps({"reference": str(tmp_path / "none"), "probe": "\0"}),
        json.dumps({"reference": PORTRAIT, "probe": OTHER}),
    ]
    ran = subprocess.run(
        [sys.executable, "-m", "egate.cli", "face", "compare", "--jsonl"],
        input="\n".join(requests) + "\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=25,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [answer["ok"] for answer in answers] == [True, False, False, False, False, True]
    assert [answers[0]["match"], answers[5]["match"]] == [True, False]


def dg2(image: bytes) -> bytes:
    """EF.DG2 with one image, by 9303-10 §4.7.2 and ISO/IEC 19794-5 §5."""

    def tlv(tag: str, value: bytes) -> bytes:
        size = len(value)
        length = bytes([0x82]) + size.to_bytes(2, "big") if size > 127 else bytes([size])
        return bytes.fromhex(tag) + length + value

    block = (20 + 12 + len(image)).to_bytes(4, "big") + bytes(16) + bytes(12) + image
    record = b"FAC\x00010\x00" + (14 + len(block)).to_bytes(4, "big") + b"\x00\x01" + block
    header = tlv("A1", tlv("80", b"\x01\x01"))
    template = tlv("7F60", header + tlv("5F2E", record))
    return tlv("75", tlv("7F61", tlv("02", b"\x01") + template))


def test_the_portrait_of_a_chip_file_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    portrait = cv2.imdecode(np.frombuffer(Path(PORTRAIT).read_bytes(), np.uint8), 1)
    file = tmp_path / "EF.DG2.bin"
    small = cv2.imencode(".jp2", portrait, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 50])[1]
    file.write_bytes(dg2(small.tobytes()))
    assert main(["face", "compare", str(file), PORTRAIT, "--threshold", "0.9"]) == 0
    file.write_bytes(dg2(Path(PORTRAIT).read_bytes()))
    assert main(["face", "compare", str(file), SELFIE]) == 0
    capsys.readouterr()
    for spoiled in (file.read_bytes()[:40], b"\x75\x00", dg2(b"GIF89a")):
        file.write_bytes(spoiled)
        assert main(["face", "compare", str(file), SELFIE]) == 2
        assert capsys.readouterr().err.startswith(f"egate: {file}: ")
