"""What can be wrong with a card verifiable certificate."""

from egate.emrtd.errors import DocumentRejected


class CvCertificateMalformed(DocumentRejected):
    """A CV certificate is not one of the profile of 9303-12 §7.2.2."""
