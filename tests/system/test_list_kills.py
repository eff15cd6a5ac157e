"""A gate that is killed while it takes a version in has the one before, or the new one."""

import asyncio
import multiprocessing
import shutil
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from tests.gate_lists import Offers, Times, gate_of
from tests.list_kills import OFFLOAD, take_and_die
from tests.list_samples import NOW, SIGNER, row

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]
_MOST_ACTS = 200
_KILLED = -9
_PEM = SIGNER.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
)


@pytest.fixture(scope="module")
def forking() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.list_kills"])
    return context


async def taken(folder: Path, offers: Offers) -> None:
    async with gate_of(folder, offers):
        pass


async def restarted(folder: Path, offers: Offers) -> int:
    """Start a gate without a centre, and return its version; then let it take the newest."""
    offers.away = True
    async with gate_of(folder, offers) as gate:
        found = gate.version(OFFLOAD)
        assert gate.trouble(OFFLOAD) in ("", "no version of this list is here")
    offers.away = False
    async with gate_of(folder, offers) as gate:
        assert (gate.trouble(OFFLOAD), gate.age(OFFLOAD)) == ("", 0)
        assert (await gate.check())["WATCHLIST"][1].startswith("OFFLOAD")
    return found


@pytest.mark.parametrize("before", [0, 1])
def test_a_kill_at_any_moment_leaves_a_version_whole(
    tmp_path: Path, forking: ForkServerContext, before: int
) -> None:
    """``before``: in use when the next one comes, as a snapshot or as a delta."""
    offers = Offers(tmp_path / "made", Times(NOW))
    (tmp_path / "before").mkdir()
    if before:
        offers.publish(OFFLOAD, row("A0123456"))
        asyncio.run(taken(tmp_path / "before", offers))
    offers.times.pass_by(60)
    offers.publish(OFFLOAD, row("A0123456"), row("B7654321", "E-2"))
    seen = []
    for act in range(_MOST_ACTS):
        folder = tmp_path / f"gate-{act}"
        shutil.copytree(tmp_path / "before", folder)
        arguments = (folder, tmp_path / "made", offers.times.now, act, _PEM)
        process = forking.Process(target=take_and_die, args=arguments)
        process.start()
        process.join()
        seen.append(asyncio.run(restarted(folder, offers)))
        if process.exitcode != _KILLED:
            break
    assert process.exitcode == 0
    assert seen == sorted(seen)
    assert set(seen) == {before, before + 1}
    assert seen.count(before) > len(("manifest", "documents", "entries"))
    assert seen.count(before + 1) > 1
