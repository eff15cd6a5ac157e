"""The process that cases run in: ``python -m tests.fuzz.worker NOTE [GROUP ...]``.

Its parent sees it die.

Input: a line of JSON for each row of cases. Output: a line of JSON for each. The case under way,
its number and its bytes, is in the file NOTE, so that the parent knows what it died of.
"""

import faulthandler
import gc
import json
import mmap
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.fuzz.cases import attempt, case_of
from tests.fuzz.catalogue import targets
from tests.fuzz.note import NOTE_BYTES, note_down

_ADDRESS_SPACE_BYTES: Final = 4 << 30
_FINDINGS_ENOUGH: Final = 20


def main() -> None:
    """Run rows of cases until there are no more."""
    # What a parser prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE_BYTES, _ADDRESS_SPACE_BYTES))
    shares = {name: target.share for name, target in targets(*sys.argv[2:]).items()}
    print(json.dumps({"shares": shares}), file=answers)
    with Path(sys.argv[1]).open("r+b") as file, mmap.mmap(file.fileno(), NOTE_BYTES) as note:
        for line in sys.stdin:
            print(json.dumps(_row(json.loads(line), note)), file=answers)


def _row(wanted: Mapping[str, Any], note: mmap.mmap) -> Mapping[str, Any]:
    """Run a row of cases of one target; ends early when enough is found."""
    name, seed = wanted["target"], wanted["seed"]
    target = targets(*sys.argv[2:])[name]
    target.prepare()
    gc.collect()  # what was left of other cases is the memory of none of these
    by_outcome: Counter[str] = Counter()
    began = time.process_time()
    worst, worst_case, peak, findings, done = 0.0, None, 0, [], 0
    for number in range(wanted["first"], wanted["first"] + wanted["count"]):
        raw = case_of(target, name, seed, number)
        note_down(note, number, raw)
        _forget_peak()  # making a case takes more than any parser may
        ended = attempt(target, raw)
        peak = max(peak, _peak_megabytes())
        by_outcome[ended.outcome] += 1
        done += 1
        if ended.seconds > worst:
            worst, worst_case = ended.seconds, number
        if ended.problem:
            findings.append(
                {
                    "case": number,
                    "problem": ended.problem,
                    "where": ended.where.splitlines(),
                    "input": raw.hex(),
                }
            )
        if len(findings) == _FINDINGS_ENOUGH:
            break
    return {
        "done": done,
        "by_outcome": by_outcome,
        "cpu_seconds": time.process_time() - began,
        "worst_seconds": worst,
        "worst_case": worst_case,
        "peak_megabytes": peak,
        "findings": findings,
    }


def _forget_peak() -> None:
    """Let the peak begin anew with what is held now (clear_refs of proc(5))."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def _peak_megabytes() -> int:
    """Return the most this program held since `_forget_peak` (VmHWM of proc(5)).

    ``getrusage`` would count the process that started this one: its pages are ours until exec.
    """
    status = Path("/proc/self/status").read_text("ascii")
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kilobytes) // 1024


if __name__ == "__main__":
    main()
