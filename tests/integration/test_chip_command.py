"""``egate chip read`` against a simulated passport, both as processes of their own."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from egate.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
EGATE = (sys.executable, "-m", "egate.cli")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def passport(folder: Path, *arguments: str) -> Iterator[tuple[list[str], Path]]:
    """Lay a simulated passport on a virtual reader; give the words that read it, and its PKI."""
    address = f"127.0.0.1:{free_port()}"
    mock = subprocess.Popen(
        [sys.executable, "-m", "hardware_mocks", "chip", "--vpcd", address, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    try:
        assert mock.stdout is not None
        ready = json.loads(mock.stdout.readline())
        mrz = folder / "mrz.txt"
        mrz.write_text("\n".join(ready["mrz"]))
        words = ["--reader", f"vpcd://{address}", "--mrz-file", str(mrz)]
        yield [*words, "--out", str(folder / "out")], Path(ready["pki"])
    finally:
        mock.terminate()
        mock.communicate(timeout=10)


def read(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main(["chip", "read", *words, "--json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


def results(answer: dict[str, Any]) -> dict[str, str]:
    return {check["check_id"]: check["result"] for check in answer["checks"]}


def test_a_genuine_passport_as_two_processes(tmp_path: Path) -> None:
    pki = tmp_path / "pki"
    subprocess.run(
        [sys.executable, "-m", "hardware_mocks", "pki", "--out", str(pki)],
        check=True,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
    )
    index = json.loads((pki / "pki.json").read_text())
    store = str(tmp_path / "store")
    parts = (index["anchor"], index["master_list"], index["states"]["BGD"]["crl"])
    anchor, master_list, crl = (str(pki / part) for part in parts)
    imported = subprocess.run(
        [*EGATE, "trust", "import", "--store", store, "--anchor", anchor, master_list, crl],
        check=False,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert imported.returncode == 0, imported.stderr
    settings = ("--profile", "bac-aa-ecdsa", "--set", f"pki={pki}")
    with passport(tmp_path, *settings) as (words, _):
        done = subprocess.run(
            [*EGATE, "chip", "read", *words, "--store", store, "--json"],
            check=False,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert answer["access"] == "BAC"
    assert answer["data_groups"] == [1, 2, 14, 15]
    assert answer["passive_authentication"] == "successful"
    assert answer["active_authentication"] == "successful"
    assert answer["chip_authentication"] == "not_supported"
    by = ["active authentication"]
    assert answer["genuineness"] == {"result": "not_copied", "by": by, "reason": ""}
    assert answer["apdu_count"] <= 25
    assert answer["host_cpu_seconds"] > 0
    assert set(results(answer).values()) == {"successful", "not_supported"}
    stored = {file.name for file in (tmp_path / "out").iterdir()}
    assert stored == {f"EF.{name}.bin" for name in ("COM", "SOD", "DG1", "DG2", "DG14", "DG15")}
    assert sum(file.stat().st_size for file in (tmp_path / "out").iterdir()) == answer["bytes"]


def test_without_a_store_only_the_chain_is_undetermined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = ("--profile", "bac-aa-rsa", "--set", "aa_bits=1536", "--set", "extended=false")
    with passport(tmp_path, *short) as (words, _):
        code, answer = read(capsys, *words)
    assert code == 0
    assert answer["passive_authentication"] == "undetermined"
    assert answer["active_authentication"] == "successful"
    assert answer["apdu_count"] <= 98


def test_a_clone_is_exit_1_and_a_table_for_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with passport(tmp_path, "--profile", "cloned") as (words, _):
        assert main(["chip", "read", *words]) == 1
    out = capsys.readouterr().out
    assert "BAC (3DES), DG1, DG2, DG15" in out
    assert "ELECTRONIC.ACTIVE_AUTHENTICATION       failed" in out


@pytest.mark.parametrize("json_output", [True, False])
def test_a_chip_that_leaves_is_exit_1_and_keeps_what_it_gave(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, json_output: bool
) -> None:
    with passport(tmp_path, "--profile", "leaves-field") as (words, _):
        code = main(["chip", "read", *words, *(["--json"] if json_output else [])])
    assert code == 1
    captured = capsys.readouterr()
    if json_output:
        assert json.loads(captured.out)["ok"] is False
    assert "ChipLost" in captured.out if json_output else "was not read" in captured.err
    assert (tmp_path / "out" / "EF.SOD.bin").is_file()
    assert not (tmp_path / "out" / "EF.DG2.bin").exists()


def test_another_mrz_is_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with passport(tmp_path, "--profile", "bac") as (words, _):
        (tmp_path / "mrz.txt").write_text(MRZ)
        code, answer = read(capsys, *words)
    assert code == 1
    assert answer["error"].startswith("AccessDenied")


MRZ = """
P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L898902C36UTO7408122F1204159ZE184226B<<<<<10
"""
VISA = """
V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L8988901C4XXX4009078F96121096ZE184226B<<<<<<
"""


@pytest.fixture
def usual(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "mrz.txt").write_text(MRZ)
    return {
        "--reader": f"vpcd://127.0.0.1:{free_port()}",
        "--mrz-file": str(tmp_path / "mrz.txt"),
        "--out": str(tmp_path / "out"),
        "--wait": "0.1",
    }


def code_of(words: dict[str, str]) -> int:
    return main(["chip", "read", *(part for pair in words.items() for part in pair)])


def test_no_chip_is_exit_3(usual: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(usual) == 3
    assert capsys.readouterr().err == "egate: no chip came within 0.1 s\n"


def test_a_busy_port_is_exit_3(usual: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        usual["--reader"] = f"vpcd://127.0.0.1:{busy.getsockname()[1]}"
        assert code_of(usual) == 3
    assert "in use" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"--reader": "vpcd://nowhere"}, "not HOST:PORT"),
        ({"--store": "no/such/store"}, "no trust store here"),
        ({"--mrz-file": "no/such/file"}, "No such file"),
        ({"--out": "/proc/no/such"}, "No such file"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    usual: dict[str, str], capsys: pytest.CaptureFixture[str], changes: dict[str, str], fault: str
) -> None:
    assert code_of(usual | changes) == 2
    error = capsys.readouterr().err
    assert fault in error
    assert error.count("\n") == 1


def test_documents_without_a_chip(
    usual: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path(usual["--mrz-file"]).write_text(VISA)
    assert code_of(usual) == 2
    assert "no chip" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"--can": "12345"}, "--can: a card access number has six digits"),
        ({"--can": "123456", "--access": "bac"}, "opens chips with PACE only"),
    ],
)
def test_a_card_access_number_that_opens_nothing_is_exit_2(
    usual: dict[str, str], capsys: pytest.CaptureFixture[str], changes: dict[str, str], fault: str
) -> None:
    del usual["--mrz-file"]
    assert code_of(usual | changes) == 2
    assert fault in capsys.readouterr().err
