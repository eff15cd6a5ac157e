"""Who signs the seals of rendered pages: the signer of a simulated PKI, or nobody's."""

from dataclasses import dataclass, field
from functools import cache
from typing import Final, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hardware_mocks.pki.authority import SEAL_SIGNER
from hardware_mocks.pki.pki import STATES, Pki

_STATE: Final = "BGD"
_SPECIMEN_KEY: Final = 0x5EA15EA15EA15EA15EA15EA15EA15EA1  # of no secret: it signs specimens


@dataclass(frozen=True, slots=True)
class SealSigner:
    """A seal signer of Bangladesh.

    Args:
        reference: serial number of its certificate, hexadecimal.
        key: on a curve of 256 bits, with SHA-256 (9303-13 §2.4).

    """

    reference: str
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def of(cls, pki: Pki) -> Self:
        """Return that of ``pki``, whose certificate is ``BGD/seals.cer`` in its folder."""
        signer = pki.authorities[_STATE].seals
        if not isinstance(signer.key.private, ec.EllipticCurvePrivateKey):
            raise ValueError("the key of the seal signer is not of an elliptic curve")  # noqa: TRY004
        return cls(f"{signer.certificate.serial:X}", signer.key.private)

    @property
    def identifier(self) -> str:
        """Two letters of the State and two of the signer (9303-13 §2.2.1)."""
        return STATES[_STATE] + SEAL_SIGNER

    def sign(self, message: bytes) -> bytes:
        """Return r || s; the same for the same message, as pages are by their seed."""
        made = self.key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(made))


@cache
def specimen_signer() -> SealSigner:
    """Return the signer of pages that no PKI was named for: it has no certificate."""
    return SealSigner("1", ec.derive_private_key(_SPECIMEN_KEY, ec.BrainpoolP256R1()))
