"""The key by which the centre knows a lane, where it is on a token and in no file."""

import warnings
from typing import Annotated, Final, NoReturn

import grpc
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from grpc import experimental
from pydantic import ConfigDict, SkipValidation

from egate.ports.signing import KeyToken
from egate.settings import GateTls, KeyTokenTable

_ON_TOKEN: Final = "the key is on a token, and never leaves it"  # noqa: S105


class OnToken(GateTls):
    """Mutual TLS of a lane whose key is on a token.

    Args:
        key_token: as the settings name it.
        opened: that token.

    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    key_token: KeyTokenTable
    opened: Annotated[KeyToken, SkipValidation]


class TokenKey(ec.EllipticCurvePrivateKey):
    """A private key on a token, for all that signs with a private key.

    Args:
        token: that has it.
        public: its other half, on P-256.

    ``sign`` raises ``SignerUnavailable``.
    """

    def __init__(self, token: KeyToken, public: ec.EllipticCurvePublicKey) -> None:
        self._token = token
        self._public = public
        self._name = public_name(public)

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    def sign(
        self,
        data: bytes | bytearray | memoryview,
        signature_algorithm: ec.EllipticCurveSignatureAlgorithm,
    ) -> bytes:
        if not isinstance(signature_algorithm.algorithm, hashes.SHA256):
            raise TypeError("a key on a token signs with SHA-256 alone")
        return self._token.sign(self._name, bytes(data))

    def exchange(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a key on a token only signs")

    def private_numbers(self) -> NoReturn:
        raise TypeError(_ON_TOKEN)

    def private_bytes(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(_ON_TOKEN)

    def __copy__(self) -> "TokenKey":
        return self

    def __deepcopy__(self, *_: object) -> "TokenKey":
        return self


def public_name(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return what a ``KeyToken`` calls ``key``."""
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def public_key_from(name: bytes) -> ec.EllipticCurvePublicKey:
    """Return the key of such a name."""
    key = serialization.load_der_public_key(name)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("a key token keeps keys on P-256 alone")
    return key


def credentials_of_client(ca: bytes, certificate: bytes, key: TokenKey) -> grpc.ChannelCredentials:
    """Return credentials of a client, for whose handshakes the token signs.

    Args:
        ca: certificates of the authorities of servers, in PEM.
        certificate: of ``key``, in PEM.
        key: that signs; while it does not, no handshake succeeds.

    """

    def sign(
        message: bytes,
        algorithm: experimental.PrivateKeySignatureAlgorithm,
        _answer: experimental.PrivateKeySignOnComplete,
    ) -> bytes:
        if algorithm != experimental.PrivateKeySignatureAlgorithm.ECDSA_SECP256R1_SHA256:
            raise TypeError("our key signs in one way alone")
        return key.sign(message, ec.ECDSA(hashes.SHA256()))

    with warnings.catch_warnings():
        # It may change with gRPC: the version is pinned, and a test makes a handshake with it.
        warnings.simplefilter("ignore", experimental.ExperimentalApiWarning)
        made: grpc.ChannelCredentials = experimental.ssl_channel_credentials_with_custom_signer(
            private_key_sign_fn=sign, root_certificates=ca, certificate_chain=certificate
        )
    return made
