"""Whatever the bytes of a CV certificate: the one error, or a certificate that says the same."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from egate.emrtd.errors import DocumentRejected
from egate.emrtd.terminal_authentication.chain import ChainRejected, TerminalChain
from egate.emrtd.terminal_authentication.cv_certificate import CvCertificate
from egate.emrtd.terminal_authentication.trust_points import EfCvca
from tests.eac_worked_example import DUTCH_CVCA, DUTCH_DOCUMENT_VERIFIER, DUTCH_TERMINAL, ECDH

REAL = (DUTCH_CVCA, DUTCH_DOCUMENT_VERIFIER, DUTCH_TERMINAL, ECDH.terminal)
CVCA = CvCertificate.parse(DUTCH_CVCA)


@given(st.binary(max_size=200), st.sampled_from(REAL), st.integers(0, 10**6))
@example(b"", DUTCH_CVCA, 0)
def test_any_bytes(noise: bytes, real: bytes, position: int) -> None:
    at = position % len(real)
    for raw in (noise, real[:at], real[:at] + noise + real[at + len(noise) :], real + noise):
        try:
            CvCertificate.parse(raw)
        except DocumentRejected:
            continue


@given(st.integers(0, len(DUTCH_DOCUMENT_VERIFIER) * 8 - 1))
def test_a_flipped_bit_is_noticed(position: int) -> None:
    changed = bytearray(DUTCH_DOCUMENT_VERIFIER)
    changed[position // 8] ^= 1 << position % 8
    chain = [DUTCH_CVCA, bytes(changed), DUTCH_TERMINAL]
    with pytest.raises(ChainRejected):
        TerminalChain.parse(chain, CVCA.holder)


@given(st.binary(max_size=60))
def test_any_ef_cvca(raw: bytes) -> None:
    try:
        references = EfCvca.parse(raw).references
    except DocumentRejected:
        return
    assert 1 <= len(references) <= 2
