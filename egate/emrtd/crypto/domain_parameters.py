"""Domain parameters by number or as an AlgorithmIdentifier (9303-11 §9.5)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from egate.emrtd import asn1
from egate.emrtd.asn1 import Element
from egate.emrtd.crypto.dh_domain import DH_PKCS3, DH_X942, RFC5114_GROUPS, find_group
from egate.emrtd.crypto.dh_group import DhKeyAgreement
from egate.emrtd.crypto.ec_domain import STANDARD_CURVES, DomainParametersRejected, find_curve
from egate.emrtd.crypto.ec_group import EcKeyAgreement

_STANDARDISED: Final = "0.4.0.127.0.7.1.2"
_EC_PUBLIC_KEY: Final = "1.2.840.10045.2.1"

# §9.5.1, table 12: 3 to 7 and from 19 on are reserved for future use.
_CURVE_NAMES: Final = {
    8: "P-192",
    9: "brainpoolP192r1",
    10: "P-224",
    11: "brainpoolP224r1",
    12: "P-256",
    13: "brainpoolP256r1",
    14: "brainpoolP320r1",
    15: "P-384",
    16: "brainpoolP384r1",
    17: "brainpoolP512r1",
    18: "P-521",
}
_CURVES: Final = {curve.name: curve for curve in STANDARD_CURVES}

STANDARDISED_DOMAIN_PARAMETERS: Final[Mapping[int, EcKeyAgreement | DhKeyAgreement]] = (
    MappingProxyType(
        {number: DhKeyAgreement(group) for number, group in enumerate(RFC5114_GROUPS)}
        | {number: EcKeyAgreement(_CURVES[name]) for number, name in _CURVE_NAMES.items()}
    )
)
RESERVED_PARAMETER_IDS: Final = range(32)


def standardised(parameter_id: int) -> EcKeyAgreement | DhKeyAgreement:
    """Return the standardised domain parameters with this number (9303-11 §9.5.1).

    Raises:
        DomainParametersRejected: the number is reserved for future use, or beyond the table.

    """
    found = STANDARDISED_DOMAIN_PARAMETERS.get(parameter_id)
    if found is None:
        # A chip may send a number of thousands of digits, which Python refuses to print.
        number = parameter_id if parameter_id in RESERVED_PARAMETER_IDS else "beyond the table"
        raise DomainParametersRejected(f"domain parameters {number} are not standardised")
    return found


def of_algorithm(algorithm: Element) -> EcKeyAgreement | DhKeyAgreement:
    """Return the domain parameters of an AlgorithmIdentifier, by number, by name or explicit.

    Raises:
        DomainParametersRejected: another algorithm, or parameters that are not known to
            be secure.
        Asn1Malformed: no AlgorithmIdentifier.

    """
    fields = algorithm.expect(asn1.SEQUENCE, "algorithm").fields("algorithm")
    kind, parameters = asn1.oid(fields.take()), fields.take()
    if kind == _STANDARDISED:
        return standardised(asn1.integer(parameters))
    if kind == _EC_PUBLIC_KEY:
        return EcKeyAgreement(find_curve(parameters))
    if kind in (DH_X942, DH_PKCS3):
        return DhKeyAgreement(find_group(kind, parameters))
    raise DomainParametersRejected(f"key agreement of kind {kind}")
