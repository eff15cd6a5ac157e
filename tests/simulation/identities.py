"""Keys and certificates of gates: the same in every process, made once in each."""

import datetime as dt
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from egate.domain.evidence.chain import key_id_of
from egate.ports.signing import SignerUnavailable
from egate.reporting.identity import Holder, Identity, Role, holder_of
from tests.simulation.world import BEGUN

_GENERATIONS: Final = 1000
_ALGORITHM: Final = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_BEGUN: Final = dt.datetime.fromtimestamp(BEGUN, dt.UTC)


class StationKey:
    """A ``Signer`` with its certificate.

    Args:
        station: number of the station.
        generation: number of its key.

    """

    def __init__(self, station: int, generation: int = 1) -> None:
        self.station = station
        self.is_away = False
        self.become(generation)

    def become(self, generation: int) -> None:
        """Be another key, with another certificate."""
        station, self.generation = self.station, generation
        self.key = _key(station, generation)
        self.certificate = _certificate(station, generation)
        self.public_key = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.key_id = key_id_of(self.public_key)

    def sign(self, message: bytes) -> bytes:
        if self.is_away:
            raise SignerUnavailable("the token was pulled out")
        return self.key.sign(message, _ALGORITHM)

    @property
    def holder(self) -> Holder:
        """As the centre sees it."""
        return holder_of(self.certificate)


def gate_id(station: int) -> str:
    return f"BDDAC-S-{station:02}"


def identity(station: int) -> Identity:
    return Identity(Role.GATE, gate_id(station))


@lru_cache(maxsize=_GENERATIONS)
def _key(station: int, generation: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(_serial(station, generation), ec.SECP256R1())


def _serial(station: int, generation: int) -> int:
    return station * _GENERATIONS + generation


@lru_cache(maxsize=_GENERATIONS)
def _certificate(station: int, generation: int) -> bytes:
    key = _key(station, generation)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, gate_id(station))])
    urn = x509.UniformResourceIdentifier(identity(station).urn())
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(_serial(station, generation))
        .not_valid_before(_BEGUN - dt.timedelta(days=1))
        .not_valid_after(_BEGUN + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([urn]), critical=False)
        .sign(key, _ALGORITHM.algorithm)
    )
    return made.public_bytes(serialization.Encoding.PEM)
