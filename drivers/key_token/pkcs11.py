"""Keys on whatever has a PKCS#11 module: a TPM, a smart card, a security module."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import Field

from drivers.key_token.bounded_thread import BoundedThread, Stalled
from drivers.key_token.ecdsa import TokenAnswerMalformed, signature_of
from drivers.key_token.session import TokenSession
from drivers.key_token.uri import TokenUri, parse_uri
from drivers.options import DriverOptions, OptionValues, parse_options
from egate.ports.signing import SignerUnavailable

T = TypeVar("T")

_ALGORITHM: Final = ec.ECDSA(hashes.SHA256())
_PROBE: Final = b"egate probe 1\0"


class Pkcs11Options(DriverOptions):
    """Options of the driver ``pkcs11``.

    Args:
        stall_seconds: a call that takes longer has stalled. The lane stands still meanwhile, so
            it is far below the watchdog of the service.

    """

    stall_seconds: Annotated[float, Field(ge=0.2, le=5)] = 3.0


class Pkcs11Token:
    """A ``KeyToken`` by its PKCS#11 module, whose calls have a thread.

    Args:
        uri: which token, and which keys on it.
        session: with it; used on that thread alone.
        options: of the driver.

    """

    def __init__(self, uri: TokenUri, session: TokenSession, options: Pkcs11Options) -> None:
        self._uri = uri
        self._session = session
        self._stall_seconds = options.stall_seconds
        self._thread = BoundedThread(str(uri), options.stall_seconds)

    def public_keys(self) -> Sequence[bytes]:
        return self._call(self._session.public_keys)

    def generate(self) -> bytes:
        return self._call(self._session.generate)

    def remove(self, public_key: bytes) -> None:
        self._call(lambda: self._session.remove(public_key))

    def sign(self, public_key: bytes, message: bytes) -> bytes:
        # Tokens differ in which hashes they compute; all sign a digest (PKCS#11 2.40 §2.3.6).
        digest = hashlib.sha256(message).digest()
        try:
            signature = signature_of(self._call(lambda: self._session.sign(public_key, digest)))
            _key_of(public_key).verify(signature, message, _ALGORITHM)
        except TokenAnswerMalformed as error:
            raise SignerUnavailable(f"{self._uri}: gave {error}") from error
        except InvalidSignature as error:
            raise SignerUnavailable(f"{self._uri}: gave a wrong signature") from error
        return signature

    def check(self, public_key: bytes) -> None:
        self.sign(public_key, _PROBE)
        self._call(lambda: self._session.expect_kept(public_key))

    def close(self) -> None:
        try:
            self._thread.call(self._session.finalise)
        except Stalled:
            return
        self._thread.end()

    def _call(self, blocking: Callable[[], T]) -> T:
        try:
            return self._thread.call(blocking)
        except Stalled:
            late = f"does not answer within {self._stall_seconds:g} s"
            raise SignerUnavailable(f"{self._uri}: {late}") from None
        except TokenAnswerMalformed as error:
            raise SignerUnavailable(f"{self._uri}: gave {error}") from error


def _key_of(public_key: bytes) -> ec.EllipticCurvePublicKey:
    key = serialization.load_der_public_key(public_key)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SignerUnavailable("the certificate's key is not on an elliptic curve")
    return key


def open_pkcs11(address: str, options: OptionValues) -> Pkcs11Token:
    """Make the driver ``pkcs11``; ``address`` is a PKCS#11 URI."""
    chosen = parse_options("pkcs11", Pkcs11Options, options)
    uri = parse_uri(address)
    return Pkcs11Token(uri, TokenSession(uri), chosen)
