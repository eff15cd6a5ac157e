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
_MOST_ATTEMPTS: Final = 12
# The chip says that it takes no chain, which is not to say that it lacks the key.
_NO_CHAINING: Final = frozenset({StatusWord(0x6883), StatusWord(0x6884), StatusWord(0x6E00)})


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
        takes_no_chain: it did not refuse a key, only to be sent one in a chain.

    """

    agreed: Agreed | None
    refusals: tuple[str, ...]
    takes_no_chain: bool = False


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
    only_chains = True
    for offer in offers:
        refusal = status.OK
        for way in _ways(offer.cipher):
            for reference in offer.references:
                if attempts == _MOST_ATTEMPTS:
                    return Answered(None, tuple(refusals))
                attempts += 1
                private = offer.domain.private_key(random)
                ephemeral = offer.domain.as_data_object(offer.domain.public_key(private))
                refusal = yield from way(offer, ephemeral, reference, most_bytes)
                if refusal == status.OK:
                    secret = offer.domain.shared_secret(private, offer.public)
                    return Answered(Agreed(offer, secret, ephemeral), tuple(refusals))
        refusals.append(f"the chip refused {offer}, {refusal}")
        only_chains &= refusal in _NO_CHAINING and offer.domain.size_bytes > most_bytes
    return Answered(None, tuple(refusals), takes_no_chain=only_chains)


_Way = Callable[[ChipAuthenticationOffer, bytes, bytes | None, int], Conversation[StatusWord]]


def _ways(cipher: SmAlgorithm) -> tuple[_Way, ...]:
    if cipher is SmAlgorithm.TDES:
        return _with_key_agreement, _with_authentication
    return (_with_authentication,)


def _with_key_agreement(
    offer: ChipAuthenticationOffer,  # noqa: ARG001 - as the other way
    ephemeral: bytes,
    reference: bytes | None,
    most_bytes: int,
) -> Conversation[StatusWord]:
    """MSE:Set KAT (§6.2.4.1)."""
    data = encode(_PUBLIC_KEY, ephemeral) + _named(reference)
    command = CommandApdu(0x00, _MANAGE_SECURITY_ENVIRONMENT, *_KEY_AGREEMENT, data)
    return (yield from chained(command, most_bytes=most_bytes)).status


def _with_authentication(
    offer: ChipAuthenticationOffer, ephemeral: bytes, reference: bytes | None, most_bytes: int
) -> Conversation[StatusWord]:
    """MSE:Set AT and GENERAL AUTHENTICATE (§6.2.4.2)."""
    data = encode(_MECHANISM, oid_content(offer.oid)) + _named(reference)
    answer = yield CommandApdu(0x00, _MANAGE_SECURITY_ENVIRONMENT, *_AUTHENTICATION, data)
    if answer.status != status.OK:
        return answer.status
    data = encode(_DYNAMIC, encode(_EPHEMERAL, ephemeral))
    command = CommandApdu(0x00, _GENERAL_AUTHENTICATE, 0x00, 0x00, data, le=_SHORT)
    return (yield from chained(command, most_bytes=most_bytes)).status


def _named(reference: bytes | None) -> bytes:
    return b"" if reference is None else encode(_PRIVATE_KEY, reference)
