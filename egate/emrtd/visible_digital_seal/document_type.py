"""What kinds of documents have seals, and the features of each.

Visas and emergency travel documents are ICAO's (9303-7 §9, 9303-8 §6); the others are
Germany's (BSI TR-03137), whose numbers mean nothing in the seal of another State.
"""

from dataclasses import dataclass
from typing import Final

from egate.emrtd.passive_authentication import country
from egate.emrtd.visible_digital_seal.feature import (
    Feature,
    FeatureDefinition,
    FeatureName,
    mrz,
    number,
    octets,
    stay,
    text,
    utf8_text,
)
from egate.emrtd.visible_digital_seal.header import SealHeader
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal

# Utopia issues specimens of everything.
_TR_03137_STATES: Final = frozenset({"DE", "UT"})
_MAX_IMAGE_BYTES: Final = 1000
_TD2: Final = mrz(36, 36)


@dataclass(frozen=True, slots=True)
class SealedDocumentType:
    """A kind of document: its name for people, and the features its seal has.

    Args:
        name: for people.
        features: all that are defined.
        required: names of those that every seal of the kind has.

    """

    name: str
    features: tuple[FeatureDefinition, ...]
    required: frozenset[FeatureName]


def document_type_of(header: SealHeader) -> SealedDocumentType | None:
    """Return the kind of document that ``header`` names; None if nobody defined it."""
    reference = (header.feature_definition, header.document_category)
    if country.normalise(header.issuing_country) in _TR_03137_STATES:
        return _TR_03137.get(reference) or _ICAO.get(reference)
    return _ICAO.get(reference)


def features_of(seal: VisibleDigitalSeal) -> tuple[Feature, ...]:
    """Return every feature of ``seal``, in its order; those nobody defined are *unknown*."""
    kind = document_type_of(seal.header)
    definitions = {each.tag: each for each in kind.features} if kind else {}
    return tuple(
        definitions[tag].read(raw) if tag in definitions else Feature(tag, FeatureName.UNKNOWN, raw)
        for tag, raw in seal.values.items()
    )


def _mrz_td2(tag: int) -> FeatureDefinition:
    return FeatureDefinition(tag, FeatureName.MRZ, (48, 48), _TD2)


def _text(
    tag: int, name: FeatureName, fewest: int = 6, most: int | None = None
) -> FeatureDefinition:
    return FeatureDefinition(tag, name, (fewest, most or fewest), text)


def _image(tag: int) -> FeatureDefinition:
    return FeatureDefinition(tag, FeatureName.FACE_IMAGE, (1, _MAX_IMAGE_BYTES), octets)


def _name(tag: int, name: FeatureName) -> FeatureDefinition:
    return FeatureDefinition(tag, name, (1, 90), utf8_text)


def _kind(
    name: str, *features: FeatureDefinition, optional: frozenset[FeatureName] = frozenset()
) -> SealedDocumentType:
    return SealedDocumentType(name, features, frozenset(each.name for each in features) - optional)


_ICAO: Final = {
    (0x5D, 0x01): _kind(
        "visa",
        FeatureDefinition(1, FeatureName.MRZ, (48, 48), mrz(44, 28)),
        FeatureDefinition(2, FeatureName.MRZ, (44, 44), mrz(36, 28)),
        FeatureDefinition(3, FeatureName.NUMBER_OF_ENTRIES, (1, 1), number),
        FeatureDefinition(4, FeatureName.DURATION_OF_STAY, (3, 3), stay),
        _text(5, FeatureName.PASSPORT_NUMBER),
        FeatureDefinition(6, FeatureName.VISA_TYPE, (1, 4), octets),
        FeatureDefinition(7, FeatureName.ADDITIONAL_FEATURE, (0, 254), octets),
        optional=frozenset(
            {
                FeatureName.NUMBER_OF_ENTRIES,
                FeatureName.VISA_TYPE,
                FeatureName.ADDITIONAL_FEATURE,
            }
        ),
    ),
    (0x5E, 0x03): _kind("emergency travel document", _mrz_td2(2)),
}

_FACE_MRZ_AND_NUMBERS: Final = (
    _image(1),
    _mrz_td2(2),
    _text(3, FeatureName.PASSPORT_NUMBER),
    _text(4, FeatureName.AZR_NUMBER, 8),
)

_TR_03137: Final = {
    (0x01, 0xFE): _kind("document of the law on aliens", *_FACE_MRZ_AND_NUMBERS),
    (0xF4, 0x8F): _kind(
        "certificate of permanent residence",
        _text(1, FeatureName.DOCUMENT_NUMBER, 1, 8),
        _text(2, FeatureName.PASSPORT_NUMBER, 1, 8),
    ),
    (0xF5, 0x0C): _kind("provisional residence document", *_FACE_MRZ_AND_NUMBERS),
    (0xF6, 0x0D): _kind(
        "temporary passport",
        _image(1),
        FeatureDefinition(2, FeatureName.MRZ, (60, 60), mrz(44, 44)),
    ),
    (0xF7, 0x0B): _kind("temporary identity card", _image(1), _mrz_td2(2)),
    (0xF8, 0x0A): _kind(
        "residence sticker of a passport",
        _text(1, FeatureName.DOCUMENT_NUMBER),
        _text(2, FeatureName.MUNICIPALITY_KEY),
        _text(3, FeatureName.POSTAL_CODE, 4),
    ),
    (0xF9, 0x08): _kind(
        "address sticker of an identity card",
        _text(1, FeatureName.DOCUMENT_NUMBER),
        _text(2, FeatureName.MUNICIPALITY_KEY),
        _text(3, FeatureName.ADDRESS, 6, 18),
    ),
    (0xFA, 0x06): _kind(
        "supplementary sheet of a residence permit",
        _mrz_td2(4),
        _text(5, FeatureName.SHEET_NUMBER),
    ),
    (0xFB, 0x06): _kind("residence permit", _mrz_td2(2), _text(3, FeatureName.PASSPORT_NUMBER)),
    (0xFC, 0x04): _kind(
        "social insurance card",
        _text(1, FeatureName.SOCIAL_INSURANCE_NUMBER, 8),
        _name(2, FeatureName.SURNAME),
        _name(3, FeatureName.FIRST_NAME),
        _name(4, FeatureName.BIRTH_NAME),
        optional=frozenset({FeatureName.BIRTH_NAME}),
    ),
    (0xFD, 0x02): _kind("arrival attestation", _mrz_td2(2), _text(3, FeatureName.AZR_NUMBER, 8)),
}
