"""EF.DG15: the public key for active authentication (9303-10 §4.7.15, 9303-11 §6.1.5)."""

from egate.emrtd.crypto.public_key import PublicKey, load_public_key
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.tlv import decode_one


def active_authentication_key(raw: bytes) -> PublicKey:
    """Return the key in the whole file ``raw``.

    Raises:
        DocumentRejected: the file is not a data group 15, or its key is of a kind
            that no State may use.

    """
    return load_public_key(decode_one(raw, LdsFile.EF_DG15.tag))
