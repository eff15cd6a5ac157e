"""What a version of a list is made of, and the signature that makes it one.

A manifest is canonical JSON, a line feed, and the signature in hexadecimal: nothing in it can
be written in two ways, so no bit of it can be changed unseen.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from egate.lists.errors import ListRefused
from egate.lists.kinds import ListKind

MAX_MANIFEST_BYTES: Final = 4096
MAX_CONTENT_BYTES: Final = 4 << 30
_FORMAT: Final = 1
_MAX_VERSION: Final = (1 << 53) - 1
# So that a signature of a list is a signature of nothing else.
_DOMAIN: Final = b"egate list manifest 1\n"
_HALF_BYTES: Final = 32
_SIGNATURE: Final = re.compile(rb"[0-9a-f]{128}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
_HASH: Final = ec.ECDSA(hashes.SHA256())


class ContentName(StrEnum):
    """The files of a version."""

    DOCUMENTS = "documents"
    ENTRIES = "entries"


@dataclass(frozen=True, slots=True)
class Content:
    """One file: its length in bytes, and its SHA-256 in hexadecimal."""

    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version of one list.

    Args:
        kind: which list.
        version: greater than that of every version before.
        previous: the version that this one changes; 0 for a snapshot, which is the whole list.
        made_at: UTC, to the second.
        valid_until: UTC; nobody uses it from then on.
        contents: its files.

    """

    kind: ListKind
    version: int
    previous: int
    made_at: dt.datetime
    valid_until: dt.datetime
    contents: Mapping[ContentName, Content]

    @property
    def is_delta(self) -> bool:
        return self.previous > 0

    def to_json(self) -> bytes:
        """Return the one way to write it."""
        return _canonical(
            {
                "format": _FORMAT,
                "list": self.kind.value,
                "version": self.version,
                "previous": self.previous,
                "made_at": self.made_at.strftime(_MOMENT),
                "valid_until": self.valid_until.strftime(_MOMENT),
                "contents": {
                    name.value: {"length": content.length, "sha256": content.sha256}
                    for name, content in self.contents.items()
                },
            }
        )

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """Return what ``raw`` says.

        Raises:
            ListRefused: it is no manifest, or not written in the one way.

        """
        try:
            manifest = cls._of(json.loads(raw.decode("ascii")))
            canonical = manifest.to_json()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ListRefused("manifest: malformed") from None
        if canonical != raw:
            raise ListRefused("manifest: not canonical")
        return manifest

    @classmethod
    def _of(cls, row: Any) -> Self:  # noqa: ANN401  whatever JSON there is
        manifest = cls(
            kind=ListKind(row["list"]),
            version=_number(row["version"], 1, _MAX_VERSION),
            previous=_number(row["previous"], 0, _MAX_VERSION),
            made_at=_moment(row["made_at"]),
            valid_until=_moment(row["valid_until"]),
            contents={ContentName(name): _content(each) for name, each in row["contents"].items()},
        )
        if set(manifest.contents) != set(ContentName) or manifest.previous >= manifest.version:
            raise ValueError
        return manifest


def sign_manifest(manifest: Manifest, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the bytes of a signed manifest (ECDSA with SHA-256, r and s of 32 bytes each)."""
    body = manifest.to_json()
    r, s = decode_dss_signature(key.sign(_DOMAIN + body, _HASH))
    return body + b"\n" + (r.to_bytes(_HALF_BYTES) + s.to_bytes(_HALF_BYTES)).hex().encode()


def verified_manifest(raw: bytes, signer: ec.EllipticCurvePublicKey) -> Manifest:
    """Return the manifest that ``signer`` signed; what nobody signed is not even parsed.

    Raises:
        ListRefused: the signature is not that of ``signer``, or it signed no manifest.

    """
    body, _, signature = raw.rpartition(b"\n")
    if len(raw) > MAX_MANIFEST_BYTES or not _SIGNATURE.fullmatch(signature):
        raise ListRefused("manifest: malformed")
    halves = bytes.fromhex(signature.decode("ascii"))
    r, s = int.from_bytes(halves[:_HALF_BYTES]), int.from_bytes(halves[_HALF_BYTES:])
    try:
        signer.verify(encode_dss_signature(r, s), _DOMAIN + body, _HASH)
    except InvalidSignature:
        raise ListRefused("manifest: not signed by the pinned signer") from None
    return Manifest.from_json(body)


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")


def _number(value: object, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError
    return value


def _moment(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, _MOMENT).replace(tzinfo=dt.UTC)


def _content(row: Mapping[str, Any]) -> Content:
    sha256 = row["sha256"]
    if not _SHA256.fullmatch(sha256):
        raise ValueError
    return Content(_number(row["length"], 1, MAX_CONTENT_BYTES), sha256)
