"""Temporary changes beside a policy: a file and its signatures each."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from egate.domain.policy.changes import Change, parse_change
from egate.domain.policy.entries import PolicyInvalid
from egate.policy_files.keys import Keys
from egate.policy_files.signatures import NEEDED, Signature, read_signatures, signers
from egate.settings import SettingsError, read_settings_file, toml_of

_MOST_CHANGES: Final = 100


@dataclass(frozen=True, slots=True)
class FiledChange:
    """One change as it is filed.

    Args:
        file: where.
        content: its bytes.
        change: what they say.

    """

    file: Path
    content: bytes
    change: Change

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def changes_folder(policy: Path) -> Path:
    """Return where the changes of ``policy`` are: beside it."""
    return policy.with_name(f"{policy.stem}.changes")


def change_file(folder: Path, number: int) -> Path:
    return folder / f"change-{number}.toml"


def audit_file(policy: Path) -> Path:
    return changes_folder(policy) / "audit.jsonl"


def read_change(file: Path) -> FiledChange:
    """Return the change in ``file``.

    Raises:
        PolicyInvalid: it is none; names the file and the fault in one line.

    """
    return _parsed(file, _read(file))


def filed_changes(policy: Path) -> Sequence[Path]:
    """Return the files of the changes of ``policy``, approved or not.

    Raises:
        PolicyInvalid: there are more than anybody would oversee.

    """
    files = sorted(changes_folder(policy).glob("change-*.toml"))
    if len(files) > _MOST_CHANGES:
        raise PolicyInvalid(f"{changes_folder(policy)}: more than {_MOST_CHANGES} changes")
    return files


def approved_changes(policy: Path, keys: Keys) -> Sequence[Change]:
    """Return the changes that their proposer and another officer signed.

    What two officers did not sign is not even parsed: it waits, and stops no gate.

    Raises:
        PolicyInvalid: a change that two officers signed cannot be used.
        SignaturesRefused: signatures cannot be read.

    """
    approved = []
    for file in filed_changes(policy):
        content = _read(file)
        officers = signers(content, read_signatures(file), keys)
        if len(officers) >= NEEDED:
            change = _parsed(file, content).change
            if is_approved(change, officers):
                approved.append(change)
    return approved


def is_approved(change: Change, officers: Collection[str]) -> bool:
    """Say whether ``officers``, whose signatures fit, are its proposer and another one."""
    return len(officers) >= NEEDED and change.proposed_by in officers


def received_change(
    folder: Path, content: bytes, signatures: Iterable[Signature], keys: Keys
) -> Change:
    """Return the change that somebody sent for ``folder``; nothing is filed.

    Raises:
        PolicyInvalid: it is none, or its proposer and another officer did not both sign it.

    """
    officers = signers(content, signatures, keys)
    if len(officers) < NEEDED:  # what two officers did not sign is not even parsed
        raise PolicyInvalid(f"change: signed by {len(officers)} known officers, not {NEEDED}")
    try:
        change = parse_change(toml_of(folder, content))
    except SettingsError as error:
        raise PolicyInvalid(str(error)) from error
    if not is_approved(change, officers):
        raise PolicyInvalid(f"change {change.number}: {change.proposed_by} did not sign it")
    return change


def as_toml(change: Change, begins: str, ends: str) -> str:
    """Return the file of ``change``; its period as RFC 3339 has it."""
    value = change.value if not isinstance(change.value, str) else _quoted(change.value)
    return (
        f"number = {change.number}\n"
        f"policy_version = {_quoted(change.policy_version)}\n"
        f"key = {_quoted(change.key)}\n"
        f"value = {value}\n"
        f"from = {begins}\n"
        f"until = {ends}\n"
        f"reason = {_quoted(change.reason)}\n"
        f"proposed_by = {_quoted(change.proposed_by)}\n"
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a basic string of TOML, too


def _read(file: Path) -> bytes:
    try:
        return read_settings_file(file)
    except SettingsError as error:
        raise PolicyInvalid(str(error)) from error


def _parsed(file: Path, content: bytes) -> FiledChange:
    try:
        change = parse_change(toml_of(file, content))
    except SettingsError as error:
        raise PolicyInvalid(str(error)) from error
    except PolicyInvalid as error:
        raise PolicyInvalid(f"{file}: {error}") from error
    if file != change_file(file.parent, change.number):
        raise PolicyInvalid(f"{file}: number: is not that of the file's name")
    return FiledChange(file, content, change)
