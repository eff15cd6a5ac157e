"""Whatever a chip answers: a result or one of two kinds of error, and never a false success."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.evaluation import DocumentEvaluation
from tests.fuzz.conversations import hold_of
from tests.fuzz.parsers import REFUSALS, targets
from tests.fuzz.talk import Trace

TARGETS = sorted(targets())


@pytest.mark.parametrize("target", TARGETS)
@given(noise=st.binary(max_size=400), choice=st.integers(0, 10**9), cut=st.integers(0, 10**9))
def test_every_parser_has_two_kinds_of_error(
    target: str, noise: bytes, choice: int, cut: int
) -> None:
    parser = targets()[target]
    samples = parser.made()
    sample = samples[choice % len(samples)]
    at = cut % (len(sample) + 1)
    for raw in (noise, sample[:at] + noise, sample[:at] + noise + sample[at + len(noise) :]):
        try:
            parser.take(raw)
        except REFUSALS:
            continue


@pytest.mark.parametrize("target", [name for name in TARGETS if name != "emrtd/tlv"])
def test_every_sample_is_a_good_one(target: str) -> None:
    """Damage to what is broken anyway would find nothing."""
    parser = targets()[target]
    for sample in parser.made():
        parser.take(sample)


def test_a_chip_without_damage_is_proven() -> None:
    """Otherwise no inspection would get far enough for its evaluation to go wrong."""

    class Harmless(Random):
        def randrange(self, *_: int) -> int:  # the first wrong answer comes never
            return 10**9

        def random(self) -> float:
            return 0.99

        def choice(self, options: tuple[float, ...]) -> float:  # type: ignore[override]
            return options[0]

    evaluation = hold_of("inspection of BAC, inside")(Harmless(1), Trace())
    assert isinstance(evaluation, DocumentEvaluation)
    outcomes = {check.check_id: check.outcome for check in evaluation.checks}
    assert outcomes[CheckId.SOD_SIGNATURE] is Outcome.SUCCESSFUL
    assert outcomes[CheckId.DG_HASHES] is Outcome.SUCCESSFUL
