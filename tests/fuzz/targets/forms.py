"""What browsers send to the console, and files that desks enter: bodies, cookies and every form."""

import asyncio
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from random import Random
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.types import Message

from egate.console.access.bodies import BadBody, Form, read_form
from egate.console.access.proof import Proof
from egate.console.access.second_factor import totp_step, typed_recovery_code
from egate.console.cases.decision_form import DecisionFaulty
from egate.console.cases.decision_form import read_form as read_decision
from egate.console.cases.open_cases import OpenCase
from egate.console.cases.reason_codes import ReasonTable
from egate.console.desk.crossing_form import Confirmation, CrossingForm
from egate.console.desk.request import Desk, DeskRequestBad, desk_entries
from egate.console.language import language_of
from egate.console.records.search_form import described, entered, faults_of, search_of
from egate.console.supervision.entry_form import BadEntry, EntryForm
from egate.domain.time import UtcSeconds
from egate.emrtd.errors import MrzInvalid
from egate.lists.kinds import ListKind
from egate.lists.source import read_row
from egate.ports.case_facts import CaseFacts
from egate.reporting.decision_mapping import encode_decision
from egate.reporting.inquiry_mapping import encode_search
from egate.reporting.mapping import encode
from egate.settings import load
from tests.case_samples import AT, BAN, CROSSING, GATE, LIKE, THRESHOLDS, record
from tests.conftest import ROOT
from tests.fuzz.objects import json_damaged
from tests.fuzz.target import Target
from tests.fuzz.text import NASTY, text_damaged

_NOW: Final = UtcSeconds(AT + 60.0)
_TODAY: Final = dt.date(2026, 11, 22)
_ID: Final = "0197f000-0000-7000-9000-000000000001"
_DESK: Final = Desk("BDDAC-DESK-1", "sb-1042", "SB", "BDDAC", "DAC-D-12", _NOW, lambda: _ID)
_FORM: Final = b"application/x-www-form-urlencoded"
_AS_TEXT: Final = 0.25
_TD3: Final = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
_CROSSING: Final = {
    "entry": _ID, "direction": "entry", "outcome": "completed", "document_code": "P",
    "issuing_state": "BGD", "document_number": "BX0123456", "date_of_expiry": "2032-04-15",
    "primary_identifier": "RAHMAN", "secondary_identifier": "MD ANISUR", "nationality": "BGD",
    "date_of_birth": "1974-08-12", "sex": "M", "fallback": "power_cut", "on_paper": "",
}  # fmt: skip
_PAPER: Final = {
    **_CROSSING, "on_paper": "yes", "paper_date": "2026-11-22", "paper_time": "0915",
    "direction": "exit", "outcome": "offloaded", "offload_until": "2026-11-25",
    "reason_code": "DOC.DOUBT", "reason_text": "words", "legal_basis": "order",
    "notice_given": "told",
    "mrz": "\n".join(_TD3),
}  # fmt: skip
_DECISION: Final = {
    "decision": "clear", "reason_code": "FACE.COMPARED", "biometric_veto": "ok",
    "entry-0": f"{BAN.list_name}/{BAN.entry_id}/{BAN.revision}", "identity-0": "not_same_person",
    "entry-1": f"{LIKE.list_name}/{LIKE.entry_id}/{LIKE.revision}", "identity-1": "unsure",
    "second_id": "sb-2001", "second_password": "p", "second_code": "123456",
}  # fmt: skip
_ENTRY: Final = {
    "entry_id": "E-1", "legal_basis": "CrPC", "order_reference": "Writ 1", "authority": "SB",
    "court": "HCD", "valid_from": "2026-01-01", "valid_to": "", "direction": "exit",
    "action": "REFER_SILENT", "documents": "P BGD A0123456\nP IND Z1 RECOVERED",
    "name-0": "Md. Abdul Karim", "aliases-0": "Kala; Karim", "date_of_birth-0": "1974-08",
}  # fmt: skip
_SEARCH: Final = {
    "issuing_state": "bgd", "document_number": "A 0123456", "gate_id": "DAC-D-01",
    "since": "2026-11-20T00:00", "until": "2026-11-22", "direction": "exit", "status": "referred",
}  # fmt: skip
_LOG_IN: Final = {"officer_id": " Sb-1042 ", "password": "p", "code": "123 456"}


@cache
def _reasons() -> ReasonTable:
    return load(ReasonTable, ROOT / "config" / "reason_codes.toml")


def _forms(*given: Mapping[str, str]) -> Sequence[bytes]:
    return tuple(urlencode(each).encode() for each in given)


def form_damaged(random: Random, samples: Sequence[bytes]) -> bytes:
    """Return a form with fields that hold something else, are missing, or come twice."""
    if random.random() < _AS_TEXT:
        return text_damaged(random, samples)
    fields = parse_qsl(random.choice(samples).decode("latin-1"), keep_blank_values=True)
    for _ in range(random.choice((1, 1, 2, 3))):
        if not fields:
            break
        at = random.randrange(len(fields))
        name, value = fields[at]
        match random.randrange(5):
            case 0:
                del fields[at]
            case 1:
                fields.append((name, random.choice(NASTY)))
            case 2:
                fields[at] = (name, value + random.choice(NASTY))
            case _:
                fields[at] = (name, random.choice(NASTY))
    return urlencode(fields, errors="surrogatepass").encode()[:60_000]


def _sent(raw: bytes, media_type: bytes = _FORM) -> Form:
    """Return what the console reads of a body."""

    async def receive() -> Message:
        return {"type": "http.request", "body": raw, "more_body": False}

    headers = [(b"content-type", media_type), (b"cookie", raw[:4000])]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    language_of(request)
    return asyncio.run(read_form(request))


def _crossing(raw: bytes) -> None:
    """Read the form of a crossing, show it again, and enter it."""
    form = CrossingForm.of(_sent(raw))
    with suppress(MrzInvalid):
        form, _ = form.read(_TODAY)
    form.occurred_at(_NOW)
    listed = Confirmation("EXIT_BAN", "E-1", "0" * 16, "sb-2001")
    for confirmation in (Confirmation(), listed):
        with suppress(DeskRequestBad):
            entry = form.entered(_DESK, confirmation)
            encode(entry.crossing)
            if entry.decision:
                encode_decision(entry.decision)


def _decision(raw: bytes) -> None:
    case = OpenCase(GATE, CROSSING, CaseFacts(record(), THRESHOLDS), (BAN, LIKE), {"sb-1042": AT})
    read_decision(_sent(raw), case, _reasons())


def _entry(raw: bytes) -> None:
    """Read the form of an entry, and let the centre look at its rows."""
    form = EntryForm.sent(ListKind.EXIT_BAN, _sent(raw))
    for number, row in enumerate(form.rows("2026-11-22")):
        read_row(number, row, ListKind.EXIT_BAN)


def _search(raw: bytes) -> None:
    values = entered(_sent(raw))
    described(values).encode()
    if not faults_of(values, _NOW):
        encode_search(search_of(values), "sb-1042", 0, b"").SerializeToString()


def _log_in(raw: bytes) -> None:
    form = _sent(raw)
    proof = Proof.typed(form.text("officer_id"), form.text("password"), form.text("code"))
    totp_step("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", proof.code, _NOW, 0)
    typed_recovery_code(proof.code).encode()


def _desk_file(raw: bytes) -> None:
    for _, entry in desk_entries(raw, _DESK):
        if entry.crossing:
            encode(entry.crossing)
        if entry.decision:
            encode_decision(entry.decision)


def _desk_files() -> Sequence[bytes]:
    document = {name: _CROSSING[name] for name in _CROSSING if name.split("_")[0] in (
        "document", "issuing", "date", "primary", "secondary", "nationality", "sex")}  # fmt: skip
    crossing = {
        "capture_mode": "desk", "direction": "entry", "status": "completed",
        "occurred_at": "2026-09-21T15:00:00+06:00", "document": document,
        "fallback_reasons": ["power_cut"],
    }  # fmt: skip
    decision = {
        "crossing_id": CROSSING, "decision": "clear", "reason_code": "FACE.COMPARED",
        "biometric_veto": "ok", "reason_text": "seen twice", "notice_given": "told",
    }  # fmt: skip
    both = {"crossings": [crossing], "decisions": [decision]}
    return (json.dumps(both).encode(), json.dumps({"crossings": [crossing]}).encode())


def _objects() -> Sequence[bytes]:
    return (json.dumps({"token": "t", "answer": {"id": "AAAA", "response": {}}}).encode(),)


def targets() -> Mapping[str, Target]:
    """Return the targets by name."""
    bad = (BadBody,)
    found = {
        "urlencoded": Target(_sent, lambda: _forms(_LOG_IN, _SEARCH), bad, text_damaged),
        "JSON": Target(
            lambda raw: _sent(raw, b"application/json; charset=utf-8"), _objects, bad, json_damaged
        ),
        "log-in": Target(_log_in, lambda: _forms(_LOG_IN), bad, form_damaged),
        "crossing": Target(_crossing, lambda: _forms(_CROSSING, _PAPER), bad, form_damaged, 8),
        "decision": Target(
            _decision, lambda: _forms(_DECISION), (*bad, DecisionFaulty), form_damaged
        ),
        "entry of a list": Target(_entry, lambda: _forms(_ENTRY), (*bad, BadEntry), form_damaged),
        "search": Target(_search, lambda: _forms(_SEARCH), bad, form_damaged),
        "file of a desk": Target(_desk_file, _desk_files, (DeskRequestBad,), json_damaged, 8),
    }
    return {f"form/{name}": target for name, target in found.items()}
