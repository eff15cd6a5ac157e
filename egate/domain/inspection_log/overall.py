"""What several checks come to, and what many transactions do."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from egate.domain.inspection_log.logged_check import LoggedCheck
from egate.domain.inspection_log.places import DOCUMENT_DOMAINS
from egate.domain.inspection_log.transaction import Transaction
from egate.emrtd.checks import CheckId, Outcome

_WORST_FIRST: Final = (
    Outcome.FAILED,
    Outcome.ABORTED,
    Outcome.UNDETERMINED,
    Outcome.SUCCESSFUL,
    Outcome.NOT_SUPPORTED,
)


def overall_of(checks: Iterable[LoggedCheck]) -> Outcome:
    """Return what ``checks`` come to (TR-03135-1 tables 5.2 and 5.6).

    One that failed fails all, else one that was aborted aborts all. What a document does not
    support counts for nothing beside what it does.
    """
    outcomes = {check.outcome for check in checks}
    return next((each for each in _WORST_FIRST if each in outcomes), Outcome.NOT_SUPPORTED)


def document_result(transaction: Transaction) -> Outcome:
    """Return the overall document check result (TR-03135-1 §5.4)."""
    return overall_of(
        check for check in transaction.checks if check.place.domain in DOCUMENT_DOMAINS
    )


@dataclass
class Tally:
    """Counts of transactions; as large after a million of them as after all kinds of one.

    Args:
        transactions: how many.
        verdicts: how many of each, by verdict and status.
        checks: how many of each, by check and result.
        documents: how many of each, by issuing State and overall document check result; the
            figure of TR-03135-2 §4.2.1 is made of them.
        visas: likewise, of the pages of visas.

    """

    transactions: int = 0
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    checks: Counter[tuple[CheckId, Outcome]] = field(default_factory=Counter)
    documents: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    visas: Counter[tuple[str, Outcome]] = field(default_factory=Counter)

    def add(self, transaction: Transaction) -> None:
        """Count one more."""
        self.transactions += 1
        self.verdicts[transaction.verdict, transaction.status] += 1
        for check in transaction.checks:
            self.checks[check.check_id, check.outcome] += 1
        state = transaction.document.issuing_state
        self.documents[state, document_result(transaction)] += 1
        for visa in transaction.visas:
            self.visas[visa.issuing_state, overall_of(visa.checks)] += 1
