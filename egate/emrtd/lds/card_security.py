"""EF.CardSecurity: SecurityInfos that the State signed, in the master file (9303-10 §3.11.4)."""

from dataclasses import dataclass, field
from typing import Final, Self

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.lds.security_infos import SecurityInfos
from egate.emrtd.passive_authentication.cms import SignedData

EF_CARD_SECURITY: Final = 0x011D
_SECURITY_OBJECT: Final = "0.4.0.127.0.7.3.2.1"


@dataclass(frozen=True, slots=True)
class CardSecurity:
    """The file as it can be read. Its signature is not checked yet.

    Args:
        signed: the signatures, and the certificate of the signer.
        infos: what is signed.

    """

    signed: SignedData = field(repr=False)
    infos: SecurityInfos

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the whole file, which zero bytes may follow.

        Raises:
            Asn1Malformed: it is no signed data, or not of SecurityInfos.

        """
        signed = SignedData.parse(asn1.decode(raw, trailing=True))
        if signed.content_type != _SECURITY_OBJECT:
            raise Asn1Malformed("EF.CardSecurity is signed as something else")
        return cls(signed, SecurityInfos.parse(signed.content))
