"""Bad usage and unreadable input of every command: one line, exit code 2, never a traceback."""

from collections.abc import Callable
from pathlib import Path

import pytest

from egate.cli.main import main
from hardware_mocks.__main__ import main as mocks
from tests.conftest import ROOT

SPECIMEN = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("surface")
    assert mocks(["pki", "--out", str(folder / "pki")]) == 0
    words = ["--store", str(folder / "trust"), "--anchor", str(folder / "pki" / "anchor.cer")]
    assert main(["trust", "import", *words, str(folder / "pki" / "masterlist.ml")]) == 0
    return folder / "trust"


def refusal(
    words: list[str], capsys: pytest.CaptureFixture[str], run: Callable[[list[str]], int] = main
) -> str:
    """Return the one line with which ``words`` are refused."""
    capsys.readouterr()
    try:
        code = run(words)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else -1
    said = capsys.readouterr()
    assert (code, said.out) == (2, ""), said
    assert said.err.count("\n") == 1, said.err
    return said.err


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("", "COMMAND"),
        ("--nope", "COMMAND"),
        ("nonsense", "'nonsense'"),
        ("mrz", "COMMAND"),
        ("mrz read page.png", "page.png: No such file"),
        ("mrz read", "IMAGE"),
        ("face evaluate --images d", "--pairs"),
        ("face evaluate --pairs nowhere --images d", "nowhere: No such file"),
        ("names score", "needs LEFT and RIGHT"),
        ("names score a", "needs LEFT and RIGHT"),
        ("names score --jsonl a b", "--jsonl takes"),
        ("lists", "COMMAND"),
        ("lists match", "--store"),
        ("lists match --store nowhere", "signer.pem: No such file"),
        ("lists match --store s --jsonl x", "one of FILE"),
        ("lists match --store s --json --jsonl", "not allowed with"),
        ("lists show --store nowhere", "signer.pem: No such file"),
        ("lists take --store s", "DIR"),
        ("lists pin --store s --list INFO --signer /dev/zero --key k", "/dev/zero: more than"),
        ("lists pin --store s --signer MRZ --key k --list INFO", "not a P-256 public key"),
        ("lists build --list NONE --out o --key k --signing-key s f", "--list"),
        ("lists build --list INFO --out o --key MRZ --signing-key s f", "chmod 600"),
        ("lists build --list INFO --out o --key k --signing-key s --valid-hours 0 f", "hours"),
        ("lists take --store s nowhere", "signer.pem: No such file"),
        ("mrz parse a b", "unrecognized arguments: b"),
        ("mrz parse --jso a", "unrecognized arguments: --jso"),
        ("mrz parse --json --jsonl", "not allowed with"),
        ("mrz parse --jsonl lines.txt", "lines.txt: --jsonl"),
        ("trust import --store t", "FILE"),
        ("trust list", "--store"),
        ("pa verify --sod s", "--store"),
        ("pa verify --store STORE", "--sod is missing"),
        ("pa verify --store STORE --json --jsonl", "not allowed with"),
        ("pa verify --store STORE --jsonl --sod s", "--jsonl takes"),
        ("pa verify --store STORE --sod s --dg x", "--dg x: not N=FILE"),
        ("pa verify --store STORE --sod s --dg 1=a --dg 1=b", "twice"),
        ("pa verify --store STORE --sod s --dg 17=x", "data group 17"),
        ("pa verify --store STORE --sod s --dg 01=x", "data group 01"),
        ("pa verify --store STORE --sod /dev/null", "/dev/null: not an EF.SOD"),
        ("authorisation", "COMMAND"),
        ("authorisation check t.json", "--rules"),
        ("authorisation check --rules nowhere t.json", "nowhere: No such file"),
        ("authorisation check --rules RULES", "FILE is missing"),
        ("authorisation check --rules RULES nowhere", "nowhere: No such file"),
        ("authorisation check --rules RULES /dev/zero", "/dev/zero: more than"),
        ("authorisation check --rules RULES --jsonl t.json", "t.json: --jsonl"),
        ("policy", "COMMAND"),
        ("policy check", "FILE"),
        ("policy check /dev/zero", "/dev/zero: more than"),
        ("policy check nowhere", "nowhere: No such file"),
        ("policy check MRZ", "not TOML"),
        ("policy sign /dev/null --key k --officer a/b", "not the name of an officer"),
        ("policy sign /dev/null --officer a", "--key"),
        ("policy verify /dev/null", "--keys"),
        ("policy verify /dev/null --keys nowhere", "nowhere: No such file"),
        ("seal verify", "FILE"),
        ("seal verify --at 2026-13-01 s", "2026-13-01: not a date"),
        ("seal verify /dev/null", "/dev/null: no visible digital seal"),
        ("seal verify /dev/zero", "/dev/zero: more than"),
        ("chip read --reader vpcd://127.0.0.1:0 --out o", "--mrz-file --can"),
        ("chip read --reader vpcd://127.0.0.1:0 --out o --can 123456 --access bac", "PACE only"),
        ("chip read --reader vpcd://127.0.0.1:0 --out o --can 12345", "six digits"),
        ("chip read --reader vpcd:// --out o --mrz-file MRZ", "HOST:PORT"),
        ("chip read --reader vpcd://h:1 --out o --mrz-file MRZ --wait nan", "--wait: nan"),
        ("chip read --reader vpcd://h:1 --out o --mrz-file MRZ --wait soon", "--wait: soon"),
        ("chip read --reader vpcd://h:1 --out o --mrz-file MRZ --attempts 0", "--attempts: 0"),
        ("chip read --reader vpcd://h:1 --out MRZ --mrz-file MRZ", "File exists"),
        ("chip read --reader vpcd://h:1 --out o --mrz-file BAD_MRZ", "bad.txt: check digit"),
        ("face compare", "REFERENCE"),
        ("face compare a b --threshold high", "--threshold: high: a similarity"),
        ("face compare --jsonl a b", "standard input"),
        ("gate run", "--config"),
        ("gate transactions", "--config"),
        ("central serve", "--config"),
        ("central transactions", "--config"),
        ("console serve", "--config"),
        ("doctor", "--config"),
        ("demo --speed nan --exit", "--speed"),
        ("demo --speed 1000 --exit", "--speed"),
        ("demo --travellers 0 --exit", "--travellers"),
        ("demo --keep MRZ --exit", "File exists"),
        ("proto-version x", "unrecognized arguments: x"),
    ],
)
def test_bad_usage(
    command: str,
    fault: str,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mrz.txt").write_text(SPECIMEN)
    (tmp_path / "bad.txt").write_text(SPECIMEN.replace("C36", "C37"))
    rules = str(ROOT / "config" / "authorisation_rules.toml")
    known = {"STORE": str(store), "MRZ": "mrz.txt", "BAD_MRZ": "bad.txt", "RULES": rules}
    assert fault in refusal([known.get(word, word) for word in command.split()], capsys)


@pytest.mark.parametrize(
    "day", ["20240101", "2024-W01-1", "2024-02-30", "tomorrow", "", "\u0662024-01-01"]
)
def test_a_day_has_one_form(day: str, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["pa", "verify", "--store", str(store), "--sod", "/dev/null", "--at", day]
    assert f"{day}: not a date" in refusal(words, capsys)


READERS = {
    "mrz parse": "mrz parse {}",
    "mrz parse as JSON": "mrz parse --json {}",
    "trust import": "trust import --store {new} {}",
    "trust import anchor": "trust import --store {new} --anchor {} {}",
    "trust store": "trust list --store {}",
    "pa store": "pa verify --store {} --sod {}",
    "pa sod": "pa verify --store {store} --sod {}",
    "chip mrz": "chip read --reader vpcd://127.0.0.1:0 --out {new} --mrz-file {}",
    "face": "face compare --json {} {}",
    "gate": "gate run --config {}",
    "central": "central serve --config {}",
    "central transactions": "central transactions --from {day} --to {day} --out {new} --config {}",
    "gate transactions": "gate transactions --out {new} --config {}",
    "console": "console serve --config {}",
    "doctor": "doctor --json --config {}",
    "demo": "demo --exit --json --scenario {}",
}
# /dev/zero has no end, yet a size of 0; the last one is a tree that no recursion survives.
INPUTS = ["missing", "folder", "empty", "noise", "large", "/dev/zero", "deep", "name\nof two"]


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").touch()
    (tmp_path / "noise").write_bytes(bytes(range(255, -1, -1)) * 20)
    (tmp_path / "deep").write_text("a = " + "[" * 50_000)
    with (tmp_path / "large").open("wb") as sparse:
        sparse.truncate(100_000_000)
    return tmp_path


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("reader", READERS)
def test_unreadable_input(
    reader: str, name: str, store: Path, inputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(inputs / name)
    words = [
        word.format(*(file, file), new=inputs / "new", store=store, day="2026-09-01")
        for word in READERS[reader].split()
    ]
    assert name.partition("\n")[0] in refusal(words, capsys)


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("", "COMMAND"),
        ("chip", "--profile"),
        ("chip --profile none", "--profile: one of standard-ext-max"),
        ("chip --profile standard-short", "--vpcd"),
        ("chip --profile standard-short --vpcd h:1 --set x", "--set x"),
        ("chip --profile standard-short --vpcd h:1 --set colour=red", "--set colour"),
        ("chip --profile standard-short --vpcd h:1 --set pki=/nowhere", "/nowhere"),
        ("pki", "--out"),
        ("pki --out /dev/null", "/dev/null"),
        ("up", "scenario"),
        ("up missing", "missing: No such file"),
        ("up folder", "folder: Is a directory"),
        ("up empty", "empty: no [[traveller]]"),
        ("up noise", "noise: not TOML"),
        ("up large", "large: more than"),
        ("up /dev/zero", "/dev/zero: more than"),
        ("up deep", "deep: not TOML"),
        ("up --devices-only --speed nan", "--speed"),
        ("up --devices-only --mrz-reader x", "--mrz-reader"),
    ],
)
def test_bad_usage_of_the_mocks(
    command: str,
    fault: str,
    inputs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(inputs)
    assert fault in refusal(command.split(), capsys, mocks)


@pytest.mark.parametrize(
    "text",
    ["traveller = 1", "traveller = [1]", "[[traveller]]\nname = 1", "[[traveller]]\nkind=[]"],
)
def test_a_scenario_of_wrong_kinds(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(text)
    assert "scenario.toml: " in refusal(["demo", "--exit", "--scenario", str(file)], capsys)
    assert "scenario.toml: " in refusal(["up", str(file)], capsys, mocks)
