"""Certificates, requests and lists of revoked ones of our own authority, and keys in files."""

import base64
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from egate.domain.evidence.tree_head import TreeHead
from egate.lists.errors import ListRefused
from egate.lists.keys import parse_signer
from egate.policy_files.keys import KeyUnusable, officers_keys, parse_private_key
from egate.reporting import credentials
from egate.reporting.authority import (
    Authority,
    RequestUnusable,
    check_request,
    key_as_pem,
    make_request,
)
from egate.reporting.enrolment_client import EnrolmentRefused, _check
from egate.reporting.identity import Identity, IdentityMissing, Role, holder_of, parse_urn
from egate.reporting.revocation import Revocations
from egate.reporting.tree_heads import HeadRefused, SignedHead
from egate.settings import SettingsError, Tls
from tests.fuzz.objects import json_damaged
from tests.fuzz.scratch import file_with, scratch
from tests.fuzz.target import Target
from tests.fuzz.text import either
from tests.policy_officers import OFFICERS, private_pem, public_pem

_NOW: Final = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
_VALID: Final = (_NOW - dt.timedelta(days=1), _NOW + dt.timedelta(days=90))
_GATE: Final = Identity(Role.GATE, "DAC-D-01")


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def _authority() -> Authority:
    return Authority.create("fuzz", _VALID)


def _requests() -> Sequence[bytes]:
    """Return requests for keys of every kind; only the first is one that we sign."""
    others = (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(_GATE.urn())])
    named = builder.add_extension(names, critical=False)
    made = [each.sign(key, hashes.SHA256()) for each in (builder, named) for key in others]
    return (make_request(_key()), *(each.public_bytes(Encoding.DER) for each in made))


@cache
def _certificate() -> bytes:
    hosts = ["127.0.0.1", "gate.example"]
    return _authority().certify(_key().public_key(), _GATE, _VALID, hosts)


def _certificates() -> Sequence[bytes]:
    found = (_certificate(), _authority().pem())
    return tuple(x509.load_pem_x509_certificate(each).public_bytes(Encoding.DER) for each in found)


def _pem(der: bytes) -> bytes:
    text = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + text + b"-----END CERTIFICATE-----\n"


def _holder(der: bytes) -> None:
    """Look who calls by a certificate, and read it as one that enrolment gave."""
    pem = _pem(der)
    holder_of.__wrapped__(pem)
    _check(pem, _key().public_key(), _GATE, "127.0.0.1:1")


def _own_files(der: bytes) -> None:
    """Start with a certificate of ours that somebody damaged."""
    tls = Tls(
        ca=file_with("ca.pem", _authority().pem()),
        certificate=file_with("own.pem", _pem(der)),
        key=file_with("own.key", key_as_pem(_key())),
    )
    credentials.load(tls, Role.GATE)
    credentials.check_at_start(tls, [Role.GATE], _NOW)


def _key_file(raw: bytes) -> None:
    tls = Tls(
        ca=file_with("ca.pem", _authority().pem()),
        certificate=file_with("own.pem", _certificate()),
        key=file_with("own.key", raw),
    )
    credentials.load(tls, Role.GATE)


def _authority_file(der: bytes) -> None:
    authority = file_with("ca.pem", _pem(der))
    Authority.from_files(authority, file_with("ca.key", key_as_pem(_authority().key)))


def _revoked() -> Sequence[bytes]:
    revoked = [("1a2b", _NOW), (f"{2**158:x}", _NOW)]
    pem = _authority().revocation_list(revoked, 3, _VALID)
    return pem, x509.load_pem_x509_crl(pem).public_bytes(Encoding.DER)


def _revocations(raw: bytes) -> None:
    """Read a list of revoked certificates in its file, and take one that somebody brought."""
    authority = file_with("ca.pem", _authority().pem())
    found = Revocations(file_with("crl.pem", raw), authority)
    found.is_revoked("1a2b")
    found.fault(_NOW)
    Revocations(scratch() / "kept.pem", authority).take(raw)


def _public_keys(raw: bytes) -> None:
    (scratch() / "officers").mkdir(exist_ok=True)
    file_with("officers/a.rahman.pem", raw)
    officers_keys(scratch() / "officers")


def _keys() -> Sequence[bytes]:
    return (*map(private_pem, OFFICERS), key_as_pem(_key()))


def _public() -> Sequence[bytes]:
    return tuple(map(public_pem, OFFICERS))


def _signers() -> Sequence[bytes]:
    found = _key().public_key()
    return (found.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),)


@cache
def _head() -> SignedHead:
    """Return a head that a centre of the authority signed."""
    pem = _authority().certify(_key().public_key(), Identity(Role.CENTRE, "dhaka"), _VALID)
    certificate = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    head = TreeHead(3, _NOW.date(), 5, bytes(32), bytes(range(32)))
    signature = _key().sign(head.signed_message(), ec.ECDSA(hashes.SHA256()))
    return SignedHead(head, signature, certificate)


def _heads() -> Sequence[bytes]:
    return (json.dumps(_head().as_json()).encode(),)


def _kept_head(raw: bytes) -> None:
    SignedHead.from_json(raw).check([_authority().certificate])


def _head_by(der: bytes) -> None:
    """Check a head whose certificate was damaged."""
    SignedHead(_head().head, _head().signature, der).check([_authority().certificate])


def targets() -> Mapping[str, Target]:
    """Return the targets by name."""
    of_files = (SettingsError,)
    found = {
        "request": Target(check_request, _requests, (RequestUnusable,), share=8),
        "holder": Target(_holder, _certificates, (IdentityMissing, EnrolmentRefused), share=8),
        "own certificate": Target(_own_files, _certificates, of_files),
        "own key": Target(_key_file, _keys, of_files, either, 2),
        "authority": Target(_authority_file, _certificates, of_files),
        "revoked certificates": Target(_revocations, _revoked, of_files),
        "officer's private key": Target(
            lambda raw: parse_private_key(raw, "key"), _keys, (KeyUnusable,), either
        ),
        "officers' public keys": Target(_public_keys, _public, (KeyUnusable,), either, 2),
        "signer of lists": Target(
            lambda raw: parse_signer(raw, "signer"), _signers, (ListRefused,), either
        ),
        "tree head": Target(_kept_head, _heads, (HeadRefused,), json_damaged),
        "signer of a tree head": Target(_head_by, lambda: (_head().certificate,), (HeadRefused,)),
        "name": Target(
            lambda raw: parse_urn(raw.decode("utf-8", "replace")),
            lambda: (_GATE.urn().encode(),),
            (IdentityMissing,),
            either,
        ),
    }
    return {f"identity/{name}": target for name, target in found.items()}
