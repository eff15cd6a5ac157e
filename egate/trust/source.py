"""Where new lists, certificates and CRLs come from: a folder, or a server.

A source says only what is offered. Nothing of it is believed here, and what has not changed
since the last look is not read again.
"""

import asyncio
import hashlib
import json
import os
import re
import ssl
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from egate.trust.https import Limits, SourceUnavailable, beside, download, tls_context

__all__ = ["Limits", "Offer", "Offered", "Source", "SourceUnavailable", "source_at"]

MANIFEST: Final = "manifest.json"
WHOLE: Final = ""
_MAX_MANIFEST_BYTES: Final = 256 * 1024
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Offered:
    """One file of a source.

    Args:
        name: within the source.
        content: the whole file.
        mark: tells whether it is still the same one, without reading it.

    """

    name: str
    content: bytes = field(repr=False)
    mark: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a source has.

    Args:
        names: of all its files.
        files: those of them that are not known by their mark.
        mark: tells whether the source as a whole is still the same; "" if nothing does.

    """

    names: frozenset[str]
    files: tuple[Offered, ...]
    mark: str = ""


class Source(Protocol):
    """Something that may have new files."""

    address: str

    async def look(self, known: Mapping[str, str]) -> Offer:
        """Return what is offered now.

        Args:
            known: mark of each file that need not be read again, by name; that of the
                whole source, if nothing of it need be, by ``WHOLE``.

        Raises:
            SourceUnavailable: nothing of it can be had this time.

        """
        ...


def source_at(
    address: str, authorities: Path | None = None, limits: Limits | None = None
) -> Source:
    """Return the source at ``address``.

    Args:
        address: a folder, or https:// of a file, of a manifest, or (ending in a slash) of a
            folder with a manifest.json.
        authorities: PEM file of those who may certify the server; None for the system's.
        limits: what the source may take; the usual ones if None.

    """
    limits = limits or Limits()
    if "://" in address:
        return HttpsSource(address, authorities, limits)
    return FolderSource(Path(address), limits)


class FolderSource:
    """A folder that somebody fills: a mounted share, or a stick that a technician brings.

    Hidden files are left alone, and so is what ends in ``.part`` or ``.tmp``: a file is best
    written under such a name and renamed when it is whole.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.address = str(folder)
        self._folder = folder
        self._limits = limits

    async def look(self, known: Mapping[str, str]) -> Offer:
        return await asyncio.to_thread(self._look, known)

    def _look(self, known: Mapping[str, str]) -> Offer:
        try:
            names = sorted(self._names())
            if len(names) > self._limits.files:
                raise SourceUnavailable(f"{self._folder}: more than {self._limits.files} files")
            files = tuple(self._new(names, known))
        except OSError as error:
            raise SourceUnavailable(f"{self._folder}: {error.strerror}") from error
        return Offer(frozenset(names), files)

    def _names(self) -> Iterator[str]:
        for entry in self._folder.iterdir():
            ignored = entry.name.startswith(".") or entry.name.endswith((".part", ".tmp"))
            if not ignored and entry.is_file():
                yield entry.name

    def _new(self, names: list[str], known: Mapping[str, str]) -> Iterator[Offered]:
        left = self._limits.round_bytes
        for name in names:
            file = self._folder / name
            seen = file.stat()
            mark = f"{seen.st_ino}-{seen.st_size}-{seen.st_mtime_ns}"
            if known.get(name) == mark:
                continue
            content = _content(file, min(left, self._limits.file_bytes))
            left -= len(content)
            yield Offered(name, content, mark)


class HttpsSource:
    """A server with one file, or with a manifest of several.

    A manifest is ``{"files": [{"name": "...", "sha256": "..."}]}``; its files lie beside it.
    """

    def __init__(self, address: str, authorities: Path | None, limits: Limits) -> None:
        self.address = address
        self._url = address + MANIFEST if address.endswith("/") else address
        self._authorities = authorities
        self._limits = limits
        self._name = self._url.partition("?")[0].rpartition("/")[2]

    async def look(self, known: Mapping[str, str]) -> Offer:
        context = await asyncio.to_thread(tls_context, self._authorities)
        found = await download(self._url, context, self._limits, mark=known.get(WHOLE, ""))
        if found.content is None:
            return Offer(frozenset(known) - {WHOLE}, (), found.mark)
        if found.content.lstrip()[:1] != b"{":
            file = Offered(self._name, found.content, found.mark)
            return Offer(frozenset({self._name}), (file,), found.mark)
        listed = _manifest(found.content, self._limits)
        files = await self._listed(found.url, listed, known, context)
        return Offer(frozenset(listed), files, found.mark)

    async def _listed(
        self,
        url: str,
        listed: Mapping[str, str],
        known: Mapping[str, str],
        context: ssl.SSLContext,
    ) -> tuple[Offered, ...]:
        files = []
        left = self._limits.round_bytes
        for name, sha256 in listed.items():
            if known.get(name) == sha256:
                continue
            each = await download(beside(url, name), context, self._limits)
            content = each.content or b""
            left -= len(content)
            if left < 0:
                raise SourceUnavailable(f"{self.address}: more than its limit of bytes in all")
            if hashlib.sha256(content).hexdigest() != sha256:
                raise SourceUnavailable(f"{name}: not the file that the manifest names")
            files.append(Offered(name, content, sha256))
        return tuple(files)


def _manifest(content: bytes, limits: Limits) -> Mapping[str, str]:
    """Return the SHA-256 of each file by name.

    Raises:
        SourceUnavailable: it is no manifest.

    """
    if len(content) > _MAX_MANIFEST_BYTES:
        raise SourceUnavailable(f"a manifest of more than {_MAX_MANIFEST_BYTES} bytes")
    try:
        listed = json.loads(content)["files"]
        files = {each["name"]: each["sha256"] for each in listed}
        sound = all(_NAME.fullmatch(n) and _SHA256.fullmatch(s) for n, s in files.items())
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SourceUnavailable("the manifest is none") from None
    if not sound or len(files) != len(listed):
        raise SourceUnavailable("the manifest has a name or a SHA-256 that is none")
    if len(files) > limits.files:
        raise SourceUnavailable(f"the manifest names more than {limits.files} files")
    return files


def _content(file: Path, limit: int) -> bytes:
    """Return the content of a file that somebody else writes to."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SourceUnavailable(f"{file}: no file any more")
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise SourceUnavailable(f"{file}: more than {limit} bytes")
    return content
