"""What ``egate doctor`` says of a station's records: what the centre lacks, and their evidence."""

from pathlib import Path

from egate.outbox.database import DatabaseUnusable, reasons_set_aside
from egate.outbox.desk_backlog import refusals_to_note
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


def look_at_refused(book: Path) -> tuple[bool, str]:
    """Say whether the centre refused records of a desk's ``book`` that no officer knows of."""
    if not book.exists():
        return True, "none yet"
    try:
        refused = refusals_to_note(book)
    except DatabaseUnusable as error:
        return False, str(error)
    if refused:
        return False, f"{book}: the centre refused {refused}: see them at the console, under Desk"
    return True, "none that was refused is to be noted"


def look_at_evidence(journal: Path) -> tuple[bool, str]:
    """Say whether the station has found a break in its chain, or in the centre's proof of it."""
    if not journal.exists():
        return True, "no records yet"
    try:
        faults = evidence_faults(journal)
    except DatabaseUnusable as error:
        return False, str(error)
    if faults:
        told = "; ".join(f"{part}: {fault}" for part, fault in sorted(faults.items()))
        return False, f"{journal}: {told}; keep the disk, see docs/runbooks.md, EvidenceBroken"
    return True, "no break was found"
