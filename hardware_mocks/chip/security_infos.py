"""SecurityInfos as a chip stores them (9303-11 §9.2)."""

from collections.abc import Iterable

from hardware_mocks.chip.domain_parameters import Group
from hardware_mocks.chip.elliptic import Curve
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.pki import der

EC_PUBLIC_KEY = "1.2.840.10045.2.1"
DH_PUBLIC_NUMBER = "1.2.840.10046.2.1"
STANDARDIZED_DOMAIN_PARAMETERS = "0.4.0.127.0.7.1.2"


def security_infos(infos: Iterable[bytes]) -> bytes:
    """SecurityInfos: the content of EF.CardAccess, and of DG14 within its tag."""
    return der.set_of(infos)


def pace_infos(offers: Iterable[PaceOffer]) -> list[bytes]:
    """A PACEInfo for each offer, a PACEDomainParameterInfo for each explicit set (§9.2.1, 2)."""
    infos = {pace_info(offer) for offer in offers}
    infos |= {pace_domain_parameter_info(offer) for offer in offers if offer.explicit}
    return sorted(infos)


def pace_info(offer: PaceOffer) -> bytes:
    """PACEInfo version 2 with its parameterId (9303-11 §9.2.1)."""
    return der.sequence(der.oid(offer.protocol), der.integer(2), der.integer(offer.reference))


def pace_domain_parameter_info(offer: PaceOffer) -> bytes:
    """PACEDomainParameterInfo with the parameters written out (9303-11 §9.2.2)."""
    return der.sequence(
        der.oid(offer.family), explicit_parameters(offer.group), der.integer(offer.reference)
    )


def explicit_parameters(group: Group) -> bytes:
    """AlgorithmIdentifier with every number of the group (9303-11 §9.5.2)."""
    if isinstance(group, Curve):
        return der.sequence(der.oid(EC_PUBLIC_KEY), group.domain.explicit())
    numbers = (group.domain.p, group.domain.g, group.domain.q)  # X9.42 has g before q
    return der.sequence(der.oid(DH_PUBLIC_NUMBER), der.sequence(*map(der.integer, numbers)))


def standardized_parameters(parameter_id: int) -> bytes:
    """AlgorithmIdentifier that only names the parameters (9303-11 §9.5.1)."""
    return der.sequence(der.oid(STANDARDIZED_DOMAIN_PARAMETERS), der.integer(parameter_id))
