"""Faces are compared by the policy that is in force when each traveller comes."""

import asyncio
from collections.abc import Callable

from egate.domain.evidence import FaceEvidence
from egate.domain.guidance import Guidance
from egate.domain.policy.policy import Policy
from egate.gate.case_images import CaseImages
from egate.gate.clocks import Clocks
from egate.gate.face_comparison import FaceComparison, FaceWays


class FacesInForce:
    """A comparison for each traveller.

    A change that begins or ends between the traveller's coming and the comparison can only
    refer: the decision asks for the similarity of the session's own policy.

    Args:
        ways: with what.
        policy: gives it, with its variants.
        clocks: tell which is in force.

    """

    def __init__(self, ways: FaceWays, policy: Callable[[], Policy], clocks: Clocks) -> None:
        self._ways = ways
        self._policy = policy
        self._clocks = clocks
        self._listener: Callable[[Guidance | None], None] = lambda _: None

    def on_guidance(self, listener: Callable[[Guidance | None], None]) -> None:
        """Call ``listener`` with what the traveller is asked to do; None at the end."""
        self._listener = listener

    async def run(
        self, portrait: "asyncio.Future[bytes | None]", images: CaseImages
    ) -> FaceEvidence:
        """Compare one traveller; see ``FaceComparison.run``."""
        in_force = self._policy().in_force(self._clocks.utc_now())
        comparison = FaceComparison(self._ways, in_force, self._clocks)
        comparison.on_guidance(self._listener)
        return await comparison.run(portrait, images)
