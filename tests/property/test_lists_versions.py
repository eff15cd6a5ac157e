"""Whatever changes come, a gate that takes deltas and one that takes snapshots know the same."""

import datetime as dt
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.lists.build import collect, compare
from egate.lists.documents_file import RECORD, DocumentsFile, write_documents
from egate.lists.incoming import take_in
from egate.lists.keeper import read_manifest
from egate.lists.keys import DIGEST_BYTES, ListKey
from egate.lists.kinds import ListKind
from egate.lists.publishing import DELTA, SNAPSHOT, Publisher
from egate.lists.source import RowStatus
from tests.list_samples import KEY, NOW, SIGNER, Versions, document, gate, part_of, row, take

NUMBERS = [f"N{number}" for number in range(6)]
ENTRIES = ["E-0", "E-1", "E-2"]
# Which documents are under which entries, and what each entry says then.
STATES = st.lists(
    st.tuples(
        st.sets(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(ENTRIES))),
        st.dictionaries(st.sampled_from(ENTRIES), st.sampled_from(["", "wait", "call"])),
    ),
    min_size=2,
    max_size=5,
)


@settings(max_examples=40)
@given(STATES)
def test_deltas_say_what_the_snapshot_says(
    states: list[tuple[set[tuple[str, str]], dict[str, str]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        made = Versions(Path(folder) / "published")
        by_deltas = gate(Path(folder) / "deltas")
        opened.enter_context(by_deltas.locked())
        running = by_deltas.open()
        for number, (pairs, says) in enumerate(states):
            version = made.publish(
                [row(n, e, instruction=says.get(e, "")) for n, e in sorted(pairs)]
            )
            part = version / (DELTA if number else SNAPSHOT)
            running = take_in(by_deltas, running, read_manifest(part), part_of(part), NOW)
            by_snapshot = gate(Path(folder) / f"snapshot-{number}")
            take(by_snapshot, version / SNAPSHOT)
            expected = {
                n: sorted((e, says.get(e, "")) for each, e in pairs if each == n) for n in NUMBERS
            }
            for kept in (running, by_deltas.open(), by_snapshot.open()):
                used = kept.usable(NOW)
                assert used.documents == len(pairs)
                for n in NUMBERS:
                    hits = used.find(KEY.document_digest(document(n)))
                    assert sorted((h.entry_id, h.instruction) for h in hits) == expected[n]
                if kept is not running:
                    kept.close()
        running.close()


def test_a_recovered_book_stays_dead(tmp_path: Path) -> None:
    kind = ListKind.LOST_STOLEN_DOC
    made = Versions(tmp_path / "published", kind)
    keeper = gate(tmp_path / "gate", kind)
    lost = {"kind": kind, "valid_to": dt.date(2026, 2, 1), "direction": None}
    take(keeper, made.publish([row("A1", **lost), row("A2", "E-2", **lost)]) / SNAPSHOT)
    recovered = row("A1", status=RowStatus.RECOVERED, **lost)
    take(keeper, made.publish([recovered]) / DELTA)  # and A2 is not in the source any more
    kept = keeper.open()
    for number, entry_id in (("A1", "E-1"), ("A2", "E-2")):
        (hit,) = kept.usable(NOW).find(KEY.document_digest(document(number)))
        assert hit.entry_id == entry_id
        assert hit.applies(None, dt.date(2036, 1, 1))
    kept.close()
    withdrawn = row("A2", "E-2", RowStatus.WITHDRAWN, **lost)
    take(keeper, made.publish([withdrawn]) / DELTA)
    kept = keeper.open()
    assert kept.usable(NOW).find(KEY.document_digest(document("A2"))) == []
    assert kept.usable(NOW).documents == 1
    kept.close()


def test_what_stays_says_what_its_entry_says_now(tmp_path: Path) -> None:
    kind = ListKind.SLTD
    made = Versions(tmp_path / "published", kind)
    made.publish([row("A1", kind=kind), row("A2", kind=kind)])
    newest = made.publish([row("A1", kind=kind, instruction="other")])
    keeper = gate(tmp_path / "gate", kind)
    take(keeper, newest / SNAPSHOT)
    kept = keeper.open()
    (hit,) = kept.usable(NOW).find(KEY.document_digest(document("A2")))
    assert hit.instruction == "other"
    kept.close()


def test_a_digest_across_two_records_is_none(tmp_path: Path) -> None:
    records = np.array([(7, 9), (0x0102030405060708, 1)], RECORD)
    file = tmp_path / "documents"
    with file.open("wb") as stream:
        write_documents(stream, records)
    documents = DocumentsFile.open(os.open(file, os.O_RDONLY), file.stat().st_size)
    across = records.tobytes()[DIGEST_BYTES:][:DIGEST_BYTES]  # a number, and half a digest
    assert list(documents.find(across)) == []
    assert list(documents.find((7).to_bytes(DIGEST_BYTES))) == [(9, False)]
    documents.close()


def test_many_documents_are_all_found_and_no_other(tmp_path: Path) -> None:
    """More than a bucket of the directory holds, so that its bits are used."""
    made = Versions(tmp_path / "published")
    keeper = gate(tmp_path / "gate")
    take(keeper, made.publish(row(f"M{n}") for n in range(3000)) / SNAPSHOT)
    kept = keeper.open()
    used = kept.usable(NOW)
    for n in range(3000):
        assert used.find(KEY.document_digest(document(f"M{n}")))
        assert not used.find(KEY.document_digest(document(f"X{n}")))
    kept.close()


def test_one_document_under_many_entries(tmp_path: Path) -> None:
    made = Versions(tmp_path / "published")
    keeper = gate(tmp_path / "gate")
    take(keeper, made.publish(row("A1", f"E-{n}") for n in range(50)) / SNAPSHOT)
    kept = keeper.open()
    assert len(kept.usable(NOW).find(KEY.document_digest(document("A1")))) == 50
    kept.close()


def test_a_comparison_counts(tmp_path: Path) -> None:
    made = Versions(tmp_path / "published")
    made.publish([row("A1"), row("A2"), row("A3", "E-3")])
    old = Publisher(made.folder, made.kind, KEY, SIGNER).newest()
    rows = [row("A1"), row("A4"), row("A3", "E-3", instruction="other"), row("A1")]
    change = compare(old.contents, collect(rows, made.kind, KEY), made.kind)
    assert (len(change.added), len(change.removed), change.unchanged) == (1, 1, 2)
    assert len(change.changed) == 1


def test_two_keys_make_two_digests() -> None:
    assert KEY.document_digest(document("A1")) != ListKey(bytes(32)).document_digest(document("A1"))
