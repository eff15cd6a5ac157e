"""Reading over a link as slow as a contactless one: how near to the link's own limit.

The simulated link carries 424 kbit/s both ways and the chip takes 5 ms for each APDU. The
limit is what exactly these APDUs take at that pace when the reader answers at once: for
each, bytes both ways / 53,000 B/s + 5 ms, or the simulated chip's own computing in PACE
where that is longer. A reader that needs more APDUs or more bytes has a later limit, so the
counts stand beside the ratio. What the chain of processes adds by itself (the simulated
link's lateness, pcscd, waking up after every pause) is measured in the same run: the same
APDUs again, sent by a loop that computes nothing to a chip that computes nothing.
"""

import asyncio
import json
import statistics

from benchmarks.chip_lane import Lane, Read
from tests.pcscd import READER, VPCD_PORT, missing, running_pcscd

ROUNDS = 3
LINK_KBIT = 424
APDU_SECONDS = 0.005
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
        lane = Lane(profile, PACED)
        async with lane.laid_on("127.0.0.1", VPCD_PORT) as laid:
            reads = [await laid.read_by_egate(READER) for _ in range(ROUNDS)]
        bare = [
            await lane.exchanged_barely(each.exchanges, "127.0.0.1", VPCD_PORT, READER)
            for each in reads
        ]
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
            f" {first.wire_bytes} bytes both ways; median of {ROUNDS}; a loop that only sends the"
            f" same APDUs takes {statistics.median(bare):.3f} s of this chain",
        }
        print(json.dumps(figure))


def limit_of(one: Read) -> float:
    return sum(
        max(each.wire_bytes * 8 / (1e3 * LINK_KBIT) + APDU_SECONDS, each.chip_seconds)
        for each in one.exchanges
    )


if __name__ == "__main__":
    main()
