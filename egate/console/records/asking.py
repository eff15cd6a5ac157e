"""Asks the centre in an officer's name, and says in a key of the words why it did not answer."""

from collections.abc import Awaitable
from typing import TypeVar

from egate.ports.reporting import CentreUnavailable
from egate.reporting.inquiry_client import InquiryRefused

_Answer = TypeVar("_Answer")


class NotAnswered(Exception):
    """There is no answer; ``text`` is the key of the sentence that says why."""

    def __init__(self, text: str, status_code: int) -> None:
        super().__init__(text)
        self.text = text
        self.status_code = status_code


async def answered(call: Awaitable[_Answer]) -> _Answer:
    """Return what ``call`` gives.

    Raises:
        NotAnswered: the centre is away, or does not answer this.

    """
    try:
        return await call
    except CentreUnavailable:
        raise NotAnswered("records.away", 503) from None
    except InquiryRefused:
        raise NotAnswered("records.refused", 400) from None
