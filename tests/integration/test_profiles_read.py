"""Every simulated passport, read as the gate reads it: the genuine pass, each forgery is told."""

import time

import pytest

from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.errors import ChipLost
from egate.emrtd.evaluation import evaluate
from hardware_mocks.chip.profiles import PROFILES, make_chip
from tests.emrtd_passport import TODAY, anchors, page_of, passport, read

PROOF = {
    "forged-ca": CheckId.DG_HASHES,
    "forged-aa": CheckId.DG_HASHES,
    "tampered-dg1": CheckId.DG_HASHES,
    "tampered-dg2": CheckId.DG_HASHES,
    "cloned": CheckId.ACTIVE_AUTHENTICATION,
    "cloned-aa-ecdsa": CheckId.ACTIVE_AUTHENTICATION,
    "cloned-ca": CheckId.CHIP_AUTHENTICATION,
    "cloned-ca-3des": CheckId.CHIP_AUTHENTICATION,
    "cloned-cam": CheckId.CHIP_AUTHENTICATION,
}
# Odd in ways of their own; the tests of passive authentication and of access are theirs.
OTHERS = {
    "unknown-signer", "revoked-signer", "expired-signer", "expired", "leaves-field",
    "td1-signer-of-passports", "downgraded-pace", "downgraded-bac",
}  # fmt: skip
# Large keys take their time to be made, and both ends agree in every combination of PACE in the
# tests of PACE: here are those of the usual domain parameters.
SLOW = {
    name
    for name in PROFILES
    if name.startswith(("bac-aa-rsa3072", "bac-aa-rsa4096"))
    or (name.count("dh-") and name.startswith("pace-") and "256" not in name.split("-", 4)[4])
}
GENUINE = sorted(PROFILES.keys() - PROOF.keys() - OTHERS - SLOW)


def results(profile: str) -> dict[CheckId, Outcome]:
    document = passport(profile)
    reading = read(document, make_chip(PROFILES[profile], document))
    evaluation = evaluate(page_of(document), reading, anchors(), TODAY, time.perf_counter)
    return {check.check_id: check.outcome for check in evaluation.checks}


@pytest.mark.parametrize("profile", GENUINE)
def test_genuine(profile: str) -> None:
    found = results(profile)
    assert set(found.values()) <= {Outcome.SUCCESSFUL, Outcome.NOT_SUPPORTED}, found
    shown = found[CheckId.CHIP_AUTHENTICATION], found[CheckId.ACTIVE_AUTHENTICATION]
    document = PROFILES[profile].document
    by_mapping = any(offer.mapping == "CAM" for offer in document.get("pace", ()))
    expects_ca = bool(document.get("chip_keys")) or (by_mapping and profile != "pace-gm-and-cam")
    if expects_ca:
        assert shown[0] is Outcome.SUCCESSFUL
    if document.get("active_authentication", "rsa") is not None:
        assert shown[1] is Outcome.SUCCESSFUL


@pytest.mark.parametrize("profile", PROOF)
def test_a_forgery_is_told_by_what_it_cannot_do(profile: str) -> None:
    found = results(profile)
    failed = {check for check, outcome in found.items() if outcome is Outcome.FAILED}
    assert failed == {PROOF[profile]}


def test_a_chip_that_leaves_is_not_read() -> None:
    document = passport("leaves-field", extended="false", max_le="256")
    chip = make_chip(PROFILES["leaves-field"], document)
    chip.leaves_after = 12
    with pytest.raises(ChipLost):
        read(document, chip)
