"""RFC 6962 trees against the vectors of the Certificate Transparency reference implementation.

Entries, roots and proofs are those of ``transparency-dev/merkle`` (proof/verify_test.go).
"""

import pytest

from egate.domain.evidence.merkle import MerkleTree, is_continued, is_included

ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(root)
    for root in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
"""Of the trees over the first 0, 1, 2... entries."""
_6B = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
_5F = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_96 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_BC = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_CA = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
_D3 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
_0E = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
_B0 = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
_6E = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
_FA = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
INCLUSION = [
    (0, 1, ()),
    (0, 8, (_96, _5F, _6B)),
    (5, 8, (_BC, _CA, _D3)),
    (2, 3, (_FA,)),
    (1, 5, (_6E, _5F, _BC)),
]
"""Index, size, proof."""
CONSISTENCY = [
    (1, 1, ()),
    (1, 8, (_96, _5F, _6B)),
    (6, 8, (_0E, _CA, _D3)),
    (2, 5, (_5F, _BC)),
    (6, 7, (_0E, _B0, _D3)),
]
"""Size before, size after, proof."""


@pytest.mark.parametrize("size", range(9))
def test_roots(size: int) -> None:
    assert MerkleTree(ENTRIES[:size]).root == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "hashes"), INCLUSION)
def test_inclusion(index: int, size: int, hashes: tuple[str, ...]) -> None:
    proof = [bytes.fromhex(each) for each in hashes]
    assert MerkleTree(ENTRIES[:size]).inclusion(index) == proof
    assert is_included(ENTRIES[index], index, size, proof, ROOTS[size])


@pytest.mark.parametrize(("before", "after", "hashes"), CONSISTENCY)
def test_consistency(before: int, after: int, hashes: tuple[str, ...]) -> None:
    proof = [bytes.fromhex(each) for each in hashes]
    assert MerkleTree(ENTRIES[:after]).consistency(before) == proof
    assert is_continued((before, ROOTS[before]), (after, ROOTS[after]), proof)
