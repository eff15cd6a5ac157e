"""The one error of reading a seal."""

from egate.emrtd.errors import DocumentRejected


class SealMalformed(DocumentRejected):
    """The bytes of a bar code are no visible digital seal, or a broken one."""
