"""Who is at the other end: a role and an id, from the certificate of mutual TLS.

A certificate names its holder in a URI of the subject alternative name,
``urn:egate:ROLE:ID``. It also has the DNS name ``ROLE.egate.internal``, which a client
asks for instead of the host name: addresses change and are shared, and the certificate
of a gate must never pass for the centre's.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, NoReturn

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from grpc import aio

from egate.reporting.x509_faults import X509_FAULTS


class Role(StrEnum):
    """What a peer is, and with it what it may do."""

    GATE = "gate"
    CONSOLE = "console"
    OFFICER = "officer"
    CENTRE = "centre"


_URN: Final = re.compile(
    rf"urn:egate:(?P<role>{'|'.join(Role)}):(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{{0,63}})"
)


_MAX_OFFICER_ID: Final = 64


@dataclass(frozen=True, slots=True)
class Identity:
    """Who holds a certificate.

    Args:
        role: what it is.
        name: the gate's id, the officer's id...

    """

    role: Role
    name: str

    def urn(self) -> str:
        """Return the URI of the subject alternative name."""
        return f"urn:egate:{self.role}:{self.name}"


class IdentityMissing(Exception):
    """A certificate does not say who holds it."""


def server_name(role: Role) -> str:
    """Return the DNS name that the certificate of a server in ``role`` has."""
    return f"{role}.egate.internal"


def parse_urn(text: str) -> Identity:
    """Return the identity that ``text`` names.

    Raises:
        IdentityMissing: it is no ``urn:egate:ROLE:ID`` of a known role.

    """
    match = _URN.fullmatch(text)
    if match is None:
        raise IdentityMissing("no urn:egate:ROLE:ID of a known role")
    return Identity(Role(match["role"]), match["name"])


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a certificate, and which one.

    Args:
        identity: what it is.
        serial: number of the certificate, in lower-case hexadecimal.
        until: end of the certificate.
        certificate: in DER.

    """

    identity: Identity
    serial: str
    until: datetime
    certificate: bytes = field(repr=False)


@lru_cache(maxsize=4096)
def holder_of(pem: bytes) -> Holder:
    """Return who holds the certificate ``pem``.

    Raises:
        IdentityMissing: it is unreadable, or names no holder or more than one.

    """
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, *X509_FAULTS):
        raise IdentityMissing("no subject alternative name") from None
    urns = [
        uri
        for uri in names.value.get_values_for_type(x509.UniformResourceIdentifier)
        if uri.startswith("urn:egate:")
    ]
    if len(urns) != 1:
        raise IdentityMissing(f"{len(urns)} names of the form urn:egate:ROLE:ID instead of one")
    serial = f"{certificate.serial_number:x}"
    encoded = certificate.public_bytes(Encoding.DER)
    return Holder(parse_urn(urns[0]), serial, certificate.not_valid_after_utc, encoded)


def identity_of(pem: bytes) -> Identity:
    """Return what the holder of the certificate ``pem`` is; raises as `holder_of`."""
    return holder_of(pem).identity


def certificate_of(context: aio.ServicerContext[Any, Any]) -> bytes:
    """Return the caller's certificate in PEM, b"" when the server asks for none."""
    return next(iter(context.auth_context().get("x509_pem_cert", ())), b"")


async def require_role(
    context: aio.ServicerContext[Any, Any], allowed: Collection[Role]
) -> Identity:
    """Return who is calling, or end the call with PERMISSION_DENIED.

    Args:
        context: of the call.
        allowed: roles that may make it.

    """
    try:
        identity = identity_of(certificate_of(context))
    except IdentityMissing as error:
        await deny(context, f"your certificate does not say who you are: {error}")
    if identity.role not in allowed:
        roles = ", ".join(sorted(allowed))
        await deny(context, f"a {identity.role} may not do this; allowed: {roles}")
    return identity


def acting_officer(caller: Identity, named: str) -> str | None:
    """Return who acts: an officer's own certificate, else whom the console names.

    None when that is nobody, or cannot be written down.
    """
    officer_id = caller.name if caller.role is Role.OFFICER else named
    usable = 0 < len(officer_id) <= _MAX_OFFICER_ID and officer_id.isprintable()
    return officer_id if usable else None


async def deny(context: aio.ServicerContext[Any, Any], reason: str) -> NoReturn:
    """End the call with PERMISSION_DENIED and ``reason``."""
    await context.abort(grpc.StatusCode.PERMISSION_DENIED, reason)
    raise AssertionError("abort does not return")
