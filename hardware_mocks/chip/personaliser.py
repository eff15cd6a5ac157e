"""Issues simulated documents: fills the files, signs them, and spoils them where asked."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hardware_mocks.chip import data_groups as lds
from hardware_mocks.chip import master_files
from hardware_mocks.chip.active_authentication import AaScheme
from hardware_mocks.chip.document import Document, Holder
from hardware_mocks.chip.document_keys import DocumentKeys
from hardware_mocks.chip.face_records import Face, dg2, with_other_hair
from hardware_mocks.chip.optional_groups import Particulars, no_fingers, optional_group
from hardware_mocks.chip.order import USUAL, Order
from hardware_mocks.chip.portrait import compressed, is_grey, padded, portrait_in, token_size
from hardware_mocks.chip.terminal_authentication import TrustPoint
from hardware_mocks.pki.certificate import respelled
from hardware_mocks.pki.keys import HASH_OIDS
from hardware_mocks.pki.pki import Pki
from hardware_mocks.pki.signed_data import LDS_SECURITY_OBJECT, Signer, signed_data
from hardware_mocks.pki.terminals import TerminalAuthority
from hardware_mocks.tlv import encode

# The file that names the CVCA which terminals need (TR-03110-3 §A.3.1.3.3).
EF_CVCA: Final = 0x011C
_EF_CVCA_BYTES: Final = 36


def issue(holder: Holder, pki: Pki, order: Order = USUAL) -> Document:
    """Issue a document.

    Args:
        holder: for whom, and what is printed.
        pki: who signs.
        order: what it is to hold.

    Raises:
        KeyError: the State or the signer is not in the PKI.
        ValueError: the MRZ cannot be printed, or a portrait is no JPEG.
        OSError: a portrait cannot be read.

    """
    chosen = _signer_as_ordered(pki.signer(holder.issuing_state, order.signer), order)
    signed_at = pki.made_at - timedelta(days=1)
    today = signed_at.date()
    lines = holder.mrz()
    keys = DocumentKeys.new(order)
    groups = {1: lds.dg1(lines), 2: _dg2(holder, order, holder.portrait.read_bytes())}
    groups |= _optional_groups(holder, order, signed_at)
    groups |= keys.groups(order)
    files = {0x0100 | number: content for number, content in groups.items()}
    files[lds.EF_COM] = lds.com(groups, order.lds_version)
    files[lds.EF_SOD] = _document_security_object(groups, order, chosen, signed_at)
    if order.altered_surname is not None:
        lines = replace(holder, surname=order.altered_surname).mrz()
    authority = _terminal_authority(holder, order, pki)
    if authority is not None:
        files[EF_CVCA] = encode(0x42, authority.cvca.reference).ljust(_EF_CVCA_BYTES, b"\0")
    held = DocumentKeys.new(order) if order.cloned or order.forged_keys else keys
    if order.forged_keys:
        files |= {0x0100 | number: content for number, content in held.groups(order).items()}
    return Document(
        lines,
        _access_number(lines),
        _spoilt(files, order, holder, lines),
        active_authentication=held.active,
        aa_scheme=AaScheme(order.aa_hash, order.aa_der, order.aa_zeros),
        master_files=_master_files(order, keys, chosen, signed_at),
        basic_access=order.basic_access,
        pace=order.pace if order.card_access is None else order.card_access,
        pace_cam_keys={each: key.private for each, key in held.mapping.items()},
        chip_keys=held.chip,
        terminal_trust=None if authority is None else TrustPoint(authority.cvca.certificate, today),
    )


def _signer_as_ordered(signer: Signer, order: Order) -> Signer:
    """The signer, signing as the order says, and naming its issuer as the order says."""
    certificate = signer.certificate
    if order.sod_issuer_respelled:
        certificate = replace(certificate, issuer=respelled(certificate.issuer))
    return Signer(replace(signer.key, form=order.sod_signature), certificate)


def _spoilt(
    files: Mapping[int, bytes], order: Order, holder: Holder, lines: Sequence[str]
) -> Mapping[int, bytes]:
    """What the forger wrote over what was signed."""
    written = dict(files)
    if order.substituted_portrait is not None:
        written[lds.DG2] = _dg2(holder, order, order.substituted_portrait.read_bytes())
    if order.tampered:
        written[lds.DG2] = with_other_hair(written[lds.DG2])
    if order.altered_surname is not None:
        written[lds.DG1] = lds.dg1(lines)
    return written


def _dg2(holder: Holder, order: Order, jpeg: bytes) -> bytes:
    wanted, most = order.portrait_format, order.portrait_bytes
    image = compressed(wanted, jpeg, most) if most else portrait_in(wanted, jpeg)
    content = _dg2_with(image, holder, order, jpeg)
    missing = order.dg2_bytes - len(content)
    return _dg2_with(padded(image, len(image) + missing), holder, order, jpeg)


def _dg2_with(image: bytes, holder: Holder, order: Order, jpeg: bytes) -> bytes:
    faces = [
        Face(token_size(jpeg), kind, holder.sex, grey=False)
        if kind == "token"
        else Face(image, kind, holder.sex, is_grey(order.portrait_format))
        for kind in order.faces
    ]
    return dg2(faces, order.face_encoding, a_template_each=order.a_template_each)


def _optional_groups(holder: Holder, order: Order, issued_at: datetime) -> Mapping[int, bytes]:
    particulars = Particulars(
        full_name=f"{holder.surname}<<{holder.given_names}".replace(" ", "<"),
        personal_number=holder.personal_number or "1988000000000",
        date_of_birth=f"19{holder.date_of_birth}",
        date_of_issue=issued_at.strftime("%Y%m%d"),
        portrait=holder.portrait.read_bytes(),
        opaque=secrets.token_bytes,
    )
    groups = {number: optional_group(number, particulars) for number in sorted(order.groups)}
    if 3 in groups and not order.fingers:
        groups[3] = no_fingers(secrets.token_bytes(16))
    return groups


def _document_security_object(
    groups: Mapping[int, bytes], order: Order, signer: Signer, signed_at: datetime
) -> bytes:
    """EF.SOD over SHA-256 hashes of the raw files."""
    hashes = {number: hashlib.sha256(content).digest() for number, content in groups.items()}
    content = lds.lds_security_object(HASH_OIDS["sha256"], hashes, order.lds_version)
    return encode(0x77, signed_data(LDS_SECURITY_OBJECT, content, signer, signed_at))


def _terminal_authority(holder: Holder, order: Order, pki: Pki) -> TerminalAuthority | None:
    if order.terminal_authentication is None:
        return None
    return pki.authorities[holder.issuing_state].terminals[order.terminal_authentication]


def _master_files(
    order: Order, keys: DocumentKeys, signer: Signer, signed_at: datetime
) -> Mapping[int, bytes]:
    files = {}
    if order.applications != "none":
        files[master_files.EF_DIR] = master_files.ef_dir(order.applications)
    if infos := keys.card_security_infos(order):
        files[master_files.EF_CARD_SECURITY] = master_files.card_security(infos, signer, signed_at)
    return files


def _access_number(lines: Sequence[str]) -> str:
    """A card access number of six digits, the same for the same zone."""
    digest = hashlib.sha256("".join(lines).encode("ascii")).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"
