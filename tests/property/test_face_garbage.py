"""Whatever is made of a portrait: pixels or one of two errors that name the fault, in bounds."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.biometrics.face_image import FaceImageInvalid, decode_face_image
from tests.fuzz import face as command
from tests.fuzz import face_process
from tests.fuzz.face_cases import try_out
from tests.fuzz.face_damage import case_of
from tests.fuzz.face_samples import files, images

CASES = 400
# Answers to each case, and at the third one does what the test wants.
WORKER = """
import json, os, signal, sys, time
print(json.dumps({"ready": 1}), flush=True)
count = 0
while head := sys.stdin.buffer.read(5):
    sys.stdin.buffer.read(int.from_bytes(head[:4], "big"))
    count += 1
    said = {"outcome": "decoded", "problem": "", "seconds": 0.1, "peak": 100}
    if count == 3:
        WRONG
    print(json.dumps(said), flush=True)
"""


def report(tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int) -> dict:
    arguments = ["--cases", "5", "--seed", "9", "--json", "--findings", str(tmp_path / "new")]
    assert command.main(arguments) == status
    content: dict = json.loads(capsys.readouterr().out)
    return content


def test_hundreds_of_cases_end_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the processes' start this takes a few seconds; the command runs many more."""
    arguments = ["--cases", str(CASES), "--seed", "4", "--json", "--findings", str(tmp_path)]
    status = command.main(arguments)
    totals = json.loads(capsys.readouterr().out)
    assert totals["findings"] == []
    assert status == 0
    assert totals["cases"] == totals["next"] == sum(totals["by_outcome"].values()) == CASES
    assert totals["by_outcome"]["decoded"] > CASES // 10
    assert len(totals["by_target"]) > 10
    assert 0 < totals["peak_megabytes"] <= command.MOST_MEGABYTES


def test_damage_comes_back_with_its_seed() -> None:
    once, again = ([case_of(2, number) for number in range(100)] for _ in range(2))
    assert once == again
    assert len({case.raw for case in once}) > 90
    assert 1 < sum(case.makes_template for case in once) < 20


def test_every_sample_is_a_good_one_or_refused_by_name() -> None:
    """Damage to what is broken anyway would find nothing."""
    refused = []
    for kind, samples in images().items():
        for at, sample in enumerate(samples):
            try:
                decode_face_image(sample)
            except FaceImageInvalid as error:
                refused.append((kind, at, str(error)))
    assert [fault[:20] for _, _, fault in refused] == ["components of a JPEG"]
    for file in files():
        assert try_out(file, is_file=True, makes_template=False) == "decoded"


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "the process ended with SIGSEGV"),
        ("sys.exit(7)", "the process ended with 7"),
        ("sys.stdin.close(); os.abort()", "the process ended with SIGABRT"),
        ("signal.pause()", "nothing was heard of it for 2 seconds"),
        ("said['peak'] = 201", "201 MB of memory"),
        ("said['seconds'] = 5.5", "5.5 s of processor time"),
        ("said['problem'] = 'KeyError: planted'", "KeyError: planted"),
    ],
)
def test_what_goes_wrong_is_a_finding_and_the_rest_goes_on(
    wrong: str,
    problem: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = WORKER.replace("WRONG", wrong)
    monkeypatch.setattr(face_process, "WORKER", [sys.executable, "-c", script])
    if problem.startswith("nothing"):
        monkeypatch.setattr(face_process, "SILENCE_SECONDS", 2.0)
    totals = report(tmp_path, capsys, 1)
    (file,) = totals["findings"]
    finding = json.loads(Path(file).read_text())
    assert finding["problem"] == [problem]
    assert finding["case"] == 2
    assert bytes.fromhex(finding["input"]) == case_of(9, 2).raw
    assert totals["cases"] == totals["next"] == 5
    assert totals["deaths"] == problem.startswith(("the process", "nothing"))


def test_the_command_tells_people_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = WORKER.replace("WRONG", "pass")
    monkeypatch.setattr(face_process, "WORKER", [sys.executable, "-c", script])
    monkeypatch.chdir(tmp_path)
    assert command.main(["--cases", "3", "--first", "10"]) == 0
    shown = capsys.readouterr().out
    assert "cases: 3\n" in shown
    assert "next: 13\n" in shown


def test_a_process_that_cannot_begin_is_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face_process, "WORKER", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(face_process.ProcessDied, match="ended with 3"):
        command.main(["--cases", "1", "--findings", str(tmp_path)])


@given(number=st.integers(0, 10**9), seed=st.integers(100, 200))
def test_any_case_ends_in_pixels_or_an_error(number: int, seed: int) -> None:
    case = case_of(seed, number)
    assert try_out(case.raw, is_file=case.is_file, makes_template=False)
