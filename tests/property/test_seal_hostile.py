"""Seals of strangers: a flipped bit is noticed, and whatever the bytes, there is one error."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.mrz.parse import parse
from egate.emrtd.visible_digital_seal import c40
from egate.emrtd.visible_digital_seal.document_match import check_mrz
from egate.emrtd.visible_digital_seal.document_type import features_of
from egate.emrtd.visible_digital_seal.errors import SealMalformed
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal
from egate.emrtd.visible_digital_seal.signer import check_signature
from egate.emrtd.visible_digital_seal.verify import verify
from tests.seal_forge import VISA_FEATURES, VISA_MRZ, SealForm, SealSigner
from tests.seal_forge import c40 as encoded
from tests.trust_data import Anchors
from tests.trust_forge import TODAY, Forge

BD = Forge()
CERTIFICATE = SealSigner().certificate()
ANCHORS = Anchors([BD.csca()], [BD.crl()])
FORM = SealForm(features=VISA_FEATURES | {6: b"\x01", 0x60: b"unknown"})
GENUINE = FORM.signed_by()
MRZ = parse(VISA_MRZ, TODAY)
C40_TEXT = st.text("ABCXYZ0189 ", max_size=90)


def outcome(raw: bytes) -> Outcome:
    try:
        seal = VisibleDigitalSeal.parse(raw)
    except SealMalformed:
        return Outcome.FAILED
    answer = verify(seal, [CERTIFICATE], ANCHORS, TODAY, clock=lambda: 0.0)
    assert len(answer.checks) == 7
    check_mrz(seal, MRZ, TODAY)
    return answer.outcome


def test_the_seal_that_is_changed_below_is_genuine() -> None:
    assert outcome(GENUINE) is Outcome.SUCCESSFUL


@given(st.integers(0, len(GENUINE) * 8 - 1))
def test_one_flipped_bit_anywhere(position: int) -> None:
    changed = bytearray(GENUINE)
    changed[position // 8] ^= 1 << position % 8
    assert outcome(bytes(changed)) is not Outcome.SUCCESSFUL


def test_every_bit_of_header_and_message_is_signed() -> None:
    """The signer is given by hand: a changed reference may not be what saves us."""
    end = len(FORM.message())
    for position in range(end * 8):
        changed = bytearray(GENUINE)
        changed[position // 8] ^= 1 << position % 8
        with suppress(SealMalformed):
            seal = VisibleDigitalSeal.parse(bytes(changed))
            assert check_signature(seal, CERTIFICATE)[0] is Outcome.FAILED


@given(st.integers(0, len(GENUINE)), st.binary(max_size=40), st.integers(0, 40))
def test_spliced_bytes(at: int, inserted: bytes, removed: int) -> None:
    changed = GENUINE[:at] + inserted + GENUINE[at + removed :]
    assert (outcome(changed) is Outcome.SUCCESSFUL) == (changed == GENUINE)


@given(st.binary(max_size=400))
def test_noise(noise: bytes) -> None:
    assert outcome(noise) is Outcome.FAILED
    assert outcome(FORM.header() + noise) is not Outcome.SUCCESSFUL


@given(st.dictionaries(st.integers(0, 254), st.binary(max_size=60), max_size=20))
def test_signed_nonsense_is_read_and_never_taken_for_a_visa(features: dict[int, bytes]) -> None:
    raw = FORM.but(features=features).signed_by()
    seal = VisibleDigitalSeal.parse(raw)
    assert [(each.tag, each.raw) for each in features_of(seal)] == list(features.items())
    answer = verify(seal, [CERTIFICATE], ANCHORS, TODAY, clock=lambda: 0.0)
    found = {check.check_id: check.outcome for check in answer.checks}
    assert found[CheckId.SEAL_SIGNATURE] is Outcome.SUCCESSFUL
    assert found[CheckId.SEAL_FORMAT] is Outcome.FAILED


@given(C40_TEXT)
def test_c40_comes_back(text: str) -> None:
    assert c40.decode(encoded(text)) == text


@given(st.binary(max_size=90))
def test_c40_of_noise_has_one_form(raw: bytes) -> None:
    """Whatever is decoded is what an encoder makes of the text: there is no second spelling."""
    with suppress(SealMalformed):
        assert encoded(c40.decode(raw)) == raw
