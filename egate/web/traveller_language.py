"""What the traveller reads, one file a language. Neutral in every case: others look on.

No text says why an officer comes, and a presentation attack alarm looks like any
other referral (BSI TR-03121-3 Vol 1, ABC).

A language is a file ``CODE.toml`` as those in ``languages/``. An operator's file of the
same name goes before ours, key by key; what both lack is said in English.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from egate.domain.guidance import Guidance
from egate.domain.session.message import TravellerMessage

CONNECTION_LOST: Final = "connection_lost"
"""While the page hears nothing from its gate, whatever it last said may be wrong."""

TEXT_NAMES: Final = tuple(dict.fromkeys((*TravellerMessage, CONNECTION_LOST, *Guidance)))
"""Everything that is ever said, each with a text of its own and a pictogram."""

_SHIPPED: Final = Path(__file__).resolve().parent / "languages"
_ENGLISH: Final = "en"
_MAX_FILE_BYTES: Final = 64 * 1024
_PRINTED: Final = r"^[^\x00-\x1f\x7f<>\u202a-\u202e\u2066-\u2069]*$"


class LanguageUnusable(Exception):
    """A language cannot be used; the message names file, key and fault in one line."""


class StepName(StrEnum):
    """A part of the traveller's way, as the bar below counts them."""

    PASSPORT = "passport"
    FACE = "face"
    GATE = "gate"
    THROUGH = "through"


@dataclass(frozen=True, slots=True)
class DisplayText:
    """One message, and a line below it that says how."""

    say: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the display.

    Args:
        code: BCP 47, such as ``bn``.
        direction: of its writing, ``ltr`` or ``rtl``.
        numerals: its 1, 2 and 3.
        needs_native_reader: nobody who grew up with it has read the texts.
        steps: names of the steps.
        texts: by name of the message, ``TEXT_NAMES``.

    """

    code: str
    direction: str
    numerals: str
    needs_native_reader: bool
    steps: Mapping[str, str]
    texts: Mapping[str, DisplayText]


@dataclass(frozen=True, slots=True)
class Line:
    """A message in one language."""

    code: str
    direction: str
    text: DisplayText


def lines(name: str, languages: Sequence[Language]) -> tuple[Line, ...]:
    """Return message ``name`` in each of ``languages``, English in the place of what is missing.

    No language comes twice.
    """
    found: dict[str, Line] = {}
    for wanted in languages:
        language = wanted if name in wanted.texts else language_of(_ENGLISH)
        line = Line(language.code, language.direction, language.texts[name])
        found.setdefault(language.code, line)
    return tuple(found.values())


def step_names(languages: Sequence[Language], step: StepName) -> tuple[tuple[str, str], ...]:
    """Return code and name of ``step`` in each of ``languages``, English for what is missing."""
    found: dict[str, str] = {}
    for wanted in languages:
        language = wanted if step in wanted.steps else language_of(_ENGLISH)
        found.setdefault(language.code, language.steps[step])
    return tuple(found.items())


@cache
def language_of(code: str, folder: Path | None = None) -> Language:
    """Return the language ``code``.

    Args:
        code: BCP 47; the name of its file.
        folder: of an operator's own languages; None if there is none.

    Raises:
        LanguageUnusable: there is no such file, or what it says cannot be shown.

    """
    files = [_SHIPPED / f"{code}.toml"]
    if folder is not None:
        files.append(folder / f"{code}.toml")
    content: dict[str, Any] = {}
    for file in filter(Path.is_file, files):
        content = _over(content, _checked(file, _toml(file)))
    if not content:
        raise LanguageUnusable(f"{files[-1]}: there is no such file")
    return _language(code, content)


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid")

    say: str = Field(pattern=_PRINTED, min_length=1, max_length=60)
    more: str = Field("", pattern=_PRINTED, max_length=80)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    direction: Literal["ltr", "rtl"] = "ltr"
    numerals: str = Field("123", pattern=_PRINTED, min_length=3, max_length=3)
    needs_native_reader: bool = False
    steps: dict[StepName, Annotated[str, Field(pattern=_PRINTED, min_length=1, max_length=20)]] = {}
    texts: dict[Literal[TEXT_NAMES], _Text] = {}  # type: ignore[valid-type]


def _toml(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            raw = stream.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise LanguageUnusable(f"{file}: {error.strerror}") from error
    if len(raw) > _MAX_FILE_BYTES:
        raise LanguageUnusable(f"{file}: more than {_MAX_FILE_BYTES} bytes")
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except RecursionError:
        raise LanguageUnusable(f"{file}: not TOML: nested too deeply") from None
    except ValueError as error:
        raise LanguageUnusable(f"{file}: not TOML: {error}") from error


def _checked(file: Path, content: dict[str, Any]) -> dict[str, Any]:
    try:
        return _File.model_validate(content).model_dump(exclude_unset=True)
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(str(part) for part in fault["loc"])
        reason = "unknown key" if fault["type"] == "extra_forbidden" else fault["msg"]
        raise LanguageUnusable(f"{file}: {key}: {reason}") from error


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    tables = {key: {**below.get(key, {}), **above.get(key, {})} for key in ("steps", "texts")}
    return {**below, **above, **tables}


def _language(code: str, content: dict[str, Any]) -> Language:
    whole = _File.model_validate(content)
    texts = {str(name): DisplayText(text.say, text.more) for name, text in whole.texts.items()}
    return Language(
        code=code,
        direction=whole.direction,
        numerals=whole.numerals,
        needs_native_reader=whole.needs_native_reader,
        steps=MappingProxyType({str(step): name for step, name in whole.steps.items()}),
        texts=MappingProxyType(texts),
    )
