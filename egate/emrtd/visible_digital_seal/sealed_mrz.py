"""The MRZ that a seal holds; of a visa it lacks the end (9303-7 §9.1.3)."""

from dataclasses import dataclass, field
from datetime import date

from egate.emrtd.mrz.parse import Mrz, parse
from egate.emrtd.visible_digital_seal.document_type import features_of
from egate.emrtd.visible_digital_seal.feature import FeatureName
from egate.emrtd.visible_digital_seal.seal import VisibleDigitalSeal


@dataclass(frozen=True, slots=True)
class SealedMrz:
    """An MRZ as a seal holds it. Personal throughout.

    Args:
        lines: as they are in the seal, with fillers; those of a visa end early.
        parsed: the fields; of a visa without its optional data.

    """

    lines: tuple[str, ...] = field(repr=False)
    parsed: Mrz

    @classmethod
    def of(cls, seal: VisibleDigitalSeal, today: date) -> "SealedMrz | None":
        """Return the MRZ of ``seal``; None if it has none, or one that cannot be read."""
        for feature in features_of(seal):
            if feature.name is FeatureName.MRZ and isinstance(feature.value, tuple):
                width = len(feature.value[0])
                lines = [line.ljust(width, "<") for line in feature.value]
                return cls(feature.value, parse(lines, today))
        return None
