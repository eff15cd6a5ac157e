"""CMS SignedData of one signer (RFC 5652), as EF.SOD and master lists are."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hardware_mocks.pki import der
from hardware_mocks.pki.certificate import Certificate
from hardware_mocks.pki.keys import HASH_OIDS, SigningKey
from hardware_mocks.tlv import encode

LDS_SECURITY_OBJECT: Final = "2.23.136.1.1.1"
CSCA_MASTER_LIST: Final = "2.23.136.1.1.2"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who may sign objects: a key and its certificate."""

    key: SigningKey
    certificate: Certificate


def signed_data(
    content_type: str,
    content: bytes,
    signer: Signer,
    moment: datetime,
    *,
    others: Sequence[Certificate] = (),
    by_key_identifier: bool = False,
) -> bytes:
    """Return a ContentInfo around ``content``, signed at ``moment`` (9303-10 §4.6.2.2).

    Args:
        others: certificates to carry along with the signer's own.
        by_key_identifier: name the signer by its SKI, as master lists do, not by its issuer.

    """
    digest = der.sequence(der.oid(HASH_OIDS[signer.key.hash_name]))
    certificates = sorted(each.raw for each in (signer.certificate, *others))
    body = der.sequence(
        der.integer(3),
        der.set_of([digest]),
        der.sequence(der.oid(content_type), encode(0xA0, der.octet_string(content))),
        encode(0xA0, *certificates),
        der.set_of(
            [
                _signer_info(
                    content_type, content, signer, moment, by_key_identifier=by_key_identifier
                )
            ]
        ),
    )
    return der.sequence(der.oid("1.2.840.113549.1.7.2"), encode(0xA0, body))


def _signer_info(
    content_type: str, content: bytes, signer: Signer, moment: datetime, *, by_key_identifier: bool
) -> bytes:
    hash_name = signer.key.hash_name
    message_digest = hashlib.new(hash_name, content).digest()
    attributes = der.set_of(
        [
            _attribute("1.2.840.113549.1.9.3", der.oid(content_type)),
            _attribute("1.2.840.113549.1.9.4", der.octet_string(message_digest)),
            _attribute("1.2.840.113549.1.9.5", der.time(moment)),
        ]
    )
    issuer = signer.certificate.issuer
    named = der.sequence(issuer, der.integer(signer.certificate.serial))
    return der.sequence(
        der.integer(3 if by_key_identifier else 1),
        encode(0x80, signer.certificate.key_identifier) if by_key_identifier else named,
        der.sequence(der.oid(HASH_OIDS[hash_name])),
        b"\xa0" + attributes[1:],
        signer.key.algorithm(),
        der.octet_string(signer.key.sign(attributes)),
    )


def _attribute(dotted: str, value: bytes) -> bytes:
    return der.sequence(der.oid(dotted), der.set_of([value]))
