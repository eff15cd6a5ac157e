"""Laws of Merkle trees: what is proven is so, and nothing else can be proven."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.evidence.merkle import MerkleTree, is_continued, is_included

MOST = 40
ENTRIES = [bytes([number]) for number in range(MOST)]
TREES = [MerkleTree(ENTRIES[:size]) for size in range(MOST + 1)]
sizes = st.integers(1, MOST)


def spoilt(data: st.DataObject, proof: Sequence[bytes]) -> list[bytes]:
    """Return ``proof`` with one hash changed, dropped, doubled or added."""
    at = data.draw(st.integers(0, len(proof)))
    head, tail = [*proof[:at]], [*proof[at:]]
    one, *rest = tail or [bytes(32)]
    changed = bytes([one[0] ^ data.draw(st.integers(1, 255))]) + one[1:]
    ways = [[*head, changed, *tail]]
    if tail:
        ways += [[*head, changed, *rest], [*head, *rest], [*head, one, one, *rest]]
    return data.draw(st.sampled_from(ways))


def test_every_entry_of_every_tree_is_proven_to_be_in_it_and_nowhere_else() -> None:
    for tree in TREES[1:]:
        for index in range(tree.size):
            proof = tree.inclusion(index)
            places = {
                place
                for place in range(-1, tree.size + 2)
                if is_included(ENTRIES[index], place, tree.size, proof, tree.root)
            }
            assert places == {index}


def test_every_tree_is_proven_to_begin_every_later_one_and_no_other_one_is() -> None:
    for after in TREES[1:]:
        for before in TREES[1 : after.size + 1]:
            proof = after.consistency(before.size)
            now = (after.size, after.root)
            known = {
                size
                for size in range(-1, MOST + 1)
                if is_continued((size, before.root), now, proof)
            }
            assert known == {before.size}


@given(data=st.data(), size=sizes)
def test_a_spoilt_proof_of_inclusion_proves_nothing(data: st.DataObject, size: int) -> None:
    tree, index = TREES[size], data.draw(st.integers(0, size - 1))
    proof = spoilt(data, tree.inclusion(index))
    assert not is_included(ENTRIES[index], index, size, proof, tree.root)


@given(data=st.data(), size=sizes)
def test_a_spoilt_proof_of_consistency_proves_nothing(data: st.DataObject, size: int) -> None:
    after, before = TREES[size], TREES[data.draw(st.integers(1, size))]
    proof = spoilt(data, after.consistency(before.size))
    assert not is_continued((before.size, before.root), (after.size, after.root), proof)


@given(size=sizes, changed=st.integers(0, MOST - 1))
def test_a_tree_with_one_other_entry_has_another_root_and_is_no_continuation(
    size: int, changed: int
) -> None:
    other = MerkleTree(b"other" if at == changed else each for at, each in enumerate(ENTRIES))
    before = TREES[size]
    proof = other.consistency(size)
    continues = is_continued((size, before.root), (MOST, other.root), proof)
    assert continues is (changed >= size)


def test_a_tree_knows_the_roots_of_its_beginnings() -> None:
    for tree in TREES:
        for size in range(1, tree.size + 1):
            assert tree.root_of_first(size) == TREES[size].root


@pytest.mark.parametrize("beyond", [-1, 5])
def test_there_is_no_proof_of_what_is_not_there(beyond: int) -> None:
    with pytest.raises(IndexError):
        TREES[5].inclusion(beyond)
    with pytest.raises(IndexError):
        TREES[5].consistency(beyond + 1)
    with pytest.raises(IndexError):
        TREES[5].root_of_first(beyond + 1)


def test_an_empty_beginning_proves_nothing() -> None:
    assert not is_continued((0, TREES[0].root), (5, TREES[5].root), [])
    assert not is_continued((3, TREES[3].root), (5, TREES[5].root), [])
