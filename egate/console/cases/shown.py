"""A case in words: why, each check with its end and its limits, each hit with its order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from egate.console.cases.decision_form import entry_of
from egate.console.cases.details import Saying, in_language
from egate.console.cases.open_cases import OpenCase
from egate.console.words import Words
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.ports.case_facts import CaseFacts
from egate.ports.case_hits import CaseHit
from egate.web.findings import explain

_LONGEST_BASIS: Final = 200

# What an officer hears first: whom a list names, who may be an attack or a forgery, then faces.
_FIRST: Final = (
    CheckId.WATCHLIST,
    CheckId.DOCUMENT_STATUS,
    CheckId.PAD,
    CheckId.SOD_SIGNATURE,
    CheckId.DG_HASHES,
    CheckId.CHIP_AUTHENTICATION,
    CheckId.ACTIVE_AUTHENTICATION,
    CheckId.MRZ_DG1,
    CheckId.PORTRAIT,
    CheckId.OPTICAL_SEAL,
    CheckId.PHOTOGRAPH,
    CheckId.MRZ_VIZ,
    CheckId.OPTICAL_IR,
    CheckId.OPTICAL_UV,
    CheckId.PATTERN,
    CheckId.MRZ_PRINT,
    CheckId.FACE,
)
ORDER: Final = (
    Outcome.FAILED,
    Outcome.UNDETERMINED,
    Outcome.ABORTED,
    Outcome.SUCCESSFUL,
    Outcome.NOT_SUPPORTED,
)
TONES: Final = {
    Outcome.FAILED: "emergency",
    Outcome.UNDETERMINED: "alarm",
    Outcome.ABORTED: "alarm",
    Outcome.SUCCESSFUL: "ready",
    Outcome.NOT_SUPPORTED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a traveller was referred, in an officer's words."""

    what: str
    look: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check.

    Args:
        check_id: as records name it.
        name: what it looks at.
        outcome: how it ended.
        tone: of the outcome.
        sayings: the gate's words.
        score: what was measured, "" where nothing is.
        limit: what was demanded, with its sense; "" where nothing is.
        stood_in_the_way: it kept the traveller from being admitted.

    """

    check_id: str
    name: str
    outcome: str
    tone: str
    sayings: tuple[Saying, ...]
    score: str
    limit: str
    stood_in_the_way: bool


@dataclass(frozen=True, slots=True)
class HitShown:
    """One hit.

    Args:
        hit: as the gate gave it.
        number: among those that stop, by which the form names it; None for information.
        entry: by what the form names the entry that was shown.
        alike: how alike the names are, in per cent; "" for a document.

    """

    hit: CaseHit
    number: int | None
    entry: str
    alike: str


def findings(ids: Iterable[str], words: Words) -> tuple[Finding, ...]:
    """Return why the traveller was referred, what matters most first."""
    told = dict.fromkeys(explain(each) for each in sorted(ids, key=urgency))
    return tuple(
        Finding(
            words.choose(text.bangla, text.english),
            words.choose(text.bangla_look, text.english_look),
        )
        for text in told
    )


def lists_named(case: OpenCase, ids: Sequence[str], words: Words) -> tuple[str, ...]:
    """Return the lists that stop the traveller, if that is why they were referred."""
    if not {CheckId.WATCHLIST, CheckId.DOCUMENT_STATUS} & set(ids):
        return ()
    names = dict.fromkeys(each.list_name for each in case.stopping)
    return tuple(words.known(f"case.list.{name}", name) for name in names)


def check_rows(facts: CaseFacts, words: Words) -> tuple[CheckRow, ...]:
    """Return every check of the gate's record, failed ones first."""
    record = facts.record
    if record is None:
        return ()
    ordered = sorted(record.checks, key=lambda each: ORDER.index(each.outcome))
    return tuple(_row(each, facts, words) for each in ordered)


def hits_shown(case: OpenCase, words: Words) -> tuple[HitShown, ...]:
    """Return the hits that stop, then those for information."""
    stopping = case.stopping
    others = [each for each in case.hits if each not in stopping]
    return (
        *(_shown(each, number, words) for number, each in enumerate(stopping)),
        *(_shown(each, None, words) for each in others),
    )


def basis_of(hits: Sequence[CaseHit]) -> str:
    """Return the legal basis that the first of ``hits`` gives, "" without one."""
    if not hits:
        return ""
    parts = [part for part in (hits[0].legal_basis, hits[0].order_reference) if part]
    return ", ".join(parts)[:_LONGEST_BASIS]


def urgency(finding: str) -> int:
    """Return the place of a finding among those that an officer hears first."""
    return _FIRST.index(CheckId(finding)) if finding in _FIRST else len(_FIRST)


def _row(check: CheckResult, facts: CaseFacts, words: Words) -> CheckRow:
    record = facts.record
    in_the_way = record is not None and check.check_id in record.findings
    # What ends with every referral, such as the passage, is not amiss.
    is_amiss = in_the_way or check.outcome is not Outcome.ABORTED
    score, limit = _measure(check.check_id, facts, words)
    return CheckRow(
        check_id=check.check_id,
        name=words.known(f"case.check.{check.check_id}", check.check_id),
        outcome=words(f"case.outcome.{check.outcome}"),
        tone=TONES[check.outcome] if is_amiss else "neutral",
        sayings=in_language(check.detail, words),
        score=score,
        limit=limit,
        stood_in_the_way=in_the_way,
    )


def _measure(check_id: CheckId, facts: CaseFacts, words: Words) -> tuple[str, str]:
    """Return score and limit of a check that measures."""
    demanded, record = facts.thresholds, facts.record
    if check_id is CheckId.FACE and record is not None:
        limit = record.threshold if record.threshold is not None else demanded.min_similarity
        score = "" if record.similarity is None else words.number(f"{record.similarity:.2f}")
        return score, _limit("case.at_least", limit, words)
    if check_id is CheckId.PAD:
        return "", _limit("case.at_most", demanded.max_pad_score, words)
    if check_id is CheckId.PORTRAIT:
        return "", _limit("case.at_least", demanded.min_portrait_similarity, words)
    return "", ""


def _limit(key: str, value: float, words: Words) -> str:
    return f"{words(key)} {words.number(f'{value:.2f}')}"


def _shown(hit: CaseHit, number: int | None, words: Words) -> HitShown:
    alike = "" if hit.score is None else f"{words.number(round(hit.score * 100))}%"
    return HitShown(hit, number, entry_of(hit), alike)
