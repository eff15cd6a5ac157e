"""Which token and which keys on it: a PKCS#11 URI (RFC 7512), as far as we use one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from egate.ports.devices import DriverOptionError

_SCHEME: Final = "pkcs11:"
_MAX_CHARACTERS: Final = 2048
_ATTRIBUTE: Final = re.compile(
    r"([a-z0-9-]+)=((?:[A-Za-z0-9_.~:\[\]@!$'()*+,/&?=-]|%[0-9A-Fa-f]{2})*)"
)
_OF_PATH: Final = frozenset({"token", "serial", "object"})
_OF_QUERY: Final = frozenset({"module-path", "pin-source"})
_EXAMPLE: Final = "pkcs11:token=LABEL;object=LABEL?module-path=/PATH.so&pin-source=file:/PATH"


@dataclass(frozen=True, slots=True)
class TokenUri:
    """What a PKCS#11 URI of ours names.

    Args:
        module: the library that knows the token.
        pin_file: whose first line is the user PIN.
        label: of the keys; several may have it while one takes the place of another.
        token: label of the token; "" with a serial.
        serial: of the token; "": whichever has the label.

    """

    module: Path
    pin_file: Path
    label: str
    token: str = ""
    serial: str = ""

    def __str__(self) -> str:
        return f"token {self.token or self.serial}"


def parse_uri(text: str) -> TokenUri:
    """Return what ``text`` names.

    Raises:
        DriverOptionError: it is no such URI, or names what we do not use. A PIN in the URI is
            refused: settings are not secret (RFC 7512 §2.4).

    """
    if not text.startswith(_SCHEME) or len(text) > _MAX_CHARACTERS:
        raise _unusable(f"not a PKCS#11 URI, as {_EXAMPLE}")
    path, _, query = text.removeprefix(_SCHEME).partition("?")
    named = dict(_attributes(path, ";", _OF_PATH)) | dict(_attributes(query, "&", _OF_QUERY))
    if not named.get("object"):
        raise _unusable("object= is missing: the label of our keys")
    if not (named.get("token") or named.get("serial")):
        raise _unusable("token= is missing: the label of the token")
    return TokenUri(
        module=_absolute("module-path", named.get("module-path", "")),
        pin_file=_absolute("pin-source", named.get("pin-source", "").removeprefix("file:")),
        label=named["object"],
        token=named.get("token", ""),
        serial=named.get("serial", ""),
    )


def _attributes(text: str, separator: str, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for part in filter(None, text.split(separator)):
        match = _ATTRIBUTE.fullmatch(part)
        if match is None:
            raise _unusable("an attribute that is not name=value, percent-encoded")
        name = match[1]
        if name == "pin-value":
            raise _unusable("pin-value: a PIN is no setting; name its file by pin-source")
        if name not in known or name in seen:
            fault = "named twice" if name in seen else "not used by us"
            raise _unusable(f"{name}: {fault} (known: {', '.join(sorted(known))})")
        seen.add(name)
        try:
            yield name, unquote(match[2], errors="strict")
        except UnicodeDecodeError:
            raise _unusable(f"{name}: not UTF-8") from None


def _absolute(name: str, value: str) -> Path:
    path = Path(value)
    if not path.is_absolute() or "\0" in value:
        raise _unusable(f"{name}: the absolute path of a file is missing")
    return path


def _unusable(reason: str) -> DriverOptionError:
    return DriverOptionError(f"driver pkcs11: address: {reason}")
