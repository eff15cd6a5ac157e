"""Rows of files: what is written is read as it was; what cannot be right is refused."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.central.authorisations.rows import (
    OF_NO_DOCUMENT,
    ROWS,
    AuthorisationRow,
    Row,
    RowRefused,
    SuccessionRow,
    SystemRow,
)
from egate.domain.authorisation.succession import SuccessionKind
from egate.domain.authorisation.travel_authorisation import AuthorisationKind

states = st.sampled_from(["SRB", "D", "BGD"])
numbers = st.text("ABC0123456789", min_size=1, max_size=20)
days = st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)).map(str)
counts = st.just("") | st.integers(1, 100_000).map(str)
ports = st.lists(st.sampled_from(["BDDAC", "BDCGP"]), max_size=2).map(" ".join)
kinds = st.sampled_from([kind.value for kind in AuthorisationKind])
authorisations = st.fixed_dictionaries(
    {
        "kind": kinds,
        "number": st.text("AB 12/", min_size=1, max_size=60).map(str.strip).filter(bool),
        "issuing_state": states,
        "document_number": numbers,
        "valid_from": days,
    },
    optional={
        "entries_allowed": counts,
        "entries_used": st.integers(0, 9).map(str),
        "counted_at": st.just("2026-01-01T00:00:00Z"),
        "max_stay_days": counts,
        "entry_points": ports,
        "exit_points": ports,
        "conditions": st.sampled_from(["", 'কেবল ঢাকা, "only"', "a;b"]),
        "status": st.sampled_from(["valid", "used", "cancelled", "expired", "suspended"]),
    },
).filter(lambda row: "counted_at" in row or row.get("entries_used", "0") == "0")
successions = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([kind.value for kind in SuccessionKind]),
        "earlier_issuing_state": states,
        "earlier_document_number": numbers,
        "later_issuing_state": states,
        "later_document_number": numbers.map(lambda number: f"Z{number}"),
    },
    optional={"recorded_on": days, "status": st.sampled_from(["valid", "withdrawn"])},
)
extensions = st.fixed_dictionaries(
    {
        "number": numbers,
        "issuing_state": states,
        "document_number": numbers,
        "given_on": days,
        "authorised_until": days,
    }
)
systems = st.fixed_dictionaries(
    {
        "kind": kinds,
        "source_system": st.sampled_from(["visas", "BMET"]),
        "state": st.sampled_from(["connected", "silent", "unconnected"]),
    },
    optional={"heard_within_hours": st.just("") | st.integers(1, 24).map(str)},
)
rows = st.one_of(
    st.tuples(st.just(subject), columns)
    for subject, columns in zip(
        ROWS, (authorisations, successions, extensions, systems), strict=True
    )
)


@given(rows)
def test_what_is_written_is_read_as_it_was(said: tuple[str, dict[str, str]]) -> None:
    subject, columns = said
    row: Row = ROWS[subject].of(columns)
    again = ROWS[subject].of(json.loads(json.dumps(row.texts())))
    assert again == row
    assert (again.identity, again.keys, again.texts()) == (row.identity, row.keys, row.texts())
    assert all(row.texts()[name] == value for name, value in columns.items() if name == "number")


@given(
    st.sampled_from(list(ROWS)), st.dictionaries(st.text(), st.text() | st.none() | st.integers())
)
def test_anything_else_is_refused_in_one_line(subject: str, columns: dict[str, object]) -> None:
    with pytest.raises(RowRefused) as refused:
        ROWS[subject].of(columns)
    assert "\n" not in str(refused.value)


VISA = {
    "kind": "visa_mrv",
    "number": "V1",
    "issuing_state": "SRB",
    "document_number": "a-1<",
    "valid_from": "2026-01-01",
}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"kind": "SECRET"}, "kind"),
        ({"number": ""}, "number"),
        ({"number": "S\nECRET"}, "number"),
        ({"issuing_state": "SECRET"}, "issuing_state"),
        ({"document_number": "-"}, "document_number"),
        ({"document_number": "SECRET*"}, "document_number"),
        ({"document_number": "A" * 41}, "document_number"),
        ({"valid_from": "1609459200"}, "valid_from"),
        ({"valid_from": "2300-01-01"}, "valid_from"),
        ({"valid_to": "2025-12-31"}, "authorisations"),
        ({"entries_allowed": "0"}, "entries_allowed"),
        ({"entries_used": "1"}, "authorisations"),
        ({"counted_at": "2026-01-01T00:00:00"}, "counted_at"),
        ({"entry_points": "SECRET"}, "entry_points"),
        ({"conditions": "x" * 501}, "conditions"),
        ({"conditions": "\x00"}, "conditions"),
        ({"SECRET": ""}, "a column that no row"),
        ({"number": None}, "a field is missing"),
    ],
)
def test_a_fault_names_the_column_and_no_value(change: dict[str, object], column: str) -> None:
    with pytest.raises(RowRefused) as refused:
        AuthorisationRow.of({**VISA, **change})
    assert str(refused.value).startswith(column)
    assert "SECRET" not in str(refused.value)


def test_where_rows_lie() -> None:
    row = AuthorisationRow.of(VISA)
    assert (row.document_number, row.identity) == ("A1", "visa_mrv V1")
    assert "V1" not in repr(row)
    assert "A1" not in repr(row)
    system = SystemRow.of({"kind": "eta", "source_system": "x", "state": "silent"})
    assert system.keys == (OF_NO_DOCUMENT,)
    with pytest.raises(RowRefused, match="succeed itself"):
        SuccessionRow.of(
            {
                "kind": "dual",
                "earlier_issuing_state": "SRB",
                "earlier_document_number": "A1",
                "later_issuing_state": "SRB",
                "later_document_number": "a-1",
            }
        )
