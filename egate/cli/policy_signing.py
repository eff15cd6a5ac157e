"""What the commands of ``egate policy`` share: arguments, faults, a signature, an answer."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.domain.policy.entries import PolicyInvalid
from egate.policy_files.audit import AuditUnusable
from egate.policy_files.keys import (
    MAX_KEY_BYTES,
    KeyUnusable,
    is_officer,
    parse_private_key,
    private_key_of,
)
from egate.policy_files.signatures import (
    SignaturesRefused,
    as_text,
    read_signatures,
    sign,
    signature_file,
)
from egate.settings import SettingsError


def policy_command(
    commands: "argparse._SubParsersAction[Any]", name: str, summary: str
) -> argparse.ArgumentParser:
    """Return the parser of one command of ``egate policy``, with what all of them take."""
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
    )
    command.add_argument("file", type=Path, metavar="FILE", help="as config/policy.toml")
    command.add_argument("--json", action="store_true", help="print one JSON document")
    return command


def add_signer(command: argparse.ArgumentParser) -> None:
    """Let ``command`` take who signs."""
    command.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="your key, mode 600; - for stdin"
    )
    command.add_argument(
        "--officer", type=_officer, required=True, metavar="NAME", help="as your public key's file"
    )


@contextmanager
def policy_faults() -> Iterator[None]:
    """Let what is wrong with a file or a key end the command in one line."""
    try:
        yield
    except (PolicyInvalid, KeyUnusable, SignaturesRefused, AuditUnusable) as error:
        raise BadInput(str(error)) from error
    except SettingsError as error:
        raise BadInput(str(error)) from error


def add_signature(file: Path, content: bytes, officer: str, key: Ed25519PrivateKey) -> int:
    """Put the signature of ``officer`` beside ``file`` and return how many there are now.

    Raises:
        SignaturesRefused: those that are there cannot be read.
        BadInput: it cannot be written.

    """
    others = [each for each in read_signatures(file) if each.officer != officer]
    text = as_text((*others, sign(content, key, officer)))
    put(signature_file(file), text.encode())
    return len(others) + 1


def private_key(file: Path) -> Ed25519PrivateKey:
    """Return the key in ``file``; "-" is standard input.

    Raises:
        KeyUnusable: it is none, or others may read it.

    """
    if str(file) != "-":
        return private_key_of(file)
    return parse_private_key(sys.stdin.buffer.read(MAX_KEY_BYTES + 1), "standard input")


def put(file: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``file`` at once, so that nobody reads half of it.

    Raises:
        BadInput: it cannot be written.

    """
    try:
        new = file.with_name(f"{file.name}.new")
        new.write_bytes(content)
        new.replace(file)
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error


def answer(arguments: argparse.Namespace, document: dict[str, Any], *, yes: bool = True) -> int:
    """Print ``document`` and return the exit code."""
    if arguments.json:
        print_json(document)
    else:
        for key, value in document.items():
            print(f"{key}: {', '.join(value) if isinstance(value, list) else value}")
    return 0 if yes else 1


def _officer(text: str) -> str:
    if not is_officer(text):
        raise argparse.ArgumentTypeError("not the name of an officer's key")
    return text
