"""The adapter of OFIQ, against a program of ours that writes OFIQ's documented table."""

import os
import select
import stat
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.biometrics.quality.assessment import (
    AssessmentFailed,
    ComponentQuality,
    QualityAssessment,
)
from egate.biometrics.quality.ofiq import Ofiq, read_table

PICTURE = np.full((8, 6, 3), 90, np.uint8)
PROGRAM = """#!{python}
import os, sys, time
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
assert open(options["-i"], "rb").read(4) == bytes((0x89,)) + b"PNG"
assert os.stat(os.path.dirname(options["-i"])).st_mode & 0o077 == 0
assert "EGATE_SECRET" not in os.environ
print("[INFO] Initialization took: 12ms")
{behaviour}
"""
WRITE = 'open(options["-o"], "w").write({!r}.replace("FILE", options["-i"]))'
TABLE = (
    "Filename;UnifiedQualityScore;Sharpness;HeadPoseYaw;UnifiedQualityScore.scalar;"
    "Sharpness.scalar;HeadPoseYaw.scalar;assessment_time_in_ms;\n"
    "FILE;24.329985;44;-1.206760;63;99.5;-1;431\n"
)
COMPONENTS = {
    "UnifiedQualityScore": ComponentQuality(24.329985, 63.0),
    "Sharpness": ComponentQuality(44.0, 99.5),
    "HeadPoseYaw": ComponentQuality(-1.20676, None),
}


def program(folder: Path, behaviour: str) -> Path:
    path = folder / "OFIQSampleApp"
    path.write_text(PROGRAM.format(python=sys.executable, behaviour=behaviour), "utf-8")
    path.chmod(stat.S_IRWXU)
    return path


def ofiq(folder: Path, behaviour: str, seconds: float = 20.0) -> QualityAssessment:
    scratch = folder / "scratch"
    scratch.mkdir()
    return Ofiq(program(folder, behaviour), folder / "ofiq_config.jaxn", seconds, scratch)


def test_the_components_are_read_and_the_picture_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EGATE_SECRET", "not for others")
    assert ofiq(tmp_path, WRITE.format(TABLE)).assess(PICTURE) == COMPONENTS
    assert not list((tmp_path / "scratch").iterdir())


@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        ("sys.exit(1)", "status 1"),
        ("os.kill(os.getpid(), 9)", "status -9"),
        ("pass", "No such file"),
        (WRITE.format("x" * 70_000), "not a table"),
    ],
)
def test_a_program_that_fails_is_said_so(tmp_path: Path, behaviour: str, fault: str) -> None:
    with pytest.raises(AssessmentFailed, match=fault):
        ofiq(tmp_path, behaviour).assess(PICTURE)
    assert not list((tmp_path / "scratch").iterdir())


def test_a_program_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    behaviour = f"""
child = os.fork()
if child:
    open({str(tmp_path / "pid")!r}, "w").write(str(child))
time.sleep(60)"""
    with pytest.raises(AssessmentFailed, match=r"within 1\.5 s"):
        ofiq(tmp_path, behaviour, 1.5).assess(PICTURE)
    child = int((tmp_path / "pid").read_text("utf-8"))
    assert has_ended(child)


def has_ended(process: int) -> bool:
    """Say whether a process that was killed has ended; its death takes the kernel a moment."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 10.0)[0])
    finally:
        os.close(handle)


def test_no_program(tmp_path: Path) -> None:
    missing = Ofiq(tmp_path / "nothing", tmp_path / "c")
    with pytest.raises(AssessmentFailed, match=os.strerror(2)):
        missing.assess(PICTURE)


def test_a_table_without_the_time_is_one_of_an_older_version() -> None:
    older = TABLE.replace("assessment_time_in_ms;", "").replace(";431", "")
    assert read_table(older.encode()) == COMPONENTS


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("", "not a table"),
        ("Filename;Sharpness;Sharpness.scalar;\n", "not a table"),
        ("Filename;assessment_time_in_ms;\nFILE;;;0\n", "as many names"),
        ("Filename;assessment_time_in_ms;\nFILE;0\n", "could not assess"),
        ("Filename;Sharpness;Sharpness.scalar;\nFILE;12\n", "as many names"),
        ("Filename;Sharpness;Sharpness.scalar;\nFILE;12;101\n", "0 to 100"),
        ("Filename;Sharpness;Sharpness.scalar;\nFILE;nan;10\n", "Sharpness is not a number"),
        ("Filename;Sharpness;Sharpness.scalar;\nFILE;12;ten\n", "Sharpness.scalar is not"),
        ("Filename;Sharpness;Other.scalar;\nFILE;12;10\n", "Sharpness.scalar is not"),
        ("Filename" + ";a" * 201 + "\nFILE" + ";1" * 201, "as many names"),
    ],
)
def test_another_table_is_refused(table: str, fault: str) -> None:
    with pytest.raises(AssessmentFailed, match=fault):
        read_table(table.encode())


@given(st.binary(max_size=300) | st.text(";.\n-0123456789a", max_size=60).map(str.encode))
def test_garbage_is_refused_or_read(content: bytes) -> None:
    try:
        components = read_table(content)
    except AssessmentFailed:
        return
    assert components
