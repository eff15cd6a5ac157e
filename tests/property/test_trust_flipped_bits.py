"""One flipped bit anywhere in what is signed, or in a signature, is noticed.

Every bit of one SOD: ``python -m tests.trust_flips``.
"""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.passive_authentication.verify import verify
from tests.trust_data import Anchors, all_cscas
from tests.trust_flips import flipped, results, signed_parts, stands, try_bit
from tests.trust_forge import DG1, TODAY, Forge, make_sod

BD = Forge()
GROUPS = {1: DG1, 2: bytes.fromhex("7503616263"), 14: bytes.fromhex("6E023100")}
SOD = make_sod(BD.signer(), GROUPS)
ANCHORS = Anchors([BD.csca()], [BD.crl()])
PARTS = signed_parts(SOD)

# The SODs of genuine documents whose CSCA is in the lists, and a day when both were valid.
GENUINE = {
    "cn_sod_3d92117315": date(2024, 1, 1),
    "de_sod_14672d8d59": date(2024, 1, 1),
    "fi_sod_e66f75f1ff": date(2024, 1, 1),
    "nz_sod_600001542a": date(2012, 1, 1),
    "ru_sod_f89509f1a3": date(2024, 1, 1),
    "si_sod_454cb206e7": date(2015, 1, 1),
    "us_sod_02ca3a6965": date(2024, 1, 1),
}


@pytest.fixture(scope="module")
def sods(shared_data: Path) -> dict[str, bytes]:
    folder = shared_data / "trust/sods"
    return {name: (folder / f"{name}.bin").read_bytes() for name in GENUINE}


@pytest.fixture(scope="module")
def anchors(shared_data: Path) -> Anchors:
    states = {name[:2].upper() for name in GENUINE}
    return Anchors([each for each in all_cscas(shared_data / "trust") if each.country in states])


def test_what_is_not_flipped_stands(sods: dict[str, bytes], anchors: Anchors) -> None:
    answer = verify(SOD, GROUPS, ANCHORS, TODAY, clock=lambda: 0.0)
    assert answer.outcome is Outcome.SUCCESSFUL
    for name, sod in sods.items():
        assert stands(verify(sod, {}, anchors, GENUINE[name], clock=lambda: 0.0)), name


@pytest.mark.parametrize("part", PARTS)
@given(st.data())
def test_a_bit_of_each_signed_part_of_a_genuine_sod(
    sods: dict[str, bytes], anchors: Anchors, part: str, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(GENUINE)))
    parts = signed_parts(sods[name])
    octet = data.draw(st.sampled_from(parts[part]))
    bit = octet * 8 + data.draw(st.integers(0, 7))
    assert try_bit(sods[name], bit, parts, anchors, GENUINE[name]) == part


@given(st.data())
def test_a_bit_anywhere_is_noticed_or_changes_nothing_signed(
    sods: dict[str, bytes], anchors: Anchors, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(GENUINE)))
    bit = data.draw(st.integers(0, len(sods[name]) * 8 - 1))
    try_bit(sods[name], bit, signed_parts(sods[name]), anchors, GENUINE[name])


@pytest.mark.parametrize("part", PARTS)
@given(st.data())
def test_a_bit_of_each_signed_part_ends_success(part: str, data: st.DataObject) -> None:
    """With a CRL and data groups at hand, so that nothing but the bit stands in the way."""
    octet = data.draw(st.sampled_from(PARTS[part]))
    changed = flipped(SOD, octet * 8 + data.draw(st.integers(0, 7)))
    answer = verify(changed, GROUPS, ANCHORS, TODAY, clock=lambda: 0.0)
    assert answer.outcome in (Outcome.FAILED, Outcome.UNDETERMINED)
    if not part.endswith("certificate"):
        assert answer.outcome is Outcome.FAILED


@given(st.data())
def test_a_bit_of_a_data_group(data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(sorted(GROUPS)))
    bit = data.draw(st.integers(0, len(GROUPS[number]) * 8 - 1))
    changed = GROUPS | {number: flipped(GROUPS[number], bit)}
    answer = verify(SOD, changed, ANCHORS, TODAY, clock=lambda: 0.0)
    assert results(answer)[CheckId.DG_HASHES] == "failed"
    assert answer.outcome is Outcome.FAILED


@given(st.data())
def test_a_bit_of_a_data_group_of_the_specimen(shared_data: Path, data: st.DataObject) -> None:
    trust = shared_data / "trust"
    number = data.draw(st.sampled_from((1, 14)))
    group = (trust / f"lds_bsi2008/Datagroup{number}.bin").read_bytes()
    sod = (trust / "sods/xx_sod_3d920b7e58.bin").read_bytes()
    changed = flipped(group, data.draw(st.integers(0, len(group) * 8 - 1)))
    for content, result in ((group, "successful"), (changed, "failed")):
        answer = verify(sod, {number: content}, Anchors(), date(2008, 6, 1), clock=lambda: 0.0)
        assert results(answer)[CheckId.DG_HASHES] == result
