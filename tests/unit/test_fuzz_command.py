"""The command that runs damaged cases: what it calls a finding, and how it goes on after one."""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from drivers.mrz_reader.message import parse_lines
from tests.fuzz import __main__ as command
from tests.fuzz import cases, process
from tests.fuzz.cases import attempt
from tests.fuzz.catalogue import group_of
from tests.fuzz.corpus import Entry, corpus_of, write_corpus
from tests.fuzz.guided import worth_keeping
from tests.fuzz.target import Target

# Answers to each row of cases, and at one of them does what the test wants.
WORKER = """
import json, mmap, os, signal, struct, sys
print(json.dumps({"shares": {"a/one": 3, "a/two": 1, "b": 4}}), flush=True)
note = open(sys.argv[1], "r+b")
FOUND = {"case": 1, "problem": "KeyError: planted", "where": ["a"], "input": "616263"}
for line in sys.stdin:
    row = json.loads(line)
    said = {"done": row["count"], "by_outcome": {"result": row["count"]}, "cpu_seconds": 0.25,
            "worst_seconds": 0.5, "worst_case": row["first"], "peak_megabytes": 70,
            "findings": []}
    if row["target"] == "a/two" and row["first"] == 0:
        note.write(struct.pack(">QI", 1, 3) + b"abc")
        note.flush()
        WRONG
    print(json.dumps(said), flush=True)
"""


class Refused(Exception):
    """What the parsers of these tests say."""


def boom(_: bytes) -> object:
    raise KeyError("planted")


def hang(_: bytes) -> object:
    while True:
        pass


def swallow(_: bytes) -> object:
    """A handler of errors that is too broad hides no endless loop."""
    while True:
        with suppress(Exception):
            hang(b"")


def refuse(_: bytes) -> object:
    raise Refused("no good")


def refuse_in_silence(_: bytes) -> object:
    raise Refused


@pytest.mark.parametrize(
    ("take", "outcome", "problem"),
    [
        (len, "result", ""),
        (refuse, "Refused", ""),
        (refuse_in_silence, "Refused", "Refused: says nothing"),
        (boom, "KeyError", "KeyError: 'planted'"),
        (hang, "TooSlow", "TooSlow: more than 0.1 s"),
        (swallow, "TooSlow", "TooSlow: more than 0.1 s"),
    ],
)
def test_a_case_is_a_result_a_refusal_or_a_finding(
    take: Callable[[bytes], object], outcome: str, problem: str
) -> None:
    ended = attempt(Target(take, tuple, (Refused,), longest_seconds=0.1), b"abc")
    assert ended.outcome == outcome
    assert ended.problem.startswith(problem)
    assert bool(ended.problem) == bool(problem)
    assert bool(ended.where) == (outcome in ("KeyError", "TooSlow"))


def test_time_in_the_kernel_and_in_other_threads_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = iter((10.0, 11.5))
    monkeypatch.setattr(cases.time, "process_time", lambda: next(spent))
    assert attempt(Target(len, tuple, ()), b"").problem == "took 1.5 s of processor time"


@pytest.mark.parametrize(
    ("held", "problem"),
    [
        ((100, 164), ""),
        ((100, 165), "took 65 MB of memory"),
        ((490, 501), "the process has 501 MB"),
        ((501, 502), ""),  # told once, of the case that did it
    ],
)
def test_memory_that_a_case_takes_is_a_finding(
    held: tuple[int, int], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaks = iter(held)
    monkeypatch.setattr(cases, "_held_megabytes", lambda: next(peaks))
    assert attempt(Target(len, tuple, ()), b"").problem == problem


def test_a_corpus_is_read_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fuzz.corpus.FOLDER", tmp_path / "new")
    entries = (Entry(b"long", ""), Entry(b"", ""), Entry(b"\xff\x00", "ended the centre"))
    write_corpus("a, b/c d", entries)
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["a_b-c_d.txt"]
    assert set(corpus_of("a, b/c d")) == set(entries)
    assert corpus_of("another") == ()


def test_of_what_a_search_found_what_is_new_is_kept() -> None:
    target = Target(parse_lines, lambda: (b"A" * 30 + b"\n" + b"B" * 30,), ())
    known, another, longer = b"C" * 30 + b"\r" + b"D" * 30, b"x", b"x" * 9
    found = [known, another, longer, b"x" * 4000]
    assert worth_keeping(target, "nothing is kept of it", found) == [another]


def test_cases_are_shared_out() -> None:
    assert command.split(80, {"a": 3, "b": 1}) == {"a": 60, "b": 20}
    assert command.split(1, {"a": 3, "b": 1}) == {"a": 1, "b": 1}
    rows = list(command.rows_of({"a": 1100, "b": 2}, seed=9, first=5))
    assert [(row.target, row.first, row.count) for row in rows] == [
        ("a", 5, 500), ("b", 5, 2), ("a", 505, 500), ("a", 1005, 100),
    ]  # fmt: skip
    assert {row.seed for row in rows} == {9}


def run(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    status = command.main([*arguments, "--json", "--findings", str(folder / "new")])
    said: dict = json.loads(capsys.readouterr().out)
    return status, said


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def say(wrong: str) -> None:
        script = WORKER.replace("WRONG", wrong)
        monkeypatch.setattr(process, "WORKER", [sys.executable, "-c", script])

    return say


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_all_cases_run(
    worker: Callable[[str], None], jobs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worker("pass")
    status, said = run(tmp_path, capsys, "--cases", "4000", "--jobs", jobs)
    assert status == 0
    assert {name: each["cases"] for name, each in said["targets"].items()} == {
        "a/one": 1500, "a/two": 500, "b": 2000,
    }  # fmt: skip
    assert (said["cases"], said["worst_seconds"], said["peak_megabytes"]) == (4000, 0.5, 70)
    assert said["targets"]["b"]["by_outcome"] == {"result": 2000}
    assert (said["cpu_seconds"], said["targets"]["a/two"]["per_second"]) == (2.0, 2000)
    assert said["findings"] == []
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "the process ended with SIGSEGV"),
        ("sys.exit(7)", "the process ended with 7"),
        ("signal.pause()", "one case for 2 seconds"),
        ("said['findings'] = [FOUND]", "KeyError: planted"),
    ],
)
def test_what_goes_wrong_is_a_finding_and_the_rest_goes_on(
    worker: Callable[[str], None],
    wrong: str,
    problem: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    worker(wrong)
    monkeypatch.setattr(process, "SILENCE_SECONDS", 2.0)
    status, said = run(tmp_path, capsys, "--cases", "40", "--target", "a", "--seed", "9")
    assert status == 1
    (file,) = said["findings"]
    finding = json.loads(Path(file).read_text())
    assert finding["problem"] == problem
    assert (finding["target"], finding["seed"], finding["case"]) == ("a/two", 9, 1)
    assert bytes.fromhex(finding["input"]) == b"abc"
    assert said["cases"] == 40
    assert said["deaths"] == (not problem.startswith("KeyError"))


def test_the_command_tells_people_too(
    worker: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worker("pass")
    assert command.main(["--cases", "8", "--first", "10", "--findings", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert 'b: {"cases": 4,' in shown
    assert "cases: 8\n" in shown
    assert command.main(["--list"]) == 0
    assert capsys.readouterr().out == "a/one\na/two\nb\n"
    assert command.main(["--target", "c"]) == 2
    assert "no such target: c" in capsys.readouterr().err


def test_it_ends_in_time(
    worker: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worker("pass")
    _, said = run(tmp_path, capsys, "--cases", "4000", "--seconds", "0")
    assert said["cases"] == 0


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_process_that_cannot_begin_is_no_finding(
    jobs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "WORKER", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(process.ProcessDied, match="ended with 3"):
        command.main(["--cases", "1", "--jobs", jobs, "--findings", str(tmp_path)])


@pytest.mark.timeout(120)  # it loads the whole product
def test_the_real_process_takes_cases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(
        tmp_path, capsys, "--cases", "30", "--target", "device/modbus", "--target", "emrtd/mrz"
    )
    assert status == 0
    assert set(said["targets"]) == {"device/modbus", "emrtd/mrz"}
    assert said["cases"] == 30
    assert 20 < said["peak_megabytes"] < 500


def test_a_process_loads_only_the_groups_of_its_cases() -> None:
    """What the others import would count as memory of every case."""
    process_of_a_group = process.CaseProcess(["device"])
    process_of_a_group.end()
    assert {group_of(name) for name in process_of_a_group.shares} == {"device"}
