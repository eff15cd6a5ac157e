"""One file over HTTPS, asked for again only if it changed, from a server that may be hostile.

What comes this way is believed for its own signature alone (9303-12 §9); TLS keeps others
from holding it back or taking its place. Size, time and redirects are bounded.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import h11

_MAX_HEAD_BYTES: Final = 16 * 1024
_CHUNK_BYTES: Final = 64 * 1024
_LAST_PORT: Final = 65_535
_OK: Final = 200
_NOT_MODIFIED: Final = 304
_REDIRECTS: Final = (301, 302, 303, 307, 308)


class SourceUnavailable(Exception):
    """The source does not answer, or not as it must; nothing came. The message says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source may take.

    Args:
        file_bytes: of one file.
        round_bytes: of everything that comes at once.
        files: that it may offer.
        file_seconds: from the first look-up of its name to the last byte.
        redirects: before a file comes.

    """

    file_bytes: int = 64 << 20
    round_bytes: int = 128 << 20
    files: int = 256
    file_seconds: float = 300.0
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Download:
    """What a server answered.

    Args:
        url: that answered in the end.
        content: the file; None if it is the one that was known.
        mark: tells this version of it when it is asked for again; "" if the server gives none.

    """

    url: str
    content: bytes | None = field(repr=False)
    mark: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    content: bytes = field(repr=False)


def tls_context(authorities: Path | None) -> ssl.SSLContext:
    """Return a context that verifies servers.

    Args:
        authorities: PEM file of those who may certify the server; None for the system's.

    Raises:
        SourceUnavailable: the file cannot be used.

    """
    try:
        context = ssl.create_default_context(cafile=authorities)
    except OSError as error:  # SSLError is one
        raise SourceUnavailable(f"{authorities}: no certificates: {error.strerror}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def download(
    url: str, context: ssl.SSLContext, limits: Limits, *, mark: str = ""
) -> Download:
    """Return what is at ``url``.

    Args:
        url: https, without user and password.
        context: of ``tls_context``.
        limits: what the server may take.
        mark: of the version that is known, "" if none is.

    Raises:
        SourceUnavailable: it does not come whole, in time and from where it should.

    """
    try:
        async with asyncio.timeout(limits.file_seconds):
            return await _follow(url, context, limits, mark)
    except TimeoutError:
        raise SourceUnavailable(f"{url}: not there in {limits.file_seconds:g} s") from None
    except ssl.SSLCertVerificationError as error:
        raise SourceUnavailable(f"{url}: {error.verify_message}") from error
    except OSError as error:
        raise SourceUnavailable(f"{url}: {error.strerror or type(error).__name__}") from error
    except h11.ProtocolError as error:
        raise SourceUnavailable(f"{url}: not HTTP as it should be: {error}") from error
    except UnicodeError as error:
        raise SourceUnavailable("an address with a name that cannot be") from error


async def _follow(url: str, context: ssl.SSLContext, limits: Limits, mark: str) -> Download:
    asked = _parts(url)
    for _ in range(limits.redirects + 1):
        parts = _parts(url)
        if parts.netloc != asked.netloc:
            raise SourceUnavailable(f"{asked.geturl()}: sends elsewhere")
        answer = await _get(parts, context, limits, mark)
        if answer.status in _REDIRECTS:
            url = beside(url, answer.headers.get("location", ""))
            continue
        if answer.status == _NOT_MODIFIED and mark:
            return Download(url, None, mark)
        if answer.status != _OK:
            raise SourceUnavailable(f"{url}: HTTP status {answer.status}")
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise SourceUnavailable(f"{url}: came compressed, which nobody asked for")
        return Download(url, answer.content, _mark_of(answer.headers))
    raise SourceUnavailable(f"{asked.geturl()}: more than {limits.redirects} redirects")


def beside(url: str, relative: str) -> str:
    """Return the address that ``relative`` means at ``url``.

    Raises:
        SourceUnavailable: it means none.

    """
    try:
        return urljoin(url, relative)
    except ValueError:
        raise SourceUnavailable("no address") from None


def _parts(url: str) -> SplitResult:
    """Take an address apart.

    Raises:
        SourceUnavailable: it is none that is asked.

    """
    try:
        parts = urlsplit(url)
        sound = (parts.port or 443) <= _LAST_PORT
    except ValueError:
        raise SourceUnavailable("no address") from None
    if parts.scheme != "https" or not parts.hostname or not url.isascii() or not sound:
        raise SourceUnavailable(f"{parts.scheme}://{parts.hostname}: no https address")
    if parts.username is not None or parts.password is not None:
        raise SourceUnavailable(f"{parts.hostname}: an address with a user; it would be logged")
    return parts


def _mark_of(headers: dict[str, str]) -> str:
    """Return the validator of a version; which kind it is shows in its first letter."""
    if etag := headers.get("etag"):
        return f"E{etag}"
    modified = headers.get("last-modified")
    return f"M{modified}" if modified else ""


def _condition(mark: str) -> list[tuple[str, str]]:
    if not mark:
        return []
    return [("If-None-Match" if mark[0] == "E" else "If-Modified-Since", mark[1:])]


async def _get(parts: SplitResult, context: ssl.SSLContext, limits: Limits, mark: str) -> _Answer:
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD_BYTES)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = h11.Request(
        method="GET",
        target=target,
        headers=[
            ("Host", parts.netloc),
            ("User-Agent", "egate"),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
            *_condition(mark),
        ],
    )
    async with _connected(parts, context) as (reader, writer):
        writer.write(connection.send(request) or b"")
        writer.write(connection.send(h11.EndOfMessage()) or b"")
        await writer.drain()
        return await _answer(connection, reader, limits)


@asynccontextmanager
async def _connected(
    parts: SplitResult, context: ssl.SSLContext
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or 443, ssl=context, server_hostname=parts.hostname
    )
    try:
        yield reader, writer
    finally:
        writer.transport.abort()  # nothing more is wanted, and nobody waits for its farewell


async def _answer(
    connection: h11.Connection, reader: asyncio.StreamReader, limits: Limits
) -> _Answer:
    status, headers, content = 0, {}, bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_CHUNK_BYTES))
        elif isinstance(event, h11.Response):
            status = event.status_code
            headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in event.headers}
        elif isinstance(event, h11.Data):
            content += event.data
            if len(content) > limits.file_bytes:
                raise SourceUnavailable(f"more than {limits.file_bytes} bytes")
        elif isinstance(event, h11.EndOfMessage):
            return _Answer(status, headers, bytes(content))
        elif not isinstance(event, h11.InformationalResponse):
            raise SourceUnavailable("ended before its answer")
