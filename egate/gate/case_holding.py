"""Which officer takes care of the referred traveller."""

from egate.domain.session.model import SessionId


class CaseHolding:
    """One case at a time; what was said of an earlier one counts for nothing.

    In memory alone: after a restart whoever takes the case first has it.
    """

    def __init__(self) -> None:
        self._held: tuple[SessionId, str] | None = None

    def officer_of(self, case: SessionId) -> str:
        """Return who has ``case``, "" while nobody has."""
        return self._held[1] if self._held and self._held[0] == case else ""

    def take(self, case: SessionId, officer_id: str, from_officer_id: str) -> str:
        """Give ``case`` to an officer if it is theirs to have; return who has it then.

        Args:
            case: that waits for an officer.
            officer_id: who takes it.
            from_officer_id: who has it, as far as they know; "" for nobody.

        """
        if self.officer_of(case) == from_officer_id:
            self._held = (case, officer_id)
        return self.officer_of(case)
