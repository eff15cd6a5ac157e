"""The kiosk's side of a segregated lane: what was found, with what the lists say by now."""

from dataclasses import replace

from egate.domain.evidence import BackgroundEvidence
from egate.gate.background.lane_lists import LaneLists
from egate.gate.background.subject import BackgroundSubject
from egate.gate.clocks import Clocks
from egate.gate.token_book import TokenBook
from egate.ports.tokens import Prepared, TokenClaim, TokenRefusal


class KioskDesk:
    """Hands out what a kiosk prepared; implements ``egate.ports.tokens.TokenDesk``.

    A token lasts for minutes and an offload has to reach every port within one, so the lists
    are asked once more when a gate claims a token.

    Args:
        book: the kiosk's tokens.
        lists: of the kiosk; None where it has none, and then neither check was successful.
        port: of the kiosk, as a UN/LOCODE.
        clocks: of this machine.

    """

    def __init__(self, book: TokenBook, lists: LaneLists | None, port: str, clocks: Clocks) -> None:
        self._book = book
        self._lists = lists
        self._port = port
        self._clocks = clocks

    async def redeem(self, claim: TokenClaim) -> Prepared | TokenRefusal:
        """Hand out what was found, once and never again; see `TokenBook.redeem`."""
        answer = self._book.redeem(claim)  # nothing is awaited before: one gate comes first
        if isinstance(answer, TokenRefusal) or self._lists is None:
            return answer
        if answer.chip.document is None:
            return answer
        newer = await self._lists.look_up(
            BackgroundSubject(
                claim.crossing_id,
                answer.chip.document,
                claim.direction,
                self._port,
                self._clocks.utc_now(),
            )
        )
        return replace(answer, background=with_newer(answer.background, newer))


def with_newer(before: BackgroundEvidence, newer: BackgroundEvidence) -> BackgroundEvidence:
    """Return ``before`` with the checks and the lists of ``newer`` in the place of its own."""
    answered = {each.check_id for each in newer.checks}
    asked = {each.name for each in newer.lists_used}
    return replace(
        before,
        checks=(*(each for each in before.checks if each.check_id not in answered), *newer.checks),
        lists_used=(
            *(each for each in before.lists_used if each.name not in asked),
            *newer.lists_used,
        ),
    )
