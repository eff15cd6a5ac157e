"""Specimens of documents, to compare a scanned page with: pictures by State and kind of document.

    specimens/BGD/P/e-passport 2020/white.jpg, infrared.jpg, ultraviolet.jpg

The folder of the State is its code in the MRZ, and below it that of the document, both without
fillers (ICAO 9303-3 section 5, 9303-4 section 4.2.2). No picture of a traveller belongs there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol, Self

from starlette.responses import Response

from egate.biometrics.officer_picture import page_picture
from egate.console.cases.pictures import form_response
from egate.domain.optical_finding import Light
from egate.optical.page_image import MAX_BYTES, PageImageInvalid, decode_page_image
from egate.settings import SettingsError

MAX_SPECIMENS: Final = 64
"""They are in memory, three pictures of at most 300 kB each."""

_STATE: Final = re.compile(r"[A-Z]{1,3}")
_DOCUMENT: Final = re.compile(r"[A-Z][A-Z0-9]?")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ().,-]{0,39}")
_ENDINGS: Final = frozenset({".jpg", ".jpeg", ".png"})


class KindOfDocument(Protocol):
    """By what a document tells of which kind it is."""

    @property
    def issuing_state(self) -> str: ...
    @property
    def document_code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Specimen:
    """One model of a document.

    Args:
        name: of its folder, by which officers know it.
        pictures: JPEG by light; always one under white light.

    """

    name: str
    pictures: Mapping[Light, bytes]


class Specimens:
    """The specimens at hand.

    Args:
        by_document: State and code of the document to the specimens of it.

    """

    def __init__(self, by_document: Mapping[tuple[str, str], tuple[Specimen, ...]]) -> None:
        self._by_document = MappingProxyType(dict(by_document))

    def __len__(self) -> int:
        return sum(map(len, self._by_document.values()))

    @classmethod
    def of_folder(cls, folder: Path) -> Self:
        """Return what ``folder`` holds; each picture was decoded once.

        Raises:
            SettingsError: something in it is no specimen; names it and what is expected.

        """
        found: dict[tuple[str, str], tuple[Specimen, ...]] = {}
        for state in _folders(folder, _STATE, "a State, as BGD"):
            for document in _folders(state, _DOCUMENT, "a code of documents, as P"):
                models = _folders(document, _NAME, "a name, as e-passport 2020")
                found[state.name, document.name] = tuple(map(_specimen, models))
                if sum(map(len, found.values())) > MAX_SPECIMENS:
                    raise SettingsError(f"specimens: {folder}: more than {MAX_SPECIMENS}")
        return cls(found)

    def of(self, document: KindOfDocument | None) -> tuple[Specimen, ...]:
        """Return the specimens of documents such as ``document``, in the order of their names.

        Those of its whole code go before those of its first letter, which tells the kind.
        """
        if document is None:
            return ()
        state, code = document.issuing_state.strip("<"), document.document_code.strip("<")
        exact = self._by_document.get((state, code))
        return exact or self._by_document.get((state, code[:1]), ())


def specimens_response(specimens: Sequence[Specimen]) -> Response:
    """Return the pictures of ``specimens`` as one form, each named as ``0.infrared``."""
    if not specimens:
        return Response(status_code=204)
    return form_response(
        (f"{number}.{light}", jpeg)
        for number, each in enumerate(specimens)
        for light, jpeg in each.pictures.items()
    )


def _folders(folder: Path, named: re.Pattern[str], expected: str) -> Iterator[Path]:
    for each in _listed(folder):
        if not each.is_dir() or not named.fullmatch(each.name):
            raise SettingsError(f"specimens: {each}: not the folder of {expected}")
        yield each


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    except OSError as error:
        raise SettingsError(f"specimens: {folder}: {error.strerror}") from error


def _specimen(folder: Path) -> Specimen:
    pictures: dict[Light, bytes] = {}
    for file in _listed(folder):
        if file.stem not in list(Light) or file.suffix not in _ENDINGS or file.stem in pictures:
            lights = ", ".join(Light)
            raise SettingsError(f"specimens: {file}: not one picture, .jpg or .png, of {lights}")
        pictures[Light(file.stem)] = _picture(file)
    if Light.WHITE not in pictures:
        raise SettingsError(f"specimens: {folder}: no picture white.jpg or white.png")
    return Specimen(folder.name, MappingProxyType(pictures))


def _picture(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return page_picture(decode_page_image(opened.read(MAX_BYTES + 1)))
    except OSError as error:
        raise SettingsError(f"specimens: {file}: {error.strerror}") from error
    except PageImageInvalid as error:
        raise SettingsError(f"specimens: {file}: {error}") from error
