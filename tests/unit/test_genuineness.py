"""Not copied, not shown, disproven: which evidence makes which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_authentication.genuineness import (
    Attempt,
    Disproven,
    Mechanism,
    NotCopied,
    NotShown,
    combined,
    genuineness_of,
)

CA = Mechanism.CHIP_AUTHENTICATION
AA = Mechanism.ACTIVE_AUTHENTICATION
CAM = Mechanism.PACE_CAM
VOUCHING = (CheckId.SOD_SIGNATURE, CheckId.CERTIFICATE_PATH, CheckId.DG_HASHES)


def passive(**others: Outcome) -> list[CheckResult]:
    """Passive authentication with everything successful but ``others``."""
    ids = (*VOUCHING, CheckId.DS_VALIDITY, CheckId.DS_REVOCATION)
    return [CheckResult(c, others.get(c.name, Outcome.SUCCESSFUL)) for c in ids]


@pytest.mark.parametrize("mechanism", Mechanism)
def test_a_proof_with_a_signed_key(mechanism: Mechanism) -> None:
    proof = Attempt(mechanism, Outcome.SUCCESSFUL, "P-256")
    other = Attempt(AA, Outcome.NOT_SUPPORTED)
    assert genuineness_of([proof, other], passive()) == NotCopied((proof,))


@pytest.mark.parametrize("check_id", VOUCHING)
@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.SUCCESSFUL])
def test_a_proof_with_a_key_that_nobody_signed_proves_nothing(
    check_id: CheckId, outcome: Outcome
) -> None:
    proof = Attempt(AA, Outcome.SUCCESSFUL, "RSA")
    found = genuineness_of([proof], passive(**{check_id.name: outcome}))
    assert found == NotShown(f"no signed key: {check_id} is {outcome}", (proof,))


def test_no_passive_authentication_vouches_for_nothing() -> None:
    proof = Attempt(CA, Outcome.SUCCESSFUL)
    assert isinstance(genuineness_of([proof], []), NotShown)


@pytest.mark.parametrize("check_id", [CheckId.DS_VALIDITY, CheckId.DS_REVOCATION])
def test_a_revoked_or_expired_signer_vouches_for_nothing(check_id: CheckId) -> None:
    proof = Attempt(CA, Outcome.SUCCESSFUL)
    found = genuineness_of([proof], passive(**{check_id.name: Outcome.FAILED}))
    assert found == NotShown(f"no signed key: {check_id} is failed", (proof,))
    unknown = genuineness_of([proof], passive(**{check_id.name: Outcome.UNDETERMINED}))
    assert unknown == NotCopied((proof,))


def test_pace_cam_proves_a_chip_and_not_that_the_data_are_its_own() -> None:
    proof = Attempt(CAM, Outcome.SUCCESSFUL)
    assert genuineness_of([proof], passive()) == NotCopied((proof,))
    changed = genuineness_of([proof], passive(DG_HASHES=Outcome.FAILED))
    assert changed == NotShown(f"no signed key: {CheckId.DG_HASHES} is failed", (proof,))


def test_a_broken_promise_outweighs_a_proof() -> None:
    failure = Attempt(AA, Outcome.FAILED, "not over this challenge")
    found = genuineness_of([Attempt(CA, Outcome.SUCCESSFUL), failure], passive())
    assert found == Disproven((failure,))


def test_reasons_are_told() -> None:
    attempts = [
        Attempt(AA, Outcome.ABORTED, "the chip left the field"),
        Attempt(CA, Outcome.UNDETERMINED, "version 2"),
    ]
    assert genuineness_of(attempts, passive()) == NotShown(
        "chip authentication: version 2; active authentication: the chip left the field"
    )
    nothing = genuineness_of([Attempt(CA, Outcome.NOT_SUPPORTED)], passive())
    assert nothing == NotShown("the document offers no proof that its chip is not a copy")


@given(
    st.lists(st.builds(Attempt, st.sampled_from(Mechanism), st.sampled_from(Outcome)), max_size=4),
    st.lists(
        st.builds(CheckResult, st.sampled_from(VOUCHING), st.sampled_from(Outcome)), max_size=4
    ),
)
def test_only_a_success_without_a_failure_is_not_copied(
    attempts: list[Attempt], checks: list[CheckResult]
) -> None:
    outcomes = {attempt.outcome for attempt in attempts}
    found = genuineness_of(attempts, checks)
    if isinstance(found, NotCopied):
        assert Outcome.FAILED not in outcomes
        assert Outcome.SUCCESSFUL in outcomes
    assert isinstance(found, Disproven) == (Outcome.FAILED in outcomes)


def test_several_attempts_make_one_outcome() -> None:
    order = (
        Outcome.FAILED,
        Outcome.SUCCESSFUL,
        Outcome.UNDETERMINED,
        Outcome.ABORTED,
        Outcome.NOT_SUPPORTED,
    )
    for number, outcome in enumerate(order):
        attempts = [Attempt(CA, each, str(each)) for each in reversed(order[number:])]
        assert combined(attempts) == (outcome, str(outcome))
