"""What it costs a station to chain and sign what it records, and to look its chain over.

The station's own outbox and chain on a disk, with the key of a certificate in a file.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.centre_process import gate_id, traveller
from egate.cli.service_identity import create_authority, issue
from egate.domain.evidence.chain import FIRST, signed_message
from egate.gate.memory import Memory
from egate.outbox.chain_audit import audit_of
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from egate.ports.reporting import Receipt
from egate.reporting.mapping import encode
from egate.reporting.station_key import StationKey


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=5000)
    records = parser.parse_args().records
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        create_authority(folder)
        key = StationKey(issue(folder, "gate", gate_id(0)))
        file = folder / "journal.sqlite"
        linked, committed = measure(file, key, records)
        size = file.stat().st_size
        begun = time.perf_counter()
        audit = audit_of(file, gate_id(0))
        seconds = time.perf_counter() - begun
    if audit.found or audit.links != records:
        raise SystemExit(f"the chain does not hold: {audit.found}")
    signed = median_of(lambda: key.sign(signed_message(FIRST)), records)
    figures = [
        {
            "name": "a record's link at its station",
            "value": 1e6 * statistics.median(linked),
            "unit": "us",
            "reference": f"its signature alone: {1e6 * signed:.0f} us",
            "ratio": statistics.median(linked) / signed,
            "note": f"p99 {1e6 * sorted(linked)[len(linked) * 99 // 100]:.0f} us; the commit with"
            f" the record takes {1e3 * statistics.median(committed):.2f} ms;"
            f" {size / records:.0f} bytes a record stay",
        },
        {
            "name": "a station's own chain looked over",
            "value": records / seconds,
            "unit": "links/s",
            "note": f"{records:,} links with their signatures, one thread",
        },
    ]
    for figure in figures:
        print(json.dumps(figure))


def measure(file: Path, key: StationKey, records: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each link, and of each whole commit."""
    linked, committed = [], []
    with open_database(file) as database:
        outbox = Memory(database, Seal(bytes(32)), key).outbox(gate_id(0))
        append = outbox.chain.append

        def timed(gate_seq: int, record: bytes) -> None:
            begun = time.perf_counter()
            append(gate_seq, record)
            linked.append(time.perf_counter() - begun)

        outbox.chain.append = timed  # type: ignore[method-assign]
        for seq in range(1, records + 1):
            record = traveller(0, seq)
            payload = encode(record)
            begun = time.perf_counter()
            with database:
                outbox.add(record.crossing_id, seq, payload, record.recorded_at)
            committed.append(time.perf_counter() - begun)
            if seq % 100 == 0:
                batch = outbox.oldest(200, 1 << 20)
                outbox.settle(batch, Receipt(frozenset(each.record_id for each in batch), {}))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return linked, committed


def median_of(work: Callable[[], object], times: int) -> float:
    """Return the median seconds of ``work``."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


if __name__ == "__main__":
    main()
