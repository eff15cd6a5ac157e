"""Document features: what the bytes of the message zone mean (9303-13 §2.3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from egate.emrtd.visible_digital_seal import c40
from egate.emrtd.visible_digital_seal.errors import SealMalformed


class FeatureName(StrEnum):
    """What a feature is; the names are those of ``egate seal verify --json``."""

    MRZ = "mrz"
    NUMBER_OF_ENTRIES = "number_of_entries"
    DURATION_OF_STAY = "duration_of_stay"
    PASSPORT_NUMBER = "passport_number"
    VISA_TYPE = "visa_type"
    ADDITIONAL_FEATURE = "additional_feature"
    DOCUMENT_NUMBER = "document_number"
    SHEET_NUMBER = "sheet_number"
    AZR_NUMBER = "azr_number"
    FACE_IMAGE = "face_image"
    MUNICIPALITY_KEY = "municipality_key"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    SOCIAL_INSURANCE_NUMBER = "social_insurance_number"
    SURNAME = "surname"
    FIRST_NAME = "first_name"
    BIRTH_NAME = "birth_name"
    UNKNOWN = "unknown"


class StayRule(StrEnum):
    """What limits a stay (9303-7 §9.1.3 table 1)."""

    DURATION = "duration"
    UNTIL_EXPIRY = "until the visa expires"
    DECIDED_AT_ENTRY = "decided at entry"
    TRANSIT = "transit without entry"


@dataclass(frozen=True, slots=True)
class DurationOfStay:
    """How long the holder of a visa may stay: the sum of the three, if they are the rule."""

    rule: StayRule
    days: int
    months: int
    years: int


FeatureValue = str | int | bytes | tuple[str, ...] | DurationOfStay

_RULES: Final = {
    (0, 0, 0): StayRule.UNTIL_EXPIRY,
    (255, 255, 255): StayRule.DECIDED_AT_ENTRY,
    (254, 254, 254): StayRule.TRANSIT,
}


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a seal; personal.

    Args:
        tag: its number in the message zone.
        name: what it is.
        raw: its bytes.
        value: what they mean; None if that is unknown, or they mean nothing.
        fault: what is wrong with them; "" if nothing is.

    """

    tag: int
    name: FeatureName
    raw: bytes = field(repr=False)
    value: FeatureValue | None = field(default=None, repr=False)
    fault: str = ""


@dataclass(frozen=True, slots=True)
class FeatureDefinition:
    """One row of a document profile.

    Args:
        tag: the number of the feature.
        name: what it is.
        lengths: the fewest and the most bytes it has.
        meaning: from its bytes to its value.

    """

    tag: int
    name: FeatureName
    lengths: tuple[int, int]
    meaning: Callable[[bytes], FeatureValue]

    def read(self, raw: bytes) -> Feature:
        """Return the feature with these bytes; broken ones are a fault, not an error."""
        fewest, most = self.lengths
        if not fewest <= len(raw) <= most:
            return Feature(self.tag, self.name, raw, fault="of a length that cannot be")
        try:
            return Feature(self.tag, self.name, raw, self.meaning(raw))
        except SealMalformed as error:
            return Feature(self.tag, self.name, raw, fault=str(error))


def text(raw: bytes) -> str:
    """Return upper case text; spaces at its end stand for fillers."""
    return c40.decode(raw).rstrip()


def utf8_text(raw: bytes) -> str:
    """Return text as it is written, which C40 has no letters for.

    Raises:
        SealMalformed: it is not UTF-8.

    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise SealMalformed("not UTF-8") from None


def octets(raw: bytes) -> bytes:
    """Return bytes that have no meaning of their own."""
    return raw


def number(raw: bytes) -> int:
    """Return an unsigned integer."""
    return int.from_bytes(raw, "big")


def stay(raw: bytes) -> DurationOfStay:
    """Return the duration of stay that three bytes encode."""
    days, months, years = raw
    rule = _RULES.get((days, months, years))
    if rule is None:
        return DurationOfStay(StayRule.DURATION, days, months, years)
    return DurationOfStay(rule, 0, 0, 0)


def mrz(*widths: int) -> Callable[[bytes], tuple[str, ...]]:
    """Return what reads an MRZ with lines of ``widths`` characters, fillers put back."""

    def lines(raw: bytes) -> tuple[str, ...]:
        rest = c40.decode(raw).replace(" ", "<")
        if len(rest) != sum(widths):
            raise SealMalformed("MRZ of a length that cannot be")
        ends = [sum(widths[: number + 1]) for number in range(len(widths))]
        return tuple(rest[end - width : end] for end, width in zip(ends, widths, strict=True))

    return lines
