"""BSI's worked example for EAC: certificate chains and the terminal's signature."""

from datetime import date

import pytest

from egate.emrtd.crypto.domain_parameters import standardised
from egate.emrtd.crypto.signature import Scheme
from egate.emrtd.terminal_authentication.authenticate import SessionBinding, compress
from egate.emrtd.terminal_authentication.chain import ChainRejected, TerminalChain
from egate.emrtd.terminal_authentication.cv_certificate import (
    INSPECTION_SYSTEM,
    CvCertificate,
    Role,
)
from tests.eac_worked_example import (
    DH,
    DUTCH_CVCA,
    DUTCH_DOCUMENT_VERIFIER,
    DUTCH_TERMINAL,
    ECDH,
    WorkedExample,
)

EXAMPLES = pytest.mark.parametrize("example", [ECDH, DH], ids=lambda example: example.name)
DOMAINS = {ECDH.name: standardised(13), DH.name: standardised(0)}


@EXAMPLES
def test_the_chain(example: WorkedExample) -> None:
    raws = [example.cvca, example.document_verifier, example.terminal]
    cvca, verifier, terminal = map(CvCertificate.parse, raws)
    assert [c.role for c in (cvca, verifier, terminal)] == [
        Role.CVCA,
        Role.DOMESTIC_DV,
        Role.TERMINAL,
    ]
    curve = cvca.public_key.curve
    assert (curve is None) == (example is DH)
    assert verifier.is_signed_by(cvca.public_key, None)
    assert terminal.is_signed_by(verifier.public_key, curve)
    assert not terminal.is_signed_by(cvca.public_key, curve)
    chain = TerminalChain.parse(raws, cvca.holder)
    assert chain.to_send == (verifier, terminal)
    # The terminal is one for identity cards, the CVCA one for passports: no right is left.
    assert not chain.authorization.may_read_fingerprints


@EXAMPLES
def test_the_signature_of_the_terminal(example: WorkedExample) -> None:
    domain = DOMAINS[example.name]
    binding = SessionBinding(
        compress(domain, example.pace_chip_public), compress(domain, example.terminal_public)
    )
    signed = binding.id_ic + example.challenge + binding.ephemeral
    curve = CvCertificate.parse(example.cvca).public_key.curve
    key = CvCertificate.parse(example.terminal).public_key
    assert key.verify(example.signature, signed, curve)
    assert not key.verify(example.signature, signed + b"\x00", curve)


def test_the_algorithms() -> None:
    ecdsa = CvCertificate.parse(ECDH.terminal).public_key.algorithm
    rsa = CvCertificate.parse(DH.terminal).public_key.algorithm
    assert (ecdsa.scheme, ecdsa.hash_name) == (Scheme.ECDSA, "sha512")
    assert (rsa.scheme, rsa.hash_name) == (Scheme.RSA_PKCS1, "sha1")


def test_a_dutch_test_passport() -> None:
    raws = [DUTCH_CVCA, DUTCH_DOCUMENT_VERIFIER, DUTCH_TERMINAL]
    cvca, verifier, terminal = map(CvCertificate.parse, raws)
    assert cvca.is_self_signed
    assert (cvca.holder, verifier.holder, terminal.holder) == (
        "NLCVCAA00001",
        "NLDVAAANL001",
        "NLIS7202000NL001",
    )
    assert cvca.is_signed_by(cvca.public_key, None)
    assert (verifier.effective, verifier.expiration) == (date(2009, 5, 18), date(2009, 11, 18))
    assert {c.authorization.terminal_type for c in (cvca, verifier, terminal)} == {
        INSPECTION_SYSTEM
    }
    chain = TerminalChain.parse(raws, "NLCVCAA00001")
    assert chain.holder == "NLIS7202000NL001"
    assert chain.authorization.may_read_fingerprints
    assert not chain.authorization.may_read_irises


def test_a_changed_certificate_breaks_the_chain() -> None:
    at = DUTCH_TERMINAL.index(b"NLIS")
    changed = DUTCH_TERMINAL[:at] + b"NLIX" + DUTCH_TERMINAL[at + 4 :]
    with pytest.raises(ChainRejected, match="the signature of NLIX7202000NL001 is wrong"):
        TerminalChain.parse([DUTCH_CVCA, DUTCH_DOCUMENT_VERIFIER, changed], "NLCVCAA00001")
