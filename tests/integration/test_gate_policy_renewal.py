"""Another policy while the gate runs: from the next session on, whole, or not at all."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from egate.domain.record import CrossingStatus
from egate.domain.session import model as m
from egate.gate.policy_renewal import PolicyRenewal
from egate.policy_files.signatures import signature_file
from tests.gate_lane import QUICK, Hall, hall
from tests.gate_samples import POLICY, ROOT
from tests.policy_officers import key_folder, signed_by

A, B = "a.rahman", "s.begum"
NEXT = replace(QUICK, version="next")


class Office:
    """Where two officers keep the policy of a lane."""

    def __init__(self, folder: Path) -> None:
        self.file = Path(shutil.copy(ROOT / "config" / "policy.toml", folder / "policy.toml"))
        self.keys = key_folder(folder)
        signed_by(self.file, A, B)

    def change(self, *changes: tuple[str, str], officers: tuple[str, ...] = (A, B)) -> None:
        text = self.file.read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self.file.write_text(text, "utf-8")
        signed_by(self.file, *officers)

    def settings(self) -> SimpleNamespace:
        return SimpleNamespace(policy=self.file, profile="standard", policy_keys=self.keys)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "office").mkdir()
    return Office(tmp_path / "office")


VERSION = (f'version = "{POLICY.version}"', 'version = "next"')


@asynccontextmanager
async def asked(h: Hall, office: Office) -> AsyncIterator[asyncio.Event]:
    renewal = PolicyRenewal(office.settings(), h.gate.runner)  # type: ignore[arg-type]
    renew = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(renewal.run(renew))
        yield renew
        running.cancel()


async def test_a_signed_policy_holds_from_the_next_session_on_and_never_within_one(
    tmp_path: Path, office: Office
) -> None:
    async with hall(tmp_path, policy=POLICY) as h, asked(h, office) as renew:
        await h.walk_up()
        await h.until_state(m.ReadingMrz)
        office.change(VERSION, ("passage = 10.0", "passage = 9.0"))
        renew.set()
        await h.until(lambda: h.gate.runner.newest_policy.version == "next")
        assert h.gate.runner.policy == POLICY
        await h.present()
        await h.until_state(m.Passing)
        await h.walk_through()
        await h.until(lambda: h.gate.runner.policy.version == "next")
        await h.chip_reader.remove()
        await h.until_state(m.Idle)
        await h.walk_up()
        await h.present()
        await h.until_state(m.Passing)
        await h.walk_through()
        first, second = await h.records(2)
    assert first.policy_version == POLICY.version
    assert (second.policy_version, second.status) == ("next", CrossingStatus.COMPLETED)


async def test_a_lane_at_rest_takes_it_at_once_and_opens_or_shuts_by_it(tmp_path: Path) -> None:
    async with hall(tmp_path) as h:
        h.centre.away = True
        h.gate.conditions._sources = ()
        h.gate.runner._inbox.post(m.ConditionsChanged(frozenset({m.Condition.CENTRE_AWAY})))
        await h.until(lambda: h.state.lane.conditions)
        shut = replace(NEXT, services={**NEXT.services, m.Condition.CENTRE_AWAY: m.Service.CLOSED})
        h.gate.runner.renew(shut)
        await h.until_state(m.OutOfService)
        h.gate.runner.renew(replace(NEXT, version="open again"))
        await h.until_state(m.Idle)


@pytest.mark.parametrize(
    ("changes", "officers", "reason"),
    [
        ((VERSION,), (A,), "signed by 1 known officers, not 2"),
        ((VERSION, ("passage = 10.0", "passage = 0.0")), (A, B), "seconds.passage"),
        ((VERSION, ("[seconds]", "[second]")), (A, B), "second: unknown key"),
        ((("passage = 10.0", "passage = 9.0"),), (A, B), "version: is in force already"),
    ],
)
async def test_a_bad_file_is_refused_in_one_line_and_the_old_policy_stays(
    tmp_path: Path,
    office: Office,
    capfd: pytest.CaptureFixture[str],
    changes: tuple[tuple[str, str], ...],
    officers: tuple[str, ...],
    reason: str,
) -> None:
    async with hall(tmp_path, policy=POLICY) as h, asked(h, office) as renew:
        office.change(*changes, officers=officers)
        renew.set()
        said = ""

        def refused() -> bool:
            nonlocal said
            said += "".join(capfd.readouterr())
            return "policy refused" in said

        await h.until(refused)
        assert h.gate.runner.newest_policy == POLICY
        (line,) = [line for line in said.splitlines() if "policy refused" in line]
        assert reason in line


async def test_a_file_without_its_signatures_is_refused(tmp_path: Path, office: Office) -> None:
    office.change(VERSION)
    signature_file(office.file).unlink()
    async with hall(tmp_path, policy=POLICY) as h:
        renewal = PolicyRenewal(office.settings(), h.gate.runner)  # type: ignore[arg-type]
        assert renewal.read(POLICY) is None


async def test_the_same_file_again_changes_nothing(tmp_path: Path, office: Office) -> None:
    async with hall(tmp_path, policy=POLICY) as h:
        renewal = PolicyRenewal(office.settings(), h.gate.runner)  # type: ignore[arg-type]
        assert renewal.read(POLICY) is None
        office.change(VERSION)
        renewed = renewal.read(POLICY)
        assert renewed == replace(POLICY, version="next")
        assert renewal.read(renewed) is None
