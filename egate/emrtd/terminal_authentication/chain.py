"""The certificates from a chip's trust point to the terminal, looked at before they are sent.

The chip checks them all again. Doing it here first tells a terminal that is set up wrongly
from a chip that refuses, and costs no time of a traveller.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Final, Self

from egate.emrtd.crypto.ec_domain import Curve
from egate.emrtd.crypto.libcrypto import LibcryptoUnavailable
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.terminal_authentication.cv_certificate import Authorization, CvCertificate, Role

_MOST_CERTIFICATES: Final = 16


class ChainRejected(Exception):
    """The terminal's certificates make no chain from the trust point. Says which one why."""


@dataclass(frozen=True, slots=True)
class TerminalChain:
    """CVCA link certificates, document verifier, terminal.

    Args:
        to_send: what the chip has to verify, in order.
        authorization: what all of them allow, as far as they are known here.

    """

    to_send: tuple[CvCertificate, ...] = field(repr=False)
    authorization: Authorization

    @property
    def holder(self) -> str:
        """The reference of the terminal's key."""
        return self.to_send[-1].holder

    @classmethod
    def parse(cls, certificates: Sequence[bytes], trust_point: str) -> Self:
        """Check that ``certificates`` lead from ``trust_point`` to a terminal.

        Args:
            certificates: in the order of the chain. The first may be that of the trust point
                itself, which is not sent: it has the curve and limits the rights.
            trust_point: a reference that the chip gave.

        Raises:
            ChainRejected: they do not.

        """
        try:
            chain = [CvCertificate.parse(raw) for raw in certificates[:_MOST_CERTIFICATES]]
            return cls._checked(chain, trust_point)
        except (DocumentRejected, LibcryptoUnavailable) as error:
            raise ChainRejected(str(error)) from error

    @classmethod
    def _checked(cls, chain: list[CvCertificate], trust_point: str) -> Self:
        anchor = chain[0] if chain and chain[0].holder == trust_point else None
        to_send = chain if anchor is None else chain[1:]
        if not to_send or to_send[-1].role is not Role.TERMINAL:
            raise ChainRejected("the chain ends at no terminal")
        issuer, issuer_name = anchor, trust_point
        curve = None if anchor is None else anchor.public_key.curve
        for certificate in to_send:
            if certificate.issuer != issuer_name:
                raise ChainRejected(f"{certificate.holder} is not certified by {issuer_name}")
            _check_role(certificate, issuer)
            _check_signature(certificate, issuer, curve)
            curve = certificate.public_key.curve or curve
            issuer, issuer_name = certificate, certificate.holder
        rights = [c.authorization for c in chain]
        return cls(tuple(to_send), reduce(lambda issuer, own: own.limited_by(issuer), rights))


def _check_role(certificate: CvCertificate, issuer: CvCertificate | None) -> None:
    """CVCAs certify CVCAs and document verifiers, and these certify terminals (9303-12 §4.2)."""
    by_cvca = certificate.role is not Role.TERMINAL
    if issuer is None:
        right = by_cvca
    elif by_cvca:
        right = issuer.role is Role.CVCA
    else:
        right = issuer.role.is_document_verifier
    if not right:
        raise ChainRejected(
            f"{certificate.holder} has no right to its role {certificate.role.name}"
        )


def _check_signature(
    certificate: CvCertificate, issuer: CvCertificate | None, curve: Curve | None
) -> None:
    if issuer is None or (issuer.public_key.rsa is None and curve is None):
        return  # only the chip has the key
    if not certificate.is_signed_by(issuer.public_key, curve):
        raise ChainRejected(f"the signature of {certificate.holder} is wrong")
