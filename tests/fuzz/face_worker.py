"""Tries what it is given, one case after the other; its parent sees when it dies of one.

Input: length of a case, four bytes, flags of it, one byte, and the case. Output: a line of JSON
for each. It holds nothing but what the gate holds, so that its memory is the gate's.
"""

import json
import resource
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz.face_cases import IS_FILE, MAKES_TEMPLATE, try_out, verifier

_ADDRESS_SPACE_BYTES = 2 << 30


def main() -> None:
    """Run cases until there are no more."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE_BYTES, _ADDRESS_SPACE_BYTES))
    verifier()
    _say(ready=_peak_megabytes())
    while head := sys.stdin.buffer.read(5):
        raw = sys.stdin.buffer.read(int.from_bytes(head[:4], "big"))
        problem = ""
        began = time.process_time()
        try:
            outcome = try_out(
                raw,
                is_file=bool(head[4] & IS_FILE),
                makes_template=bool(head[4] & MAKES_TEMPLATE),
            )
        except Exception as error:  # noqa: BLE001 - any other exception is what we look for
            outcome = type(error).__name__
            problem = traceback.format_exc()
        seconds = time.process_time() - began
        _say(outcome=outcome, problem=problem, seconds=seconds, peak=_peak_megabytes())


def _peak_megabytes() -> int:
    """Return the most this program ever held (VmHWM of proc(5)).

    ``getrusage`` would count the process that started this one: its pages are ours until exec.
    """
    status = Path("/proc/self/status").read_text("ascii")
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kilobytes) // 1024


def _say(**what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
