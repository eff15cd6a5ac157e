"""What a simulated passport holds: its printed zone, its files, its private keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hardware_mocks.chip import mrz
from hardware_mocks.chip.active_authentication import USUAL_SCHEME, AaKey, AaScheme
from hardware_mocks.chip.chip_key import ChipKey
from hardware_mocks.chip.pace_offer import PaceOffer
from hardware_mocks.chip.terminal_authentication import TrustPoint

_USUAL_CODES: Final[Mapping[mrz.DocumentType, str]] = {"TD1": "I", "TD2": "I", "TD3": "P"}


@dataclass(frozen=True, slots=True)
class Holder:
    """A made-up person and the document printed for that person; dates are YYMMDD.

    ``portrait`` is a JPEG file; ``document_code`` is the usual one of the document type when
    empty. Fields never appear in ``repr``.
    """

    surname: str = field(repr=False)
    given_names: str = field(repr=False)
    document_number: str = field(repr=False)
    nationality: str
    issuing_state: str
    date_of_birth: str = field(repr=False)
    sex: str = field(repr=False)
    date_of_expiry: str = field(repr=False)
    portrait: Path = field(repr=False)
    personal_number: str = field(default="", repr=False)
    document_type: mrz.DocumentType = "TD3"
    document_code: str = ""

    def mrz(self) -> tuple[str, ...]:
        """The lines of the zone; raises ValueError for what cannot be printed in it."""
        fields = mrz.ZoneFields(
            document_code=self.document_code or _USUAL_CODES[self.document_type],
            issuing_state=self.issuing_state,
            surname=self.surname,
            given_names=self.given_names,
            document_number=self.document_number,
            nationality=self.nationality,
            date_of_birth=self.date_of_birth,
            sex=self.sex,
            date_of_expiry=self.date_of_expiry,
            optional=self.personal_number,
        )
        return mrz.zone(self.document_type, fields)


@dataclass(frozen=True, slots=True)
class Document:
    """A personalised document.

    Args:
        mrz: the lines of the printed zone.
        can: the card access number, six digits, or empty where none is printed.
        files: the files of the eMRTD application by identifier.
        active_authentication: the private key that answers INTERNAL AUTHENTICATE.
        aa_scheme: how it signs.
        master_files: files of the master file by identifier, as EF.DIR and EF.CardSecurity.
        basic_access: whether Basic Access Control opens it.
        pace: the PACE that opens it; EF.CardAccess is made of it.
        pace_cam_keys: private keys of Chip Authentication by parameterId, for PACE-CAM.
        chip_keys: the keys that answer Chip Authentication.
        terminal_trust: whose terminals may read DG3 and DG4; nobody's when None.

    """

    mrz: tuple[str, ...] = field(repr=False)
    can: str = field(repr=False)
    files: Mapping[int, bytes] = field(repr=False)
    active_authentication: AaKey | None = field(default=None, repr=False)
    aa_scheme: AaScheme = USUAL_SCHEME
    master_files: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    basic_access: bool = True
    pace: tuple[PaceOffer, ...] = ()
    pace_cam_keys: Mapping[int, int] = field(default_factory=dict, repr=False)
    chip_keys: tuple[ChipKey, ...] = ()
    terminal_trust: TrustPoint | None = None

    @property
    def mrz_information(self) -> str:
        return mrz.mrz_information(self.mrz)
