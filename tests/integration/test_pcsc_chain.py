"""The real chain: egate -> pyscard -> pcscd -> vpcd -> a simulated passport, as processes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, absent
from tests.pcscd import READER, VPCD_PORT, missing, running_pcscd

pytestmark = [pytest.mark.system, pytest.mark.alone]  # pcscd is one for the whole machine


@pytest.fixture(scope="module")
def pcscd() -> Iterator[None]:
    if lacking := missing():
        absent(lacking)
    with running_pcscd():
        yield


@pytest.fixture
def passport(pcscd: None) -> Iterator[dict[str, object]]:  # noqa: ARG001 - it runs meanwhile
    """A passport in the field of the virtual reader; gives what it printed when ready."""
    command = ["-m", "hardware_mocks", "chip", "--profile", "bac-aa-ecdsa"]
    chip = subprocess.Popen(
        [sys.executable, *command, "--vpcd", f"127.0.0.1:{VPCD_PORT}"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    try:
        assert chip.stdout is not None
        yield json.loads(chip.stdout.readline())
    finally:
        chip.terminate()
        chip.communicate(timeout=10)


def read_chip(mrz_file: Path, out: Path) -> "subprocess.CompletedProcess[str]":
    command = ["-m", "egate.cli", "chip", "read", "--reader", READER, "--json"]
    return subprocess.run(
        [sys.executable, *command, "--mrz-file", str(mrz_file), "--out", str(out)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
        timeout=25,
    )


def test_reads_a_passport_twice(passport: dict[str, object], tmp_path: Path) -> None:
    lines = passport["mrz"]
    assert isinstance(lines, list)
    mrz_file = tmp_path / "mrz.txt"
    mrz_file.write_text("\n".join(lines))
    for _ in range(2):  # the second read must not run in the first one's context
        finished = read_chip(mrz_file, tmp_path / "files")
        assert finished.returncode == 0, finished.stderr + finished.stdout
        answer = json.loads(finished.stdout)
        assert (answer["access"], answer["active_authentication"]) == ("BAC", "successful")
        assert answer["data_groups"] == [1, 2, 14, 15]
    dg1 = (tmp_path / "files" / "EF.DG1.bin").read_bytes()
    assert dg1.endswith("".join(lines).encode())  # 9303-10 §4.7.1: the MRZ ends DG1
