"""The chip access procedure: the strongest PACE, another one, or BAC (9303-11 §4.2)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from egate.emrtd.access.bac import BacNotOffered, open_with_bac
from egate.emrtd.access.card_access import CardAccess, PaceOffer
from egate.emrtd.access.master_file import read_card_access, select_master_file
from egate.emrtd.access.pace import PaceOpening, open_with_pace
from egate.emrtd.access.password import Password
from egate.emrtd.access.protocol import ONLY_BAC, Access, AccessProtocol
from egate.emrtd.conversation import Conversation
from egate.emrtd.crypto.kdf import SmAlgorithm
from egate.emrtd.crypto.key_agreement import KeyAgreement
from egate.emrtd.errors import AccessDenied, DocumentRejected, RetryableReadError
from egate.emrtd.inspection_policy import AccessChoice, InspectionPolicy
from egate.emrtd.lds.reading import select_lds1
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.secure_messaging import SecureMessaging

_MAX_OFFERS_TRIED: Final = 3


class AccessNotPossible(DocumentRejected):
    """The document opens in no way that is allowed and that the password is for."""


@dataclass(frozen=True, slots=True)
class OpenedChip:
    """A chip with an open channel.

    Args:
        channel: secure messaging under the session keys.
        access: how it was opened.
        pace: what PACE left behind, with the master file selected; None for BAC, which has
            selected the application.
        parameter_id: of the domain parameters; None when they have no number.
        domain: the domain parameters of PACE themselves.

    """

    channel: SecureMessaging = field(repr=False)
    access: Access
    pace: PaceOpening | None = None
    parameter_id: int | None = None
    domain: KeyAgreement | None = field(default=None, repr=False)


class ChipAccess:
    """Opens one chip, and opens it again when its channel is lost.

    Args:
        password: what the MRZ says, or the card access number.
        policy: which protocols are allowed.
        random: gives so many unpredictable bytes.

    """

    def __init__(
        self, password: Password, policy: InspectionPolicy, random: Callable[[int], bytes]
    ) -> None:
        self.card_access: bytes | None = None
        self._password = password
        self._policy = policy
        self._random = random
        self._again = self.open

    def read_offers(self) -> Conversation[None]:
        """Read EF.CardAccess, unless the policy wants none of it."""
        if self._policy.access is not AccessChoice.BAC:
            self.card_access = yield from read_card_access()

    def open(self) -> Conversation[OpenedChip]:
        """Open the chip in the strongest way that works and is allowed.

        Raises:
            AccessDenied: the chip refuses the password.
            AccessNotPossible: there is no such way.

        """
        offers, faults = self._offers()
        denied: AccessDenied | None = None
        for offer in offers[:_MAX_OFFERS_TRIED]:
            try:
                return (yield from self._open_with(offer, "; ".join(faults)))
            except AccessDenied as error:
                # Other offers have the same password. Whether it is at fault, BAC will tell.
                denied = AccessDenied(f"{_named(offer)}: {error}")
                faults.append(str(denied))
                break
            except DocumentRejected as error:
                faults.append(f"{_named(offer)}: {error}")
        try:
            mrz_key = self._key_for_bac(offered=bool(offers))
            return (yield from self._open_with_bac(mrz_key, "; ".join(faults)))
        except (AccessNotPossible, BacNotOffered) as error:
            raise denied or AccessNotPossible("; ".join([*faults, str(error)])) from error

    def open_again(self) -> Conversation[OpenedChip]:
        """Open the chip in the way that worked before; its channel was lost.

        Raises:
            RetryableReadError: it does not open now.

        """
        try:
            return (yield from self._again())
        except DocumentRejected as error:
            raise RetryableReadError(f"the channel was lost for good: {error}") from error

    def _offers(self) -> tuple[tuple[PaceOffer, ...], list[str]]:
        """Return the usable offers of PACE, and what is wrong if there are none."""
        if self.card_access is None:
            return (), []
        try:
            parsed = CardAccess.parse(self.card_access)
        except DocumentRejected as error:
            return (), [f"EF.CardAccess cannot be read: {error}"]
        return parsed.offers, [] if parsed.offers else list(parsed.unsupported)

    def _open_with(self, offer: PaceOffer, downgrade: str) -> Conversation[OpenedChip]:
        opening = yield from open_with_pace(offer, self._password, self._random)
        access = Access(offer.protocol, str(offer.cipher), offer.domain.name, downgrade)

        def again() -> Conversation[OpenedChip]:
            yield from select_master_file()
            return (yield from self._open_with(offer, downgrade))

        self._again = again
        return OpenedChip(opening.channel, access, opening, offer.parameter_id, offer.domain)

    def _key_for_bac(self, *, offered: bool) -> MrzKey:
        """Return the key that BAC may be tried with.

        Raises:
            AccessNotPossible: it may not.

        """
        if not isinstance(self._password, MrzKey):
            raise AccessNotPossible("a card access number opens chips with PACE only")
        if self._policy.access is AccessChoice.PACE:
            raise AccessNotPossible("only PACE is allowed" if offered else "no PACE is offered")
        if offered and not self._policy.bac_after_failed_pace:
            raise AccessNotPossible("BAC is not allowed where PACE is offered")
        return self._password

    def _open_with_bac(self, mrz_key: MrzKey, downgrade: str) -> Conversation[OpenedChip]:
        yield from select_lds1()
        channel = yield from open_with_bac(mrz_key, self._random)
        if self._policy.access is AccessChoice.BAC:
            downgrade = ONLY_BAC
        self._again = lambda: self._open_with_bac(mrz_key, downgrade)
        access = Access(AccessProtocol.BAC, str(SmAlgorithm.TDES), None, downgrade)
        return OpenedChip(channel, access)


def _named(offer: PaceOffer) -> str:
    return f"{offer.protocol} with {offer.cipher} on {offer.domain.name}"
