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

from cryptography.hazmat.primitives.asymmetric import ec

from egate.lists.errors import ListRefused
from egate.lists.kinds import ListKind
from egate.lists.signed_json import canonical, moment, number, sign, verified, written_moment

MAX_MANIFEST_BYTES: Final = 4096
MAX_CONTENT_BYTES: Final = 4 << 30
_FORMAT: Final = 1
_MAX_VERSION: Final = (1 << 53) - 1
# So that a signature of a list is a signature of nothing else.
_DOMAIN: Final = b"egate list manifest 1\n"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class ContentName(StrEnum):
    """The files of a version; who names no persons has none of them."""

    DOCUMENTS = "documents"
    ENTRIES = "entries"
    PERSONS = "persons"


ALWAYS: Final = frozenset({ContentName.DOCUMENTS, ContentName.ENTRIES})
"""Of these every version has one."""


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
        return canonical(
            {
                "format": _FORMAT,
                "list": self.kind.value,
                "version": self.version,
                "previous": self.previous,
                "made_at": written_moment(self.made_at),
                "valid_until": written_moment(self.valid_until),
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
            written = manifest.to_json()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ListRefused("manifest: malformed") from None
        if written != raw:
            raise ListRefused("manifest: not canonical")
        return manifest

    @classmethod
    def _of(cls, row: Any) -> Self:  # noqa: ANN401  whatever JSON there is
        manifest = cls(
            kind=ListKind(row["list"]),
            version=number(row["version"], 1, _MAX_VERSION),
            previous=number(row["previous"], 0, _MAX_VERSION),
            made_at=moment(row["made_at"]),
            valid_until=moment(row["valid_until"]),
            contents={ContentName(name): _content(each) for name, each in row["contents"].items()},
        )
        if not ALWAYS.issubset(manifest.contents) or manifest.previous >= manifest.version:
            raise ValueError
        return manifest


def sign_manifest(manifest: Manifest, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the bytes of a signed manifest (ECDSA with SHA-256, r and s of 32 bytes each)."""
    return sign(_DOMAIN, manifest.to_json(), key)


def verified_manifest(raw: bytes, signer: ec.EllipticCurvePublicKey) -> Manifest:
    """Return the manifest that ``signer`` signed; what nobody signed is not even parsed.

    Raises:
        ListRefused: the signature is not that of ``signer``, or it signed no manifest.

    """
    return Manifest.from_json(verified(_DOMAIN, raw, signer, MAX_MANIFEST_BYTES, "manifest"))


def _content(row: Mapping[str, Any]) -> Content:
    sha256 = row["sha256"]
    if not _SHA256.fullmatch(sha256):
        raise ValueError
    return Content(number(row["length"], 1, MAX_CONTENT_BYTES), sha256)
