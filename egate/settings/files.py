"""Settings files read: TOML of bounded size, and faults that name the file and the key."""

import tomllib
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

_MAX_FILE_BYTES: Final = 64 * 1024
_MOST_DOTS: Final = 64
"""In a line: `tomllib` takes the square of the parts of a dotted key, seconds for 6 kB of them."""


class SettingsError(Exception):
    """A settings file cannot be used; the message names file, key and fault in one line."""


SettingsType = TypeVar("SettingsType", bound=BaseModel)


def read_settings_file(file: Path) -> bytes:
    """Return what is in ``file``, which may be a device that never ends.

    Raises:
        SettingsError: it is missing, or larger than 64 KiB.

    """
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from error
    if len(content) > _MAX_FILE_BYTES:
        raise SettingsError(f"{file}: more than {_MAX_FILE_BYTES} bytes")
    return content


def toml_of(file: Path, content: bytes) -> dict[str, Any]:
    """Return ``content``, read from ``file``, as TOML.

    Raises:
        SettingsError: it is none.

    """
    if any(line.count(b".") > _MOST_DOTS for line in content.splitlines()):
        raise SettingsError(f"{file}: not our TOML: a line with more than {_MOST_DOTS} dots")
    try:
        return tomllib.loads(content.decode("utf-8"))
    except RecursionError:
        raise SettingsError(f"{file}: not TOML: nested too deeply") from None
    except ValueError as error:
        raise SettingsError(f"{file}: not TOML: {error}") from error


def load(kind: type[SettingsType], file: Path) -> SettingsType:
    """Read ``file`` as ``kind``.

    Raises:
        SettingsError: the file is missing, is not TOML, has an unknown key, or a
            value of the wrong kind.

    """
    content = toml_of(file, read_settings_file(file))
    try:
        return kind.model_validate(content, context={"folder": file.resolve().parent})
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(str(part) for part in fault["loc"])
        reason = "unknown key" if fault["type"] == "extra_forbidden" else fault["msg"]
        place = f"{key}: " if key else ""  # what is wrong may be the file as a whole
        raise SettingsError(f"{file}: {place}{reason}") from error
