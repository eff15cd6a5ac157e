"""Whole pages of the console: any request of an officer's browser, and any answer of the centre."""

from collections.abc import Mapping, Sequence
from functools import partial
from random import Random
from typing import Final
from urllib.parse import urlencode

from google.protobuf.message import Message

from egate.reporting.decision_mapping import encode_decision
from egate.reporting.mapping import encode
from egate.wire.v1 import inquiry_pb2, list_entry_pb2, statistics_pb2
from tests.case_samples import CROSSING, record
from tests.console_harness import OFFICERS
from tests.fuzz.messages import filled, messages_damaged
from tests.fuzz.site import site
from tests.fuzz.target import Target
from tests.fuzz.targets.forms import form_damaged
from tests.fuzz.text import NASTY, text_damaged
from tests.unit.test_decision import CLEARED

# A page is drawn in milliseconds; a log-in takes the time of a password's hash, and its 64 MiB.
_LONGEST_SECONDS: Final = 3.0
_MOST_MEGABYTES: Final = 128
_FIELDS: Final = {
    "officer_id": "officer-1", "password": "p", "code": "123456", "reason": "because",
    "order": "reset",
    "decision": "clear", "reason_code": "FACE.COMPARED", "issuing_state": "BGD", "text": "a note",
    "document_number": "A1", "since": "2026-11-20T00:00", "first": "2026-11-01",
    "last": "2026-11-20", "entry_id": "E-1", "documents": "P BGD A1", "approved": "yes",
    "gates": "A",
    "key": "profiles.standard.min_similarity", "value": "0.5", "begins": "", "ends": "2026-12-01",
    "cursor": "AAAA", "file": "X1", "language": "en", "name": "A B", "roles": "officer",
}  # fmt: skip


def _request(raw: bytes) -> None:
    """Ask as the officer whom the first byte names: a line with method and target, and a body."""
    line, _, body = raw[1:].partition(b"\n")
    method, _, target = line.decode("utf-8", "replace").partition(" ")
    officers = tuple(OFFICERS)
    officer_id = officers[raw[0] % len(officers)] if raw else officers[0]
    there = site()
    there.centre.kind, there.lane.is_open = None, True
    there.ask(method.upper()[:10], target or "/", body, officer_id)


def _requests() -> Sequence[bytes]:
    body = urlencode(_FIELDS)
    return tuple(
        f"\x00{method} {path}\n{'' if method == 'GET' else body}".encode()
        for method, path in site().routes()
        if path != "/login/passkey"
    )


def _damaged(random: Random, samples: Sequence[bytes]) -> bytes:
    """Change the query or the body, more rarely the line itself; by any officer."""
    line, _, body = random.choice(samples)[1:].partition(b"\n")
    officer = bytes((random.randrange(len(OFFICERS)),))
    if random.random() < 0.3:
        line = text_damaged(random, [line]).replace(b"\n", b"%0a")
    elif line.startswith(b"GET"):
        line += b"?" + form_damaged(random, [urlencode(_FIELDS).encode()])
    if random.random() < 0.1:
        body = b"{" + random.choice(NASTY).encode("utf-8", "surrogatepass")
    return officer + line + b"\n" + (form_damaged(random, [body]) if body else body)


def _drawn(kind: type[Message], method: str, target: str, raw: bytes) -> None:
    """Draw the page of an answer of the centre."""
    there = site()
    there.centre.kind, there.centre.raw = kind, raw
    body = urlencode(_FIELDS).encode() if method == "POST" else b""
    there.ask(method, target, body, "supervisor-1")


def _crossings() -> Sequence[bytes]:
    kept = inquiry_pb2.GetCrossingResponse(record=encode(record()))
    kept.decisions.add(decision=encode_decision(CLEARED), console_id="hall-1")
    bare = inquiry_pb2.GetCrossingResponse(record=encode(record()))
    return kept.SerializeToString(), bare.SerializeToString()


def _of(kind: type[Message]) -> Sequence[bytes]:
    return kind().SerializeToString(), filled(kind()).SerializeToString()


_DRAWN: Final[Mapping[str, tuple[type[Message], str, str]]] = {
    "found crossings": (inquiry_pb2.FindCrossingsResponse, "POST", "/records"),
    "record": (inquiry_pb2.GetCrossingResponse, "GET", f"/records/{CROSSING}"),
    "statistics": (
        statistics_pb2.GetReportResponse, "GET", "/statistics?first=2026-11-01&last=2026-11-20",
    ),
    "proposals": (list_entry_pb2.ListProposalsResponse, "GET", "/lists"),
    "proposal": (list_entry_pb2.GetProposalResponse, "GET", "/lists/proposals/1"),
}  # fmt: skip


def targets() -> Mapping[str, Target]:
    """Return the targets by name."""
    found = {
        "request": Target(
            _request,
            _requests,
            (),
            _damaged,
            6,
            longest_seconds=_LONGEST_SECONDS,
            most_megabytes=_MOST_MEGABYTES,
            prepare=site,
        )
    }
    for name, (kind, method, target) in _DRAWN.items():
        made = _crossings if name == "record" else partial(_of, kind)
        found[name] = Target(
            partial(_drawn, kind, method, target), made, (), messages_damaged(kind), 2,
            longest_seconds=_LONGEST_SECONDS, prepare=site,
        )  # fmt: skip
    return {f"page/{name}": target for name, target in found.items()}
