"""The pictures of a case on their way from a gate to the page; nothing of them stays here."""

import secrets
from collections.abc import Iterable

from starlette.responses import Response

from egate.emrtd.checks import CheckId
from egate.ports.case_images import CaseImage, CaseImageKind
from egate.ports.supervision import GateState, GateStatus


def is_with_officer(status: GateStatus, crossing_id: str) -> bool:
    """Return whether an officer is awaited for ``crossing_id`` and for nobody since."""
    return status.state is GateState.AWAITING_OFFICER and status.crossing_id == crossing_id != ""


def needed(images: Iterable[CaseImage], status: GateStatus) -> tuple[CaseImage, ...]:
    """Return what the officer needs for the findings: the PAD frames only for that check."""
    pad = CheckId.PAD in status.findings
    return tuple(each for each in images if pad or each.kind is not CaseImageKind.PAD_FRAME)


def pictures_response(images: Iterable[CaseImage]) -> Response:
    """Return ``images`` as one form; see `form_response`."""
    return form_response((image.kind.value, image.jpeg) for image in images)


def form_response(pictures: Iterable[tuple[str, bytes]]) -> Response:
    """Return JPEGs and their names as one form (RFC 7578), which the page's script takes apart.

    No picture gets an address of its own that a browser could keep.
    """
    boundary = secrets.token_hex(16)  # no picture can contain it by intent
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}";'
        f' filename="{name}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'.encode()
        + jpeg
        + b"\r\n"
        for name, jpeg in pictures
    )
    return Response(
        body + f"--{boundary}--\r\n".encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
