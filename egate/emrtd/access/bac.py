"""Basic Access Control (9303-11 §4.3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha1
from hmac import compare_digest
from typing import Final

from egate.emrtd.conversation import Conversation
from egate.emrtd.crypto.kdf import SmAlgorithm, kdf_enc, kdf_mac
from egate.emrtd.crypto.padding import pad
from egate.emrtd.crypto.sm_cipher import RetailMac, TdesCbc, TdesSmCipher
from egate.emrtd.errors import AccessDenied, UnexpectedStatus
from egate.emrtd.iso7816 import status
from egate.emrtd.iso7816.apdu import CommandApdu
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.secure_messaging import SecureMessaging

_GET_CHALLENGE: Final = 0x84
_EXTERNAL_AUTHENTICATE: Final = 0x82
_BLOCK: Final = 8


class BacNotOffered(UnexpectedStatus):
    """The chip does not open with Basic Access Control, whatever the keys."""


@dataclass(frozen=True, slots=True)
class BacKeys:
    """The document's basic access keys, 16 bytes each (9303-11 §9.7.2)."""

    k_enc: bytes = field(repr=False)
    k_mac: bytes = field(repr=False)

    @classmethod
    def from_mrz_key(cls, mrz_key: MrzKey) -> "BacKeys":
        k_seed = sha1(mrz_key.mrz_information(), usedforsecurity=False).digest()[:16]
        return cls(kdf_enc(k_seed, SmAlgorithm.TDES), kdf_mac(k_seed, SmAlgorithm.TDES))


def open_with_bac(mrz_key: MrzKey, random: Callable[[int], bytes]) -> Conversation[SecureMessaging]:
    """Authenticate to the chip with the MRZ and open a channel.

    The eMRTD application is selected already.

    Args:
        mrz_key: what the MRZ says.
        random: gives so many unpredictable bytes; used for RND.IFD and K.IFD.

    Raises:
        BacNotOffered: the chip has no such thing, as chips that open with PACE only.
        AccessDenied: the chip refuses, or answers without knowing the keys.

    """
    keys = BacKeys.from_mrz_key(mrz_key)
    answer = yield CommandApdu(0x00, _GET_CHALLENGE, 0x00, 0x00, le=8)
    if answer.status != status.OK:
        raise BacNotOffered("GET CHALLENGE", answer.status)
    if len(answer.data) != 8:
        raise AccessDenied(f"GET CHALLENGE: {len(answer.data)} bytes")
    rnd_ic = answer.data
    rnd_ifd, k_ifd = random(8), random(16)

    cbc, retail_mac = TdesCbc(keys.k_enc), RetailMac(keys.k_mac)
    e_ifd = cbc.encrypt(rnd_ifd + rnd_ic + k_ifd)
    m_ifd = retail_mac.mac(pad(e_ifd, _BLOCK))
    answer = yield CommandApdu(0x00, _EXTERNAL_AUTHENTICATE, 0x00, 0x00, data=e_ifd + m_ifd, le=40)
    if answer.status != status.OK or len(answer.data) != 40:
        raise AccessDenied(f"EXTERNAL AUTHENTICATE: {answer.status}")
    e_ic, m_ic = answer.data[:32], answer.data[32:]
    if not compare_digest(m_ic, retail_mac.mac(pad(e_ic, _BLOCK))):
        raise AccessDenied("EXTERNAL AUTHENTICATE: the answer's MAC is wrong")
    r = cbc.decrypt(e_ic)
    if not compare_digest(r[:16], rnd_ic + rnd_ifd):
        raise AccessDenied("EXTERNAL AUTHENTICATE: the answer is not to this challenge")

    k_seed = bytes(ours ^ theirs for ours, theirs in zip(k_ifd, r[16:], strict=True))
    session = TdesSmCipher(kdf_enc(k_seed, SmAlgorithm.TDES), kdf_mac(k_seed, SmAlgorithm.TDES))
    return SecureMessaging(session, ssc=int.from_bytes(rnd_ic[4:] + rnd_ifd[4:], "big"))
