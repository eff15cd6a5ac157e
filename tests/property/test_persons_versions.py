"""Persons in versions of a list: whatever changes come, deltas say what snapshots say."""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.domain.record import Direction
from egate.lists.errors import ListRefused
from egate.lists.incoming import take_in
from egate.lists.keeper import Kept, read_manifest
from egate.lists.kinds import ListAction, ListKind
from egate.lists.list_entry import ListEntry
from egate.lists.listed_person import ListedPerson
from egate.lists.manifest import ContentName
from egate.lists.person_search import MatchKind, PersonFound, PersonQuery, find_persons
from egate.lists.publishing import DELTA, SNAPSHOT, Publisher
from egate.lists.source import RowStatus, Settled, SourceRow
from tests.list_samples import (
    KARIM,
    KEY,
    KIND,
    NOW,
    Versions,
    document,
    entry,
    gate,
    of_persons,
    part_of,
    row,
    take,
)

PERSONS = [
    KARIM,
    ListedPerson(("Mst Rahima Begum",), "1990-05-06", "BGD"),
    ListedPerson(("Quixano Alonso de la Mancha", "Don Quixano"), "1991-XX-XX", "ESP"),
    ListedPerson(("Zhanggir Tursunbekov",), None),
]
BORN = [person.date_of_birth or "1985-10-10" for person in PERSONS]
ENTRIES = ["E-0", "E-1", "E-2"]
HOLDERS = ["A1", "A2"]
SAYS = st.tuples(st.sets(st.sampled_from(PERSONS)), st.sampled_from(["", "call"]))
STATES = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(ENTRIES), SAYS),
        st.sets(st.tuples(st.sampled_from(ENTRIES), st.sampled_from(HOLDERS))),
    ),
    min_size=2,
    max_size=3,
)


def query(person: ListedPerson, born: str | None = None, holder: str = "X9") -> PersonQuery:
    born = born or person.date_of_birth
    return PersonQuery(
        person.names[:1], born, person.nationality, document(holder), None, NOW.date()
    )


def found(kept: Kept, asked: PersonQuery) -> list[PersonFound]:
    return find_persons(asked, {KIND: kept}, KEY, NOW)


@settings(max_examples=8, deadline=None)
@given(STATES)
def test_deltas_say_what_the_snapshot_says(
    states: list[tuple[dict[str, tuple[set[ListedPerson], str]], set[tuple[str, str]]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        made = Versions(Path(folder) / "published")
        by_deltas = gate(Path(folder) / "deltas")
        opened.enter_context(by_deltas.locked())
        running = by_deltas.open()
        for number, (says, decided) in enumerate(states):
            entries = {
                each: entry(
                    each,
                    persons=tuple(sorted(persons, key=PERSONS.index)),
                    instruction=instruction,
                    direction=None,
                )
                for each, (persons, instruction) in says.items()
            }
            settled = [
                Settled(each, entries[each].revision, document(holder))
                for each, holder in decided
                if each in entries
            ]
            rows = [SourceRow(1, None, each, RowStatus.LISTED) for each in entries.values()]
            version = made.publish(rows, settled=settled)
            part = version / (DELTA if number else SNAPSHOT)
            running = take_in(by_deltas, running, read_manifest(part), part_of(part), NOW)
            by_snapshot = gate(Path(folder) / f"snapshot-{number}")
            take(by_snapshot, version / SNAPSHOT)
            for kept in (running, by_deltas.open(), by_snapshot.open()):
                check(kept, entries, decided)
                if kept is not running:
                    kept.close()
        running.close()


def check(kept: Kept, entries: dict[str, ListEntry], decided: set[tuple[str, str]]) -> None:
    assert kept.usable(NOW).persons == sum(bool(each.persons) for each in entries.values())
    for person, born in zip(PERSONS, BORN, strict=True):
        for holder in ("A1", "X9"):
            hits = found(kept, query(person, born, holder))
            expected = {
                each.entry_id: each
                for each in entries.values()
                if person in each.persons and (each.entry_id, holder) not in decided
            }
            assert {hit.entry.entry_id: hit.entry for hit in hits} == expected


def opened_with(tmp_path: Path, *rows: SourceRow, settled: tuple[Settled, ...] = ()) -> Kept:
    made = Versions(tmp_path / "published")
    keeper = gate(tmp_path / "gate")
    take(keeper, made.publish(rows, settled=settled) / SNAPSHOT)
    return keeper.open()


def test_an_exact_hit_is_silent_and_a_fuzzy_one_is_not(tmp_path: Path) -> None:
    kept = opened_with(tmp_path, of_persons("E-1", KARIM))
    (exact,) = found(kept, query(KARIM))
    assert (exact.kind, exact.action) == (MatchKind.EXACT, ListAction.REFER_SILENT)
    assert (exact.entry.legal_basis, exact.entry.persons) == ("Emigration Act 1982 s. 7", (KARIM,))
    (fuzzy,) = found(kept, query(replace(KARIM, names=("CHAUDHRY<<ABDULKARIM",))))
    assert (fuzzy.kind, fuzzy.action) == (MatchKind.FUZZY, ListAction.REFER)
    assert 0.74 <= fuzzy.score < 1.0
    kept.close()


@pytest.mark.parametrize("action", [ListAction.REFER, ListAction.INFO])
def test_a_hit_is_never_more_than_the_entry_says(tmp_path: Path, action: ListAction) -> None:
    kept = opened_with(tmp_path, of_persons("E-1", KARIM, action=action))
    for name in ("MD<ABDUL<KARIM<CHOWDHURY", "ABDUL<KARIM<CHOWDHURI"):
        (hit,) = found(kept, query(replace(KARIM, names=(name,))))
        assert hit.action is action
    kept.close()


def test_the_best_of_all_names_counts_once(tmp_path: Path) -> None:
    kept = opened_with(tmp_path, of_persons("E-1", KARIM), of_persons("E-1", PERSONS[1]))
    names = ("CHAUDHRY<<ABDULKARIM", "CHOWDHURY<<MD<ABDUL<KARIM", "Nobody Else")
    (hit,) = found(kept, replace(query(KARIM), names=names))
    assert (hit.score > 0.97, hit.kind) == (True, MatchKind.EXACT)  # surname first costs a little
    assert hit.entry.persons == (KARIM, PERSONS[1])
    kept.close()


def test_direction_and_day(tmp_path: Path) -> None:
    kept = opened_with(tmp_path, of_persons("E-1", KARIM, direction=Direction.EXIT))
    asked = query(KARIM)
    assert found(kept, replace(asked, direction=Direction.EXIT))
    assert not found(kept, replace(asked, direction=Direction.ENTRY))
    assert not found(kept, replace(asked, at=NOW.date().replace(year=2030)))
    kept.close()


def test_settled_for_one_holder_until_the_entry_lists_another(tmp_path: Path) -> None:
    made = Versions(tmp_path / "published")
    keeper = gate(tmp_path / "gate")
    listed = of_persons("E-1", KARIM)
    settled = [Settled("E-1", listed.entry.revision, document("A1"))]
    take(keeper, made.publish([listed]) / SNAPSHOT)
    take(keeper, made.publish([listed], settled=settled) / DELTA)
    other_order = of_persons("E-1", KARIM, instruction="call twice", order_reference="SB/2026/119")
    take(keeper, made.publish([other_order], settled=settled) / DELTA)
    kept = keeper.open()
    assert not found(kept, query(KARIM, holder="A1"))
    (hit,) = found(kept, query(KARIM, holder="A2"))
    assert hit.entry.instruction == "call twice"
    assert found(kept, replace(query(KARIM), document=None))
    kept.close()
    with_alias = replace(KARIM, names=(*KARIM.names, "Karim the Third"))
    take(keeper, made.publish([of_persons("E-1", with_alias)], settled=settled) / DELTA)
    newest = Publisher(made.folder, made.kind, KEY, made.signer).newest()
    assert len(newest.contents.settled) == 0  # what no longer holds is not handed out
    kept = keeper.open()
    assert found(kept, query(KARIM, holder="A1"))
    kept.close()


def test_a_document_and_a_person_under_one_entry(tmp_path: Path) -> None:
    kept = opened_with(tmp_path, row("A1"), of_persons("E-1", KARIM))
    (by_number,) = kept.usable(NOW).find(KEY.document_digest(document("A1")))
    (by_name,) = found(kept, query(KARIM))
    assert by_number == by_name.entry
    kept.close()


def test_without_persons_a_version_is_as_before(tmp_path: Path) -> None:
    made = Versions(tmp_path / "published")
    keeper = gate(tmp_path / "gate")
    first = made.publish([row("A1")])
    assert not (first / SNAPSHOT / ContentName.PERSONS).exists()
    assert b"persons" not in read_manifest(first / SNAPSHOT)
    take(keeper, first / SNAPSHOT)
    take(keeper, made.publish([row("A1"), of_persons("E-2", KARIM)]) / DELTA)
    last = made.publish([row("A1")])
    kept = keeper.open()
    assert found(kept, query(KARIM))
    kept.close()
    take(keeper, last / DELTA)
    kept = keeper.open()
    assert not found(kept, query(KARIM))
    assert kept.usable(NOW).persons == 0
    kept.close()


def test_who_cannot_be_compared_is_not_unlisted(tmp_path: Path) -> None:
    kept = opened_with(tmp_path, of_persons("E-1", KARIM))
    for odd in (replace(query(KARIM), names=("<<<",)), query(KARIM, "19740812")):
        with pytest.raises(ListRefused, match=r"OFFLOAD: a (name|date)"):
            found(kept, odd)
    kept.close()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"names": ()}, "name: one"),
        ({"names": tuple(f"Karim {n}" for n in "abcdefghijklmnopq")}, "name: one"),
        ({"names": ("<<<",)}, "name: a name has letters"),
        ({"names": ("K" * 257,)}, "name: a name has at most"),
        ({"names": ("Karim\x1b[2J",)}, "name: a character"),
        ({"date_of_birth": "1974-13-01"}, "date_of_birth: "),
        ({"nationality": "bgd"}, "nationality: not"),
        ({"nationality": "BGDX"}, "nationality: more"),
        ({"sex": "MALE"}, "sex: "),
    ],
)
def test_a_person_who_could_never_be_found_is_refused(
    changes: dict[str, object], fault: str
) -> None:
    with pytest.raises(ListRefused, match=fault):
        replace(KARIM, **changes)  # type: ignore[arg-type]


def test_an_entry_has_so_many_persons_and_no_more(tmp_path: Path) -> None:
    many = [replace(KARIM, names=(f"{'K' * 100} {'R' * (n + 1)}",)) for n in range(120)]
    with pytest.raises(ListRefused, match="more persons"):
        entry(persons=tuple(many))
    with pytest.raises(ListRefused, match="has no persons"):
        entry(kind=ListKind.SLTD, persons=(KARIM,))
    made = Versions(tmp_path)
    made.publish(of_persons("E-1", each) for each in many)
    assert "KARIM" not in repr(entry(persons=(KARIM,))).upper()
