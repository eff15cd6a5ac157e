"""What was found on a page in an officer's words: order, score, place."""

from dataclasses import replace

import pytest

from egate.console.cases.page_findings import page_findings
from egate.console.language import Language
from egate.console.words import Words
from egate.domain.optical_finding import Light, OpticalFinding
from egate.emrtd.checks import CheckId, Outcome
from tests.page_samples import GENUINE, PHOTOGRAPH, found_amiss

ENGLISH, BANGLA = Words(Language.ENGLISH), Words(Language.BANGLA)


def test_what_kept_the_traveller_is_first_and_said_as_a_fault() -> None:
    found = found_amiss(CheckId.PHOTOGRAPH, "does not agree", 0.12)
    undetermined = replace(GENUINE[0], outcome=Outcome.UNDETERMINED)
    shown = page_findings((undetermined, *found[1:]), (CheckId.PHOTOGRAPH,), ENGLISH)
    first, second, third = shown[:3]
    assert (first.check_id, first.tone, first.is_amiss) == (
        CheckId.PHOTOGRAPH,
        "emergency",
        True,
    )
    assert first.name == "Printed photograph not confirmed as intact"
    assert first.look
    assert (
        first.region == f"{PHOTOGRAPH.left} {PHOTOGRAPH.top} {PHOTOGRAPH.width} {PHOTOGRAPH.height}"
    )
    assert (second.outcome, second.is_amiss, second.name) == (
        "Undetermined",
        False,
        "Print of the MRZ",
    )
    assert (third.outcome, third.look) == ("Passed", "")


def test_an_undetermined_check_that_kept_the_traveller_is_amiss() -> None:
    unread = replace(GENUINE[0], outcome=Outcome.UNDETERMINED, score=None)
    first = page_findings((*GENUINE[1:], unread), (unread.check_id,), ENGLISH)[0]
    assert (first.check_id, first.tone, first.is_amiss) == (unread.check_id, "alarm", True)
    assert first.measured is None


@pytest.mark.parametrize(
    ("score", "threshold", "said"),
    [
        (0.12, 0.55, ("12%", "55%")),
        (0.496, 0.5, ("49.6%", "50.0%")),
        (0.4996, 0.5, ("49.96%", "50.00%")),
        (0.5, 0.5, ("50%", "50%")),
        (0.504, 0.5, ("50%", "50%")),
        (1.0, 0.0, ("100%", "0%")),
    ],
)
def test_a_score_below_its_threshold_is_never_said_to_reach_it(
    score: float, threshold: float, said: tuple[str, str]
) -> None:
    found = replace(GENUINE[0], score=score, threshold=threshold)
    (shown,) = page_findings((found,), (), ENGLISH)
    assert shown.measured is not None
    words = "Likeness to a genuine page {}; a genuine one has at least {}"
    assert shown.measured.words == words.format(*said)
    assert (shown.measured.score, shown.measured.threshold) == (100 * score, 100 * threshold)


def test_bangla_has_its_own_digits() -> None:
    (shown,) = page_findings(GENUINE[:1], (), BANGLA)
    assert shown.measured is not None
    assert "৯৩%" in shown.measured.words
    assert shown.region


@pytest.mark.parametrize(
    ("words", "name", "said"),
    [
        (ENGLISH, "Digital seal not confirmed", "seal: the signature is wrong"),
        (BANGLA, "ডিজিটাল সিল নিশ্চিত হয়নি", "ডিজিটাল সিল: স্বাক্ষর ভুল"),
    ],
    ids=["English", "Bangla"],
)
def test_a_forged_seal_is_shown_where_it_is_and_has_no_score(
    words: Words, name: str, said: str
) -> None:
    found = OpticalFinding(
        CheckId.OPTICAL_SEAL,
        Outcome.FAILED,
        "seal: the signature is wrong",
        light=Light.INFRARED,
        region=PHOTOGRAPH,
    )
    first = page_findings((*GENUINE, found), (CheckId.OPTICAL_SEAL,), words)[0]
    assert (first.name, first.light, first.measured) == (name, Light.INFRARED, None)
    assert [each.text for each in first.sayings] == [said]
    assert first.look
    assert first.region.startswith(f"{PHOTOGRAPH.left} ")
