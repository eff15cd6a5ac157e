"""What a technician reads of the age of what a gate trusts."""

from datetime import timedelta
from pathlib import Path

import pytest

from egate.cli.doctor_trust import Look, look_at_trust
from egate.gate.trust_keeping import TrustPlan
from hardware_mocks.pki import certificate as mock
from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import CSCA_MASTER_LIST, Signer, signed_data
from tests.trust_forge import NOW, Forge, key
from tests.trust_taking import BD, CSCA, IN, take

DAY = timedelta(days=1)


def master_list() -> bytes:
    subject = BD.subject(mock.name(C="BD", CN="ML"))
    raw = mock.master_list_signer(subject, key("list"), BD.name, BD.csca_key)
    signer = Signer(key("list"), mock.Certificate.parse(raw))
    listed = der.sequence(der.integer(0), der.set_of([CSCA.raw]))
    return signed_data(CSCA_MASTER_LIST, listed, signer, NOW)


def looked(store: Path, days: int = 0, state: str = "BD") -> dict[str, Look]:
    found = look_at_trust(TrustPlan(store, state), NOW + days * DAY)
    return {each.name: each for each in found}


def test_a_store_that_is_well(tmp_path: Path) -> None:
    take(tmp_path, master_list(), BD.crl(days=(-1, 30)).raw)
    found = looked(tmp_path)
    assert all(each.ok for each in found.values())
    assert found["master_list"].detail == "the newest is 0 days old"
    assert found["crls"].detail == "1 States"
    assert found["own_csca"].detail == f"1 of BD, the last until {CSCA.not_after.date()}"


@pytest.mark.parametrize(
    ("days", "name", "ok", "says"),
    [
        (80, "master_list", True, "80 days old: stale from 90 days on"),
        (91, "master_list", False, "91 days old: stale from 90 days on; import a newer one"),
        (-2, "master_list", False, "from the future; is the clock right?"),
        (25, "crls", True, "about to be stale: BD (2026-07-01)"),
        (32, "crls", False, "stale: BD (2026-07-01): import newer ones"),
        (5 * 365 - 30, "own_csca", True, "; import the next one"),
        (5 * 365 + 2, "own_csca", False, "no CSCA of BD is valid (last until "),
    ],
)
def test_what_ends_is_told_before(
    tmp_path: Path,
    days: int,
    name: str,
    ok: bool,  # noqa: FBT001
    says: str,
) -> None:
    take(tmp_path, master_list(), BD.crl(days=(-1, 30)).raw)
    found = looked(tmp_path, days)[name]
    assert found.ok is ok
    assert says in found.detail


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert not any(each.ok for each in looked(tmp_path).values())
    take(tmp_path, IN.csca().raw, accept_unanchored=True)
    found = looked(tmp_path)
    assert "no CSCA of BD: out of service: egate trust import" in found["own_csca"].detail
    assert found["crls"].detail == "none: revocation stays undetermined"
    assert found["master_list"].detail.startswith("none")
    assert "on an operator's word alone" in looked(tmp_path, state="IN")["own_csca"].detail


def test_a_long_row_of_stale_crls_stays_one_line(tmp_path: Path) -> None:
    states = [Forge(country=f"{letter}A", csca_key=key("many")) for letter in "BCDEFGH"]
    take(tmp_path, *(s.crl(days=(-9, -1)).raw for s in states), accept_unanchored=True)
    assert looked(tmp_path)["crls"].detail.endswith("and 1 more: import newer ones")
