"""What a seal proves of the page it is on."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from egate.emrtd.checks import CheckResult, Outcome, overall
from egate.emrtd.mrz.parse import Mrz
from egate.emrtd.passive_authentication import country
from egate.emrtd.passive_authentication.anchors import TrustAnchors
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.visible_digital_seal.document_match import check_mrz
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal
from egate.emrtd.visible_digital_seal.verify import SealVerification, verify


class SealTrust(Protocol):
    """What seals are verified with."""

    @property
    def anchors(self) -> TrustAnchors: ...

    def signers_of(self, state: str) -> Sequence[Certificate]:
        """Return the certificates among which a State's seal signer is looked for.

        Args:
            state: in the normal spelling of ``country.normalise``.

        """
        ...


@dataclass(frozen=True, slots=True)
class SealProof:
    """What was found out about one seal.

    Args:
        verification: of the seal alone.
        document: how it stands to an MRZ; None where there was none to compare with.

    """

    verification: SealVerification
    document: CheckResult | None

    @property
    def checks(self) -> Sequence[CheckResult]:
        compared = () if self.document is None else (self.document,)
        return (*self.verification.checks, *compared)

    @property
    def outcome(self) -> Outcome:
        return overall(self.checks)


def prove(seal: VisibleDigitalSeal, mrz: Mrz | None, trust: SealTrust, at: date) -> SealProof:
    """Verify ``seal`` and compare it with an MRZ.

    Args:
        seal: as it was read.
        mrz: of the paper it is on, or of the passport that the paper belongs to.
        trust: the CSCAs, CRLs and seal signers at hand.
        at: the day to decide for, in UTC.

    """
    signers = trust.signers_of(country.normalise(seal.header.signer_identifier[:2]))
    return SealProof(
        verify(seal, signers, trust.anchors, at, clock=time.monotonic),
        None if mrz is None else check_mrz(seal, mrz, at),
    )
