"""The soak on real wires: ``egate gate run`` as it is delivered, and the devices' processes."""

import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.session_lane import SessionLane, session_lane
from egate.cli.demo.site import Layout
from egate.domain.record import RecordVerdict
from egate.reporting.crossing_list import CrossingSummary
from hardware_mocks.world.traveller import Kind
from tests.soak.growth import Limit, result_of
from tests.soak.process import open_files, resident_kb, threads

TITLE: Final = "On real wires"
TOLD: Final = """`python -m tests.soak --wires --sessions N --write`. `egate gate run` and the
centre with its database, as they are delivered; the devices are processes of their own, on
pseudo-terminals, Modbus, the virtual card's wire and MJPEG, at a hundred times the speed of people
and motors. Every chip is read and verified, every face found, embedded and looked at for attacks;
an officer clears who was referred. The samples are of the gate's process."""
_SAMPLES: Final = 50
LIMITS: Final = (
    Limit("resident memory", "kB", 8192.0),
    Limit("threads", "", 0.5),
    Limit("open files", "", 0.5),
    Limit("records in the outbox", "", 0.5),
    Limit("journal on the disk", "kB", 4096.0),
)
_WORDS: Final = ("--speed", "100", "--baud", "115200")
_PERSONS: Final = ("P001", "P002", "P003", "P005")
_KINDS: Final = {
    Kind.GENUINE: 12,
    Kind.OTHER_PERSONS_PASSPORT: 1,
    Kind.TAMPERED_DG: 1,
    Kind.UNKNOWN_SIGNER: 1,
    Kind.CHIP_LEAVES_TWICE: 1,
    Kind.TAILGATING: 1,
    Kind.ABANDONS: 2,
    Kind.PRESENTATION_ATTACK: 1,
}
_ADMITTED: Final = {Kind.GENUINE, Kind.CHIP_LEAVES_TWICE}


async def soaked_on_wires(sessions: int, seed: int) -> dict[str, Any]:
    """Serve so many sessions; the answer says what grew."""
    began = time.monotonic()
    kinds = drawn_kinds(sessions, seed)
    samples: list[tuple[int, tuple[float, ...]]] = []
    every, served = max(1, sessions // _SAMPLES), 0
    with tempfile.TemporaryDirectory(prefix="soak-wires-") as folder:
        scenario = scenario_of(kinds, seed)
        async with session_lane(Path(folder), Layout.ONE_STEP, scenario, _WORDS) as running:
            async for told in running.events():
                if told["event"] == "left":
                    await running.settle()
                elif told["event"] == "done":
                    served += 1
                    if served % every == 0:
                        samples.append((served, await _sample(running)))
            records = await running.records(sessions)
    return {
        "sessions": served,
        "seed": seed,
        "seconds": round(time.monotonic() - began),
        "verdicts": dict(Counter(f"{r.verdict.value}, {r.status.value}" for r in records)),
        "wrong": list(_wrong(kinds, records)),
        **result_of(LIMITS, samples),
    }


def drawn_kinds(count: int, seed: int) -> list[Kind]:
    """Draw who comes, in which order."""
    chance = random.Random(seed)  # noqa: S311 - a crowd, not a secret
    return chance.choices(tuple(_KINDS), tuple(_KINDS.values()), k=count)


def scenario_of(kinds: Sequence[Kind], seed: int) -> str:
    """Return the scenario file of travellers of ``kinds``."""
    chance = random.Random(seed)  # noqa: S311
    tables = []
    for kind in kinds:
        keys = {
            "name": "A, B",
            "kind": kind.value,
            "person": chance.choice(_PERSONS),
            "access": chance.choice(("bac", "pace")),
            # The signatures of a key of RSA are as good, but the key takes a second to make.
            "active_authentication": chance.choice(("none", "ecdsa")),
        }
        if kind is Kind.PRESENTATION_ATTACK:
            keys["attack"] = "print"
        lines = (f"{key} = {json.dumps(value)}" for key, value in keys.items())
        tables.append("\n".join(("[[traveller]]", *lines)))
    return "\n".join(tables)


async def _sample(running: SessionLane) -> tuple[float, ...]:
    pid = running.gate.process.pid
    return (
        resident_kb(pid),
        threads(pid),
        open_files(pid),
        await running.outbox_depth(),
        sum(each.stat().st_size for each in running.site.folder.glob("journal.sqlite*")) / 1024,
    )


def _wrong(kinds: Sequence[Kind], records: Sequence[CrossingSummary]) -> list[str]:
    wrong = []
    for number, (kind, record) in enumerate(zip(kinds, records, strict=False)):
        if kind is Kind.ABANDONS:
            expected = RecordVerdict.NONE
        else:
            expected = RecordVerdict.ADMIT if kind in _ADMITTED else RecordVerdict.REFER
        if record.verdict is not expected:
            found = ", ".join(record.findings) or record.status.value
            wrong.append(f"{number} {kind.value}: {record.verdict.value} ({found})")
    return wrong
