"""``python -m tests.random_lanes --seeds 5``: seeded travellers and mishaps on real wires.

Each seed is one lane (``hardware_mocks up --seed N``) and one gate, each a process of its own,
with the settings that the lane has written, and an officer who takes care of whoever is
referred. A failing seed is had again with ``--from-seed N --seeds 1``. Options of no seed are
the lane's, as ``--flow=two_step --barrier=turnstile --emergency-input``.
"""

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from egate.domain.record import CrossingRecord
from egate.ports.supervision import GateState, OfficerOrder
from egate.reporting.gate_client import GateLink, GateUnavailable
from egate.settings import Tls
from tests.gate_process import Process, records_left, running
from tests.gate_samples import ROOT

_SPEED: Final = 3
_OFFICER_SECONDS: Final = 1.0
_LIMIT_SECONDS: Final = 400.0
_NEEDS_AN_OFFICER: Final = {GateState.AWAITING_OFFICER, GateState.EVACUATING}


@dataclass
class PlayedLane:
    """What came of one seed.

    Args:
        plan: of its visits.
        truth: what happened in the lane, in order.
        records: what the gate has recorded.
        faults: every law that did not hold; none is good.

    """

    plan: list[dict[str, Any]]
    truth: list[dict[str, Any]]
    records: list[CrossingRecord]
    faults: list[str] = field(default_factory=list)


def play_lane(folder: Path, *words: str) -> PlayedLane:
    """Play a lane to its end.

    Args:
        folder: of the PKI, which is made once, and of the gate's files, which are made anew.
        words: of ``hardware_mocks up``: a seed or a scenario, and which lane.

    """
    own = Path(tempfile.mkdtemp(prefix="lane-", dir=folder))
    asked = ("up", *words)
    plan = json.loads(
        subprocess.run(
            [sys.executable, "-m", "hardware_mocks", *asked, "--plan"],
            cwd=ROOT, check=True, capture_output=True,
        ).stdout
    )["travellers"]  # fmt: skip
    config = ("--gate-config", str(own / "gate.toml"))
    with running("hardware_mocks", *asked, "--pki", str(folder / "pki"), *config) as lane:
        said = lane.until()
        import_trust(said)
        run = ("gate", "run", "--config", said["gate_config"])
        with running("egate.cli", *run, out="stderr") as gate:
            ready = gate.until(event="ready")
            finished = asyncio.run(_until_finished(lane, ready["grpc"], own / "tls"))
            gate.popen.send_signal(signal.SIGTERM)
            ended = gate.popen.wait(timeout=20)
            sessions = {said["crossing_id"] for said in gate.said() if said.get("crossing_id")}
    played = PlayedLane(plan, lane.lines[1:], records_left(own))
    if not finished:
        played.faults.append("the last visit never ends")
    if ended:
        played.faults.append(f"the gate ended with {ended}")
    _judge(played, sessions)
    return played


def import_trust(said: dict[str, Any]) -> None:
    """Fill the trust store that a lane's settings name from the lane's PKI."""
    pki = Path(said["pki"])
    subprocess.run(
        [sys.executable, "-m", "egate.cli", "trust", "import",
         "--store", said["trust_store"], "--anchor", str(pki / "anchor.cer"),
         str(pki / "masterlist.ml"), *(str(file) for file in pki.glob("*/revoked.crl"))],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip


async def _until_finished(lane: Process, address: str, tls: Path) -> bool:
    """Play the officer until the lane has finished; False if it does not in time."""
    files = Tls(ca=tls / "authority.pem", certificate=tls / "console.pem", key=tls / "console.key")
    link = GateLink(address, files)
    loop = asyncio.get_running_loop()
    limit = loop.call_later(_LIMIT_SECONDS, lane.popen.terminate)
    async with asyncio.TaskGroup() as tasks:
        helping = tasks.create_task(_help(link))
        finished = await asyncio.to_thread(_reads_finished, lane)
        helping.cancel()
    limit.cancel()
    await link.close()
    return finished


def _reads_finished(lane: Process) -> bool:
    try:
        lane.until(event="finished")
    except AssertionError:
        return False
    return True


async def _help(link: GateLink) -> None:
    """Take care of everybody who is referred, and of a lane after an emergency."""
    while True:
        with suppress(GateUnavailable):  # as a console does, come back
            async for status in link.changes():
                if status.state in _NEEDS_AN_OFFICER:
                    await asyncio.sleep(_OFFICER_SECONDS)
                    await link.order(OfficerOrder.RESET, "officer-1")
        await asyncio.sleep(_OFFICER_SECONDS)


def _judge(played: PlayedLane, sessions: set[str]) -> None:
    recorded = [record.crossing_id for record in played.records]
    if sorted(recorded) != sorted(sessions):
        played.faults.append(f"{len(sessions)} sessions, {len(recorded)} records")
    passed = [each["index"] for each in played.truth if each["event"] == "passed"]
    for index in passed:
        visit = played.plan[index]
        emergency = (visit["mishap"] or {}).get("trouble") == "emergency"
        if not visit["may_be_admitted"] and not emergency:
            played.faults.append(f"visit {index}: {visit['kind']} went through")
    admitted = [record for record in played.records if record.verdict == "admit"]
    confirmed = [record for record in played.records if record.passage_confirmed]
    if len(admitted) > sum(visit["may_be_admitted"] for visit in played.plan):
        played.faults.append("more were admitted than may be")
    if len(confirmed) > len(passed):
        played.faults.append("a passage was recorded that never was")
    numbers = [record.gate_seq for record in played.records]
    if numbers != list(range(1, len(numbers) + 1)):
        played.faults.append(f"records are numbered {numbers}")


def main(words: list[str] | None = None) -> int:
    """Play the seeds; 0 if every law held with each."""
    parser = argparse.ArgumentParser(prog="random_lanes", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, metavar="K")
    parser.add_argument("--from-seed", type=int, default=1, metavar="N")
    parser.add_argument("--travellers", type=int, default=4, metavar="N")
    parser.add_argument("--json", action="store_true")
    chosen, others = parser.parse_known_args(words)
    options = [f"--travellers={chosen.travellers}", f"--speed={_SPEED}", *others]
    began, failing, travellers, records = time.monotonic(), {}, 0, 0
    with tempfile.TemporaryDirectory(prefix="lanes-") as folder:
        for seed in range(chosen.from_seed, chosen.from_seed + chosen.seeds):
            played = play_lane(Path(folder), f"--seed={seed}", *options)
            travellers, records = travellers + len(played.plan), records + len(played.records)
            if played.faults:
                failing[seed] = played.faults
                print(f"seed {seed}: {'; '.join(played.faults)}", file=sys.stderr)
    result = {
        "seeds": chosen.seeds,
        "from_seed": chosen.from_seed,
        "options": others,
        "travellers": travellers,
        "records": records,
        "failing": failing,
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(result) if chosen.json else result)
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main())
