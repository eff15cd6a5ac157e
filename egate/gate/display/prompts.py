"""Spoken prompts: recordings that an operator provides, a folder for each language.

``FOLDER/bn/welcome.ogg`` is said when the display shows ``welcome``. What nobody recorded
is announced by a chime, which the page makes itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from egate.web.traveller_language import TEXT_NAMES, Language

MEDIA_TYPES: Final = {
    ".ogg": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
}
_MAX_PROMPT_BYTES: Final = 1024 * 1024


class PromptUnusable(Exception):
    """A recording cannot be used; the message names the file and the fault in one line."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One recording.

    Args:
        path: under which the page finds it.
        media_type: of its content.
        content: as the operator recorded it.

    """

    path: str
    media_type: str
    content: bytes = field(repr=False)


def prompts_in(folder: Path, languages: Sequence[Language]) -> Mapping[str, tuple[Prompt, ...]]:
    """Return the recordings of each message, in the order of ``languages``.

    Args:
        folder: with a folder for each language.
        languages: of the display, in their order.

    Raises:
        PromptUnusable: a file cannot be read, or is larger than 1 MiB.

    """
    if not folder.is_dir():
        raise PromptUnusable(f"{folder}: there is no such folder")
    found = {name: _prompts_of(name, folder, languages) for name in TEXT_NAMES}
    return {name: prompts for name, prompts in found.items() if prompts}


def _prompts_of(name: str, folder: Path, languages: Sequence[Language]) -> tuple[Prompt, ...]:
    prompts = []
    for language in languages:
        files = (folder / language.code / f"{name}{suffix}" for suffix in MEDIA_TYPES)
        file = next(filter(Path.is_file, files), None)
        if file is not None:
            path = f"/speech/{language.code}/{file.name}"
            prompts.append(Prompt(path, MEDIA_TYPES[file.suffix], _content(file)))
    return tuple(prompts)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_PROMPT_BYTES + 1)
    except OSError as error:
        raise PromptUnusable(f"{file}: {error.strerror}") from error
    if len(content) > _MAX_PROMPT_BYTES:
        raise PromptUnusable(f"{file}: more than {_MAX_PROMPT_BYTES} bytes")
    return content
