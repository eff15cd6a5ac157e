"""The officers of a demo: accounts with passwords of this demo alone, and the policy they signed.

They log in as every officer does, by password and second factor: what a person would have on
paper and in an authenticator is printed.
"""

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyotp

from egate.cli.clock import now_utc
from egate.console.access.officer import ConsoleRole
from egate.console.access.opening import opened_access
from egate.console.audit.log import FILE_NAME, AuditLog
from egate.console.language import Language
from egate.console.opening import SIGNING_KEYS
from egate.domain.time import UtcSeconds
from egate.policy_files.sealed_keys import SealedKeys, public_pem
from egate.policy_files.signatures import add_signature
from egate.settings.services import ConsoleLogIn

_ROLES: Final = {
    "rahman": (ConsoleRole.OFFICER, "A. Rahman"),
    "begum": (ConsoleRole.SUPERVISOR, "S. Begum"),
    "haque": (ConsoleRole.SUPERVISOR, "M. Haque"),
}
_GROUPS: Final = 4
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_CODES_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """An officer, and all that a person needs to be one.

    Args:
        officer_id: for the log-in.
        role: what they are.
        password: of the account, and of the signing key of a supervisor.
        codes: each for one log-in.
        totp: for an authenticator, base32.

    """

    officer_id: str
    role: ConsoleRole
    password: str = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)
    totp: str = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        return {
            "officer_id": self.officer_id,
            "role": self.role.value,
            "password": self.password,
            "codes": list(self.codes),
            "totp": self.totp,
        }

    def __str__(self) -> str:
        """Return the two lines that the demo prints."""
        shown = " ".join(self.codes[:_CODES_SHOWN])
        return f"{self.officer_id:>8}: {self.role}, password {self.password}\n{'':10}codes {shown}"


def make_officers(state: Path) -> Sequence[DemoOfficer]:
    """Make the officers of the console that keeps its things in ``state``."""
    state.mkdir(mode=0o700, exist_ok=True)
    audit = AuditLog(state / FILE_NAME, _now)
    made = []
    with opened_access(state, ConsoleLogIn(), audit, _now) as access:
        for officer_id, (role, name) in _ROLES.items():
            access.accounts.add(officer_id, name, [role], language=Language.ENGLISH)
            password = "-".join(
                "".join(secrets.choice(_LETTERS) for _ in range(_GROUPS)) for _ in range(_GROUPS)
            )
            access.accounts.set_password(officer_id, access.passwords.hash_now(password))
            totp = access.factors.offered_totp(officer_id)
            # The code of the next half minute stays good for a log-in.
            access.factors.take_totp(officer_id, pyotp.TOTP(totp).now())
            codes = access.factors.renew_recovery_codes(officer_id)
            made.append(DemoOfficer(officer_id, role, password, codes, totp))
    audit.close()
    return made


def sign_policy(officers: Sequence[DemoOfficer], state: Path, policy: Path, keys: Path) -> None:
    """Give each supervisor a signing key at the console, and let them sign ``policy``.

    Args:
        officers: of the demo.
        state: folder of the console.
        policy: a file of its own.
        keys: folder of public keys to be made.

    """
    keys.mkdir(exist_ok=True)
    sealed = SealedKeys(state / SIGNING_KEYS)
    for each in officers:
        if each.role is not ConsoleRole.SUPERVISOR:
            continue
        public = sealed.make(each.officer_id, each.password)
        (keys / f"{each.officer_id}.pem").write_bytes(public_pem(public))
        add_signature(policy, policy.read_bytes(), sealed.open(each.officer_id, each.password))


def copied(policy: Path, folder: Path) -> None:
    """Put a copy of ``policy`` and its signatures into ``folder``, as an officer would bring it."""
    folder.mkdir(exist_ok=True)
    for file in (policy, policy.with_name(f"{policy.name}.sig")):
        shutil.copy(file, folder / file.name)


def _now() -> UtcSeconds:
    return UtcSeconds(now_utc().timestamp())
