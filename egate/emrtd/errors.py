"""Why a document could not be read, told apart by what the gate does next.

Two branches, two answers: *present the document again* and *see an officer*.
Nobody catches below them. A failed authentication is not here: it is a finding
about the document, so it travels as evidence and never as an exception.

Messages name the field or the step, never its value: they end up in logs.
"""

from egate.emrtd.iso7816.status import StatusWord


class EmrtdError(Exception):
    """Base of everything ``egate.emrtd`` raises on purpose."""


class RetryableReadError(EmrtdError):
    """The document may read well if it is presented again."""


class DocumentRejected(EmrtdError):
    """The document answered, and its answer breaks ICAO 9303."""


class MrzInvalid(RetryableReadError):
    """A check digit or the layout of the machine readable zone is wrong."""


class ChipLost(RetryableReadError):
    """The chip left the field, or was never there for the time allowed."""


class AccessDenied(RetryableReadError):
    """The chip refused the access keys; a misread MRZ does that too."""


class SecureMessagingBroken(RetryableReadError):
    """A protected response had a wrong MAC or none; a chip pulled away does that too."""


class UnexpectedStatus(DocumentRejected):
    """The chip answered a command with a status word the step does not allow."""

    def __init__(self, step: str, status: StatusWord) -> None:
        super().__init__(f"{step}: {status}")
        self.step = step
        self.status = status


class TlvMalformed(DocumentRejected):
    """A data object ends early or its length does not fit."""
