"""One JSON document, or one JSON answer a line, for programs."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TextIO

from egate.cli.outcome import BadInput, Unavailable

MAX_LINE_CHARACTERS: Final = 1 << 20


def print_json(document: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Write exactly one JSON document to standard output."""
    print(json.dumps(document, ensure_ascii=False))


def answer_lines(
    answer: Callable[[dict[str, Any]], Mapping[str, Any]], lines: TextIO | None = None
) -> int:
    """Answer each JSON request of standard input with one line, in the same order.

    A bad line is answered with ``{"ok": false, "error": "..."}`` and never ends the run.

    Args:
        answer: from one request to its answer; raises BadInput or Unavailable with the fault.
        lines: where requests come from; standard input when None.

    """
    for line in lines or sys.stdin:
        print(json.dumps(_answer_line(line, answer), ensure_ascii=False), flush=True)
    return 0


def _answer_line(
    line: str, answer: Callable[[dict[str, Any]], Mapping[str, Any]]
) -> Mapping[str, Any]:
    if len(line) > MAX_LINE_CHARACTERS:
        return {"ok": False, "error": f"a request has at most {MAX_LINE_CHARACTERS} characters"}
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"ok": False, "error": f"not JSON: {error}"}
    if not isinstance(request, dict):
        return {"ok": False, "error": "a request is a JSON object"}
    try:
        return answer(request)
    except (BadInput, Unavailable) as error:
        return {"ok": False, "error": str(error)}
