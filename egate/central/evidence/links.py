"""Links of stations' chains as they come with records, and how two of them hang together."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from egate.central.alarms import AlarmKind
from egate.domain.evidence.chain import FIRST, HASH_BYTES, ChainLink, link_hash_of_digest

_SIGNATURE_BYTES: Final = range(8, 73)  # of a P-256 signature in DER


class Link(NamedTuple):
    """The link of one record.

    Args:
        hash: that the next link names.
        previous: hash of the link before.
        signature: of the station; b"" when the record came without a link.
        key_id: of the station's key; b"" when the record came without a link.
        fault: value of the `AlarmKind` that it raises; "" for none.

    """

    hash: bytes
    previous: bytes
    signature: bytes = b""
    key_id: bytes = b""
    fault: str = ""


def link_of(station_id: str, gate_seq: int, digest: bytes, sent: ChainLink | None) -> Link:
    """Return the link of a record; without one it is written down as if it began a chain.

    Args:
        station_id: as in the record.
        gate_seq: as in the record.
        digest: SHA-256 of the record as it came.
        sent: what came with it.

    """
    if sent is None or not _is_usable(sent):
        link = link_hash_of_digest(station_id, gate_seq, FIRST, digest)
        return Link(link, FIRST, fault=AlarmKind.SIGNATURE_WRONG if sent else "")
    link = link_hash_of_digest(station_id, gate_seq, sent.previous, digest)
    return Link(link, sent.previous, sent.signature, sent.key_id)


def _is_usable(sent: ChainLink) -> bool:
    return (
        len(sent.previous) == HASH_BYTES
        and len(sent.signature) in _SIGNATURE_BYTES
        and len(sent.key_id) == HASH_BYTES
    )


def fault_after(before: Sequence[Link], gate_seq: int, link: Link) -> str:
    """Return the value of the `AlarmKind` of a link that does not continue the one before.

    Nothing is said of a link before which one is still missing.

    Args:
        before: links of the number before; several when the station has used it twice.
        gate_seq: number of ``link``.
        link: of the same station.

    """
    if not link.signature:
        begun = any(each.signature or each.fault for each in before)
        return AlarmKind.LINK_MISSING if begun else ""
    ends = {_end(each) for each in before} or {FIRST if gate_seq == 1 else None}
    return "" if ends & {link.previous, None} else AlarmKind.CHAIN_BROKEN


def _end(link: Link) -> bytes | None:
    """Return what the next link names: nothing yet after one of before, None if it is unknown."""
    if link.signature:
        return link.hash
    return None if link.fault else FIRST
