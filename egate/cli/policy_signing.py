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
from egate.policy_files.signatures import SignaturesRefused, Signer
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
    except OSError as error:
        raise BadInput(f"{error.filename}: {error.strerror}") from error


def signer_of(arguments: argparse.Namespace) -> Signer:
    """Return who signs, as ``add_signer`` let them say.

    Raises:
        KeyUnusable: there is no such key, or others may read it.

    """
    return Signer(arguments.officer, _private_key(arguments.key))


def _private_key(file: Path) -> Ed25519PrivateKey:
    """Return the key in ``file``; "-" is standard input.

    Raises:
        KeyUnusable: it is none, or others may read it.

    """
    if str(file) != "-":
        return private_key_of(file)
    return parse_private_key(sys.stdin.buffer.read(MAX_KEY_BYTES + 1), "standard input")


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
