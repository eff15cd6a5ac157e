"""Chip authentication, version 1: keys that only the genuine chip can derive (9303-11 §6.2).

The chip proves nothing by saying 9000. The proof is its first answer with a right MAC in the
new channel, so that answer is fetched here, and whoever holds a ``ChipAuthentication`` knows
that it came.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_authentication.ca_agreement import MOST_SHORT_BYTES, Agreed, agree
from egate.emrtd.chip_authentication.ca_offers import ChipAuthenticationOffers
from egate.emrtd.chip_authentication.genuineness import of_signed_key
from egate.emrtd.conversation import Conversation, through
from egate.emrtd.crypto.kdf import SmAlgorithm
from egate.emrtd.crypto.key_agreement import KeyAgreement
from egate.emrtd.crypto.sm_cipher import session_cipher
from egate.emrtd.errors import DocumentRejected, SecureMessagingBroken
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.security_infos import SecurityInfos
from egate.emrtd.secure_messaging import SecureMessaging, over

_SELECT: Final = 0xA4
_MOST_EXTENDED_BYTES: Final = 0xFFFF
_CHAINED: Final = 0x10
_FINE: Final = 0x90
_MORE_BYTES: Final = 0x61
# The chip finds fault with the protection of a command, not with its content.
_CHANNEL_FAULTS: Final = frozenset({StatusWord(0x6987), StatusWord(0x6988)})


@dataclass(frozen=True, slots=True)
class ChipAuthentication:
    """The chip has the private key of EF.DG14. Passive authentication says whose that is.

    Args:
        channel: the new one; the old one is of no use any more.
        cipher: of the new channel.
        domain_parameters: of the key agreement.
        key_id: which of several keys; None when the chip has no name for it.
        domain: the domain parameters themselves.
        ephemeral: our public key as it was sent; terminal authentication is bound to it.
        detail: what was done, in plain words.

    """

    channel: SecureMessaging = field(repr=False)
    cipher: SmAlgorithm
    domain_parameters: str
    key_id: int | None
    domain: KeyAgreement = field(repr=False)
    ephemeral: bytes = field(repr=False)
    detail: str


@dataclass(frozen=True, slots=True)
class ChipNotAuthenticated:
    """Nothing is proven.

    Args:
        outcome: failed when the chip refused or could not; not_supported when EF.DG14
            offers none, undetermined when it offers only what is not supported here or
            did perhaps not get through.
        detail: why, in plain words.
        is_channel_lost: the old channel is dead too, and has to be opened anew. The result
            stands: do not ask again.
        is_form_refused: the chip refused nothing but commands that are longer than a short
            one can be, and perhaps only their form, so that another may be tried.

    """

    outcome: Outcome
    detail: str
    is_channel_lost: bool = False
    is_form_refused: bool = False


ChipAuthenticationResult = ChipAuthentication | ChipNotAuthenticated


def authenticate_chip(
    channel: SecureMessaging,
    dg14: bytes,
    random: Callable[[int], bytes],
    *,
    extended_length: bool = False,
) -> Conversation[ChipAuthenticationResult]:
    """Have the chip prove that it has a key of EF.DG14. Protects its commands itself.

    Args:
        channel: the open channel. It goes on after a refusal, unless the result says that
            it is lost.
        dg14: the whole file.
        random: gives so many unpredictable bytes, fresh on every call.
        extended_length: send long keys in one extended command and not in a chain.

    Raises:
        SecureMessagingBroken: an answer in the old channel was not authentic.

    """
    try:
        found = ChipAuthenticationOffers.of(SecurityInfos.of_dg14(dg14))
    except DocumentRejected as error:
        return ChipNotAuthenticated(Outcome.FAILED, f"EF.DG14 cannot be read: {error}")
    if not found.offers:
        if found.unsupported:
            return ChipNotAuthenticated(Outcome.UNDETERMINED, "; ".join(found.unsupported))
        return ChipNotAuthenticated(Outcome.NOT_SUPPORTED, "EF.DG14 offers none")
    most_bytes = _MOST_EXTENDED_BYTES if extended_length else MOST_SHORT_BYTES
    watch = _Watch()
    try:
        answered = yield from through(
            over(channel, agree(found.offers, random, most_bytes=most_bytes)), watch.exchange
        )
    except SecureMessagingBroken:
        if watch.naked is None or watch.naked in _CHANNEL_FAULTS:
            raise
        detail = f"the chip refused outside the channel, {watch.naked}"
        return _refused(detail, is_channel_lost=True, is_form_refused=watch.is_long)
    if answered.agreed is None:
        detail = "; ".join(answered.refusals)
        return _refused(detail, is_form_refused=answered.is_form_refused)
    return (yield from _proven(answered.agreed, answered.refusals))


def _refused(
    detail: str, *, is_form_refused: bool, is_channel_lost: bool = False
) -> ChipNotAuthenticated:
    """Return what a refusal is worth.

    A copy can pretend that no long command gets through. It is not accused then, as reader
    or link may be to blame, but gains nothing: *undetermined* is not *not supported*, and
    counts against admission.
    """
    outcome = Outcome.UNDETERMINED if is_form_refused else Outcome.FAILED
    return ChipNotAuthenticated(outcome, detail, is_channel_lost, is_form_refused)


def summed_up(refusals: Sequence[ChipNotAuthenticated]) -> ChipNotAuthenticated | None:
    """Return what refusals in several forms of command come to, None for none at all.

    A firm answer in one form stands, whatever the chip says in the other.
    """
    if firm := [each for each in refusals if not each.is_form_refused]:
        return firm[0]
    if not refusals:
        return None
    said = "; ".join(each.detail for each in refusals)
    return replace(refusals[0], detail=f"no long command got through: {said}")


def check_chip_authentication(result: ChipAuthenticationResult, *, is_signed: bool) -> CheckResult:
    """Return what ``result`` is worth.

    Args:
        result: of ``authenticate_chip``.
        is_signed: the SOD has a hash of EF.DG14. A key that nobody signed proves nothing,
            and neither does a chip that has none for it.

    """
    outcome = Outcome.SUCCESSFUL if isinstance(result, ChipAuthentication) else result.outcome
    finding = of_signed_key(
        (outcome, result.detail), is_signed=is_signed, file=str(LdsFile.EF_DG14)
    )
    return CheckResult(CheckId.CHIP_AUTHENTICATION, *finding)


def _proven(agreed: Agreed, refusals: tuple[str, ...]) -> Conversation[ChipAuthenticationResult]:
    """Fetch the first answer of the new channel: any answer with a right MAC."""
    offer = agreed.offer
    channel = SecureMessaging(session_cipher(offer.cipher, agreed.secret), ssc=0)
    file_id = LdsFile.EF_DG14.file_id.to_bytes(2, "big")
    try:
        yield from over(channel, _one(CommandApdu(0x00, _SELECT, 0x02, 0x0C, file_id)))
    except SecureMessagingBroken as error:
        detail = f"{offer}: the chip agreed and does not have the keys ({error})"
        return ChipNotAuthenticated(Outcome.FAILED, detail, is_channel_lost=True)
    assumed = ["3DES assumed, EF.DG14 names no cipher"] if offer.is_assumed else []
    return ChipAuthentication(
        channel=channel,
        cipher=offer.cipher,
        domain_parameters=offer.domain.name,
        key_id=offer.key_id,
        domain=offer.domain,
        ephemeral=agreed.ephemeral,
        detail="; ".join([str(offer), *assumed, *refusals]),
    )


def _one(command: CommandApdu) -> Conversation[ResponseApdu]:
    return (yield command)


@dataclass(slots=True)
class _Watch:
    """Remembers an error that came without secure messaging, and what it was said to.

    Args:
        naked: the status word of the last answer, None when it was a good or protected one.
        is_long: whether the last command was longer than a short one, or a part of such.

    """

    naked: StatusWord | None = None
    is_long: bool = False
    _more_follows: bool = False

    def exchange(self, command: CommandApdu) -> Conversation[ResponseApdu]:
        response = yield command
        plain = not response.data and response.status.sw1 not in (_FINE, _MORE_BYTES)
        self.naked = response.status if plain else None
        is_last_part = self._more_follows
        self._more_follows = bool(command.cla & _CHAINED)
        self.is_long = command.is_extended or self._more_follows or is_last_part
        return response
