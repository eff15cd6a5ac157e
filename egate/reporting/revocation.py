"""Which certificates our authority has revoked: its list (CRL, RFC 5280), the last good one kept.

A list whose time is over is used on: what it revokes stays revoked, everybody else goes on
being served, and somebody is told. To refuse all gates because one file was not renewed would
stop a border; to forget the list would let a stolen gate in again.
"""

from datetime import datetime
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from egate.durable_files import put_file
from egate.reporting.x509_faults import X509_FAULTS
from egate.settings import SettingsError

_MAX_BYTES: Final = 2 << 20
"""Of a list, so that it fits into one message: fifty thousand certificates."""
_NONE: Final = -1


class Revocations:
    """Reads the file again when it has changed; while there never was a good one, nobody is listed.

    Args:
        crl: the list (PEM or DER).
        ca: certificates of our authorities (PEM), one of which has signed it.

    """

    def __init__(self, crl: Path, ca: Path) -> None:
        self._file, self._ca = crl, ca
        self._number = _NONE
        self._content = b""
        self._revoked: frozenset[str] = frozenset()
        self._until: datetime | None = None
        self._stamp = self._state()
        self._fault = ""
        try:
            self._load()
        except SettingsError as error:
            self._fault = str(error)

    @classmethod
    def required(cls, crl: Path, ca: Path) -> Self:
        """Return it with the good list that is there.

        Raises:
            SettingsError: there is no usable list; names the file.

        """
        made = cls(crl, ca)
        if made._fault:
            raise SettingsError(made._fault)
        return made

    def newer_than(self, number: int) -> bytes:
        """Return the list in use as it was signed, b"" if its number is not above ``number``."""
        self._renew()
        return self._content if self._number > number else b""

    @property
    def number(self) -> int:
        """Of the list in use; -1 if there is none."""
        self._renew()
        return self._number

    def take(self, content: bytes) -> None:
        """Use and keep ``content`` from now on, whoever brought it.

        Args:
            content: a list (PEM or DER).

        Raises:
            SettingsError: it is forged or older than the one in use, or cannot be written.

        """
        self._renew()
        before = self._number
        self._use(content)
        try:
            put_file(self._file, content)
        except OSError as error:
            self._number = before  # in use, and to be brought again until it is kept
            raise SettingsError(f"{self._file}: {error.strerror}") from error
        self._stamp, self._fault = self._state(), ""

    @property
    def is_awaited(self) -> bool:
        """Whether there never was a list: none lies here, as at a first start."""
        self._renew()
        return self._number == _NONE and self._stamp is None

    def is_revoked(self, serial: str) -> bool:
        """Say whether the certificate with ``serial``, in hexadecimal, is revoked."""
        self._renew()
        return serial in self._revoked

    def fault(self, now: datetime) -> str:
        """Return what somebody must mend, "" when the list can be relied on at ``now``.

        A list that is awaited is no fault: who keeps it says so.
        """
        if self.is_awaited:
            return ""
        if self._fault:
            return self._fault
        if self._until is None or now <= self._until:
            return ""
        return f"{self._file.name}: a newer one was due on {self._until:%Y-%m-%d}"

    def _renew(self) -> None:
        if (state := self._state()) == self._stamp:
            return
        self._stamp = state
        try:
            self._load()
            self._fault = ""
        except SettingsError as error:
            self._fault = str(error)

    def _state(self) -> tuple[int, int, int] | None:
        try:
            state = self._file.stat()
        except OSError:
            return None
        return state.st_mtime_ns, state.st_size, state.st_ino

    def _load(self) -> None:
        self._use(_read(self._file))

    def _use(self, content: bytes) -> None:
        crl = self._parse(content)
        if not any(_has_signed(authority, crl) for authority in _authorities(self._ca)):
            raise SettingsError(f"{self._file}: not signed by an authority of {self._ca}")
        number = _number(crl)
        if number < self._number:
            raise SettingsError(f"{self._file}: older than the list before it")
        self._number, self._until, self._content = number, crl.next_update_utc, content
        self._revoked = frozenset(f"{each.serial_number:x}" for each in crl)

    def _parse(self, content: bytes) -> x509.CertificateRevocationList:
        if len(content) > _MAX_BYTES:
            raise SettingsError(f"{self._file}: larger than {_MAX_BYTES} bytes")
        try:
            if content.startswith(b"-----"):
                return x509.load_pem_x509_crl(content)
            return x509.load_der_x509_crl(content)
        except X509_FAULTS:
            raise SettingsError(f"{self._file}: not a list of revoked certificates") from None


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from error


def _authorities(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from error
    except X509_FAULTS:
        raise SettingsError(f"{file}: no PEM certificate") from None


def _has_signed(authority: x509.Certificate, crl: x509.CertificateRevocationList) -> bool:
    try:
        key = authority.public_key()
        if crl.issuer != authority.subject:
            return False
        if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
            return False
        return crl.is_signature_valid(key)
    except X509_FAULTS:
        return False


def _number(crl: x509.CertificateRevocationList) -> int:
    try:
        return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (x509.ExtensionNotFound, *X509_FAULTS):
        return 0
