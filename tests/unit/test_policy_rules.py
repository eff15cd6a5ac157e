"""Rules by document, State, nationality and direction: for whom they hold, what they may loosen."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.domain.policy.case import PROOF, Case
from egate.domain.policy.obligation import Obligation
from egate.domain.policy.parse import PolicyInvalid, parse_policy
from egate.domain.policy.policy import Policy
from egate.domain.policy.rules import Rule, When
from egate.domain.record import Direction
from egate.domain.session.case import case_of
from egate.emrtd.checks import LANE_CHECKS, CheckId, Outcome
from tests.gate_samples import DOCUMENT, ENTERED_AT, INSPECTED, NEW, POLICY, PRESENTED, ROOT, chip

AT = ENTERED_AT
TEXT = (ROOT / "config" / "policy.toml").read_text("utf-8")
AA = CheckId.ACTIVE_AUTHENTICATION
MUST, MAY, NOTED = Obligation
CITIZEN = Case(Direction.ENTRY, "P", "BGD", "BGD", is_signed=True, began_at=AT)
FOREIGNER = Case(Direction.EXIT, "PD", "D", "UTO", is_signed=True, began_at=AT)


def policy(rules: str) -> Policy:
    return parse_policy(tomllib.loads(TEXT + rules), "standard")


def rule(when: str, obligations: str, name: str = "r") -> str:
    return f'[[rules]]\nname = "{name}"\nwhen = {{{when}}}\nobligations = {{{obligations}}}\n'


STRICT = '"ELECTRONIC.ACTIVE_AUTHENTICATION" = "mandatory"'
LOOSE = '"ELECTRONIC.ACTIVE_AUTHENTICATION" = "evaluatory"'


@pytest.mark.parametrize(
    ("when", "citizen", "foreigner"),
    [
        ('direction = "entry"', True, False),
        ('direction = "exit"', False, True),
        ('document_codes = ["PD", "PS"]', False, True),
        ('document_codes = ["P"]', True, True),
        ('issuing_states = ["D", "IND"]', False, True),
        ('nationalities = ["UTO"]', False, True),
        ("citizens = true", True, False),
        ("citizens = false", False, True),
        ('citizens = false, direction = "entry"', False, False),
        ('citizens = true, nationalities = ["BGD"], document_codes = ["P"]', True, False),
    ],
)
def test_a_rule_holds_where_all_of_when_holds(when: str, *, citizen: bool, foreigner: bool) -> None:
    found = policy(rule(when, STRICT))
    for case, holds in ((CITIZEN, citizen), (FOREIGNER, foreigner)):
        assert found.obligations_of(case) == {**POLICY.obligations, AA: MUST if holds else MAY}


def test_a_foreigner_with_our_document_is_no_citizen() -> None:
    assert not replace(CITIZEN, nationality="UTO").is_of_citizen("BGD")
    assert not replace(CITIZEN, issuing_state="UTO").is_of_citizen("BGD")


def test_a_later_rule_goes_over_an_earlier_one() -> None:
    both = rule("citizens = true", STRICT, "a") + rule('direction = "entry"', LOOSE, "b")
    assert policy(both).obligations_of(CITIZEN)[AA] is NOTED
    swapped = rule('direction = "entry"', LOOSE, "b") + rule("citizens = true", STRICT, "a")
    assert policy(swapped).obligations_of(CITIZEN)[AA] is MUST


def test_a_claim_without_proof_loosens_nothing() -> None:
    found = policy(rule("citizens = true", LOOSE, "a") + rule("citizens = true", STRICT, "b"))
    claimed = replace(CITIZEN, is_signed=False)
    assert found.obligations_of(claimed)[AA] is MUST  # what tightens needs no proof
    assert policy(rule("citizens = true", LOOSE)).obligations_of(claimed) == POLICY.obligations


def test_a_check_counts_for_some_when_a_rule_says_so() -> None:
    assert not POLICY.may_count(CheckId.OPTICAL_UV)
    scanned = policy(rule("citizens = false", '"OPTICAL.UV" = "mandatory"'))
    assert scanned.may_count(CheckId.OPTICAL_UV)
    assert POLICY.may_count(AA)


def test_the_case_is_the_chips_before_the_mrzs() -> None:
    other = replace(DOCUMENT, issuing_state="BGD")
    assert case_of(NEW) == Case(Direction.ENTRY, "", "", "", is_signed=False, began_at=AT)
    assert case_of(PRESENTED) == Case(
        Direction.ENTRY, "P", "UTO", "UTO", is_signed=False, began_at=ENTERED_AT
    )
    read = replace(PRESENTED, document=other, chip=chip())
    assert case_of(read) == Case(
        Direction.ENTRY, "P", "UTO", "UTO", is_signed=True, began_at=ENTERED_AT
    )
    unread = replace(read, chip=replace(chip(), document=None))
    assert case_of(unread) == Case(
        Direction.ENTRY, "P", "BGD", "UTO", is_signed=False, began_at=ENTERED_AT
    )


@pytest.mark.parametrize("check_id", sorted(PROOF))
@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.SUCCESSFUL])
def test_a_chip_without_its_proof_proves_nothing(check_id: CheckId, outcome: Outcome) -> None:
    assert not case_of(replace(INSPECTED, chip=chip(**{check_id.name: outcome}))).is_signed
    silent = replace(chip(), checks=tuple(c for c in chip().checks if c.check_id != check_id))
    assert not case_of(replace(INSPECTED, chip=silent)).is_signed
    twice = replace(chip(), checks=chip().checks + chip(**{check_id.name: outcome}).checks)
    assert not case_of(replace(INSPECTED, chip=twice)).is_signed


obligations = st.dictionaries(st.sampled_from(LANE_CHECKS), st.sampled_from(Obligation))
whens = st.builds(
    When,
    st.none() | st.sampled_from(Direction),
    st.sampled_from([(), ("P",), ("PD", "I")]),
    st.sampled_from([frozenset(), frozenset({"BGD"}), frozenset({"D", "UTO"})]),
    st.sampled_from([frozenset(), frozenset({"BGD"}), frozenset({"UTO"})]),
    st.none() | st.booleans(),
)
cases = st.builds(
    Case,
    st.sampled_from(Direction),
    st.sampled_from(["", "P", "PD", "I"]),
    st.sampled_from(["", "BGD", "UTO", "D"]),
    st.sampled_from(["", "BGD", "UTO"]),
    is_signed=st.booleans(),
    began_at=st.just(AT),
)


@given(st.lists(st.builds(Rule, st.just("r"), whens, obligations), max_size=4), cases)
def test_nothing_unsigned_is_ever_weighed_more_kindly(rules: list[Rule], case: Case) -> None:
    resolved = replace(POLICY, rules=tuple(rules)).obligations_of(case)
    assert resolved.keys() == POLICY.obligations.keys()
    if not case.is_signed:
        for check_id, default in POLICY.obligations.items():
            assert resolved[check_id].or_stricter(default) is resolved[check_id]


GOOD = rule("citizens = true", STRICT)


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        ("rules = 3\n" + TEXT, "rules: is not an array of tables"),
        ("rules = [3]\n" + TEXT, "rules.1: is not a table"),
        ("rules = [" + "{}," * 201 + "]\n" + TEXT, "rules: are more than 200"),
        (GOOD + 'mood = "x"\n', "rules.1.mood: unknown key"),
        (GOOD.replace('name = "r"\n', ""), "rules.1.name: is missing"),
        (GOOD.replace('"r"', '""'), "rules.1.name: is not a text on one line"),
        (GOOD.replace('"r"', '"a\\nb"'), "rules.1.name: is not a text on one line"),
        (GOOD.replace('"r"', f'"{"x" * 61}"'), "rules.1.name: is longer than 60 characters"),
        (GOOD + GOOD, "rules.2.name: another rule has it"),
        (rule("", STRICT), "rules.1.when: is empty; what is for everybody"),
        (rule("age = 3", STRICT), "rules.1.when.age: unknown key"),
        (rule("citizens = 1", STRICT), "rules.1.when.citizens: is neither true nor false"),
        (rule('direction = "up"', STRICT), "rules.1.when.direction: is none of entry, exit"),
        (rule("document_codes = 3", STRICT), "rules.1.when.document_codes: is not a list of texts"),
        (rule("document_codes = []", STRICT), "rules.1.when.document_codes: is empty; the rule"),
        (rule('issuing_states = ["x"]', STRICT), "rules.1.when.issuing_states: 'x' is no State"),
        (rule('nationalities = ["ABCD"]', STRICT), "rules.1.when.nationalities: 'ABCD' is no St"),
        (rule("citizens = true", ""), "rules.1.obligations: is empty; the rule would change"),
        (rule("citizens = true", '"FACE" = "mandatory"'), "rules.1.obligations.FACE: unknown key"),
        (rule("citizens = true", STRICT.replace("mand", "")), "rules.1.obligations.ELECTRONIC.ACT"),
        (
            rule("citizens = true", '"ELECTRONIC.PA.DG_HASHES" = "optional"'),
            "rules.1.obligations.ELECTRONIC.PA.DG_HASHES: may not be loosened: it shows whose",
        ),
    ],
)
def test_a_bad_rule_is_told_in_one_line(rules: str, fault: str) -> None:
    content = rules if rules.endswith(TEXT) else TEXT + rules
    with pytest.raises(PolicyInvalid) as caught:
        parse_policy(tomllib.loads(content), "standard")
    assert str(caught.value).startswith(fault)
    assert "\n" not in str(caught.value)


def test_what_proves_the_document_may_be_named_as_strictly_as_it_is() -> None:
    proof = '"ELECTRONIC.PA.DG_HASHES" = "mandatory"'
    assert policy(rule("citizens = true", proof)).rules[0].obligations == {CheckId.DG_HASHES: MUST}
