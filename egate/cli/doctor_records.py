"""What ``egate doctor`` says of a gate's records: what the centre lacks, and their evidence."""

from pathlib import Path

from egate.outbox.database import DatabaseUnusable, reasons_set_aside
from egate.outbox.station_evidence import evidence_faults


def look_at_records(journal: Path) -> tuple[bool, str]:
    """Say whether all records of ``journal`` reach the centre, and what to mend."""
    if not journal.exists():
        return True, "none yet"
    try:
        reasons = reasons_set_aside(journal)
    except DatabaseUnusable as error:
        return False, str(error)
    if reasons:
        return False, (
            f"{journal}: {sum(reasons.values())} set aside ({', '.join(sorted(reasons))}):"
            " the centre lacks them; keep the file and its key, and report it"
        )
    return True, "none set aside"


def look_at_evidence(journal: Path) -> tuple[bool, str]:
    """Say whether the gate has found a break in its chain, or in the centre's proof of it."""
    if not journal.exists():
        return True, "no records yet"
    try:
        faults = evidence_faults(journal)
    except DatabaseUnusable as error:
        return False, str(error)
    if faults:
        told = "; ".join(f"{part}: {fault}" for part, fault in sorted(faults.items()))
        return False, f"{journal}: {told}; keep the disk, see docs/runbooks.md, EvidenceBroken"
    return True, "the gate has found no break"
