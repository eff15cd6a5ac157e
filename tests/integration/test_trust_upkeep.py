"""``egate trust`` beyond taking in: two officers, versions, the trail, the age of it all."""

import base64
import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from egate.cli.main import main
from egate.trust.audit import Occasion
from egate.trust.entry import Entry, Kind
from egate.trust.store import TrustStore, history_of, update
from egate.trust.versions import kept_versions
from tests.trust_forge import NOW, Forge, key
from tests.trust_taking import BD, CSCA, IN, take

FIRST_COLUMNS = """
PRAGMA user_version = 1; DROP TABLE lists; DROP TABLE pending; DROP TABLE events;
"""


class Command:
    """Runs ``egate trust`` in this process against one store."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.store = store
        self._capsys = capsys

    def run(self, name: str, *words: object) -> tuple[int, str, str]:
        try:
            code = main(["trust", name, "--store", str(self.store), *map(str, words)])
        except SystemExit as end:
            code = int(str(end.code))
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def answer(self, name: str, *words: object) -> Any:  # noqa: ANN401  JSON
        _, out, error = self.run(name, "--json", *words)
        assert error == ""
        return json.loads(out)

    def refused(self, name: str, *words: object) -> str:
        code, out, error = self.run(name, *words)
        assert (code, out, error.count("\n")) == (2, "", 1)
        return error


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path / "store", capsys)


@pytest.fixture
def handed_over(tmp_path: Path) -> Path:
    file = tmp_path / "csca.der"
    file.write_bytes(CSCA.raw)
    return file


RECEIVED = ("--provenance", "received by courier from DIP", "--officer", "a.rahman")


def test_two_officers_bring_in_what_chains_to_nothing(command: Command, handed_over: Path) -> None:
    answer = command.answer("import", *RECEIVED, handed_over)
    assert answer["rejected"] == []
    assert answer["imported"] == dict.fromkeys(Kind, 0)
    assert [each["fingerprint"] for each in answer["pending"]] == [CSCA.fingerprint]
    # Kept, shown, and trusted by nobody.
    assert not list(TrustStore.open(command.store))
    assert command.answer("list") == []
    (waiting,) = command.answer("list", "--pending")
    assert waiting["officer"] == "a.rahman"
    assert waiting["provenance"] == "received by courier from DIP"
    assert CSCA.fingerprint in command.run("list", "--pending")[1]
    # Again is no second officer.
    assert command.answer("import", *RECEIVED[:3], "b.khan", handed_over)["unchanged"] == 1

    error = command.refused("approve", "--officer", " A.Rahman", CSCA.fingerprint)
    assert "another officer must approve" in error
    colons = ":".join(CSCA.fingerprint.upper()[i : i + 2] for i in range(0, 64, 2))
    answer = command.answer("approve", "--officer", "b.khan", colons)
    assert answer["approved"]["fingerprint"] == CSCA.fingerprint
    (listed,) = command.answer("list")
    assert listed["fingerprint"] == CSCA.fingerprint
    (entry,) = TrustStore.open(command.store)
    assert not entry.provenance.is_unanchored
    reason = entry.provenance.trusted_by
    assert reason.startswith("received by courier from DIP: taken in by a.rahman at 20")
    assert ", approved by b.khan at 20" in reason
    assert command.answer("list", "--pending") == []
    assert "nothing is pending" in command.refused(
        "approve", "--officer", "b.khan", CSCA.fingerprint
    )
    trail = command.answer("history")
    assert [(each["action"], each["officer"]) for each in trail] == [
        ("import", "a.rahman"),
        ("import", "b.khan"),
        ("approve", "b.khan"),
    ]
    assert trail[2]["detail"]["taken_in_by"] == "a.rahman"
    assert trail[2]["store_version"] == answer["store_version"]


def test_what_waits_can_be_rejected(command: Command, handed_over: Path) -> None:
    code, out, _ = command.run("import", *RECEIVED, handed_over)
    assert code == 0
    assert f"pending until another officer approves it: BD {CSCA.fingerprint}" in out
    assert command.run("reject", "--officer", "a.rahman", CSCA.fingerprint)[0] == 0
    assert command.answer("list", "--pending") == []
    command.run("import", *RECEIVED, handed_over)
    answer = command.answer("reject", "--officer", "b.khan", CSCA.fingerprint)
    assert answer["rejected"]["country"] == "BD"
    assert not list(TrustStore.open(command.store))
    command.run("import", *RECEIVED, handed_over)
    assert command.run("approve", "--officer", "b.khan", CSCA.fingerprint)[0] == 0


def test_what_chains_needs_no_second_officer(command: Command, handed_over: Path) -> None:
    """A list that brings what waits settles it."""
    command.run("import", *RECEIVED, handed_over)
    answer = command.answer("import", "--anchor", handed_over, *RECEIVED, handed_over)
    assert answer["imported"]["csca"] == 1
    assert command.answer("list", "--pending") == []


def test_a_statement_is_for_single_sound_certificates(command: Command, tmp_path: Path) -> None:
    broken = bytearray(CSCA.raw)
    broken[-1] ^= 1
    for content in (bytes(broken), BD.crl().raw, _pem(CSCA.raw) + _pem(IN.csca().raw)):
        (tmp_path / "file").write_bytes(content)
        answer = command.answer("import", *RECEIVED, tmp_path / "file")
        assert answer["pending"] == []
        assert answer["rejected"]
    link = BD.link(key("new"))
    (tmp_path / "file").write_bytes(link.raw)
    (waiting,) = command.answer("import", *RECEIVED, tmp_path / "file")["pending"]
    assert waiting["kind"] == "link"


def _pem(der: bytes) -> bytes:
    body = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


def test_bad_usage_ends_in_one_line(command: Command, handed_over: Path) -> None:
    assert "--officer" in command.refused("import", "--provenance", "x", handed_over)
    command.refused("import", *RECEIVED, "--accept-unanchored", handed_over)
    command.refused("import", *RECEIVED[:2], "--officer", " ", handed_over)
    command.refused("import", *RECEIVED[2:], "--provenance", "\x07", handed_over)
    for name in ("versions", "history", "status", "list"):
        assert "no trust store here" in command.refused(name)
    for name in ("approve", "reject", "restore"):
        assert "no trust store here" in command.refused(name, "--officer", "x", "00" * 32)
    assert not command.store.exists()
    take(command.store, CSCA.raw)
    assert "no version" in command.refused("restore", "--officer", "x", "00" * 32)
    assert "nothing is pending" in command.refused("reject", "--officer", "x", "zz")


def test_an_earlier_version_can_be_restored(command: Command) -> None:
    take(command.store, CSCA.raw)
    first = TrustStore.open(command.store).version
    take(command.store, IN.csca().raw, anchors=[IN.csca()])
    second = TrustStore.open(command.store).version
    rows = command.answer("versions")
    assert [(row["version"], row["current"]) for row in rows] == [(second, True), (first, False)]
    assert [row["count"]["csca"] for row in rows] == [2, 1]
    assert first[:16] in command.run("versions")[1]

    for short in (first[:7], "x" * 64):
        command.refused("restore", "--officer", "b.khan", short)
    answer = command.answer(
        "restore", "--officer", "b.khan", "--reason", "a wrong list", first[:12].upper()
    )
    assert answer == {"restored": first, "replaced": second}
    store = TrustStore.open(command.store)
    assert store.version == first
    assert [entry.country for entry in store] == ["BD"]
    # The trail goes on, and what was replaced can come back.
    event = command.answer("history")[-1]
    assert (event["action"], event["officer"]) == ("restore", "b.khan")
    assert (event["statement"], event["store_version"]) == ("a wrong list", first)
    assert len(command.answer("history")) == 3
    assert command.run("restore", "--officer", "b.khan", second)[0] == 0
    assert TrustStore.open(command.store).version == second
    assert "a wrong list" in command.run("history")[1]


def test_what_was_replaced_is_kept_as_often_as_asked(tmp_path: Path) -> None:
    states = [Forge(country=each, csca_key=key(each)) for each in ("IN", "NP", "BT", "MM", "TH")]
    seen = []
    for state in states:
        with update(tmp_path, versions_kept=3) as change:
            entry = _entry(tmp_path / "else", state)
            change.put(entry)
            change.commit()
        seen.append(TrustStore.open(tmp_path).version)
    assert [each.version for each in kept_versions(tmp_path)] == seen[1:4]
    assert [each.number for each in kept_versions(tmp_path)] == [2, 3, 4]
    # A commit that decides nothing else replaces no version.
    with update(tmp_path, versions_kept=3) as change:
        change.commit()
    assert [each.version for each in kept_versions(tmp_path)] == seen[1:4]


def _entry(store: Path, forge: Forge) -> Entry:
    take(store, forge.csca().raw, anchors=[forge.csca()])
    return TrustStore.open(store).anchors_of(forge.country)[0]


def test_a_damaged_version_is_not_restored(command: Command) -> None:
    take(command.store, CSCA.raw)
    first = TrustStore.open(command.store).version
    take(command.store, IN.csca().raw, anchors=[IN.csca()])
    (kept,) = kept_versions(command.store)
    content = kept.file.read_bytes()
    kept.file.unlink()
    kept.file.write_bytes(content.replace(b"GOV", b"GOX"))
    assert "damaged" in command.refused("restore", "--officer", "x", first)
    assert [row["damaged"] for row in command.answer("versions")] == [False, True]
    assert "damaged" in command.run("versions")[1]
    # A file of another version under this name is no such version either.
    current = (command.store / "trust.sqlite3").read_bytes()
    kept.file.write_bytes(current)
    assert "damaged" in command.refused("restore", "--officer", "x", first)
    (command.store / "versions" / "notes.txt").write_text("not a version")
    assert len(kept_versions(command.store)) == 1


def test_a_full_disk_leaves_the_store_as_it_was(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(command.store, CSCA.raw)
    first = TrustStore.open(command.store).version

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", no_room)
    with pytest.raises(Exception, match="cannot write trust store"):
        take(command.store, IN.csca().raw, anchors=[IN.csca()])
    assert TrustStore.open(command.store).version == first


def test_a_store_of_the_first_version_is_read_and_brought_up_to_date(command: Command) -> None:
    take(command.store, CSCA.raw)
    database = sqlite3.connect(command.store / "trust.sqlite3")
    database.executescript(FIRST_COLUMNS)
    database.close()
    first = TrustStore.open(command.store)
    assert (len(first), list(first.lists)) == (1, [])
    assert command.answer("list", "--pending") == []
    assert command.answer("history") == []
    take(command.store, IN.csca().raw, anchors=[IN.csca()], occasion=Occasion(NOW, "b.khan"))
    assert [each.occasion.officer for each in history_of(command.store)] == ["b.khan"]
    command.answer("restore", "--officer", "b.khan", first.version)
    assert TrustStore.open(command.store).version == first.version
    assert len(history_of(command.store)) == 2


def test_status(command: Command, shared_data: Path) -> None:
    trust = shared_data / "trust"
    anchor = trust / "certs/DE_ROOT_CA_CSCA07.cer"
    german = trust / "masterlists/DE_ML_2025-03-05.ml"
    crls = sorted((trust / "crls").iterdir())
    assert command.run("import", "--anchor", anchor, german, *crls)[0] == 0
    code, out, _ = command.run("status", "--json", "--state", "BGD")
    answer = json.loads(out)
    (listed,) = answer["lists"]
    assert (listed["kind"], listed["country"]) == ("master list", "DE")
    assert listed["signed_at"] == "2025-03-05T07:05:28Z"
    assert [each["country"] for each in answer["crls"]] == ["CA", "CN", "DE"]
    assert {each["freshness"] for each in answer["crls"]} == {"stale"}
    assert (answer["own"]["country"], answer["own"]["freshness"]) == ("BD", "current")
    assert answer["own"]["not_after"].startswith("203")
    assert code == 1
    assert {"CRL DE", "CRL CA", "CRL CN"} <= set(answer["stale"])
    assert answer["pending"] == 0
    code, out, _ = command.run("status", "--state", "UT")
    assert "CSCA of UT: missing" in out
    assert "stale: CSCA UT" in out
    assert "DE" in out


def test_status_of_what_serves(command: Command, handed_over: Path) -> None:
    take(command.store, CSCA.raw)
    command.run("import", *RECEIVED, _write(handed_over, IN.csca().raw))
    code, out, _ = command.run("status")
    assert code == 0
    assert "1 pending" in out
    assert command.answer("status")["own"] is None


def _write(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file
