"""What a simulated passport holds: its printed zone, its files, its private key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hardware_mocks.chip import mrz
from hardware_mocks.chip.active_authentication import AaKey


@dataclass(frozen=True, slots=True)
class Holder:
    """A made-up person and the document printed for that person; dates are YYMMDD.

    ``portrait`` is a JPEG file. Fields never appear in ``repr``.
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

    def mrz(self) -> tuple[str, str]:
        """The two lines of the TD3 zone; raises ValueError for what cannot be printed in it."""
        return mrz.td3(
            surname=self.surname,
            given_names=self.given_names,
            document_number=self.document_number,
            nationality=self.nationality,
            issuing_state=self.issuing_state,
            date_of_birth=self.date_of_birth,
            sex=self.sex,
            date_of_expiry=self.date_of_expiry,
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A personalised document: its MRZ, the files of the application by id, its AA key."""

    mrz: tuple[str, str] = field(repr=False)
    can: str = field(repr=False)
    files: Mapping[int, bytes] = field(repr=False)
    active_authentication: AaKey | None = field(default=None, repr=False)
    aa_hash: str = "sha256"

    @property
    def mrz_information(self) -> str:
        return mrz.mrz_information(self.mrz)
