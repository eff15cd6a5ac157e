"""The corpus: bytes of our own that reached something new, or made something fail once.

A file for each target that has any. A line is the bytes in base64; a line that begins with ``#``
says why the next ones are kept.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent / "corpus"
_REASON: Final = "# "


@dataclass(frozen=True, slots=True)
class Entry:
    """Bytes that are kept, and why; "" where coverage was the reason."""

    raw: bytes = field(repr=False)
    reason: str = ""


def file_of(target: str) -> Path:
    """Return where the corpus of ``target`` is."""
    return FOLDER / f"{target.replace(' ', '_').replace('/', '-').replace(',', '')}.txt"


@cache
def corpus_of(target: str) -> Sequence[Entry]:
    """Return what is kept for ``target``, the file's order."""
    file = file_of(target)
    if not file.exists():
        return ()
    entries, reason = [], ""
    for line in file.read_text("ascii").splitlines():
        if line.startswith(_REASON):
            reason = line.removeprefix(_REASON)
        else:
            entries.append(Entry(base64.b64decode(line, validate=True), reason))
    return tuple(entries)


def write_corpus(target: str, entries: Iterable[Entry]) -> None:
    """Put ``entries`` in the place of what is kept; those with a reason come last."""
    lines, last = [], ""
    for entry in sorted(entries, key=lambda each: (each.reason, len(each.raw), each.raw)):
        if entry.reason != last:
            lines.append(f"{_REASON}{entry.reason}")
            last = entry.reason
        lines.append(base64.b64encode(entry.raw).decode())
    FOLDER.mkdir(exist_ok=True)
    file_of(target).write_text("".join(f"{line}\n" for line in lines), "ascii")
    corpus_of.cache_clear()
