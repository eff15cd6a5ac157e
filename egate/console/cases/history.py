"""What the centre knows of the traveller of a case: earlier crossings and the stay."""

from dataclasses import dataclass
from typing import Final

from egate.console.centre import CentreLinks
from egate.domain.evidence import TravelDocument
from egate.ports.inquiries import CrossingFound, HolderKnown, HolderStay
from egate.ports.reporting import CentreUnavailable
from egate.reporting.inquiry_client import InquiryRefused

_MOST_CROSSINGS: Final = 8
_MOST_STAYS: Final = 3


@dataclass(frozen=True, slots=True)
class History:
    """What is shown of it. Personal.

    Args:
        crossings: the newest first, without this case's own.
        stays: the newest first.
        documents: how many other documents the holder has or had.
        trouble: key of the words for why nothing is known; "" if it was asked.

    """

    crossings: tuple[CrossingFound, ...] = ()
    stays: tuple[HolderStay, ...] = ()
    documents: int = 0
    trouble: str = ""


async def history_of(
    centre: CentreLinks | None, document: TravelDocument | None, officer_id: str, crossing_id: str
) -> History:
    """Return what the centre knows of the holder of ``document``; it may be away.

    Args:
        centre: None where the console has no link to it.
        document: as the gate read it; None when it read none.
        officer_id: who looks; the centre keeps it.
        crossing_id: of the case.

    """
    if document is None:
        return History(trouble="case.no_document")
    if centre is None:
        return History(trouble="case.no_centre")
    try:
        known = await centre.inquiry.holder(
            document.issuing_state, document.document_number, officer_id
        )
    except (CentreUnavailable, InquiryRefused):
        return History(trouble="case.centre_away")
    return _shown(known, crossing_id)


def _shown(known: HolderKnown, crossing_id: str) -> History:
    earlier = [
        each for each in known.crossings if each.crossing_id != crossing_id and not each.replaced
    ]
    return History(
        crossings=tuple(earlier[:_MOST_CROSSINGS]),
        stays=known.stays[:_MOST_STAYS],
        documents=len(known.documents) - 1,
    )
