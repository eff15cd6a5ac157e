"""What ``egate doctor`` says of certificates and keys in files."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from egate.cli.doctor_check import Amiss, Check, checked
from egate.reporting.identity import Identity, IdentityMissing, identity_of
from egate.reporting.station_key import can_sign_records
from egate.reporting.x509_faults import X509_FAULTS
from egate.settings import PageTls, Tls

_RENEW_DAYS: Final = 90
_OTHERS: Final = 0o077


def look_at_tls(tls: Tls, now: dt.datetime) -> Iterator[Check]:
    """Look at the key of a station, and at the authority of its certificate.

    Args:
        tls: the station's files.
        now: UTC.

    """
    yield checked("certificate_key", lambda: _look_at_station_key(tls))
    yield checked("certificate_authority", lambda: _look_at_authority(tls, now))


def holder_of(file: Path, wanted: str) -> Identity:
    """Return whose the certificate in ``file`` is.

    Args:
        file: of the certificate, in PEM.
        wanted: as what it is needed: gate, console.

    Raises:
        Amiss: it cannot be read, or names nobody.

    """
    with _reading(file):
        content = file.read_bytes()
        try:
            return identity_of(content)
        except IdentityMissing as error:
            issue = f"issue one for this {wanted}"
            raise Amiss(f"{file}: names no {wanted} ({error}); {issue}") from error


def time_left(file: Path, now: dt.datetime) -> str:
    """Say how long the certificate in ``file`` is good.

    Args:
        file: of the certificate, in PEM.
        now: UTC.

    Raises:
        Amiss: it cannot be read, or is not valid now.

    """
    certificate = _certificate(file)
    if now < certificate.not_valid_before_utc:
        raise Amiss(f"{file}: not valid yet; is the clock right?")
    lifetime = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    days = (certificate.not_valid_after_utc - now).days
    if days < 0:
        raise Amiss(f"{file}: expired {-days} days ago: renew it")
    # A gate renews its own one when a third is left: by a quarter that has failed for days.
    is_due = days < min(_RENEW_DAYS, lifetime.days / 4)
    return f"{days} days left" + ("; renew it soon" if is_due else "")


def look_at_page_certificate(page: PageTls, now: dt.datetime) -> str:
    """Say how long the certificate of a page that browsers see is good.

    Args:
        page: the page's files.
        now: UTC.

    Raises:
        Amiss: the files cannot be used together, or a browser would refuse them.

    """
    _key_of(page.key, page.certificate)
    lasts = time_left(page.certificate, now)
    try:
        names = _certificate(page.certificate).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except x509.ExtensionNotFound:
        raise Amiss(f"{page.certificate}: has no names, and browsers want them") from None
    known = {str(each.value).lower() for each in names.value}
    if lacking := [name for name in page.names if not known & {name, _wildcard_of(name)}]:
        raise Amiss(f"{page.certificate}: not for {', '.join(lacking)}: issue one for these names")
    return f"{', '.join(page.names)}, {lasts}"


def _wildcard_of(name: str) -> str:
    """Return the name of a certificate that is for ``name`` as well (RFC 6125 section 6.4.3)."""
    return f"*.{name.partition('.')[2]}"


def _look_at_station_key(tls: Tls) -> str:
    if not can_sign_records(_key_of(tls.key, tls.certificate)):
        raise Amiss(f"{tls.key}: not on P-256, and records are signed with it: enrol anew")
    return f"{tls.key}: belongs to the certificate"


def _key_of(file: Path, certificate: Path) -> PrivateKeyTypes:
    with _reading(file):
        key = load_pem_private_key(file.read_bytes(), password=None)
        mode = file.stat().st_mode
    if key.public_key() != _certificate(certificate).public_key():
        raise Amiss(f"{file}: does not belong to {certificate}")
    if mode & _OTHERS:
        raise Amiss(f"{file}: others may read it: chmod 600, and think of a new key")
    return key


def _look_at_authority(tls: Tls, now: dt.datetime) -> str:
    authority = _certificate(tls.ca)
    try:
        _certificate(tls.certificate).verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise Amiss(f"{tls.certificate}: was not issued by {tls.ca}") from error
    return time_left(tls.ca, now)


def _certificate(file: Path) -> x509.Certificate:
    with _reading(file):
        return x509.load_pem_x509_certificate(file.read_bytes())


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Amiss(f"{file}: {error.strerror}") from error
    except X509_FAULTS as error:
        raise Amiss(f"{file}: not PEM, or encrypted") from error
