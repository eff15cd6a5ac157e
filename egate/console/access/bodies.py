"""The body of a request: a form or a JSON object, small, whole and in time."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

MAX_BODY_BYTES: Final = 64 * 1024
_MAX_FIELDS: Final = 200
_SECONDS: Final = 10.0
_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"


class BadBody(Exception):
    """The body is not what a page of ours sends.

    Args:
        status_code: of the answer.

    """

    def __init__(self, status_code: int, reason: str) -> None:
        super().__init__(reason)
        self.status_code = status_code


class Form(Mapping[str, Any]):
    """What a form or a script sent: name to value; of a field that came twice the last one.

    Values of a form are text; those of a JSON object are what they are.
    """

    def __init__(self, fields: list[tuple[str, Any]]) -> None:
        self._fields = fields
        self._last = dict(fields)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a JSON value
        return self._last[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    def __repr__(self) -> str:
        return f"Form({len(self._last)} fields)"  # the values may be of a person

    def text(self, name: str) -> str:
        """Return a value that is text, empty if there is none or it is another thing."""
        value = self._last.get(name)
        return value if isinstance(value, str) else ""

    def all(self, name: str) -> tuple[Any, ...]:
        """Return every value of ``name``, as of check boxes."""
        return tuple(value for given, value in self._fields if given == name)


async def read_form(request: Request) -> Form:
    """Read the body of ``request``.

    Raises:
        BadBody: it is too long, too slow, or neither a form nor a JSON object.

    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in (_FORM, _JSON):
        raise BadBody(415, "neither a form nor JSON")
    raw = await _body(request)
    try:
        if media_type == _JSON:
            return Form(_object(raw))
        text = raw.decode("ascii")
        return Form(
            parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
        )
    except (ValueError, RecursionError):
        raise BadBody(400, "not a form of ours") from None


def _object(raw: bytes) -> list[tuple[str, Any]]:
    found = json.loads(raw.decode("utf-8"))
    if not isinstance(found, dict) or len(found) > _MAX_FIELDS:
        raise ValueError("not an object, or a large one")
    json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no text
    return list(found.items())


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise BadBody(413, "too long")
    except TimeoutError:
        raise BadBody(408, "too slow") from None
    except ClientDisconnect:
        raise BadBody(400, "not whole") from None
    return bytes(body)
