"""The models at hand, and which of them describes a document."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.domain.optical_finding import Light
from egate.emrtd.mrz.parse import Mrz
from egate.optical.models.document_model import Box, ModelFile
from egate.optical.visual_zone.visual_field import VisualField
from egate.settings.files import SettingsError, load

OWN_MODELS: Final = Path(__file__).resolve().parent / "documents"
_MAX_IMAGE_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class DocumentModel:
    """A model with the mean specimen under each light.

    Args:
        name: that of its file, without the ending.
        specimen: the light to height x width x 3 BGR (infrared: height x width), 8 bits, at
            ``file.specimen.pixels_per_mm``; empty without specimens.

    """

    name: str
    file: ModelFile
    specimen: Mapping[Light, npt.NDArray[np.uint8]] = field(default_factory=dict, repr=False)

    def describes(self, mrz: Mrz) -> bool:
        """Say whether a document with this MRZ should look as the model."""
        document = self.file.document
        return (
            document.format is mrz.format
            and document.issuing_state in (None, mrz.issuing_state)
            and re.fullmatch(document.document_code, mrz.document_code) is not None
            and re.fullmatch(document.number, mrz.document_number) is not None
        )

    @property
    def visual_zone(self) -> Sequence[VisualField]:
        """The printed fields that say what the MRZ says; none where the model knows of none."""
        return self.file.visual_zone

    @property
    def seal(self) -> Box | None:
        """Where the document bears a visible digital seal; None of one without."""
        return self.file.seal

    @property
    def is_generic(self) -> bool:
        """Whether it knows only what 9303 demands of every document of its format."""
        return self.file.document.issuing_state is None


@dataclass(frozen=True, slots=True)
class DocumentModels:
    """Models in the order in which they are asked: a State's before a generic one."""

    models: Sequence[DocumentModel]

    def of(self, mrz: Mrz) -> Sequence[DocumentModel]:
        """Return the models of documents with this MRZ; a generic one only without another."""
        described = [model for model in self.models if model.describes(mrz)]
        return [model for model in described if not model.is_generic] or described


def read_models(folder: Path = OWN_MODELS) -> DocumentModels:
    """Read every model of a folder: ``NAME.toml`` with its pictures beside it.

    Raises:
        SettingsError: a file cannot be used; the message names it, the key and the fault.

    """
    models = [read_model(file) for file in sorted(folder.glob("*.toml"))]
    if not models:
        raise SettingsError(f"{folder}: no model of a document (NAME.toml) there")
    return DocumentModels(sorted(models, key=lambda model: model.is_generic))


def read_model(file: Path) -> DocumentModel:
    """Read one model.

    Raises:
        SettingsError: as ``read_models``.

    """
    content = load(ModelFile, file)
    if content.specimen is None:
        return DocumentModel(file.stem, content)
    scale = content.specimen.pixels_per_mm
    width, height = (round(side * scale) for side in content.size_mm)
    specimen = {
        light: _picture(getattr(content.specimen, light.value), light, (width, height))
        for light in Light
    }
    return DocumentModel(file.stem, content, specimen)


def _picture(file: Path, light: Light, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_IMAGE_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from error
    if len(content) > _MAX_IMAGE_BYTES:
        raise SettingsError(f"{file}: more than {_MAX_IMAGE_BYTES} bytes")
    kind = cv2.IMREAD_GRAYSCALE if light is Light.INFRARED else cv2.IMREAD_COLOR
    image = cv2.imdecode(np.frombuffer(content, np.uint8), kind) if content else None
    if image is None:
        raise SettingsError(f"{file}: not a picture")
    if image.shape[1::-1] != size:
        raise SettingsError(
            f"{file}: {image.shape[1]} x {image.shape[0]} pixels, not {size[0]} x {size[1]}"
        )
    return np.asarray(image, np.uint8)
