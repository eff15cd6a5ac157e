"""What each type of deviation explains, and how it is called (9303-3 §7.3.5, 9303-12 §10.2).

A type explains the failure that it describes and no other. A general type stands for what
the particular ones of its family do not say, so it explains no signature and no hash.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from egate.emrtd.checks import CheckId
from egate.emrtd.passive_authentication.deviation_list import DEVIATION_LIST, DeviationDescription

CERT_OR_KEY: Final = f"{DEVIATION_LIST}.1"
DS_SIGNATURE: Final = f"{CERT_OR_KEY}.1"
DS_ENCODING: Final = f"{CERT_OR_KEY}.2"
CSCA_ENCODING: Final = f"{CERT_OR_KEY}.3"
AA_KEY_COMPROMISED: Final = f"{CERT_OR_KEY}.4"
LDS: Final = f"{DEVIATION_LIST}.2"
DG_MALFORMED: Final = f"{LDS}.1"
DG_HASH_WRONG: Final = f"{LDS}.2"
SOD_SIGNATURE_WRONG: Final = f"{LDS}.3"
COM_INCONSISTENT: Final = f"{LDS}.4"
MRZ: Final = f"{DEVIATION_LIST}.3"
MRZ_WRONG_DATA: Final = f"{MRZ}.1"
MRZ_WRONG_CHECK_DIGIT: Final = f"{MRZ}.2"
CHIP: Final = f"{DEVIATION_LIST}.4"

_WORDS: Final[Mapping[str, str]] = {
    CERT_OR_KEY: "certificate or key",
    DS_SIGNATURE: "signature of the document signer",
    DS_ENCODING: "encoding of the document signer",
    CSCA_ENCODING: "encoding of the CSCA",
    AA_KEY_COMPROMISED: "key for active authentication may be compromised",
    LDS: "data structure",
    DG_MALFORMED: "malformed data group",
    DG_HASH_WRONG: "wrong hash of a data group",
    SOD_SIGNATURE_WRONG: "signature of EF.SOD",
    COM_INCONSISTENT: "EF.COM and EF.SOD inconsistent",
    MRZ: "MRZ",
    MRZ_WRONG_DATA: "wrong data in the MRZ",
    MRZ_WRONG_CHECK_DIGIT: "wrong check digit in the MRZ",
    CHIP: "chip not usable",
    DEVIATION_LIST: "it does not say in what",
}
_Explained = frozenset[CheckId]
_CERTIFICATE: Final = frozenset({CheckId.CERTIFICATE_PATH, CheckId.DS_VALIDITY, CheckId.COUNTRY})
_PATH: Final = frozenset({CheckId.CERTIFICATE_PATH})
_VALIDITY: Final = frozenset({CheckId.DS_VALIDITY})
_COUNTRY: Final = frozenset({CheckId.COUNTRY})
# By type and parameter: CertificateBodyField (0 generic, 5 validity, 6 subject,
# 7 subjectPublicKeyInfo), Datagroup (20 is EF.SOD, 21 EF.COM).
_EXPLAINED: Final[Mapping[tuple[str, int | str | None], _Explained]] = {
    (DS_ENCODING, None): _CERTIFICATE,
    (DS_ENCODING, 0): _CERTIFICATE,
    (DS_ENCODING, 5): _VALIDITY,
    (DS_ENCODING, 6): _COUNTRY,
    (DS_ENCODING, 7): frozenset({CheckId.SOD_SIGNATURE}),
    (CSCA_ENCODING, None): _CERTIFICATE,
    (CSCA_ENCODING, 0): _CERTIFICATE,
    (CSCA_ENCODING, 5): _VALIDITY,
    (CSCA_ENCODING, 6): _PATH | _COUNTRY,
    (DG_MALFORMED, 1): frozenset({CheckId.MRZ_DG1}),
    (DG_MALFORMED, 14): frozenset({CheckId.CHIP_AUTHENTICATION}),
    (DG_MALFORMED, 15): frozenset({CheckId.ACTIVE_AUTHENTICATION}),
    (DG_MALFORMED, 20): frozenset({CheckId.SOD_SIGNATURE}),
    (DG_MALFORMED, 21): frozenset({CheckId.COM_SOD}),
}
# By type alone, whatever the parameter otherwise is.
_EXPLAINED_BY_TYPE: Final[Mapping[str, _Explained]] = {
    CERT_OR_KEY: _VALIDITY | _COUNTRY,
    DS_SIGNATURE: _PATH,
    DS_ENCODING: _PATH,
    CSCA_ENCODING: _PATH,
    LDS: frozenset({CheckId.COM_SOD}),
    SOD_SIGNATURE_WRONG: frozenset({CheckId.SOD_SIGNATURE}),
    COM_INCONSISTENT: frozenset({CheckId.COM_SOD}),
}
# MRZField: what its fields are called here.
_MRZ_FIELDS: Final[Mapping[int | str | None, frozenset[str]]] = {
    1: frozenset({"document_code"}),
    2: frozenset({"issuing_state"}),
    3: frozenset({"names", "primary_identifier", "secondary_identifier"}),
    4: frozenset({"document_number"}),
    5: frozenset({"nationality"}),
    6: frozenset({"date_of_birth"}),
    7: frozenset({"sex"}),
    8: frozenset({"date_of_expiry"}),
    9: frozenset({"optional_data"}),
}
_EVERY_MRZ_FIELD: Final = frozenset[str]().union(*_MRZ_FIELDS.values())
_COMPOSITE: Final = frozenset({"composite"})
_GENERIC: Final = (0, None)
_EVERY_DATA_GROUP: Final = frozenset(range(1, 17))


@dataclass(frozen=True, slots=True)
class Faults:
    """Which parts failed the checks that are of many parts.

    Args:
        data_groups: whose hashes are wrong; none if a data group is not signed at all.
        check_digits: that are wrong on the page.
        malformed: fields of the page's MRZ.
        differing: fields of the MRZ that differ between page and DG1.
        is_pace_cam_failed: chip authentication failed by PACE-CAM, not by DG14.

    """

    data_groups: frozenset[int] = frozenset()
    check_digits: frozenset[str] = frozenset()
    malformed: frozenset[str] = frozenset()
    differing: frozenset[str] = frozenset()
    is_pace_cam_failed: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the deviations of one document explain together.

    Args:
        checks: whose failure is explained as it is.
        data_groups: whose hashes may be wrong.
        mrz_fields: whose data may be wrong.
        check_digits: that may be wrong.

    """

    checks: frozenset[CheckId]
    data_groups: frozenset[int]
    mrz_fields: frozenset[str]
    check_digits: frozenset[str]

    @classmethod
    def by(cls, descriptions: Iterable[DeviationDescription]) -> "Explanation":
        """Put ``descriptions`` together; types that are not known explain nothing."""
        of = tuple(descriptions)
        checks: set[CheckId] = set()
        groups: set[int] = set()
        fields: set[str] = set()
        digits: set[str] = set()
        for each in of:
            by_type = _EXPLAINED_BY_TYPE.get(each.kind, frozenset())
            checks |= _EXPLAINED.get((each.kind, each.parameter), by_type)
            if each.kind == DG_HASH_WRONG:
                groups |= _data_groups(each.parameter)
            elif each.kind in (MRZ, MRZ_WRONG_DATA):
                fields |= _mrz_fields(each.parameter)
            elif each.kind == MRZ_WRONG_CHECK_DIGIT:
                digits |= _mrz_fields(each.parameter)
                if each.parameter in _GENERIC:
                    digits |= _COMPOSITE
        if any(each.kind == AA_KEY_COMPROMISED for each in of):
            checks.discard(CheckId.ACTIVE_AUTHENTICATION)  # no excuse makes up for the key
        return cls(frozenset(checks), frozenset(groups), frozenset(fields), frozenset(digits))

    def covers(self, check_id: CheckId, faults: Faults) -> bool:
        """Return whether a failure of ``check_id`` is explained, in all of its parts."""
        match check_id:
            case CheckId.DG_HASHES:
                return _within(faults.data_groups, self.data_groups)
            case CheckId.MRZ_DG1:
                return check_id in self.checks or _within(faults.differing, self.mrz_fields)
            case CheckId.OPTICAL_MRZ_CHECK_DIGITS:
                return self._covers_page(faults)
            case CheckId.OPTICAL_MRZ_EXPIRY:
                return "date_of_expiry" in self.mrz_fields
            case CheckId.CHIP_AUTHENTICATION:
                return check_id in self.checks and not faults.is_pace_cam_failed
            case _:
                return check_id in self.checks

    def _covers_page(self, faults: Faults) -> bool:
        # A composite check digit may follow from a wrong one, and then is not wrong alone.
        follows = _COMPOSITE if faults.check_digits - _COMPOSITE else frozenset[str]()
        unexplained = faults.check_digits - self.check_digits - follows
        found = faults.check_digits | faults.malformed  # what nobody named, nothing explains
        return bool(found) and not unexplained and faults.malformed <= self.mrz_fields


def words(description: DeviationDescription) -> str:
    """Return the deviation for people; the State's own text is not for records."""
    name = _WORDS.get(description.kind, f"type {description.kind}")
    return name if description.parameter is None else f"{name} ({description.parameter})"


def _within(
    parts: frozenset[int] | frozenset[str], explained: frozenset[int] | frozenset[str]
) -> bool:
    return bool(parts) and parts <= explained


def _data_groups(parameter: int | str | None) -> frozenset[int]:
    return _EVERY_DATA_GROUP if parameter is None else _EVERY_DATA_GROUP & {parameter}


def _mrz_fields(parameter: int | str | None) -> frozenset[str]:
    return _EVERY_MRZ_FIELD if parameter in _GENERIC else _MRZ_FIELDS.get(parameter, frozenset())
