"""What reading a certificate, a request or a list of revoked ones can raise, however it is damaged.

The library reads parts of them late: a key, a name or an extension may be refused long after the
whole was loaded, and not every fault is a ``ValueError``.
"""

from typing import Final

from cryptography import x509
from cryptography.exceptions import InternalError, UnsupportedAlgorithm

X509_FAULTS: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    InternalError,  # a private key on X448 that is too short
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
