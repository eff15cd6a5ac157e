"""Whatever the bytes: a result or the one error, never a crash, never a false success."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.checks import Outcome
from egate.emrtd.crypto.public_key import load_public_key
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.sod import LdsSecurityObject
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.revocation import RevocationList
from egate.emrtd.passive_authentication.verify import verify
from egate.trust.content import UnknownContent, items_of
from tests.trust_data import Anchors
from tests.trust_forge import DG1, TODAY, Forge, make_sod

BD = Forge()
GROUPS = {1: DG1}
SOD = make_sod(BD.signer(), GROUPS)
CSCA, CRL = BD.csca(), BD.crl([1, 2, 3])
ANCHORS = Anchors([CSCA], [CRL])


@given(st.integers(0, len(SOD)), st.binary(max_size=40), st.integers(0, 40))
def test_spliced_bytes_never_crash(at: int, inserted: bytes, removed: int) -> None:
    changed = SOD[:at] + inserted + SOD[at + removed :]
    answer = verify(changed, GROUPS, ANCHORS, TODAY, clock=lambda: 0.0)
    assert len(answer.checks) == 6


@given(st.binary(max_size=300))
def test_noise_has_one_error(noise: bytes) -> None:
    answer = verify(noise, {1: noise}, ANCHORS, TODAY, clock=lambda: 0.0)
    assert answer.outcome is Outcome.FAILED
    for parse in (
        Certificate.parse,
        RevocationList.parse,
        SignedData.parse,
        LdsSecurityObject.parse,
        load_public_key,
    ):
        with pytest.raises(DocumentRejected):
            parse(noise)
    with suppress(UnknownContent):
        items_of(noise)


@given(st.data())
def test_changed_certificates_and_crls_have_one_error(data: st.DataObject) -> None:
    for original, parse in ((CSCA.raw, Certificate.parse), (CRL.raw, RevocationList.parse)):
        changed = bytearray(original)
        for position in data.draw(st.lists(st.integers(0, len(original) - 1), max_size=4)):
            changed[position] = data.draw(st.integers(0, 255))
        try:
            parsed = parse(bytes(changed))
            signed = parsed.verify_signed_by(CSCA)
        except DocumentRejected:
            continue
        assert not signed or parsed.tbs in (CSCA.tbs, CRL.tbs)


def test_nested_and_endless_lengths_are_bounded() -> None:
    for deep in (b"\x30\x80" * 100_000, b"\x24\x80" * 50 + b"\x00\x00" * 50, b"\x7f\xff\xff\x01"):
        assert verify(deep, {}, ANCHORS, TODAY, clock=lambda: 0.0).outcome is Outcome.FAILED
