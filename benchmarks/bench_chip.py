"""Reading and verifying the standard document behind PACE over the virtual PC/SC chain.

pyscard, pcscd and vpcd carry the APDUs; the chip is simulated in this process. The chip
counts its own time, so the host's stands apart. Beside it what other people's readers take:
measured in the same run where EGATE_PEERS names programs, otherwise as published for another
simulated chip, whose own time is in their figures.
"""

import asyncio
import json
import statistics
from collections.abc import Sequence

from benchmarks.chip_lane import PEERS, Laid, Lane, Read
from tests.pcscd import READER, VPCD_PORT, missing, running_pcscd

ROUNDS = 5
PEER_ROUNDS = 3
PUBLISHED = "fastest reader as published: 292 ms, with its own, slower chip"


def main() -> None:
    lacking = missing()
    if lacking:
        raise SystemExit(f"the virtual PC/SC chain lacks {lacking}")
    with running_pcscd():
        asyncio.run(measure())


async def measure() -> None:
    for name, profile, aim in (
        ("short APDUs", "standard-short", 88),
        ("extended APDUs", "standard-ext-max", 25),
    ):
        async with Lane(profile).laid_on("127.0.0.1", VPCD_PORT) as laid:
            await laid.read_by_egate(READER)  # warms the file cache
            reads = [await laid.read_by_egate(READER) for _ in range(ROUNDS)]
            show_counts(f"chip read, {name}", reads[0], aim)
            await show_times(f"chip read, {name}", reads, laid)


def show_counts(name: str, read: Read, aim: int) -> None:
    answer = read.answer
    show(
        f"{name}: commands",
        read.apdus,
        "APDUs",
        reference=f"aim {aim}",
        ratio=read.apdus / aim,
        note=f"{answer['access']}, {answer['cipher']}, {answer['domain_parameters']};"
        f" {answer['bytes']} bytes of files, {read.wire_bytes} on the wire",
    )


async def show_times(name: str, reads: Sequence[Read], laid: Laid) -> None:
    wall = statistics.median(read.seconds for read in reads)
    apart = statistics.median(read.without_chip for read in reads)
    cpu = statistics.median(read.answer["host_cpu_seconds"] for read in reads)
    chip = statistics.median(read.chip_seconds for read in reads)
    peers = [await peer(program, laid) for program in PEERS]
    nearest = min((each for _, each in peers), default=None)
    show(
        f"{name}: wall time",
        1e3 * wall,
        "ms",
        **({"reference": PUBLISHED, "ratio": wall / 0.292} if nearest is None else {}),
        note=f"median of {ROUNDS}; {1e3 * chip:.0f} ms of it are the simulated chip's",
    )
    show(
        f"{name}: wall time without the chip's",
        1e3 * apart,
        "ms",
        **(
            {}
            if nearest is None
            else {
                "reference": "; ".join(f"{who} {1e3 * took:.0f} ms" for who, took in peers),
                "ratio": apart / nearest,
            }
        ),
        note="PC/SC chain included; a ratio is to the fastest of the others",
    )
    show(
        f"{name}: host's own time",
        1e3 * cpu,
        "ms",
        note="processor time of reading and verifying",
    )


async def peer(program: str, laid: Laid) -> tuple[str, float]:
    """Return what a peer calls itself, and its wall time without the chip's."""
    reads = [await laid.read_by_peer(program, READER) for _ in range(PEER_ROUNDS)]
    fastest = min(reads, key=lambda read: read.without_chip)
    return f"{fastest.answer['name']}, {fastest.apdus} APDUs:", fastest.without_chip


def show(name: str, value: float, unit: str, **more: object) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, **more}))


if __name__ == "__main__":
    main()
