"""What both kinds of key agreement refuse."""

from egate.emrtd.errors import DocumentRejected


class PublicKeyInvalid(DocumentRejected):
    """A public key is no element of the group, or a trivial one (9303-11 §9.4.5)."""


class MappingNotPossible(DocumentRejected):
    """The domain parameters have no integrated mapping, or it ends in no generator."""
