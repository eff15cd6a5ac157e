"""A throw-away authority for mutual TLS, for the demo and the tests.

Real gates get their certificates by enrolment; nothing made here belongs on one.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from egate.durable_files import put_file
from egate.reporting.authority import Authority, key_as_pem
from egate.reporting.identity import Role, parse_urn
from egate.settings import Tls

_AUTHORITY_CERTIFICATE: Final = "authority.pem"
_AUTHORITY_KEY: Final = "authority.key"
_VALIDITY: Final = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC))
_HOSTS: Final = ("localhost", "127.0.0.1")
_PRIVATE: Final = 0o600


def create_authority(folder: Path) -> Path:
    """Make a certification authority in ``folder``, unless there is one, and return its PEM file.

    Args:
        folder: made if absent; the key in it is readable by its owner only.

    """
    certificate_file, key_file = folder / _AUTHORITY_CERTIFICATE, folder / _AUTHORITY_KEY
    if certificate_file.exists() and key_file.exists():
        return certificate_file
    folder.mkdir(parents=True, exist_ok=True)
    name = f"egate test authority {secrets.token_hex(4)}"  # never two of one name
    authority = Authority.create(name, _VALIDITY)
    put_file(key_file, key_as_pem(authority.key), _PRIVATE)
    certificate_file.write_bytes(authority.pem())
    return certificate_file


def issue(
    folder: Path,
    role: Role | str,
    name: str,
    hosts: Sequence[str] = _HOSTS,
    validity: tuple[datetime, datetime] = _VALIDITY,
) -> Tls:
    """Make a certificate of the authority in ``folder`` and return the files as settings.

    Args:
        folder: where `create_authority` was called.
        role: ``gate``, ``console``, ``officer`` or ``centre``.
        name: the id in that role, as ``BDDAC-A-01``.
        hosts: DNS names and IP addresses of the holder.
        validity: from when to when.

    Raises:
        IdentityMissing: role and name do not make an identity.

    """
    identity = parse_urn(f"urn:egate:{role}:{name}")
    authority_file = folder / _AUTHORITY_CERTIFICATE
    authority = Authority.from_files(authority_file, folder / _AUTHORITY_KEY)
    key = ec.generate_private_key(ec.SECP256R1())
    stem = f"{identity.role}-{identity.name}"
    certificate_file, key_file = folder / f"{stem}.pem", folder / f"{stem}.key"
    put_file(key_file, key_as_pem(key), _PRIVATE)
    certificate_file.write_bytes(authority.certify(key.public_key(), identity, validity, hosts))
    return Tls(ca=authority_file, certificate=certificate_file, key=key_file)
