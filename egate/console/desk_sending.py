"""Sends to the centre what a desk has entered: decisions first, since an offload is urgent."""

from typing import Final

from egate.outbox.desk_book import DeskBook, DeskKind
from egate.ports.reporting import CentreUnavailable, RecordSink

_BATCH: Final = 50


async def send_waiting(book: DeskBook, crossings: RecordSink, decisions: RecordSink) -> None:
    """Send everything that waits in ``book``, in order, until it is confirmed or refused.

    Args:
        book: of the desk.
        crossings: takes encoded records.
        decisions: takes encoded decisions.

    Raises:
        CentreUnavailable: the rest waits; send it again.
        SealBroken: a record of the book was changed.

    """
    for kind, sink in ((DeskKind.DECISION, decisions), (DeskKind.CROSSING, crossings)):
        while batch := book.waiting(kind, _BATCH):
            receipt = await sink.submit(batch)
            book.settle(batch, receipt)
            if not {each.record_id for each in batch} & (receipt.accepted | receipt.refused.keys()):
                raise CentreUnavailable("the centre's answer is about nothing that was sent")
