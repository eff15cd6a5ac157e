"""Public specimens with an MRZ, from the samples that other readers' repositories publish.

    python -m benchmarks.public_mrz_images --clones DIR --out DIR

``--clones`` holds git clones as ``OWNER/NAME``; what a repository no longer has is named and left
out. The pictures are for measuring only and never enter this repository. What stands here, in
``public_mrz_images.jsonl``, is where each came from, the SHA-256 of its file and of the lines that
a person read in it (joined by a line feed), and whether they are ``valid``, ``malformed`` (the
check digits are right, a field cannot be) or have ``wrong check digits``, as printed.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LISTED: Final = Path(__file__).with_suffix(".jsonl")
_REPOSITORY: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class PublicImage:
    """One picture; ``state`` as above."""

    repository: str
    commit: str
    path: str
    file_sha256: str
    lines_sha256: str
    state: str

    @property
    def name(self) -> str:
        """The name of its file in the folder of pictures."""
        return f"{self.repository}/{self.path}".replace("/", "+")

    def shows(self, lines: Sequence[str]) -> bool:
        """Whether ``lines`` are those a person read in it."""
        return digest("\n".join(lines).encode()) == self.lines_sha256


def listed() -> tuple[PublicImage, ...]:
    """Return every picture that is known."""
    lines = LISTED.read_text("utf-8").splitlines()
    return tuple(PublicImage(**json.loads(line)) for line in lines)


def digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.public_mrz_images")
    parser.add_argument("--clones", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    arguments = parser.parse_args()
    out: Path = arguments.out
    if out.resolve().is_relative_to(_REPOSITORY):
        parser.error("--out must lie outside the repository: the pictures are never kept in it")
    out.mkdir(parents=True, exist_ok=True)
    missing = [image for image in listed() if not write(image, arguments.clones, out)]
    for image in missing:
        print(f"{image.repository}: no {image.path} as it was", file=sys.stderr)
    return 1 if missing else 0


def write(image: PublicImage, clones: Path, out: Path) -> bool:
    """Write one picture into ``out``; False where the clone does not have it as it was."""
    clone = clones / image.repository
    if not clone.is_dir():
        return False
    shown = subprocess.run(
        ["git", "-C", str(clone), "show", f"{image.commit}:{image.path}"],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if shown.returncode or digest(shown.stdout) != image.file_sha256:
        return False
    (out / image.name).write_bytes(shown.stdout)
    return True


if __name__ == "__main__":
    sys.exit(main())
