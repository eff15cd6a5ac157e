"""The lists of the centre, seen from a gate: asked for over gRPC with mutual TLS."""

from collections.abc import Mapping
from typing import Final

from egate.ports.lists import ListsAway, OfferedList, PartOf
from egate.reporting.identity import Role
from egate.reporting.link import Link
from egate.settings import Tls
from egate.wire.v1 import list_pb2 as wire
from egate.wire.v1 import list_pb2_grpc as wire_grpc

_VERSIONS_SECONDS: Final = 5.0
_PART_SECONDS: Final = 20.0  # a mebibyte over a poor line


class ListClient:
    """A ``ListOffers`` over one channel.

    Args:
        address: of the centre, as ``host:port``.
        tls: our certificate, and the authority of the centre's.

    Raises:
        SettingsError: the files of ``tls`` are missing or do not fit together.

    """

    def __init__(self, address: str, tls: Tls) -> None:
        self._address = address
        self._link = Link(address, tls, Role.CENTRE)

    async def versions(self, have: Mapping[str, int]) -> tuple[OfferedList, ...]:
        """Return what leads to the newest version of each list, as the port says.

        Raises:
            ListsAway: the centre does not answer, refuses us, or is of before it had lists.

        """
        held = [wire.HeldList(list=name, version=version) for name, version in have.items()]
        with self._link.failing_as(ListsAway):
            stub = wire_grpc.ListServiceStub(await self._link.channel())
            request = wire.GetVersionsRequest(held=held)
            answer = await stub.GetVersions(request, timeout=_VERSIONS_SECONDS)
        offered = [
            OfferedList(each.list, each.freshness, tuple(each.manifests)) for each in answer.lists
        ]
        if any(each.name not in have for each in offered):
            raise ListsAway(f"{self._address}: answered about a list that nobody asked for")
        return tuple(offered)

    async def part(self, part: PartOf) -> bytes:
        """Return a piece of a version, as the port says.

        Raises:
            ListsAway: the centre does not answer, or has not that version any more.

        """
        request = wire.GetPartRequest(
            list=part.name,
            version=part.version,
            delta=part.is_delta,
            file=part.file,
            offset=part.offset,
            length=part.length,
        )
        with self._link.failing_as(ListsAway):
            stub = wire_grpc.ListServiceStub(await self._link.channel())
            answer = await stub.GetPart(request, timeout=_PART_SECONDS)
        if not 0 < len(answer.content) <= part.length:
            raise ListsAway(f"{self._address}: a part of another length than was asked for")
        return answer.content

    async def close(self) -> None:
        """End the connection; a call under way ends as ``ListsAway``."""
        await self._link.close()
