"""Laws of the background checks, whatever is known and in whatever order."""

import datetime as dt
import itertools
import random
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from egate.domain.authorisation.background import check_background
from egate.domain.authorisation.stay import StayLimit, last_day, length_of_stay
from egate.domain.authorisation.succession import (
    Succession,
    SuccessionKind,
    documents_of_holder,
    documents_succeeded,
)
from egate.domain.authorisation.travel_authorisation import (
    AuthorisationKind,
    AuthorisationStatus,
    DocumentKey,
    TravelAuthorisation,
    Verification,
)
from egate.domain.authorisation.traveller import (
    Extension,
    Known,
    Offload,
    PastCrossing,
    Purpose,
    Traveller,
)
from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId, Outcome
from tests.authorisation_samples import RULES, at, check_of

DOCUMENTS = [DocumentKey(state, number) for state in ("BGD", "IND", "CHE") for number in "123"]
NOW = at("2026-02-01")
documents = st.sampled_from(DOCUMENTS)
kinds = st.sampled_from(list(AuthorisationKind))
directions = st.sampled_from(list(Direction))
ports = st.sampled_from(["BDDAC", "BDCGP", "BDBNP"])
some_ports = st.frozensets(ports, max_size=2)
days = st.dates(dt.date(2025, 10, 1), dt.date(2026, 6, 1))
moments = st.integers(-200, 2).map(lambda hours: UtcSeconds(NOW + hours * 3600))
successions = st.lists(
    st.builds(Succession, st.sampled_from(list(SuccessionKind)), documents, documents), max_size=12
)
authorisations = st.builds(
    TravelAuthorisation,
    kind=kinds,
    number=st.sampled_from(["N", "M"]),
    linked_document=documents,
    valid_from=days,
    valid_to=st.none() | days,
    entries_allowed=st.none() | st.integers(1, 2),
    entries_used=st.integers(0, 2),
    max_stay_days=st.none() | st.integers(1, 60),
    entry_points=some_ports,
    exit_points=some_ports,
    conditions=st.sampled_from(["", "", "Some."]),
    status=st.sampled_from([AuthorisationStatus.VALID] * 4 + list(AuthorisationStatus)),
    verified_by=st.sampled_from(list(Verification)),
    counted_at=st.none() | moments,
)
crossings = st.builds(
    PastCrossing,
    document=documents,
    direction=directions,
    port=ports,
    at=moments,
    basis=st.none() | kinds,
    max_stay_days=st.none() | st.integers(1, 60),
    authorised_until=st.none() | days,
    number=st.sampled_from(["", "N", "M"]),
)
extensions = st.builds(
    Extension, document=documents, number=st.sampled_from(["1", "2"]), given_on=days, until=days
)
offloads = st.builds(Offload, document=documents, port=ports, begins=moments, ends=moments)
travellers = st.builds(
    Traveller,
    document=documents,
    document_code=st.sampled_from(["P", "PD"]),
    nationality=st.sampled_from(["BGD", "IND", "CHE", "JPN", "SRB"]),
    direction=directions,
    port=ports,
    at=st.just(NOW),
    purpose=st.sampled_from(list(Purpose)),
)
known_things = st.builds(
    Known,
    authorisations=st.lists(authorisations, max_size=6).map(tuple),
    silent=st.frozensets(kinds, max_size=3),
    unconnected=st.frozensets(kinds, max_size=3),
    successions=successions.map(tuple),
    crossings=st.none() | st.lists(crossings, max_size=6).map(tuple),
    offloads=st.lists(offloads, max_size=2).map(tuple),
    extensions=st.lists(extensions, max_size=4).map(tuple),
)


@given(travellers, known_things, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_changes_an_answer(
    traveller: Traveller, known: Known, chance: random.Random
) -> None:
    def shuffled(things: tuple[Any, ...]) -> tuple[Any, ...]:
        twice = [*things, *things[:2]]
        chance.shuffle(twice)
        return tuple(twice)

    other = replace(
        known,
        authorisations=shuffled(known.authorisations),
        successions=shuffled(known.successions),
        crossings=None if known.crossings is None else shuffled(known.crossings),
        offloads=shuffled(known.offloads),
        extensions=shuffled(known.extensions),
    )
    assert check_background(traveller, other, RULES) == check_background(traveller, known, RULES)


@given(travellers, known_things)
def test_a_clearance_never_blocks(traveller: Traveller, known: Known) -> None:
    check = check_of(check_background(traveller, known, RULES), CheckId.CLEARANCE)
    assert check.outcome in {Outcome.SUCCESSFUL, Outcome.UNDETERMINED}


@given(travellers, known_things)
def test_no_foreigner_enters_by_what_is_another_persons(traveller: Traveller, known: Known) -> None:
    own = documents_of_holder(traveller.document, known.successions)
    others = [each for each in known.authorisations if each.linked_document not in own]
    alone = check_background(traveller, replace(known, authorisations=()), RULES)
    found = check_background(traveller, replace(known, authorisations=tuple(others)), RULES)
    assert found.grant == alone.grant


@given(travellers, known_things)
def test_silence_of_systems_lets_nobody_more_in(traveller: Traveller, known: Known) -> None:
    all_silent = replace(known, silent=frozenset(AuthorisationKind))
    loud = check_background(traveller, replace(known, silent=frozenset()), RULES)
    silent = check_background(traveller, all_silent, RULES)
    for before, after in zip(loud.checks, silent.checks, strict=True):
        if after.outcome is Outcome.SUCCESSFUL:
            assert before.outcome is Outcome.SUCCESSFUL


@given(travellers, known_things)
def test_no_detail_holds_a_number(traveller: Traveller, known: Known) -> None:
    secret = DocumentKey("CHE", "SECRET123")
    found = check_background(
        replace(traveller, document=secret),
        replace(
            known,
            authorisations=tuple(
                replace(each, linked_document=secret, number="SECRET456")
                for each in known.authorisations
            ),
        ),
        RULES,
    )
    assert not [each for each in found.checks if "SECRET" in each.detail]
    assert "SECRET" not in repr((secret, *known.authorisations))


@given(documents, successions, st.randoms(use_true_random=False))
def test_documents_of_a_holder_form_classes(
    document: DocumentKey, entries: list[Succession], chance: random.Random
) -> None:
    own = documents_of_holder(document, entries)
    assert document in own
    for other in own:
        assert documents_of_holder(other, entries) == own
    chance.shuffle(entries)
    assert documents_of_holder(document, entries * 2) == own
    for each in entries:
        assert (each.earlier in own) == (each.later in own)


@given(documents, successions)
def test_a_document_succeeds_only_what_its_entries_say(
    document: DocumentKey, entries: list[Succession]
) -> None:
    every = frozenset(SuccessionKind)
    succeeded = documents_succeeded(document, entries, every)
    assert document in succeeded <= documents_of_holder(document, entries)
    without_dual = [each for each in entries if each.kind is not SuccessionKind.DUAL]
    assert documents_succeeded(document, without_dual, every) == succeeded
    assert documents_succeeded(document, entries, frozenset()) == {document}
    for one, other in itertools.product(succeeded, repeat=2):
        if one in documents_succeeded(other, entries, every):
            assert documents_succeeded(one, entries, every) <= succeeded


@given(days, st.integers(1, 4000), st.integers(0, 4000))
def test_days_used_and_days_over_add_up(entered: dt.date, limit: int, later: int) -> None:
    until = last_day(entered, StayLimit(limit))
    on = dt.date.fromordinal(entered.toordinal() + later)
    found = length_of_stay(entered, on, until)
    assert found.overstay_days == max(0, found.days_used - limit)
