"""Reading files that users name: never more than was asked for, never a traceback."""

from pathlib import Path

from egate.cli.outcome import BadInput


def read_file(file: Path, limit: int) -> bytes:
    """Return the content of ``file``, which may be a device that never ends.

    Args:
        file: as its user named it.
        limit: the most bytes that it may have.

    Raises:
        BadInput: it cannot be read, or has more bytes.

    """
    try:
        with file.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error
    except ValueError as error:  # no path at all: a zero byte, half a surrogate pair
        raise BadInput(f"{file}: {error}") from error
    if len(content) > limit:
        raise BadInput(f"{file}: more than {limit} bytes")
    return content
