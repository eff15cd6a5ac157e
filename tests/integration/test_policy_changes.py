"""Officers propose, approve and list changes; the gate takes what two of them signed."""

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from egate.cli.clock import now_utc
from egate.cli.main import main
from egate.domain.policy.parse import PolicyInvalid
from egate.domain.policy.policy import Policy
from egate.domain.time import UtcSeconds
from egate.gate.policy_file import load_policy
from egate.policy_files.audit import Action, AuditEvent, AuditUnusable, append, read_trail
from tests.gate_samples import POLICY, ROOT
from tests.policy_officers import key_folder, private_pem, signed_by

A, B, C = "a.rahman", "s.begum", "n.karim"
STRICTER = "profiles.standard.min_similarity=0.7"


class Office:
    """A policy that two officers signed, with the commands run on it in this process."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.policy = Path(shutil.copy(ROOT / "config" / "policy.toml", folder))
        self.keys = key_folder(folder)
        self.changes = folder / "policy.changes"
        self.audit = self.changes / "audit.jsonl"
        self._folder, self._capsys = folder, capsys
        signed_by(self.policy, A, B)

    def run(self, command: str, *words: object) -> tuple[int, dict[str, Any], str]:
        code = main(["policy", command, str(self.policy), *map(str, words), "--json"])
        said = self._capsys.readouterr()
        return code, json.loads(said.out) if said.out else {}, said.err

    def signer(self, officer: str) -> tuple[object, ...]:
        key = self._folder / f"{officer}.key"
        key.write_bytes(private_pem(officer))
        key.chmod(0o600)
        return ("--key", key, "--officer", officer)

    def propose(
        self, assignment: str = STRICTER, officer: str = A, until: str = "", *words: object
    ) -> tuple[int, dict[str, Any], str]:
        given = ("--set", assignment, "--until", until or in_days(5), "--reason", "Twins.")
        return self.run("propose", *given, *self.signer(officer), *words)

    def approve(self, officer: str = B, number: int = 1) -> tuple[int, dict[str, Any], str]:
        return self.run("approve", "--change", number, *self.signer(officer))

    def loaded(self) -> Policy:
        return load_policy(self.policy, "standard", self.keys)

    def listed(self) -> list[dict[str, Any]]:
        code, found, fault = self.run("list", "--keys", self.keys)
        assert code == 0, fault
        rows: list[dict[str, Any]] = found["changes"]
        return rows


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def in_days(days: int) -> str:
    return (now_utc() + dt.timedelta(days=days)).isoformat(timespec="seconds")


def now() -> UtcSeconds:
    return UtcSeconds(now_utc().timestamp())


def test_a_change_of_two_officers_is_applied_and_named(office: Office) -> None:
    assert office.loaded() == POLICY
    assert office.propose()[:2] == (
        0,
        {"proposed": 1, "file": str(office.changes / "change-1.toml")},
    )
    assert office.loaded() == POLICY  # one officer is not enough
    assert office.listed()[0]["state"] == "pending"
    assert office.approve()[:2] == (0, {"approved": 1, "officer": B})
    in_force = office.loaded().in_force(now())
    assert in_force.version == f"{POLICY.version}+change-1"
    assert in_force.profile.min_similarity == 0.7
    (row,) = office.listed()
    assert (row["signed_by"], row["state"], row["value"]) == ([A, B], "holds", 0.7)


def test_nobody_approves_their_own_proposal(office: Office) -> None:
    office.propose()
    code, _, fault = office.approve(A)
    assert (code, fault) == (2, f"egate: change 1: {A} proposed it; another approves\n")
    assert office.loaded() == POLICY


def test_two_officers_without_the_proposer_are_not_enough(office: Office) -> None:
    office.propose()
    office.approve(B)
    office.approve(C)
    signatures = office.changes / "change-1.toml.sig"
    rows = json.loads(signatures.read_text())["signatures"]
    signatures.write_text(json.dumps({"signatures": [r for r in rows if r["officer"] != A]}))
    assert office.loaded() == POLICY
    assert office.listed()[0]["state"] == "pending"


def test_a_changed_change_waits_for_signatures_that_fit(office: Office) -> None:
    office.propose()
    office.approve()
    file = office.changes / "change-1.toml"
    file.write_text(file.read_text().replace("0.7", "0.1"))
    assert office.loaded() == POLICY
    file.write_text("nothing")
    assert office.loaded() == POLICY


def test_a_signed_change_that_cannot_be_used_stops_the_gate(office: Office) -> None:
    office.propose()
    file = office.changes / "change-1.toml"
    good = file.read_text()
    for text, fault in (
        (good.replace("0.7", "7.0"), "change 1: profiles.standard.min_similarity: is not above"),
        (good.replace("number = 1", "number = 2"), "number: is not that of the file's name"),
        (good.replace("Twins.", ""), "change-1.toml: reason: is not a text on one line"),
        ("nothing", "change-1.toml: not TOML"),
    ):
        file.write_text(text)
        signed_by(file, A, B)
        with pytest.raises(PolicyInvalid) as caught:
            office.loaded()
        assert fault in str(caught.value)
        assert "\n" not in str(caught.value)


def test_without_keys_no_change_is_made(office: Office) -> None:
    office.propose()
    office.approve()
    assert load_policy(office.policy, "standard") == POLICY


def test_states_of_changes_are_told(office: Office) -> None:
    later = ("--from", in_days(1))
    office.propose("obligations.OPTICAL.UV=mandatory", A, "", *later)
    office.approve(B, 1)
    office.propose(STRICTER, A, in_days(-1), "--from", in_days(-2))
    office.approve(B, 2)
    assert [row["state"] for row in office.listed()] == ["to come", "ended"]
    office.policy.write_text(office.policy.read_text("utf-8").replace(POLICY.version, "next"))
    assert [row["state"] for row in office.listed()] == ["of another policy"] * 2
    code, _, fault = office.approve(C, 1)
    assert (code, fault) == (2, f"egate: change 1: is of policy {POLICY.version}\n")


def test_a_person_sees_a_table(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.propose()
    assert main(["policy", "list", str(office.policy), "--keys", str(office.keys)]) == 0
    assert "pending" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("assignment", "until", "fault"),
    [
        ("profiles.standard.min_similarity=7", "", "min_similarity: is not above 0"),
        ("profiles.mild.min_similarity=0.5", "", "profiles.mild: is missing"),
        ("profiles.standard.mood=7", "", "mood: there is no such key"),
        ("obligations.OPTICAL.UV=maybe", "", "obligations.OPTICAL.UV: is none of"),
        ("obligations.ELECTRONIC.PA.COUNTRY=optional", "", "key: may not be changed"),
        ("placements=5", "", "key: is neither of a profile nor an obligation"),
        pytest.param(STRICTER, in_days(31), "is more than 30 days after from", id="too long"),
        pytest.param(STRICTER, in_days(-1), "is not after from", id="over before it begins"),
    ],
)
def test_a_proposal_that_no_gate_would_take_is_not_filed(
    office: Office, assignment: str, until: str, fault: str
) -> None:
    code, _, said = office.propose(assignment, A, until)
    assert code == 2
    assert fault in said
    assert said.count("\n") == 1
    assert not office.changes.exists()


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--set", "x", "--until", "2026-11-30T06:00:00Z"), "--set: not KEY=VALUE"),
        (("--set", "x=1", "--until", "2026-11-30"), "--until: not a moment"),
        (("--set", "x=1", "--until", "soon"), "--until: not a moment"),
    ],
)
def test_bad_usage_is_told_in_one_line(
    office: Office, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        office.run("propose", *words, "--reason", "r", *office.signer(A))
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n")) == (2, 1)
    assert fault in said


def test_every_act_is_on_the_trail_and_no_number_comes_twice(office: Office) -> None:
    office.propose()
    office.approve()
    (office.changes / "change-1.toml").unlink()
    assert office.propose()[1]["proposed"] == 2
    trail = read_trail(office.audit)
    acts = [(event.officer, event.action, event.number) for event in trail]
    assert acts == [(A, Action.PROPOSE, 1), (B, Action.APPROVE, 1), (A, Action.PROPOSE, 2)]
    assert trail[0].sha256 == trail[1].sha256 != trail[2].sha256


def test_a_trail_that_was_changed_is_not_continued(office: Office) -> None:
    event = AuditEvent("2026-11-22T00:00:00+00:00", A, Action.PROPOSE, 1, "00")
    office.changes.mkdir()
    for _ in range(3):
        append(office.audit, event)
    good = office.audit.read_text().splitlines()
    for lines, amiss in (
        (good[1:], 1),
        ([good[0], good[2]], 2),
        ([good[0].replace(A, B), *good[1:]], 2),
        ([*good, "{}"], 4),
        ([*good, "[" * 9999], 4),
        ([*good, "3"], 4),
    ):
        office.audit.write_text("\n".join(lines) + "\n")
        with pytest.raises(AuditUnusable, match=f"line {amiss} was changed"):
            append(office.audit, event)
        code, _, fault = office.propose()
        assert (code, fault) == (2, f"egate: {office.audit}: line {amiss} was changed\n")
    office.audit.write_bytes(b"x" * (9 << 20))
    with pytest.raises(AuditUnusable, match="more than"):
        read_trail(office.audit)


def test_a_trail_that_cannot_be_used_is_told(office: Office) -> None:
    office.audit.mkdir(parents=True)
    event = AuditEvent("2026-11-22T00:00:00+00:00", A, Action.PROPOSE, 1, "00")
    for use in (lambda: append(office.audit, event), lambda: read_trail(office.audit)):
        with pytest.raises(AuditUnusable, match="Is a directory"):
            use()


def test_more_changes_than_anybody_oversees_are_refused(office: Office) -> None:
    office.changes.mkdir()
    for number in range(101):
        (office.changes / f"change-{number}.toml").touch()
    with pytest.raises(PolicyInvalid, match="more than 100 changes"):
        office.loaded()


def test_a_folder_that_cannot_be_made_is_told(office: Office) -> None:
    office.changes.touch()
    code, _, fault = office.propose()
    assert code == 2
    assert "policy.changes" in fault
