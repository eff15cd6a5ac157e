"""GET RESPONSE: the rest of an answer that is too long for one short APDU (ISO 7816-4 §11.7)."""

from dataclasses import replace
from typing import Final

from egate.emrtd.conversation import Conversation
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu

MORE_BYTES: Final = 0x61
_GET_RESPONSE: Final = 0xC0
_SHORT_LE: Final = 256
_MAX_PARTS: Final = 256
_MAX_BYTES: Final = 0x10000  # what an extended response could carry at once


def collected(response: ResponseApdu) -> Conversation[ResponseApdu]:
    """Fetch what 61xx says is left of ``response``.

    Returns:
        All the parts as one response, with the status of the last.

    Raises:
        DocumentRejected: the chip announces more without end, or sends more than any response.

    """
    content = response.data
    for _ in range(_MAX_PARTS):
        if response.status.sw1 != MORE_BYTES:
            return replace(response, data=content)
        le = response.status.sw2 or _SHORT_LE
        response = yield CommandApdu(0x00, _GET_RESPONSE, 0x00, 0x00, le=le)
        content += response.data
        if len(content) > _MAX_BYTES:
            raise DocumentRejected("GET RESPONSE: the answer is too long")
    raise DocumentRejected("GET RESPONSE: the answer does not end")
