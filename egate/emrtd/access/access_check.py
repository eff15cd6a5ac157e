"""Whether the way the chip was opened is the one that its State signed (9303-11 §4.2, §9.2.11).

EF.CardAccess is read before anything is proven and nobody signed it. Whoever leaves PACE out
of it makes a gate open with BAC, whose channel is weaker. EF.DG14 repeats the entries signed.
"""

from egate.emrtd.access.protocol import ONLY_BAC, Access, AccessProtocol
from egate.emrtd.checks import Outcome
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.lds.security_infos import SecurityInfos

_Entry = tuple[str, bytes, bytes]


def check_access(
    access: Access, card_access: bytes | None, signed: SecurityInfos | None
) -> tuple[Outcome, str]:
    """Compare what EF.CardAccess offered with what is signed.

    Args:
        access: how the chip was opened.
        card_access: the whole file, None when there is none.
        signed: of EF.DG14 or EF.CardSecurity; None when neither is there.

    """
    said = str(access) if not access.downgrade else f"{access}; downgrade: {access.downgrade}"
    if access.downgrade == ONLY_BAC:
        return Outcome.SUCCESSFUL, said
    offered = frozenset() if card_access is None else _entries_of_card_access(card_access)
    confirmed = frozenset() if signed is None else _entries(signed)
    if missing := confirmed - offered:
        return Outcome.FAILED, f"{said}; EF.CardAccess leaves out {len(missing)} signed entries"
    if access.protocol is AccessProtocol.BAC:
        return Outcome.SUCCESSFUL, said
    if not confirmed:
        # §4.2 wants the comparison where it can be made. PACE is no weaker without than BAC is.
        return Outcome.SUCCESSFUL, f"{said}; no signed file repeats EF.CardAccess"
    if offered - confirmed:
        return Outcome.FAILED, f"{said}; EF.CardAccess has entries that are not signed"
    return Outcome.SUCCESSFUL, said


def _entries_of_card_access(raw: bytes) -> frozenset[_Entry]:
    try:
        return _entries(SecurityInfos.parse(raw))
    except DocumentRejected:
        return frozenset()


def _entries(infos: SecurityInfos) -> frozenset[_Entry]:
    return frozenset(
        (info.oid, info.required.raw, info.optional.raw if info.optional else b"")
        for info in infos.of_pace()
    )
