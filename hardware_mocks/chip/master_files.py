"""The files of the master file, encoded for personalisation (9303-10 §3.11)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal

from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import Signer, signed_data
from hardware_mocks.tlv import encode

EF_DIR: Final = 0x2F00
EF_CARD_SECURITY: Final = 0x011D
# id-SecurityObject of BSI (9303-10 §3.11.4).
_SECURITY_OBJECT: Final = "0.4.0.127.0.7.3.2.1"
_LDS1: Final = bytes.fromhex("A0000002471001")
_LDS2: Final = (
    bytes.fromhex("A0000002472001"),  # travel records
    bytes.fromhex("A0000002472002"),  # visa records
    bytes.fromhex("A0000002472003"),  # additional biometrics
)

Applications = Literal["none", "lds1", "lds2"]


def ef_dir(applications: Applications) -> bytes:
    """EF.DIR with an application template each (9303-10 table 31)."""
    listed: Sequence[bytes] = (_LDS1, *(_LDS2 if applications == "lds2" else ()))
    return b"".join(encode(0x61, encode(0x4F, each)) for each in listed)


def card_security(infos: Iterable[bytes], signer: Signer, signed_at: datetime) -> bytes:
    """EF.CardSecurity: SecurityInfos signed by the document signer (9303-10 §3.11.4)."""
    return signed_data(_SECURITY_OBJECT, der.set_of(infos), signer, signed_at)
