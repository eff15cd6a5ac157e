"""The systems of the State that know authorisations and stays, as a gate sees them."""

from typing import Protocol

from egate.domain.authorisation.background import BackgroundAnswer
from egate.domain.authorisation.traveller import Traveller


class AuthorisationsAway(Exception):
    """No answer in time, or none that can be understood; says why in one line, about nobody."""


class Authorisations(Protocol):
    async def check(self, traveller: Traveller, crossing_id: str) -> BackgroundAnswer:
        """Return what the rules say of ``traveller``, from all that the centre knows.

        Args:
            traveller: who is asked about.
            crossing_id: of the session. Asking again with it is asking anew: crossings of the
                meantime count.

        Raises:
            AuthorisationsAway: nothing is known of the traveller.

        """
        ...
