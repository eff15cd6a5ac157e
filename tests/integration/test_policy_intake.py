"""Changes of the policy that a console brings to a lane: verified there, filed, and in force."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from egate.cli.clock import now_utc
from egate.cli.service_identity import create_authority, issue
from egate.domain.time import UtcSeconds
from egate.gate.policy_file import load_policy
from egate.gate.policy_intake import PolicyIntake
from egate.policy_files.changing import Wanted, propose
from egate.policy_files.signatures import Signer, sign
from egate.ports.policy_changes import SignedChange
from egate.reporting.gate_client import GateLink, GateUnavailable
from egate.reporting.gate_service import serve_gate
from egate.reporting.policy_change_service import add_policy_change_service
from tests.gate_lane import Hall, hall
from tests.gate_samples import POLICY
from tests.integration.test_gate_policy_renewal import Office
from tests.policy_officers import OFFICERS

A, B, C = "a.rahman", "s.begum", "n.karim"
SIMILARITY = "profiles.standard.min_similarity"


def now() -> UtcSeconds:
    return UtcSeconds(now_utc().timestamp())


def made(
    office: Office,
    *officers: str,
    key: str = SIMILARITY,
    value: object = 0.7,
    begins: float = 0.0,
    ends: float = 5.0,
) -> SignedChange:
    """Return a change that A proposes at the office, and that ``officers`` sign."""
    at = now_utc().replace(microsecond=0)
    day = dt.timedelta(days=1)
    wanted = Wanted(key, value, at + begins * day, at + ends * day, "Twins.")
    filed = propose(office.file, wanted, Signer(A, OFFICERS[A]), at)
    return signed(filed.content, *officers)


def signed(content: bytes, *officers: str) -> SignedChange:
    values = [(each, sign(content, OFFICERS[each], each).value) for each in officers]
    return SignedChange(content, values)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "office").mkdir()
    return Office(tmp_path / "office")


@pytest.fixture
def lane(tmp_path: Path) -> Office:
    """Where a lane has its own copy of policy and keys."""
    (tmp_path / "lane").mkdir()
    return Office(tmp_path / "lane")


@asynccontextmanager
async def taking(h: Hall, lane: Office, folder: Path) -> AsyncIterator[GateLink]:
    intake = PolicyIntake(lane.settings(), h.gate.runner, now)  # type: ignore[arg-type]
    pki = folder / "pki"
    create_authority(pki)
    async with serve_gate(
        h.gate.supervision,
        "127.0.0.1:0",
        issue(pki, "gate", "DAC-E-01"),
        lambda server: add_policy_change_service(intake, server),
    ) as bound:
        link = GateLink(bound, issue(pki, "console", "hall-1"))
        try:
            yield link
        finally:
            await link.close()


async def test_a_change_of_two_officers_holds_at_once_and_is_there_after_a_restart(
    tmp_path: Path, office: Office, lane: Office
) -> None:
    change = made(office, A, B)
    async with hall(tmp_path, policy=POLICY) as h, taking(h, lane, tmp_path) as link:
        assert await link.put_change(change) == ""
        in_force = h.gate.runner.newest_policy.in_force(now())
        assert in_force.version == f"{POLICY.version}+change-1"
        assert in_force.profile.min_similarity == 0.7
        assert await link.put_change(change) == ""  # again: nothing happens
        assert h.gate.runner.newest_policy.in_force(now()) == in_force
        after = h.gate.runner.newest_policy.in_force(UtcSeconds(now() + 6 * 86_400))
        assert after.without_changes() == POLICY, "it ends by itself"
    assert load_policy(lane.file, "standard", lane.keys).in_force(now()) == in_force


async def test_what_is_not_signed_by_proposer_and_another_is_refused(
    tmp_path: Path, office: Office, lane: Office
) -> None:
    change = made(office, A, B)
    (_, by_a), (_, by_b) = change.signatures
    refused = "signed by 1 known officers, not 2"
    async with hall(tmp_path, policy=POLICY) as h, taking(h, lane, tmp_path) as link:
        for case, said in (
            (signed(change.content, A), refused),
            (replace(change, signatures=((A, by_a), (A, by_a))), refused),
            (replace(change, signatures=((A, by_a), (B, by_a))), refused),
            (replace(change, signatures=((A, by_a), ("stranger", by_b))), refused),
            (replace(change, content=change.content.replace(b"0.7", b"0.1")), "signed by 0"),
            (signed(change.content, B, C), f"{A} did not sign it"),
        ):
            assert said in await link.put_change(case)
        assert h.gate.runner.newest_policy == POLICY
    assert not (lane.file.parent / "policy.changes").exists()


async def test_what_no_gate_could_use_is_refused_and_nothing_is_filed(
    tmp_path: Path, office: Office, lane: Office
) -> None:
    first = made(office, A, B)
    over = made(office, A, B, begins=-2, ends=-1)
    same_key = made(office, A, B, value=0.6)
    elsewhere = same_key.content.replace(b"min_similarity", b"second_face")
    outside = signed(elsewhere.replace(b"value = 0.6", b"value = 7.0"), A, B)
    other = signed(same_key.content.replace(POLICY.version.encode(), b"older"), A, B)
    same_number = signed(same_key.content.replace(b"number = 3", b"number = 1"), A, B)
    async with hall(tmp_path, policy=POLICY) as h, taking(h, lane, tmp_path) as link:
        assert await link.put_change(first) == ""
        for case, said in (
            (over, "change 2: is over"),
            (same_key, "while 1 does"),
            (outside, "is not above 0 and at most 1"),
            (other, "is of policy older"),
            (same_number, "another one has this number"),
            (signed(b"\xff = nothing", A, B), "not TOML"),
            (signed(b'number = "one"', A, B), "is missing"),
        ):
            assert said in await link.put_change(case)
        with pytest.raises(GateUnavailable, match="more than a change can be"):
            await link.put_change(SignedChange(b"#" * 5000, ()))
    assert [file.name for file in sorted((lane.file.parent / "policy.changes").iterdir())] == [
        "change-1.toml",
        "change-1.toml.sig",
    ]


async def test_a_change_of_another_profile_is_kept_and_changes_nothing_here(
    tmp_path: Path, office: Office, lane: Office
) -> None:
    change = made(office, A, B, key="profiles.strict.frames", value=2)
    async with hall(tmp_path, policy=POLICY) as h, taking(h, lane, tmp_path) as link:
        assert await link.put_change(change) == ""
        assert h.gate.runner.newest_policy == POLICY


async def test_a_lane_without_keys_or_without_room_takes_none(
    tmp_path: Path, office: Office, lane: Office
) -> None:
    change = made(office, A, B)
    async with hall(tmp_path, policy=POLICY) as h:
        keyless = SimpleNamespace(policy=lane.file, profile="standard", policy_keys=None)
        intake = PolicyIntake(keyless, h.gate.runner, now)  # type: ignore[arg-type]
        assert "takes no change" in await intake.take(change)
        (lane.file.parent / "policy.changes").touch()
        intake = PolicyIntake(lane.settings(), h.gate.runner, now)  # type: ignore[arg-type]
        assert "policy.changes" in await intake.take(change)
        assert h.gate.runner.newest_policy == POLICY


async def test_a_lane_whose_policy_s_file_was_changed_says_that_it_has_none(
    tmp_path: Path, office: Office, lane: Office
) -> None:
    change = made(office, A, B)
    lane.change(("passage = 10.0", "passage = 9.0"))
    async with hall(tmp_path, policy=POLICY) as h, taking(h, lane, tmp_path) as link:
        for _ in range(2):
            assert "the gate's log says why" in await link.put_change(change)
        assert h.gate.runner.newest_policy == POLICY


async def test_an_officer_s_own_certificate_brings_no_change(
    tmp_path: Path, office: Office, lane: Office
) -> None:
    change = made(office, A, B)
    async with hall(tmp_path, policy=POLICY) as h, taking(h, lane, tmp_path) as link:
        officer = GateLink(link._address, issue(tmp_path / "pki", "officer", "a.rahman"))
        with pytest.raises(GateUnavailable, match="may not do this"):
            await officer.put_change(change)
        await officer.close()
