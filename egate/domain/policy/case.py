"""Whose checks are weighed: what rules of the policy may look at."""

from dataclasses import dataclass
from typing import Final

from egate.domain.record import Direction
from egate.domain.time import UtcSeconds
from egate.emrtd.checks import CheckId

PROOF: Final = frozenset(
    {
        CheckId.ACCESS,
        CheckId.SOD_SIGNATURE,
        CheckId.CERTIFICATE_PATH,
        CheckId.DG_HASHES,
        CheckId.COUNTRY,
    }
)
"""What shows that the State signed the data of a case; successful all, or nothing is shown."""


@dataclass(frozen=True, slots=True)
class Case:
    """One document in one lane. Personal by its nationality.

    Args:
        direction: of the lane.
        document_code: 9303-4 §4.2.2.1, such as ``P`` or ``PD``; "" as long as it is unknown.
        issuing_state: three letters; "" likewise.
        nationality: three letters; "" likewise.
        is_signed: the chip gave these data and ``PROOF`` holds. Else they are what a data
            page claims, which may be forged to choose its own rules.
        began_at: when the session began; it is judged as of then to its end.
        fallback_reasons: the conditions under which lists and authorisations answered, as
            ``centre_away``.

    """

    direction: Direction
    document_code: str
    issuing_state: str
    nationality: str
    is_signed: bool
    began_at: UtcSeconds
    fallback_reasons: frozenset[str] = frozenset()

    def is_of_citizen(self, own_state: str) -> bool:
        return self.nationality == self.issuing_state == own_state
