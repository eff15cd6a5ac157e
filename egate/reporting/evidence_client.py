"""The centre's trees: heads that continue one another, and where a station's records are."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from cryptography import x509

from egate.domain.evidence.merkle import is_continued, is_included
from egate.domain.evidence.tree_head import TreeHead
from egate.durable_files import put_file
from egate.ports.evidence import EvidenceBroken
from egate.ports.reporting import CentreUnavailable
from egate.reporting.link import Link, found
from egate.reporting.tree_heads import HeadRefused, SignedHead
from egate.wire.v1 import evidence_pb2 as wire
from egate.wire.v1 import evidence_pb2_grpc as wire_grpc

_DEADLINE_SECONDS: Final = 10.0


class EvidenceClient:
    """An ``Evidence`` over a link; the newest head that was seen is kept in a file.

    Args:
        link: to the centre.
        ca: file of the authorities that may certify a centre (PEM).
        file: of the head, as ``egate audit verify --head`` takes it.

    """

    def __init__(self, link: Link, ca: Path, file: Path) -> None:
        self._link = link
        self._ca = ca
        self._file = file

    async def follow(self) -> int:
        """Take the newest head, if it continues the one that is kept; return its number."""
        kept = self._kept()
        known = kept.head.number if kept else 0
        answer = await self._ask(0, known)
        if answer is None:
            if kept:
                raise EvidenceBroken(f"the centre has no tree {known} any more, and signed it")
            return 0
        newest = self._genuine(answer.head)
        if kept:
            _check_continues(kept.head, newest.head, answer.consistency)
        if newest != kept:
            try:
                put_file(self._file, json.dumps(newest.as_json()).encode())
            except OSError as error:
                raise CentreUnavailable(f"{self._file}: {error.strerror}") from error
        return newest.head.number

    async def trees_of(self, links: Mapping[int, bytes]) -> Mapping[int, int]:
        """Return the number of the tree of each record that is proven to be in one."""
        request = wire.GetInclusionRequest(gate_seqs=links)
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.EvidenceServiceStub(await self._link.channel())
            answer = await stub.GetInclusion(request, timeout=_DEADLINE_SECONDS)
        heads: dict[int, TreeHead] = {}
        trees: dict[int, int] = {}
        for each in answer.inclusions:
            if each.number not in heads:
                heads[each.number] = await self._head_before_kept(each.number)
            head, link = heads[each.number], links.get(each.gate_seq, b"")
            if is_included(link, each.index, head.size, each.path, head.root):
                trees[each.gate_seq] = each.number
        return trees

    async def _head_before_kept(self, number: int) -> TreeHead:
        """Return a head that the one that is kept continues."""
        kept = self._kept()
        if kept is None or number > kept.head.number:
            raise CentreUnavailable("the centre has closed another tree meanwhile")
        earlier = await self._ask(number, 0)
        later = await self._ask(kept.head.number, number)
        if earlier is None or later is None:
            raise EvidenceBroken(f"the centre has no tree {number} any more, and signed it")
        head = self._genuine(earlier.head).head
        _check_continues(head, kept.head, later.consistency)
        return head

    async def _ask(self, number: int, known: int) -> wire.GetTreeHeadResponse | None:
        request = wire.GetTreeHeadRequest(number=number, known=known)
        with self._link.failing_as(CentreUnavailable):
            stub = wire_grpc.EvidenceServiceStub(await self._link.channel())
            return await found(stub.GetTreeHead(request, timeout=_DEADLINE_SECONDS))

    def _genuine(self, sent: wire.SignedTreeHead) -> SignedHead:
        try:
            head = TreeHead(
                sent.number, date.fromisoformat(sent.day), sent.size, sent.root, sent.days_root
            )
            signed = SignedHead(head, sent.signature, sent.certificate)
            signed.check(x509.load_pem_x509_certificates(self._ca.read_bytes()))
        except HeadRefused as refused:
            raise EvidenceBroken(f"tree {sent.number}: {refused}") from refused
        except (OSError, ValueError) as error:
            raise CentreUnavailable(f"tree {sent.number} cannot be verified") from error
        return signed

    def _kept(self) -> SignedHead | None:
        try:
            return SignedHead.from_file(self._file)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CentreUnavailable(f"{self._file}: {error.strerror}") from error
        except HeadRefused as refused:
            raise EvidenceBroken(f"{self._file}: {refused}") from refused


def _check_continues(before: TreeHead, after: TreeHead, proof: Sequence[bytes]) -> None:
    known, now = (before.number, before.days_root), (after.number, after.days_root)
    if not is_continued(known, now, proof):
        raise EvidenceBroken(f"tree {after.number} does not continue tree {before.number}")
