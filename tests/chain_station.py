"""A station that signs the links of its records, as a test wants it to."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from egate.domain.evidence.chain import FIRST, ChainLink, key_id_of, link_hash, signed_message
from egate.reporting import credentials
from egate.reporting.channel import open_channel
from egate.reporting.identity import Role
from egate.settings import Tls
from egate.wire.v1 import crossing_pb2 as wire
from egate.wire.v1 import crossing_pb2_grpc as wire_grpc
from tests.centre_harness import GATE, Centre, raw


@dataclass(frozen=True)
class Sent:
    """A record and its link, as they are sent."""

    record: bytes
    link: ChainLink | None


@dataclass
class Station:
    """A gate with a certificate of its own, and the end of its chain."""

    centre: Centre
    tls: Tls
    name: str = GATE
    head: bytes = FIRST
    key: ec.EllipticCurvePrivateKey = field(init=False)

    def __post_init__(self) -> None:
        key = load_pem_private_key(self.tls.key.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self.key = key

    @classmethod
    def at(cls, centre: Centre, name: str = GATE, role: str = "gate") -> Self:
        return cls(centre, centre.tls(role, name), name)

    def renewed(self) -> "Station":
        """The same station with its next certificate."""
        return replace(self, tls=self.centre.tls("gate", self.name))

    @property
    def key_id(self) -> bytes:
        public = self.key.public_key()
        return key_id_of(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    def link(self, number: int, record: bytes) -> ChainLink:
        """The next link of the chain, for ``record``."""
        previous, self.head = self.head, link_hash(self.name, number, self.head, record)
        signature = self.key.sign(signed_message(self.head), ec.ECDSA(hashes.SHA256()))
        return ChainLink(previous, signature, self.key_id)

    def record(self, number: int) -> bytes:
        """A record of this station, with an id that none of another one has."""
        of_station = zlib.crc32(self.name.encode()) if self.name != GATE else 0
        crossing_id = f"0197f000-{of_station >> 16:04x}-7000-8000-{number:012x}"
        return raw(number, gate_id=self.name, crossing_id=crossing_id)

    def made(self, *numbers: int) -> list[Sent]:
        """Records with these numbers, each with the next link."""
        records = [(number, self.record(number)) for number in numbers]
        return [Sent(record, self.link(number, record)) for number, record in records]

    async def send(self, sent: Sequence[Sent]) -> wire.PutBatchResponse:
        channel = open_channel(self.centre.at.grpc, credentials.load(self.tls), Role.CENTRE)
        request = wire.PutBatchRequest(
            records=[each.record for each in sent],
            links=[_on_the_wire(each.link) for each in sent],
        )
        async with channel:
            return await wire_grpc.CrossingServiceStub(channel).PutBatch(request, timeout=5)


def _on_the_wire(link: ChainLink | None) -> wire.ChainLink:
    if link is None:
        return wire.ChainLink()
    return wire.ChainLink(previous=link.previous, signature=link.signature, key_id=link.key_id)
