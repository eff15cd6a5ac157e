"""``egate policy``: check a policy, sign it, and see who signed it."""

import argparse
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput
from egate.domain.policy.parse import PolicyInvalid, parse_policy
from egate.domain.policy.policy import Policy
from egate.policy_files.keys import (
    MAX_KEY_BYTES,
    KeyUnusable,
    is_officer,
    officers_keys,
    parse_private_key,
    private_key_of,
)
from egate.policy_files.signatures import (
    SignaturesRefused,
    as_text,
    demand_two,
    read_signatures,
    sign,
    signature_file,
)
from egate.settings import SettingsError, read_settings_file, toml_of


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="policy_command", required=True, metavar="COMMAND")
    checking = _command(commands, "check", "say whether a gate would take it, signatures aside")
    checking.set_defaults(run=_check)
    signing = _command(commands, "sign", "add your signature to those beside it")
    signing.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="your key, mode 600; - for stdin"
    )
    signing.add_argument(
        "--officer", type=_officer, required=True, metavar="NAME", help="as your public key's file"
    )
    signing.set_defaults(run=_sign)
    verifying = _command(commands, "verify", "say which officers signed it; two must have")
    verifying.add_argument(
        "--keys", type=Path, required=True, metavar="DIR", help="public keys, NAME.pem each"
    )
    verifying.set_defaults(run=_verify)


def _command(
    commands: "argparse._SubParsersAction[Any]", name: str, summary: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
    )
    command.add_argument("file", type=Path, metavar="FILE", help="as config/policy.toml")
    command.add_argument(
        "--profile", default="standard", metavar="NAME", help="that a lane would use"
    )
    command.add_argument("--json", action="store_true", help="print one JSON document")
    return command


def _officer(text: str) -> str:
    if not is_officer(text):
        raise argparse.ArgumentTypeError("not the name of an officer's key")
    return text


def _check(arguments: argparse.Namespace) -> int:
    content = _read(arguments.file)
    try:
        policy = _parsed(content, arguments)
    except PolicyInvalid as error:
        return _answer(arguments, yes=False, document={"ok": False, "fault": str(error)})
    waivers = [f"{each}, {each.issuing_state} {each.check_id}" for each in policy.waivers]
    document = {
        "ok": True,
        "version": policy.version,
        "profile": policy.profile.name,
        "rules": [rule.name for rule in policy.rules],
        "waivers": waivers,
    }
    return _answer(arguments, yes=True, document=document)


def _sign(arguments: argparse.Namespace) -> int:
    file, content = arguments.file, _read(arguments.file)
    try:
        _parsed(content, arguments)  # nobody puts a name under what no gate would take
        own = sign(content, _private_key(arguments.key), arguments.officer)
        others = [each for each in read_signatures(file) if each.officer != own.officer]
        _write(signature_file(file), as_text((*others, own)))
    except PolicyInvalid as error:
        raise BadInput(f"{file}: {error}") from error
    except (KeyUnusable, SignaturesRefused) as error:
        raise BadInput(str(error)) from error
    signed = {"signed": str(file), "officer": own.officer, "signatures": len(others) + 1}
    return _answer(arguments, yes=True, document=signed)


def _verify(arguments: argparse.Namespace) -> int:
    content = _read(arguments.file)
    try:
        keys = officers_keys(arguments.keys)
    except KeyUnusable as error:
        raise BadInput(str(error)) from error
    try:
        officers = demand_two(arguments.file, content, keys)
    except SignaturesRefused as error:
        return _answer(arguments, yes=False, document={"verified": False, "fault": str(error)})
    return _answer(arguments, yes=True, document={"verified": True, "officers": list(officers)})


def _parsed(content: bytes, arguments: argparse.Namespace) -> Policy:
    try:
        return parse_policy(toml_of(arguments.file, content), arguments.profile)
    except SettingsError as error:
        raise BadInput(str(error)) from error


def _read(file: Path) -> bytes:
    try:
        return read_settings_file(file)
    except SettingsError as error:
        raise BadInput(str(error)) from error


def _private_key(file: Path) -> Ed25519PrivateKey:
    if str(file) != "-":
        return private_key_of(file)
    return parse_private_key(sys.stdin.buffer.read(MAX_KEY_BYTES + 1), "standard input")


def _write(file: Path, text: str) -> None:
    """Put ``text`` in the place of ``file`` at once, so that nobody reads half of it."""
    try:
        new = file.with_name(f"{file.name}.new")
        new.write_text(text, "utf-8")
        new.replace(file)
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error


def _answer(arguments: argparse.Namespace, *, yes: bool, document: dict[str, Any]) -> int:
    if arguments.json:
        print_json(document)
    else:
        for key, value in document.items():
            print(f"{key}: {', '.join(value) if isinstance(value, list) else value}")
    return 0 if yes else 1
