"""Blocking PKCS#11: one module, one token, one session. For a thread of its own."""

import importlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar

from drivers.key_token.ecdsa import P256, TokenAnswerMalformed, public_key_of
from drivers.key_token.uri import TokenUri
from egate.ports.signing import SignerUnavailable

T = TypeVar("T")

_ID_BYTES: Final = 16
_MAX_KEYS: Final = 16
_MAX_PIN_BYTES: Final = 256
_BY_HAND: Final = "see that the PIN is right, and log in once by hand (docs/enrolment.md)"
_FAULTS: Final = (RuntimeError, ValueError)
"""Of python-pkcs11: what a module answers, or that it cannot be loaded; answers that are none."""
_REFUSALS: Final = ("PinIncorrect", "PinInvalid", "PinLenRange", "PinLocked")


def _pkcs11() -> Any:  # noqa: ANN401 - imported when it is used: an optional package
    try:
        return importlib.import_module("pkcs11")
    except ImportError as error:
        raise SignerUnavailable(
            "python-pkcs11 is not installed: pip install 'egate[pkcs11]'"
        ) from error


class TokenSession:
    """A session with the token of ``uri``, opened by its first use and again after a loss.

    Args:
        uri: which token, and which keys on it.

    """

    def __init__(self, uri: TokenUri) -> None:
        self._uri = uri
        self._session: Any = None
        self._keys: Mapping[bytes, Any] = {}
        self._refused_pins: set[str] = set()
        self._library: Any = None
        self._lost = False

    def public_keys(self) -> list[bytes]:
        """Return the public keys of our keys."""
        return self._carry_out(lambda: list(self._found()))

    def sign(self, public_key: bytes, digest: bytes) -> bytes:
        """Return the raw signature of ``digest`` by the key of ``public_key``."""
        ecdsa = _pkcs11().Mechanism.ECDSA
        return self._carry_out(lambda: bytes(self._key(public_key).sign(digest, mechanism=ecdsa)))

    def generate(self) -> bytes:
        """Make a key that is sensitive and never extractable, and return its public key."""
        return self._carry_out(self._generate)

    def remove(self, public_key: bytes) -> None:
        """Destroy both halves of a key."""
        self._carry_out(lambda: self._remove(public_key))

    def expect_kept(self, public_key: bytes) -> None:
        """Raise SignerUnavailable if the key was, or may be, anywhere but on this token."""
        attribute = _pkcs11().Attribute

        def look() -> bool:
            key = self._key(public_key)
            # PKCS#11 2.40 §4.9: these two are for ever; the first two are what is so now.
            return (
                key[attribute.SENSITIVE]
                and not key[attribute.EXTRACTABLE]
                and key[attribute.ALWAYS_SENSITIVE]
                and key[attribute.NEVER_EXTRACTABLE]
            )

        if not self._carry_out(look):
            raise self._unavailable("its key can be taken out, or was: enrol anew")

    def close(self) -> None:
        """Log out and close the session; never raises."""
        session, self._session, self._keys = self._session, None, {}
        if session is not None:
            with suppress(*_FAULTS):  # it is gone already
                session.close()

    def finalise(self) -> None:
        """Close the session and let go of the module; never raises."""
        self.close()
        library, self._library = self._library, None
        if library is not None:
            with suppress(*_FAULTS):
                library.finalize()

    def _carry_out(self, step: Callable[[], T]) -> T:
        """Return what ``step`` does in a session; once more in a new one if the old one is lost."""
        had_one = self._session is not None
        try:
            self._open()
            return step()
        except _FAULTS as error:
            self._lose()
            if not had_one:
                raise self._explained(error) from error
        except (SignerUnavailable, TokenAnswerMalformed):
            self._lose()
            if not had_one:
                raise
        return self._carry_out(step)

    def _lose(self) -> None:
        self.close()
        self._lost = True

    def _open(self) -> None:
        if self._session is not None:
            return
        token = self._token()
        flags = _pkcs11().TokenFlag
        pin = self._pin()
        if flags.USER_PIN_LOCKED in token.flags:
            raise self._unavailable("its PIN is locked: unblock it with the officer's PIN")
        # PKCS#11 2.40 §3.2: set since a wrong PIN, until a right one. So no restart tries again.
        if pin in self._refused_pins or (
            not self._refused_pins and flags.USER_PIN_COUNT_LOW in token.flags
        ):
            raise self._unavailable(f"refused a PIN, which is not tried again: {_BY_HAND}")
        try:
            self._session = token.open(rw=True, user_pin=pin)
        except RuntimeError as error:
            if type(error).__name__ not in _REFUSALS:
                raise
            self._refused_pins.add(pin)
            refused = f"refuses the PIN of {self._uri.pin_file}"
            raise self._unavailable(f"{refused}, which is not tried again") from error
        self._refused_pins.clear()

    def _token(self) -> Any:  # noqa: ANN401 - python-pkcs11's
        library = self._library = _pkcs11().lib(str(self._uri.module))
        if self._lost:
            # Modules look for tokens when they are initialised; not all of them also later.
            library.reinitialize()
            self._lost = False
        found = list(self._tokens(library))
        if len(found) != 1:
            raise self._unavailable("there are several of it" if found else "is not there")
        return found[0]

    def _tokens(self, library: Any) -> Iterator[Any]:  # noqa: ANN401
        for slot in library.get_slots(token_present=True):
            token = slot.get_token()
            serial = token.serial
            serial = serial.decode(errors="replace") if isinstance(serial, bytes) else serial
            if self._uri.token in ("", token.label) and self._uri.serial in ("", serial.strip()):
                yield token

    def _pin(self) -> str:
        file = self._uri.pin_file
        try:
            with file.open("rb") as stream:
                content = stream.read(_MAX_PIN_BYTES + 1)
            pin = content.decode().rstrip("\r\n")
        except OSError as error:
            raise self._unavailable(f"{file}: {error.strerror}") from error
        except UnicodeDecodeError:
            raise self._unavailable(f"{file}: not a PIN") from None
        if not pin or len(content) > _MAX_PIN_BYTES:
            raise self._unavailable(f"{file}: not a PIN")
        return pin

    def _found(self) -> Mapping[bytes, Any]:
        """Find our keys anew, by their public keys."""
        constants = _pkcs11()
        attribute, kind = constants.Attribute, constants.ObjectClass
        points = {
            each[attribute.ID]: each[attribute.EC_POINT] for each in self._objects(kind.PUBLIC_KEY)
        }
        self._keys = {
            public_key_of(points[each[attribute.ID]]): each
            for each in self._objects(kind.PRIVATE_KEY)
            if each[attribute.ID] in points
        }
        return self._keys

    def _objects(self, kind: Any) -> list[Any]:  # noqa: ANN401
        constants = _pkcs11()
        wanted = {
            constants.Attribute.CLASS: kind,
            constants.Attribute.KEY_TYPE: constants.KeyType.EC,
            constants.Attribute.LABEL: self._uri.label,
        }
        found = list(self._session.get_objects(wanted))
        if len(found) > _MAX_KEYS:
            raise self._unavailable(f"has more than {_MAX_KEYS} keys of one label")
        return found

    def _key(self, public_key: bytes) -> Any:  # noqa: ANN401
        key = self._keys.get(public_key) or self._found().get(public_key)
        if key is None:
            raise self._unavailable(f"has no key {self._uri.label} of our certificate")
        return key

    def _generate(self) -> bytes:
        constants = _pkcs11()
        attribute = constants.Attribute
        curve = self._session.create_domain_parameters(
            constants.KeyType.EC, {attribute.EC_PARAMS: P256}, local=True
        )
        public, _ = curve.generate_keypair(
            id=secrets.token_bytes(_ID_BYTES),
            label=self._uri.label,
            store=True,
            capabilities=constants.MechanismFlag.SIGN | constants.MechanismFlag.VERIFY,
            mechanism=constants.Mechanism.EC_KEY_PAIR_GEN,
            # A TPM says of every key that it also decrypts, and takes no template that denies it.
            public_template={attribute.ENCRYPT: constants.DEFAULT},
            private_template={
                attribute.SENSITIVE: True,
                attribute.EXTRACTABLE: False,
                attribute.DECRYPT: constants.DEFAULT,
            },
        )
        return public_key_of(public[attribute.EC_POINT])

    def _remove(self, public_key: bytes) -> None:
        constants = _pkcs11()
        key = self._key(public_key)
        identifier = key[constants.Attribute.ID]
        for each in self._objects(constants.ObjectClass.PUBLIC_KEY):
            if each[constants.Attribute.ID] == identifier:
                each.destroy()
        key.destroy()
        self._keys = {}

    def _explained(self, error: Exception) -> SignerUnavailable:
        return self._unavailable(f"{type(error).__name__} {error}".strip())

    def _unavailable(self, reason: str) -> SignerUnavailable:
        return SignerUnavailable(f"{self._uri}: {reason}")
