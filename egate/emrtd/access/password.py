"""The passwords of PACE (9303-11 §4.4, §9.7.3)."""

from dataclasses import dataclass, field
from hashlib import sha1
from typing import Final

from egate.emrtd.errors import RetryableReadError
from egate.emrtd.mrz.mrz_key import MrzKey

_CAN_DIGITS: Final = 6


class CardAccessNumberInvalid(RetryableReadError):
    """What was typed is no card access number."""


@dataclass(frozen=True, slots=True)
class CardAccessNumber:
    """The number printed on the document for PACE: six digits without a check digit (9303-4).

    It opens the chip, so it never appears in ``repr``.

    Raises:
        CardAccessNumberInvalid: not six digits.

    """

    digits: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.digits) != _CAN_DIGITS or not (self.digits.isascii() and self.digits.isdigit()):
            raise CardAccessNumberInvalid("a card access number has six digits")


Password = MrzKey | CardAccessNumber


def password_reference(password: Password) -> int:
    """Return how MSE:Set AT names the password: 1 for the MRZ, 2 for the CAN (§4.4.4.1)."""
    return 1 if isinstance(password, MrzKey) else 2


def password_secret(password: Password) -> bytes:
    """Return what the key for the nonce is derived from: f(π) of 9303-11 §9.7.3."""
    if isinstance(password, MrzKey):
        return sha1(password.mrz_information(), usedforsecurity=False).digest()
    return password.digits.encode("iso-8859-1")
