"""The keys, and the forms of their values, of each command's JSON document and its exit code.

Integrators' programs read them: a key may be added, none may go or change its form.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from egate.cli.demo.story import Expectation, Session, Step, Story
from egate.cli.main import main
from hardware_mocks.__main__ import main as mocks
from tests.conftest import ROOT
from tests.gate_process import free_port

TEXT, NUMBER, FLAG = (str,), (int, float), (bool,)
OPTIONAL_TEXT = (str, type(None))
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PA_CHECKS = [
    "ELECTRONIC.PA.SOD_SIGNATURE",
    "ELECTRONIC.PA.CERTIFICATE_PATH",
    "ELECTRONIC.PA.DS_VALIDITY",
    "ELECTRONIC.PA.DS_REVOCATION",
    "ELECTRONIC.PA.DG_HASHES",
    "ELECTRONIC.PA.COUNTRY",
]
RESULTS = {"successful", "failed", "undetermined", "not_supported", "aborted"}

Answer = Callable[..., Any]


def forms(document: dict[str, Any], expected: dict[str, tuple[type, ...]]) -> None:
    """Fail unless ``document`` has every key, of an expected type."""
    for key, types in expected.items():
        assert key in document, key
        assert type(document[key]) in types, (key, document[key])


def checks_of(document: dict[str, Any]) -> dict[str, str]:
    for check in document["checks"]:
        forms(check, {"check_id": TEXT, "result": TEXT, "detail": TEXT, "duration_ms": NUMBER})
        assert check["result"] in RESULTS
    return {check["check_id"]: check["result"] for check in document["checks"]}


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Answer:
    """``answer(code, *words)``: the one JSON document that a command prints."""

    def run(code: int, *words: object, command: Callable[[list[str]], int] = main) -> object:
        capsys.readouterr()
        assert command([str(word) for word in words]) == code
        said = capsys.readouterr()
        assert said.err == ""
        assert said.out.count("\n") == 1
        return json.loads(said.out)

    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents")


@pytest.fixture(scope="module")
def pki(folder: Path) -> Path:
    assert mocks(["pki", "--out", str(folder / "pki")]) == 0
    return folder / "pki"


@pytest.fixture(scope="module")
def store(folder: Path, pki: Path) -> Path:
    words = ["trust", "import", "--store", str(folder / "trust"), "--anchor"]
    assert main([*words, str(pki / "anchor.cer"), str(pki / "masterlist.ml")]) == 0
    return folder / "trust"


@pytest.mark.parametrize(("changed", "code"), [("", 0), ("x", 1)])
def test_mrz_parse(answer: Answer, tmp_path: Path, changed: str, code: int) -> None:
    lines = (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159<<<<<<<<<<<<<<08"
    )
    file = tmp_path / "mrz.txt"
    file.write_text(lines.replace("740812", "74<<<<") if changed else lines)
    document = answer(code, "mrz", "parse", "--json", file)
    parts = ("document_code", "issuing_state", "document_number", "nationality")
    names = ("primary_identifier", "secondary_identifier")
    forms(document, dict.fromkeys((*parts, *names, "sex"), OPTIONAL_TEXT))
    forms(document, {"ok": FLAG, "valid": FLAG, "optional_data": (list,), "check_digits": (dict,)})
    assert document["format"] == "TD3"
    assert document["date_of_birth"] == ("1974-XX-XX" if changed else "1974-08-12")
    assert document["date_of_expiry"] == "2012-04-15"
    assert {type(each) for each in document["check_digits"].values()} == {bool}
    assert document["valid"] is not bool(changed)


def test_trust_import_and_list(answer: Answer, pki: Path, tmp_path: Path) -> None:
    words = ("trust", "import", "--json", "--store", tmp_path / "store")
    refused = answer(1, *words, pki / "masterlist.ml")
    assert set(refused["rejected"][0]) == {"file", "index", "reason"}
    document = answer(0, *words, "--anchor", pki / "anchor.cer", pki / "masterlist.ml")
    assert set(document["imported"]) == {"csca", "link", "dsc", "crl", "deviation"}
    forms(document["imported"], dict.fromkeys(document["imported"], (int,)))
    forms(document, {"unchanged": (int,), "rejected": (list,), "countries": (list,)})
    listed = answer(0, "trust", "list", "--json", "--store", tmp_path / "store")
    assert listed
    for entry in listed:
        forms(entry, dict.fromkeys(("country", "subject", "ski", "key", "source"), TEXT))
        assert DAY.fullmatch(entry["not_after"])


def read_words(folder: Path, pki: Path, profile: str) -> tuple[list[str], subprocess.Popen[str]]:
    """Start a chip of ``profile`` and return what reads it."""
    address = f"127.0.0.1:{free_port()}"
    words = ["chip", "--profile", profile, "--vpcd", address, "--set", f"pki={pki}"]
    chip = subprocess.Popen(
        [sys.executable, "-m", "hardware_mocks", *words],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert chip.stdout is not None
    ready = json.loads(chip.stdout.readline())
    forms(ready, {"mrz": (list,), "can": TEXT})
    (folder / "mrz.txt").write_text("\n".join(ready["mrz"]))
    out = ["--out", str(folder / profile), "--mrz-file", str(folder / "mrz.txt"), "--json"]
    return ["chip", "read", "--reader", f"vpcd://{address}", *out], chip


def verify_files(
    answer: Answer, store: Path, folder: Path, numbers: list[int], result: str
) -> None:
    code = 0 if result == "successful" else 1
    groups = [f"--dg={n}={folder / f'EF.DG{n}.bin'}" for n in numbers]
    sod = folder / "EF.SOD.bin"
    verified = answer(code, "pa", "verify", "--json", "--store", store, "--sod", sod, *groups)
    assert verified["result"] == result
    checks = checks_of(verified)
    assert sorted(checks) == sorted(PA_CHECKS)
    assert checks["ELECTRONIC.PA.DG_HASHES"] == result
    forms(verified["signer"], {"country": TEXT, "serial": TEXT})
    forms(verified["csca"], {"ski": TEXT, "country": TEXT})
    alone = answer(0, "pa", "verify", "--json", "--store", store, "--sod", sod)
    assert checks_of(alone)["ELECTRONIC.PA.DG_HASHES"] == "not_supported"


@pytest.mark.parametrize(
    ("profile", "result"), [("bac-aa-rsa", "successful"), ("tampered-dg1", "failed")]
)
def test_chip_read_and_pa_verify(
    answer: Answer, folder: Path, pki: Path, store: Path, profile: str, result: str
) -> None:
    code = 0 if result == "successful" else 1
    words, chip = read_words(folder, pki, profile)
    with chip:
        try:
            crls = [str(file) for file in sorted(pki.glob("*/revoked.crl"))]
            answer(0, "trust", "import", "--json", "--store", store, *crls)
            document = answer(code, *words, "--store", store)
        finally:
            chip.terminate()
    forms(document, {"access": TEXT, "cipher": TEXT, "domain_parameters": OPTIONAL_TEXT})
    forms(document, {"data_groups": (list,), "apdu_count": (int,), "bytes": (int,)})
    forms(document, {"seconds": (float,), "host_cpu_seconds": (float,)})
    assert (document["access"], document["data_groups"][:2]) == ("BAC", [1, 2])
    assert document["passive_authentication"] == result
    assert document["chip_authentication"] in RESULTS
    assert document["active_authentication"] in RESULTS
    assert set(PA_CHECKS) < set(checks_of(document))
    files = {file.name for file in (folder / profile).iterdir()}
    assert {"EF.COM.bin", "EF.SOD.bin", "EF.DG1.bin", "EF.DG2.bin"} <= files

    verify_files(answer, store, folder / profile, document["data_groups"], result)


def test_face_compare(answer: Answer) -> None:
    photographs = ROOT / "hardware_mocks" / "photographs"
    words = ("face", "compare", "--json", photographs / "P001" / "portrait.jpg")
    for code, probe in ((0, "P001"), (1, "P002")):
        document = answer(code, *words, photographs / probe / "selfie.jpg")
        forms(document, {"ok": FLAG, "similarity": (float,), "threshold": (float,), "match": FLAG})
        assert document["match"] is (code == 0)
        for side in ("reference", "probe"):
            forms(document[side], {"faces": (int,), "quality": (dict,)})


def test_face_evaluate(answer: Answer, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(
        "P001/portrait.jpg,P001/selfie.jpg,1\nP001/portrait.jpg,P002/selfie.jpg,0\n", "utf-8"
    )
    photographs = ROOT / "hardware_mocks" / "photographs"
    words = ("face", "evaluate", "--json", "--pairs", file, "--images", photographs)
    document = answer(0, *words)
    forms(document, dict.fromkeys(("pairs", "genuine", "impostor", "failure_to_acquire"), (int,)))
    forms(document, {"eer": (float,), "fnmr_at": (dict,)})
    assert set(document["fnmr_at"]) == {"0.01", "0.001", "0.0001", "0.00001"}


def test_versions(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(0, "proto-version", "--json") == {"proto_version": "dip.egate.v1"}
    assert main(["proto-version"]) == 0
    assert capsys.readouterr().out == "dip.egate.v1\n"
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"egate \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


def test_profiles_of_the_chip(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    listed = answer(0, "chip", "--list-profiles", "--json", command=mocks)
    for profile in listed:
        forms(profile, {"name": TEXT, "readable": FLAG, "description": TEXT})
    assert mocks(["chip", "--list-profiles"]) == 0
    names = capsys.readouterr().out.splitlines()
    assert names == [profile["name"] for profile in listed]
    assert {"standard-ext-max", "standard-short"} <= set(names)


def test_the_demo() -> None:
    """Its document only; the demo as a whole is a system test."""
    story = Story([Expectation("A, B", "genuine", "admit", frozenset())])
    story.sessions.append(Session("id", "admit", "completed", (), (Step("mrz", 1.0, 0.5),)))
    story.records_at_centre = 1
    urls = {"display": "http://a/", "console": "http://b/", "centre": "http://c/"}
    document = story.document(2.0, urls)
    numbers = dict.fromkeys(("travellers", "admitted", "referred", "records_at_centre"), (int,))
    forms(document, {**numbers, "seconds": (float,), "sessions": (list,), "urls": (dict,)})
    session = document["sessions"][0]
    forms(session, dict.fromkeys(("scenario", "expected", "verdict", "record_id"), TEXT))
    forms(session, {"findings": (list,), "seconds": (float,)})
    assert set(document["urls"]) == {"display", "console", "centre"}


@pytest.mark.parametrize(
    "command",
    [
        *("", "mrz parse", "trust import", "trust list", "pa verify", "seal verify", "chip read"),
        *("face compare", "face evaluate", "gate run", "central serve", "console serve"),
        *("authorisation check", "doctor", "demo", "proto-version"),
    ],
)
def test_help_says_what_a_command_is_for(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert re.search(r"\n\n[A-Z][^\n]+(\n[^\n]+)*\.\n", said.out), said.out
    assert "Exit codes: 0" in said.out or command
