"""Issues simulated documents: fills the files, signs them, and spoils them where asked."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric import rsa

from hardware_mocks.chip import data_groups as lds
from hardware_mocks.chip.active_authentication import AaKey
from hardware_mocks.chip.document import Document, Holder
from hardware_mocks.pki.keys import HASH_OIDS, new_key, public_key_info
from hardware_mocks.pki.pki import Pki
from hardware_mocks.pki.signed_data import LDS_SECURITY_OBJECT, Signer, signed_data
from hardware_mocks.tlv import encode

AaKind = Literal["rsa", "ecdsa"]
# ecdsa-plain-SHA256 (BSI TR-03111 §5.2.1.1).
_ECDSA_PLAIN_SHA256: Final = "0.4.0.127.0.7.1.1.4.1.3"
_CURVE: Final = "brainpoolP256r1"


def issue(  # noqa: PLR0913  what a document can differ in
    holder: Holder,
    pki: Pki,
    *,
    signer: str = "standard",
    tampered: bool = False,
    cloned: bool = False,
    active_authentication: AaKind | None = "rsa",
    substituted_portrait: Path | None = None,
    altered_surname: str | None = None,
    aa_bits: int = 2048,
    aa_hash: str = "sha256",
) -> Document:
    """Issue a document.

    Args:
        signer: document signer of the issuing State: standard, rsa-pss, revoked, expired,
            previous, or unknown (of a CSCA in no list).
        tampered: one byte of DG2 differs from what was signed.
        cloned: another private key than that of DG15 answers Active Authentication.
        active_authentication: the kind of key, or None for a chip without.
        substituted_portrait: a JPEG put in the place of the signed portrait.
        altered_surname: a forger printed this name and wrote it into DG1 after signing.
        aa_bits: the size of an RSA key; short APDUs carry at most 1848 (9303-11 §6.1.4).
        aa_hash: what an RSA key hashes with, sha256 or sha1.

    Raises:
        KeyError: the State or the signer is not in the PKI.
        ValueError: the MRZ cannot be printed, or a portrait is no JPEG.
        OSError: a portrait cannot be read.

    """
    chosen = pki.signer(holder.issuing_state, signer)
    lines = holder.mrz()
    key = _new_aa_key(active_authentication, aa_bits)
    groups = {1: lds.dg1(lines), 2: lds.dg2(holder.portrait.read_bytes(), holder.sex)}
    groups |= _authentication_groups(key)
    files = {0x0100 | number: content for number, content in groups.items()}
    files[lds.EF_COM] = lds.com(groups)
    files[lds.EF_SOD] = _document_security_object(groups, chosen, pki.made_at)
    if substituted_portrait is not None:
        files[lds.DG2] = lds.dg2(substituted_portrait.read_bytes(), holder.sex)
    if tampered:
        files[lds.DG2] = _with_other_hair(files[lds.DG2])
    if altered_surname is not None:
        lines = replace(holder, surname=altered_surname).mrz()
        files[lds.DG1] = lds.dg1(lines)
    if cloned:
        key = _new_aa_key(active_authentication, aa_bits)
    return Document(lines, _access_number(lines), files, key, aa_hash)


def _new_aa_key(kind: AaKind | None, rsa_bits: int) -> AaKey | None:
    match kind:
        case "rsa":
            return new_key(f"rsa{rsa_bits}")
        case "ecdsa":
            return new_key(_CURVE)
        case None:
            return None


def _authentication_groups(key: AaKey | None) -> Mapping[int, bytes]:
    """DG15 for a key of Active Authentication, and DG14 where its algorithm must be named."""
    if key is None:
        return {}
    info = public_key_info(key)
    dg15 = {15: lds.dg15(info)}
    if isinstance(key, rsa.RSAPrivateKey):
        return dg15
    return {14: lds.dg14([lds.active_authentication_info(_ECDSA_PLAIN_SHA256)]), **dg15}


def _document_security_object(
    groups: Mapping[int, bytes], signer: Signer, made_at: datetime
) -> bytes:
    """EF.SOD over SHA-256 hashes of the raw files."""
    hashes = {number: hashlib.sha256(content).digest() for number, content in groups.items()}
    content = lds.lds_security_object(HASH_OIDS["sha256"], hashes)
    signed_at = made_at - timedelta(days=1)
    return encode(0x77, signed_data(LDS_SECURITY_OBJECT, content, signer, signed_at))


def _with_other_hair(dg2: bytes) -> bytes:
    """Change the hair colour of the facial record: one byte, and the image stays as it is."""
    at = dg2.index(b"FAC\x00" + b"010\x00") + 14 + 8
    return dg2[:at] + bytes([dg2[at] ^ 1]) + dg2[at + 1 :]


def _access_number(lines: tuple[str, str]) -> str:
    """A card access number of six digits, the same for the same zone."""
    digest = hashlib.sha256("".join(lines).encode("ascii")).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"
