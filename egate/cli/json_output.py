"""One JSON document, or one JSON answer a line, for programs."""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final

from egate.cli.outcome import BadInput, Unavailable
from egate.emrtd.checks import CheckResult

MAX_LINE_BYTES: Final = 1 << 20

Answer = Callable[[dict[str, Any]], Mapping[str, Any]]


def print_json(document: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Write exactly one JSON document to standard output.

    Raises:
        Unavailable: it takes nothing, as of a full disk.
        BrokenPipeError: nobody reads it any more.

    """
    try:
        print(_as_text(document), flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is left in the buffer would be tried again, in vain, when the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Unavailable(f"standard output: {error.strerror}") from error


def check_as_json(check: CheckResult) -> dict[str, Any]:
    """Return one check as every command shows it."""
    return {
        "check_id": check.check_id.value,
        "result": check.outcome.value,
        "detail": check.detail,
        "duration_ms": check.duration_ms,
    }


def answer_lines(answer: Answer) -> int:
    """Answer each JSON request of standard input with one line, in the same order.

    A bad line is answered with ``{"ok": false, "error": "..."}`` and never ends the run.

    Args:
        answer: from one request to its answer; raises BadInput or Unavailable with the fault.

    Raises:
        BadInput: standard input is closed or cannot be read.

    """
    if sys.stdin is None:
        raise BadInput("standard input: closed")
    for line in _lines(sys.stdin.buffer):
        print_json(_answer_line(line, answer))
    return 0


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Give every line, of a too long one only its beginning."""
    try:
        while line := stream.readline(MAX_LINE_BYTES + 1):
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = stream.readline(MAX_LINE_BYTES)
            yield line
    except OSError as error:
        raise BadInput(f"standard input: {error.strerror}") from error


def _answer_line(line: bytes, answer: Answer) -> Mapping[str, Any]:
    try:
        return answer(parse_request(line))
    except (BadInput, Unavailable) as error:
        return {"ok": False, "error": str(error)}
    except Exception as fault:  # noqa: BLE001 - whatever it is, the next lines are answered
        place = traceback.extract_tb(fault.__traceback__)[-1]
        said = f"a fault of egate: {type(fault).__name__} at {place.filename}:{place.lineno}"
        print(f"egate: {said}", file=sys.stderr)
        return {"ok": False, "error": said}


def parse_request(line: bytes) -> dict[str, Any]:
    """Return the JSON object that is a request.

    Raises:
        BadInput: it is none, or is too long.

    """
    if len(line) > MAX_LINE_BYTES:
        raise BadInput(f"a request has at most {MAX_LINE_BYTES} bytes")
    try:
        request = json.loads(line.decode("utf-8").strip())
    except UnicodeDecodeError:
        raise BadInput("not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not JSON: {error}") from None
    if not isinstance(request, dict):
        raise BadInput("a request is a JSON object")
    return request


def _as_text(document: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> str:
    r"""Return JSON that standard output can write whatever its encoding.

    The name of a file may have half a surrogate pair, which no encoding has but JSON
    has as ``\udcff``.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    text = json.dumps(document, ensure_ascii=encoding.lower() not in {"utf-8", "utf8"})
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
