"""``egate lists``: from a clerk's CSV to the hit at a gate."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from egate.cli.main import main

Say = Callable[..., tuple[int, dict[str, Any]]]

HEAD = (
    "entry_id,document_type,issuing_state,document_number,legal_basis,order_reference,"
    "authority,valid_from,valid_to,direction,action,instruction,status\n"
)
LOST = "{0},P,UTO,{1},Passport Order 1973 art. 7,GD 17/2026,DIP,2026-01-01,,,,ডাকুন,\n"
SPECIMEN = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n"
)
LISTED = {"document_type": "P", "issuing_state": "UTO", "document_number": "L898902C3"}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for name, content in (("sign", private), ("list", bytes(range(32))), ("signer.pem", public)):
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    return folder


@pytest.fixture
def store(tmp_path: Path, keys: Path) -> Path:
    folder = tmp_path / "store"
    words = ["--store", str(folder), "--signer", str(keys / "signer.pem")]
    words += ["--list", "LOST_STOLEN_DOC", "--key", str(keys / "list")]
    assert main(["lists", "pin", *words]) == 0
    return folder


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    def run(*words: object) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main(["lists", *map(str, words), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def build(keys: Path, *words: object, kind: str = "LOST_STOLEN_DOC") -> list[object]:
    made = ["--out", keys.parent / "made", "--key", keys / "list", "--signing-key", keys / "sign"]
    return ["build", "--list", kind, *made, *words]


def version(keys: Path, number: int, part: str, kind: str = "LOST_STOLEN_DOC") -> Path:
    return keys.parent / "made" / kind / f"{number:016}" / part


def csv_file(folder: Path, *rows: str) -> Path:
    file = folder / "rows.csv"
    file.write_text(HEAD + "".join(rows), "utf-8")
    return file


def test_from_csv_to_the_gate(say: Say, keys: Path, store: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, LOST.format("L-1", "L898902C3"), LOST.format("L-2", "a 77-1"))
    code, made = say(*build(keys, file))
    assert (code, made["version"], made["previous"], made["added"]) == (0, 1, None, 2)
    assert say("take", "--store", store, version(keys, 1, "snapshot")) == (
        0,
        {"taken": [{"list": "LOST_STOLEN_DOC", "version": 1}]},
    )
    mrz = tmp_path / "mrz.txt"
    mrz.write_text(SPECIMEN)
    code, answer = say("match", "--store", store, "--mrz-file", mrz)
    assert code == 0
    (hit,) = answer["hits"]
    assert {name: hit[name] for name in ("entry_id", "list", "score", "kind")} == {
        "entry_id": "L-1",
        "list": "LOST_STOLEN_DOC",
        "score": 1.0,
        "kind": "document",
    }
    assert (hit["action"], hit["instruction"], hit["valid_to"]) == ("REFER_SILENT", "ডাকুন", None)
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"document": {**LISTED, "document_number": "A77<1"}}))
    assert say("match", "--store", store, request)[1]["hits"][0]["entry_id"] == "L-2"
    request.write_text(json.dumps({"document": {**LISTED, "document_number": "A771X"}}))
    assert say("match", "--store", store, request) == (1, {"hits": []})


def test_a_preview_makes_nothing(say: Say, keys: Path, tmp_path: Path) -> None:
    say(*build(keys, csv_file(tmp_path, LOST.format("L-1", "A1"), LOST.format("L-2", "A2"))))
    changed = LOST.format("L-1", "A1").replace("GD 17", "GD 18")
    file = csv_file(tmp_path, changed, LOST.format("L-3", "A3"))
    code, seen = say(*build(keys, "--preview", file))
    assert code == 0
    counts = ("added", "removed", "unchanged", "changed_entries", "stays_for_good", "refused")
    assert [seen[name] for name in counts] == [1, 0, 2, 1, 1, 0]
    assert seen["version"] is None
    assert not version(keys, 2, "snapshot").exists()


def test_refused_rows(say: Say, keys: Path, tmp_path: Path) -> None:
    good = LOST.format("L-1", "A1")
    bad = {
        LOST.format("L-2", ""): "document_number: missing",
        LOST.format("L-2", "A\t1"): "document_number: not a number as an MRZ has it",
        good.replace("UTO", "U7O"): "issuing_state: not one to three letters",
        good.replace(",P,", ",9,"): "document_type: not the code of a document",
        good.replace("Passport Order 1973 art. 7", ""): "legal_basis: missing",
        good.replace("2026-01-01", "1.1.2026"): "valid_from: not a date as YYYY-MM-DD",
        good.replace("2026-01-01,", "2026-01-01,2025-01-01"): "valid_to: before valid_from",
        good.replace(",,,,ডাকুন", ",,in,,ডাকুন"): "direction: not entry, exit or both",
        good.replace(",,,,ডাকুন", ",,,SHOOT,"): "action: not REFER_SILENT, REFER or INFO",
        good.replace("ডাকুন", "\x1b[2J"): "instruction: a character that cannot be printed",
        good.replace("DIP", "D" * 301): "authority: more than 300 characters",
        good.replace("ডাকুন,", "ডাকুন,FOUND"): "status: not LISTED, RECOVERED or WITHDRAWN",
        good.replace("GD 17", "GD 18"): "entry_id: another row says something else of it",
        "L-5,P\n": "a field is missing, or not a text",
        good.replace("\n", ",x\n"): "a column that no list has",
    }
    file = csv_file(tmp_path, good, *bad)
    code, seen = say(*build(keys, file))
    assert (code, seen["version"], seen["refused"]) == (1, None, len(bad))
    assert {r["line"]: r["reason"] for r in seen["refused_rows"]} == dict(
        enumerate(bad.values(), 3)
    )
    assert not version(keys, 1, "snapshot").exists()
    code, made = say(*build(keys, "--without-refused", file))
    assert (code, made["version"], made["added"]) == (1, 1, 1)


def test_an_order_without_a_day_of_review_is_refused(say: Say, keys: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, LOST.format("B-1", "A1"), LOST.format("B-2", "A2,"))
    code, seen = say(*build(keys, file, kind="EXIT_BAN"))
    assert code == 1
    assert seen["refused_rows"][0]["reason"] == "valid_to: missing; every order has a day of review"


def test_json_rows(say: Say, keys: Path, tmp_path: Path) -> None:
    row = {"entry_id": "B-1", "legal_basis": "x", "order_reference": "y", "authority": "z"}
    row |= {**LISTED, "valid_from": "2026-01-01", "valid_to": "2026-12-31", "direction": "exit"}
    file = tmp_path / "rows.json"
    file.write_text(json.dumps([row, 7, {**row, "status": "RECOVERED"}]))
    code, seen = say(*build(keys, "--preview", file, kind="EXIT_BAN"))
    assert (code, seen["added"]) == (1, 1)
    assert [each["line"] for each in seen["refused_rows"]] == [2, 3]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "no column entry_id"),
        (b"entry_id,entry_id\n", "no column legal_basis"),
        (HEAD.replace("status", "entry_id").encode(), "two columns of one name"),
        (b"[{]", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (HEAD.encode() + b'"', "not CSV"),
    ],
)
def test_files_that_are_no_source(
    content: bytes, fault: str, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows"
    file.write_bytes(content)
    assert main(["lists", *map(str, build(keys, file))]) == 2
    assert fault in capsys.readouterr().err


def test_a_file_that_never_ends_is_refused(keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lists", *map(str, build(keys, "/dev/zero"))]) == 2
    assert "/dev/zero: a line of more than" in capsys.readouterr().err
    assert main(["lists", *map(str, build(keys, "nowhere"))]) == 2
    assert "nowhere: No such file" in capsys.readouterr().err


def test_a_readers_mrz_must_be_right(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mrz = tmp_path / "mrz.txt"
    mrz.write_text(SPECIMEN.replace("L898902C36", "L898902C37"))
    assert main(["lists", "match", "--store", str(store), "--mrz-file", str(mrz)]) == 2
    assert "a check digit is wrong" in capsys.readouterr().err
    for content, fault in ((b"{", "not JSON"), (b"[]", "a JSON object"), (b"{}", "document: not")):
        mrz.write_bytes(content)
        assert main(["lists", "match", "--store", str(store), str(mrz)]) == 2
        assert fault in capsys.readouterr().err


def test_a_part_that_is_missing(
    say: Say, keys: Path, store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(*build(keys, csv_file(tmp_path, LOST.format("L-1", "A1"))))
    source = version(keys, 1, "snapshot")
    (source / "entries").rename(source / "aside")
    assert main(["lists", "take", "--store", str(store), str(source)]) == 2
    assert "entries: No such file" in capsys.readouterr().err
    (source / "aside").rename(source / "entries")  # and it goes on with what has come
    assert main(["lists", "take", "--store", str(store), str(source)]) == 0


BANNED = {
    "entry_id": "B-7",
    "name": "Quixano Alonso de la Mancha",
    "primary_identifier": "QUIXANO",
    "secondary_identifier": "ALONSO",
    "aliases": "Don Quixano; ডন",
    "date_of_birth": "1974-08-12",
    "nationality": "UTO",
    "sex": "M",
    "legal_basis": "HC order",
    "order_reference": "WP 1",
    "authority": "High Court",
    "valid_from": "2026-02-01",
    "valid_to": "2099-03-01",
}


def test_persons_from_rows_to_the_gate(
    say: Say, keys: Path, store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    eriksson = {**BANNED, "entry_id": "B-8", "name": "Anna Maria Eriksson", "aliases": ""}
    eriksson |= {"primary_identifier": "", "secondary_identifier": "", "sex": "F"}
    refused = {
        "name": {**BANNED, "name": "<<<", "entry_id": "B-9"},
        "no name": {**BANNED, "name": "", "aliases": ";"}
        | {"primary_identifier": "", "secondary_identifier": ""},
        "document_number": {**BANNED, "document_type": "P", "issuing_state": "UTO"},
    }
    file = tmp_path / "rows.json"
    file.write_text(json.dumps([BANNED, eriksson, *refused.values()]))
    code, made = say(*build(keys, "--without-refused", file, kind="BLACKLIST_FOREIGN"))
    assert (code, made["persons"], made["changed_persons"]) == (1, 2, 2)
    assert [each["reason"].split(":")[0] for each in made["refused_rows"]] == [
        "name",
        "name",
        "document_number",
    ]
    (store / "LOST_STOLEN_DOC").rmdir()
    assert say("take", "--store", store, version(keys, 1, "snapshot", "BLACKLIST_FOREIGN"))[0] == 0
    assert say("show", "--store", store)[1]["lists"][0]["persons"] == 2
    mrz = tmp_path / "mrz.txt"
    mrz.write_text(SPECIMEN)
    code, answer = say("match", "--store", store, "--mrz-file", mrz)
    (hit,) = answer["hits"]
    assert (code, hit["entry_id"], hit["kind"], hit["action"]) == (
        0,
        "B-8",
        "exact",
        "REFER_SILENT",
    )
    assert hit["persons"][0]["sex"] == "F"
    request = tmp_path / "request.json"
    for names, born, expected in (
        (["QUIXANO<ALONSO"], "1974-08-12", ("B-7", "exact", "REFER_SILENT")),
        (["Nobody", "Dom Kixano"], "1974-08-12", ("B-7", "fuzzy", "REFER")),
        (["QUIXANO<ALONSO"], "1975-08-14", None),
    ):
        person = {"names": names, "date_of_birth": born, "nationality": "UTO"}
        request.write_text(json.dumps({"person": person, "document": LISTED}))
        code, answer = say("match", "--store", store, request)
        seen = [
            tuple(hit[name] for name in ("entry_id", "kind", "action")) for hit in answer["hits"]
        ]
        assert seen == ([expected] if expected else [])
    for odd in ({}, [], {"names": []}, {"names": "Anna"}, {"names": [1]}, {"names": ["A"], "x": 1}):
        request.write_text(json.dumps({"person": odd}))
        assert main(["lists", "match", "--store", str(store), str(request)]) == 2
        assert "person: " in capsys.readouterr().err
    assert main(["lists", "match", "--store", str(store), "--mrz-file", str(mrz)]) == 0
    assert "exact" in capsys.readouterr().out


def test_direction_and_day(say: Say, keys: Path, store: Path, tmp_path: Path) -> None:
    ban = "B-1,P,UTO,L898902C3,HC order,WP 4437,High Court,2026-02-01,2026-03-01,exit,,,\n"
    say(*build(keys, csv_file(tmp_path, ban), kind="EXIT_BAN"))
    say("take", "--store", store, version(keys, 1, "snapshot", "EXIT_BAN"))
    (store / "LOST_STOLEN_DOC").rmdir()  # this gate need not have it
    request = tmp_path / "request.json"

    def listed(**more: str) -> bool:
        request.write_text(json.dumps({"document": LISTED, **more}))
        return bool(say("match", "--store", store, request)[1]["hits"])

    assert listed(at="2026-02-01", direction="exit")
    assert listed(at="2026-03-01")
    assert not listed(at="2026-03-02", direction="exit")
    assert not listed(at="2026-01-31", direction="exit")
    assert not listed(at="2026-02-15", direction="entry")


def test_requests_line_by_line(
    say: Say,
    keys: Path,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    say(*build(keys, csv_file(tmp_path, LOST.format("L-1", "L898902C3"))))
    say("take", "--store", store, version(keys, 1, "snapshot"))
    requests: list[Any] = [
        {"document": LISTED, "direction": "entry"},
        {"document": LISTED, "direction": "up"},
        {"document": {**LISTED, "document_number": 7}},
        {"document": {**LISTED, "document_number": "<<<"}},
        {"person": {}},
        [],
        {"document": LISTED, "at": "soon"},
        {"document": {**LISTED, "issuing_state": "D<<"}},
    ]
    lines = "".join(json.dumps(each) + "\n" for each in requests)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert main(["lists", "match", "--store", str(store), "--jsonl"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [len(each.get("hits", [])) for each in answers] == [1, 0, 0, 0, 0, 0, 0, 0]
    assert ["error" in each for each in answers] == [False, *6 * [True], False]
    assert "direction" in answers[1]["error"]
    assert answers[3]["error"] == "document_number: not a number as an MRZ has it"


def test_a_list_that_cannot_be_used_is_no_empty_list(
    say: Say, keys: Path, store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(*build(keys, csv_file(tmp_path, LOST.format("L-1", "A1"))))
    say("take", "--store", store, version(keys, 1, "snapshot"))
    code, seen = say("show", "--store", store)
    (shown,) = seen["lists"]
    assert (code, shown["usable"], shown["documents"], shown["version"]) == (0, True, 1, 1)
    assert 0 <= shown["age_seconds"] < 600
    file = store / "LOST_STOLEN_DOC" / f"{1:016}" / "documents"
    file.write_bytes(file.read_bytes()[:-1])
    code, seen = say("show", "--store", store)
    (shown,) = seen["lists"]
    assert (code, shown["usable"], shown["version"], shown["newest"]) == (1, False, None, 1)
    assert shown["faults"] == ["version 1: documents: not the one that was signed"]
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"document": LISTED}))
    assert main(["lists", "match", "--store", str(store), str(request)]) == 2
    assert "LOST_STOLEN_DOC: version 1: documents" in capsys.readouterr().err


def test_for_people(
    keys: Path, store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = csv_file(tmp_path, LOST.format("L-1", "L898902C3"), LOST.format("L-2", ""))
    assert main(["lists", *map(str, build(keys, "--without-refused", file))]) == 1
    assert "line 3: refused: document_number: missing" in capsys.readouterr().out
    assert main(["lists", "take", "--store", str(store), str(version(keys, 1, "snapshot"))]) == 0
    assert capsys.readouterr().out == "LOST_STOLEN_DOC: version 1 is in force\n"
    assert main(["lists", "show", "--store", str(store)]) == 0
    assert "LOST" in capsys.readouterr().out
    request = tmp_path / "request.json"
    for number, said, code in (("L898902C3", "L-1", 0), ("X1", "no hit", 1)):
        request.write_text(json.dumps({"document": {**LISTED, "document_number": number}}))
        assert main(["lists", "match", "--store", str(store), str(request)]) == code
        assert said in capsys.readouterr().out


def test_a_pin_is_not_replaced(keys: Path, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--store", str(store), "--signer", str(keys / "signer.pem"), "--list", "INFO"]
    assert main(["lists", "pin", *words, "--key", str(keys / "list")]) == 2
    assert "File exists" in capsys.readouterr().err
    assert (store / "list.key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_may_read_is_refused(
    keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = csv_file(tmp_path)
    for name, content in (("list", bytes(31)), ("sign", b"no key")):
        (keys / name).chmod(0o640)
        assert main(["lists", *map(str, build(keys, file))]) == 2
        assert "chmod 600" in capsys.readouterr().err
        genuine = (keys / name).read_bytes()
        (keys / name).write_bytes(content)
        (keys / name).chmod(0o600)
        assert main(["lists", *map(str, build(keys, file))]) == 2
        assert "not a" in capsys.readouterr().err
        (keys / name).write_bytes(genuine)


def test_a_list_that_is_not_here_yet_is_no_empty_list(store: Path) -> None:
    ended = subprocess.run(
        (sys.executable, "-m", "egate.cli", "lists", "match", "--store", str(store), "--json"),
        input=json.dumps({"document": LISTED}).encode(),
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr == b"egate: LOST_STOLEN_DOC: no version of this list is here\n"
    (store / "LOST_STOLEN_DOC").rmdir()
    assert main(["lists", "show", "--store", str(store)]) == 2
