"""The commands that agree keys for chip authentication (9303-11 §6.2.4)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from egate.emrtd.chip_authentication.ca_offers import ChipAuthenticationOffer
from egate.emrtd.conversation import Conversation
from egate.emrtd.crypto.kdf import SmAlgorithm
from egate.emrtd.iso7816 import status
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.iso7816.chaining import chained
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.oid import oid_content
from egate.emrtd.tlv import encode

_MANAGE_SECURITY_ENVIRONMENT: Final = 0x22
_GENERAL_AUTHENTICATE: Final = 0x86
_KEY_AGREEMENT: Final = (0x41, 0xA6)
_AUTHENTICATION: Final = (0x41, 0xA4)
_PUBLIC_KEY: Final = 0x91
_MECHANISM: Final = 0x80
_PRIVATE_KEY: Final = 0x84
_DYNAMIC: Final = 0x7C
_EPHEMERAL: Final = 0x80
_SHORT: Final = 256
# What a short command carries in either cipher's channel: whole blocks of AES less a byte.
MOST_SHORT_BYTES: Final = 223
_MOST_ATTEMPTS: Final = 12
_WRONG_LENGTH: Final = StatusWord(0x6700)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What both ends have now, if the chip is genuine.

    Args:
        offer: that the chip took.
        secret: K.
        ephemeral: our public key as it was sent.

    """

    offer: ChipAuthenticationOffer
    secret: bytes = field(repr=False)
    ephemeral: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """How the chip took the offers.

    Args:
        agreed: the keys, if any.
        refusals: what it refused before, in plain words.
        is_form_refused: of every offer it refused a command that is longer than a short one
            can be, and perhaps only its form: in a chain, or whole and answered with 6700.

    """

    agreed: Agreed | None
    refusals: tuple[str, ...]
    is_form_refused: bool = False


def agree(
    offers: tuple[ChipAuthenticationOffer, ...],
    random: Callable[[int], bytes],
    *,
    most_bytes: int,
) -> Conversation[Answered]:
    """Agree keys under the first offer that the chip takes.

    Each is tried with every name of its key. 3DES has a command of its own, and the two
    commands of AES for the chips that lack it (9303-11 §8.5 note 1).

    Args:
        offers: the best first.
        random: gives so many unpredictable bytes; every attempt has a fresh key.
        most_bytes: the longest plain command data; longer ones go in a chain.

    """
    refusals: list[str] = []
    attempts = 0
    only_forms = True
    for offer in offers:
        refusal, is_form_refused = status.OK, False
        for way in _ways(offer.cipher):
            for reference in offer.references:
                if attempts == _MOST_ATTEMPTS:
                    return Answered(None, tuple(refusals))
                attempts += 1
                private = offer.domain.private_key(random)
                ephemeral = offer.domain.as_data_object(offer.domain.public_key(private))
                refusal, is_form = yield from way(offer, ephemeral, reference, most_bytes)
                if refusal == status.OK:
                    secret = offer.domain.shared_secret(private, offer.public)
                    return Answered(Agreed(offer, secret, ephemeral), tuple(refusals))
                is_form_refused |= is_form
        refusals.append(f"the chip refused {offer}, {refusal}")
        only_forms &= is_form_refused
    return Answered(None, tuple(refusals), is_form_refused=only_forms)


_Answer = tuple[StatusWord, bool]  # and whether it may speak of the form of a long command
_Way = Callable[[ChipAuthenticationOffer, bytes, bytes | None, int], Conversation[_Answer]]


def _ways(cipher: SmAlgorithm) -> tuple[_Way, ...]:
    if cipher is SmAlgorithm.TDES:
        return _with_key_agreement, _with_authentication
    return (_with_authentication,)


def _with_key_agreement(
    offer: ChipAuthenticationOffer,  # noqa: ARG001 - as the other way
    ephemeral: bytes,
    reference: bytes | None,
    most_bytes: int,
) -> Conversation[_Answer]:
    """MSE:Set KAT (§6.2.4.1)."""
    data = encode(_PUBLIC_KEY, ephemeral) + _named(reference)
    command = CommandApdu(0x00, _MANAGE_SECURITY_ENVIRONMENT, *_KEY_AGREEMENT, data)
    return (yield from _sent(command, most_bytes))


def _with_authentication(
    offer: ChipAuthenticationOffer, ephemeral: bytes, reference: bytes | None, most_bytes: int
) -> Conversation[_Answer]:
    """MSE:Set AT and GENERAL AUTHENTICATE (§6.2.4.2)."""
    data = encode(_MECHANISM, oid_content(offer.oid)) + _named(reference)
    answer = yield CommandApdu(0x00, _MANAGE_SECURITY_ENVIRONMENT, *_AUTHENTICATION, data)
    if answer.status != status.OK:
        return answer.status, False
    data = encode(_DYNAMIC, encode(_EPHEMERAL, ephemeral))
    command = CommandApdu(0x00, _GENERAL_AUTHENTICATE, 0x00, 0x00, data, le=_SHORT)
    return (yield from _sent(command, most_bytes))


def _sent(command: CommandApdu, most_bytes: int) -> Conversation[_Answer]:
    answer = yield from chained(command, most_bytes=most_bytes)
    is_in_chain = len(command.data) > most_bytes
    is_whole = not is_in_chain and len(command.data) > MOST_SHORT_BYTES
    is_form = is_in_chain or (is_whole and answer.status == _WRONG_LENGTH)
    return answer.status, is_form


def _named(reference: bytes | None) -> bytes:
    return b"" if reference is None else encode(_PRIVATE_KEY, reference)
