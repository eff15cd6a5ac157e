"""What a State asks its personaliser for: everything a simulated document can differ in."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from hardware_mocks.chip.active_authentication import LeadingZeros
from hardware_mocks.chip.chip_key import ChipKeyOrder
from hardware_mocks.chip.data_groups import LdsVersion
from hardware_mocks.chip.face_records import FaceEncoding, FaceKind
from hardware_mocks.chip.master_files import Applications
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.portrait import PortraitFormat
from hardware_mocks.pki.keys import SignatureForm
from hardware_mocks.pki.terminals import CvKind

AaKind = Literal["rsa", "ecdsa"]


@dataclass(frozen=True, slots=True)
class Order:
    """What a document is to hold, and how it is to be spoilt.

    Args:
        signer: document signer of the issuing State: standard, rsa-pss, revoked, expired,
            previous, named-curve, misnamed-curve, passports-only, or unknown (of a CSCA in no
            list).
        sod_signature: how the SOD is signed and its signature named (quirk 21).
        sod_issuer_respelled: the SOD names the signer's issuer in other string types than the
            certificate does (quirk 22).
        lds_version: of EF.COM and EF.SOD.
        groups: optional data groups to fill besides those that follow from the rest.
        fingers: whether DG3 has fingerprints, or the template without an instance.
        portrait_format: how the image of DG2 is compressed.
        portrait_bytes: the image is compressed until it has no more bytes; 0 for the usual rate.
        face_encoding: the standard of DG2's biometric data.
        faces: the images of DG2, each by its type.
        a_template_each: each image has a biometric information template of its own.
        dg2_bytes: the image is padded until DG2 has this many bytes.
        applications: what EF.DIR lists; ``none`` for a chip without EF.DIR.
        active_authentication: the kind of key, or None for a chip without.
        aa_bits: the size of an RSA key; short APDUs carry at most 1848 (9303-11 §6.1.4).
        aa_curve: the curve of an ECDSA key.
        aa_hash: what Active Authentication hashes with: sha1, or sha224 to sha512.
        aa_der: ECDSA signatures come in DER.
        aa_zeros: what happens to the zeros before a signature.
        basic_access: whether Basic Access Control opens it.
        pace: what EF.CardAccess offers; with PACE-CAM there is an EF.CardSecurity.
        chip_keys: the keys of Chip Authentication.
        dg14_reversed: DG14 has its SecurityInfos in the order that DER forbids (quirk 25).
        terminal_authentication: the algorithm of the CVCA that opens DG3 and DG4, or None.
        cloned: the files are copied to a chip that holds other private keys.
        forged_keys: the copy's own public keys are written into DG14 and DG15, unsigned.
        card_access: what EF.CardAccess offers and the chip does instead of the PACE that DG14,
            which is signed, lists.
        tampered: one byte of DG2 differs from what was signed.
        substituted_portrait: a JPEG put in the place of the signed portrait.
        altered_surname: a forger printed this name and wrote it into DG1 after signing.

    """

    signer: str = "standard"
    sod_signature: SignatureForm = "usual"
    sod_issuer_respelled: bool = False
    lds_version: LdsVersion = "1.8"
    groups: frozenset[int] = frozenset()
    fingers: bool = True
    portrait_format: PortraitFormat = "jpeg"
    portrait_bytes: int = 0
    face_encoding: FaceEncoding = "19794-5"
    faces: tuple[FaceKind, ...] = ("full",)
    a_template_each: bool = False
    dg2_bytes: int = 0
    applications: Applications = "none"
    active_authentication: AaKind | None = "rsa"
    aa_bits: int = 2048
    aa_curve: str = "brainpoolP256r1"
    aa_hash: str = "sha256"
    aa_der: bool = False
    aa_zeros: LeadingZeros = "as-is"
    basic_access: bool = True
    pace: tuple[PaceOffer, ...] = ()
    chip_keys: tuple[ChipKeyOrder, ...] = ()
    dg14_reversed: bool = False
    terminal_authentication: CvKind | None = None
    cloned: bool = False
    forged_keys: bool = False
    card_access: tuple[PaceOffer, ...] | None = None
    tampered: bool = False
    substituted_portrait: Path | None = field(default=None, repr=False)
    altered_surname: str | None = field(default=None, repr=False)


USUAL: Final = Order()
