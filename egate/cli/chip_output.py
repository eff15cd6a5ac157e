"""What ``egate chip read`` says of a document: one JSON document, or a table for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from egate.cli.json_output import check_as_json
from egate.emrtd.checks import CheckId
from egate.emrtd.chip_authentication.genuineness import (
    Disproven,
    Genuineness,
    NotCopied,
    NotShown,
)
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.evaluation import DocumentEvaluation

_WORDS: Final = {
    "not_copied": "the chip is no copy, proven by",
    "not_shown": "the chip may be a copy",
    "disproven": "the chip did not give what the document promises",
}


@dataclass(frozen=True, slots=True)
class MeasuredRead:
    """A read with what it cost."""

    reading: ChipReading
    evaluation: DocumentEvaluation
    host_cpu_seconds: float


def as_json(measured: MeasuredRead) -> dict[str, Any]:
    """Return what was read and proven, without what is personal."""
    reading, evaluation = measured.reading, measured.evaluation
    authentication = evaluation.passive_authentication
    by_id = {check.check_id: check.outcome for check in evaluation.checks}
    groups = (file.data_group for file in reading.files)
    return {
        "ok": True,
        "access": str(reading.access.protocol),
        "cipher": reading.access.cipher,
        "domain_parameters": reading.access.domain_parameters,
        "downgrade": reading.access.downgrade,
        "data_groups": sorted(number for number in groups if number is not None),
        "apdu_count": reading.apdu_count,
        "bytes": sum(len(content) for content in reading.files.values()),
        "seconds": round(reading.seconds, 6),
        "host_cpu_seconds": round(measured.host_cpu_seconds, 6),
        "passive_authentication": str(authentication.outcome),
        "chip_authentication": str(by_id[CheckId.CHIP_AUTHENTICATION]),
        "active_authentication": str(by_id[CheckId.ACTIVE_AUTHENTICATION]),
        "genuineness": _genuineness_as_json(evaluation.genuineness),
        "checks": [check_as_json(check) for check in evaluation.checks],
        "files": [f"{file}.bin" for file in reading.files],
    }


def print_table(document: Mapping[str, Any]) -> None:
    """Print for people what ``as_json`` returned."""
    groups = ", ".join(f"DG{number}" for number in document["data_groups"])
    print(f"{document['access']} ({document['cipher']}), {groups}")
    print(
        f"{document['apdu_count']} APDUs, {document['bytes']} bytes, {document['seconds']:.3f} s,"
        f" of which this host computed {document['host_cpu_seconds']:.3f} s"
    )
    shown = document["genuineness"]
    print(f"{_WORDS[shown['result']]}: {', '.join(shown['by']) or shown['reason']}")
    for check in document["checks"]:
        print(f"  {check['check_id']:<38} {check['result']:<14} {check['detail']}")


def _genuineness_as_json(found: Genuineness) -> dict[str, Any]:
    """Return the answer, the protocols that gave it, and why there is no other."""
    match found:
        case NotCopied(proofs):
            by = [str(proof.mechanism) for proof in proofs]
            return {"result": "not_copied", "by": by, "reason": ""}
        case Disproven(failures):
            by = [str(failure.mechanism) for failure in failures]
            reason = "; ".join(failure.detail for failure in failures)
            return {"result": "disproven", "by": by, "reason": reason}
        case NotShown(reason):
            return {"result": "not_shown", "by": [], "reason": reason}
