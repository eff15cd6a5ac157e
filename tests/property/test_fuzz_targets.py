"""Every parser that takes bytes from outside: a result or its own kind of error, in bounds.

A few cases of every target; ``python -m tests.fuzz`` runs millions.
"""

import pytest

from tests.fuzz.cases import attempt, case_of
from tests.fuzz.catalogue import targets
from tests.fuzz.corpus import FOLDER, corpus_of, file_of

NAMES = sorted(targets())
CASES = 12
CASES_A_SHARE = 8
SEED = 4

# A certificate may have any number for a serial; that the library warns of it is no fault.
pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")


@pytest.mark.parametrize("name", NAMES)
def test_cases_of_every_target_end_well(name: str) -> None:
    target = targets()[name]
    target.prepare()
    outcomes = set()
    for number in range(CASES + CASES_A_SHARE * target.share):
        raw = case_of(target, name, SEED, number)
        ended = attempt(target, raw)
        assert not ended.problem, (number, raw.hex()[:2000], ended.where)
        outcomes.add(ended.outcome)
    assert outcomes


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("chip/")])
def test_damage_begins_from_something_valid(name: str) -> None:
    """Damage to what is broken anyway would find nothing."""
    target = targets()[name]
    target.prepare()
    ended = [attempt(target, raw) for raw in target.made()]
    assert not any(each.problem for each in ended)
    assert "result" in {each.outcome for each in ended}


@pytest.mark.parametrize("name", [name for name in NAMES if corpus_of(name)])
def test_what_is_kept_ends_well(name: str) -> None:
    """What reached something new, and whatever failed once."""
    target = targets()[name]
    target.prepare()
    for entry in corpus_of(name):
        ended = attempt(target, entry.raw)
        assert not ended.problem, (entry.reason, ended.where)


def test_every_corpus_is_of_a_target() -> None:
    assert set(FOLDER.glob("*")) <= {file_of(name) for name in NAMES}
    assert len({file_of(name) for name in NAMES}) == len(NAMES)


def test_damage_comes_back_with_its_seed() -> None:
    for name in ("emrtd/EF.SOD", "list/entry", "request/record of a gate", "file/policy"):
        target = targets()[name]
        once, again = ([case_of(target, name, 7, number) for number in range(60)] for _ in range(2))
        assert once == again
        assert len(set(once)) > 40
        assert max(map(len, once)) <= 200_000
