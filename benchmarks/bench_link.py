"""Reading over a link as slow as a contactless one: how near to the link's own limit.

The simulated link carries 424 kbit/s both ways and the chip takes 5 ms for each APDU. The
limit is what exactly these APDUs take at that pace when the reader answers at once:
bytes both ways / 53,000 B/s + 5 ms an APDU, counted at the chip. A reader that needs more
APDUs or more bytes has a later limit, so the counts stand beside the ratio. The simulated
link is late itself where the machine is busy: how much is measured in the same run and
noted, and is part of the measured time.
"""

import asyncio
import json
import statistics

from benchmarks.chip_lane import Lane, Read
from hardware_mocks.wire.pace import wait_until
from tests.pcscd import READER, VPCD_PORT, missing, running_pcscd

ROUNDS = 3
LINK_KBIT = 424
APDU_SECONDS = 0.005
WAITS = 50
AIM = 1.10
PACED = {"link_kbit": str(LINK_KBIT), "apdu_ms": str(int(1e3 * APDU_SECONDS))}


def main() -> None:
    lacking = missing()
    if lacking:
        raise SystemExit(f"the virtual PC/SC chain lacks {lacking}")
    with running_pcscd():
        asyncio.run(measure())


async def measure() -> None:
    for name, profile in (
        ("short APDUs", "standard-short"),
        ("extended APDUs", "standard-ext-max"),
    ):
        async with Lane(profile, PACED).laid_on("127.0.0.1", VPCD_PORT) as laid:
            reads, late = [], []
            for _ in range(ROUNDS):
                reads.append(await laid.read_by_egate(READER))
                late.append(await lateness())
        taken = statistics.median(each.seconds for each in reads)
        limit = statistics.median(limit_of(each) for each in reads)
        first = reads[0]
        figure = {
            "name": f"chip read, {name}, over {LINK_KBIT} kbit/s and 5 ms an APDU",
            "value": taken,
            "unit": "s",
            "reference": f"link's limit {limit:.3f} s; aim {AIM:.2f} of it",
            "ratio": taken / limit,
            "note": f"{first.answer['access']}; {first.apdus} APDUs,"
            f" {first.wire_bytes} bytes both ways; median of {ROUNDS}; the link itself was"
            f" {1e3 * statistics.median(late):.2f} ms late at each APDU",
        }
        print(json.dumps(figure))


async def lateness() -> float:
    """How late the simulated link is on this machine now, seconds for each APDU."""
    loop = asyncio.get_running_loop()
    late = 0.0
    for _ in range(WAITS):
        moment = loop.time() + APDU_SECONDS
        await wait_until(moment)
        late += loop.time() - moment
    return late / WAITS


def limit_of(one: Read) -> float:
    return one.wire_bytes * 8 / (1e3 * LINK_KBIT) + APDU_SECONDS * one.apdus


if __name__ == "__main__":
    main()
