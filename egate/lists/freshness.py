"""Statements that no newer version of a list existed at a time.

The age of a list is the age of the last proof that nothing newer exists, not of the last
change: a list that nobody changes for a month is as good as new while the centre says so. A
statement is written and signed as a manifest is, with a domain tag of its own.
"""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Final, Self

from cryptography.hazmat.primitives.asymmetric import ec

from egate.lists.errors import ListRefused
from egate.lists.kinds import ListKind
from egate.lists.signed_json import canonical, moment, number, sign, verified, written_moment

MAX_FRESHNESS_BYTES: Final = 1024
_FORMAT: Final = 1
_MAX_VERSION: Final = (1 << 53) - 1
# So that a signature of a statement is a signature of nothing else.
_DOMAIN: Final = b"egate list freshness 1\n"
_WHAT: Final = "freshness"


@dataclass(frozen=True, slots=True)
class Freshness:
    """No version of a list was newer than this one.

    Args:
        kind: which list.
        version: the newest.
        as_of: when it was, UTC, to the second.

    """

    kind: ListKind
    version: int
    as_of: dt.datetime

    def to_json(self) -> bytes:
        """Return the one way to write it."""
        return canonical(
            {
                "format": _FORMAT,
                "list": self.kind.value,
                "version": self.version,
                "as_of": written_moment(self.as_of),
            }
        )

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """Return what ``raw`` says.

        Raises:
            ListRefused: it is no statement, or not written in the one way.

        """
        try:
            statement = cls._of(json.loads(raw.decode("ascii")))
            written = statement.to_json()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ListRefused("freshness: malformed") from None
        if written != raw:
            raise ListRefused("freshness: not canonical")
        return statement

    @classmethod
    def _of(cls, row: Any) -> Self:  # noqa: ANN401  whatever JSON there is
        return cls(
            ListKind(row["list"]), number(row["version"], 1, _MAX_VERSION), moment(row["as_of"])
        )


def sign_freshness(statement: Freshness, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the bytes of a signed statement (as ``manifest.sign_manifest``)."""
    return sign(_DOMAIN, statement.to_json(), key)


def verified_freshness(raw: bytes, signer: ec.EllipticCurvePublicKey) -> Freshness:
    """Return the statement that ``signer`` signed; what nobody signed is not even parsed.

    Raises:
        ListRefused: the signature is not that of ``signer``, or it signed no statement.

    """
    return Freshness.from_json(verified(_DOMAIN, raw, signer, MAX_FRESHNESS_BYTES, _WHAT))
