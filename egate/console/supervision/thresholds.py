"""Thresholds of the hall's lanes: what holds, and changes for a while that two officers sign."""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from egate.console.access.limits import Limit, Limits
from egate.console.supervision.threshold_views import (
    KeyState,
    Overview,
    SeenChange,
    thresholds_of,
    value_at,
)
from egate.domain.policy.changes import Change, parse_changed_policy
from egate.domain.policy.entries import PolicyInvalid
from egate.domain.time import UtcSeconds
from egate.policy_files.audit import AuditUnusable
from egate.policy_files.changes import FiledChange, approved_changes, filed_changes, read_change
from egate.policy_files.changing import ChangeState, Wanted, approve, propose, state_of
from egate.policy_files.keys import KeyUnusable, officers_keys
from egate.policy_files.sealed_keys import PasswordWrong, SealedKeys, public_pem
from egate.policy_files.signatures import SignaturesRefused, Signer, read_signatures, signers
from egate.ports.policy_changes import SignedChange
from egate.settings import ConsolePolicy, SettingsError, read_settings_file, toml_of

_FREE_ATTEMPTS: Final = 3
_WAIT_FOR_GATES: Final = frozenset({ChangeState.TO_COME, ChangeState.HOLDS})
_FAULTS: Final = (PolicyInvalid, KeyUnusable, SignaturesRefused, SettingsError, AuditUnusable)

Result = TypeVar("Result")


class ThresholdRefused(Exception):
    """Nothing was changed; says why in one line, of which nothing is personal."""


class SigningPasswordWrong(ThresholdRefused):
    """The password does not open the officer's key."""


class Thresholds:
    """The policy of the hall, and its changes.

    Args:
        settings: where the policy is, and whose signatures count.
        keys: the officers' own, sealed.
        now: UTC.

    """

    def __init__(
        self, settings: ConsolePolicy, keys: SealedKeys, now: Callable[[], UtcSeconds]
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._now = now
        self._limits = Limits(now)
        self._one_at_a_time = asyncio.Lock()
        self.changed = asyncio.Event()
        """Set when there is a change for the gates."""

    async def overview(self) -> Overview:
        """Return what holds and what was proposed.

        Raises:
            ThresholdRefused: the policy or a change cannot be read.

        """
        return await self._done(self._overview)

    async def key_state(self, officer_id: str) -> KeyState:
        """Say whether the officer has a signing key at this console that the hall believes.

        Raises:
            ThresholdRefused: a key cannot be read.

        """
        return await self._done(lambda: self._key_state(officer_id))

    async def make_key(self, officer_id: str, password: str) -> str:
        """Make the officer's signing key anew; return its public half in PEM.

        Nobody believes it until the owner of the gates puts that into their folders of keys.

        Raises:
            ThresholdRefused: the password is too short, or the key cannot be written.

        """
        return await self._done(lambda: public_pem(self._keys.make(officer_id, password)).decode())

    async def propose(self, officer_id: str, password: str, wanted: Wanted) -> int:
        """Propose a change, signed by the officer; return its number.

        Raises:
            ThresholdRefused: the key does not open, nobody believes it, or no gate would take it.
            TooManyAttempts: of passwords; wait.

        """
        signer = await self._signer(officer_id, password)
        async with self._one_at_a_time:
            filed = await self._done(
                lambda: propose(self._settings.file, wanted, signer, self._utc(), self._approved())
            )
        return filed.change.number

    async def approve(self, officer_id: str, password: str, number: int) -> None:
        """Approve what another officer proposed; from then on gates are brought it.

        Raises:
            ThresholdRefused: they proposed it, it is over, the key does not open, nobody
                believes it, or no gate would take it.
            TooManyAttempts: of passwords; wait.

        """
        signer = await self._signer(officer_id, password)
        async with self._one_at_a_time:
            await self._done(lambda: self._approve(number, signer))
        self.changed.set()

    async def waiting(self) -> Sequence[SeenChange]:
        """Return the changes that wait for another officer's approval.

        Raises:
            ThresholdRefused: the policy or a change cannot be read.

        """
        return (await self.overview()).waiting

    async def for_gates(self) -> Sequence[SeenChange]:
        """Return the changes that gates must have.

        Raises:
            ThresholdRefused: the policy or a change cannot be read.

        """
        return [each for each in (await self.overview()).changes if each.state in _WAIT_FOR_GATES]

    async def _signer(self, officer_id: str, password: str) -> Signer:
        limits = [Limit("signing", officer_id, _FREE_ATTEMPTS)]
        self._limits.attempt(limits)
        signer = await self._done(lambda: self._opened(officer_id, password))
        self._limits.succeeded(limits)
        return signer

    def _key_state(self, officer_id: str) -> KeyState:
        if (own := self._keys.public_half(officer_id)) is None:
            return KeyState.NONE
        believed = officers_keys(self._settings.keys).get(officer_id)
        return (
            KeyState.BELIEVED
            if believed is not None and believed.public_bytes_raw() == own
            else KeyState.STRANGE
        )

    def _opened(self, officer_id: str, password: str) -> Signer:
        signer = self._keys.open(officer_id, password)
        if self._key_state(officer_id) is not KeyState.BELIEVED:
            raise KeyUnusable(f"{officer_id}: this key is not in the hall's folder of public keys")
        return signer

    def _approve(self, number: int, signer: Signer) -> FiledChange:
        for seen in self._overview().changes:
            if seen.change.number == number and seen.state is not ChangeState.PENDING:
                raise PolicyInvalid(f"change {number}: {seen.state}; nothing to approve")
        return approve(self._settings.file, number, signer, self._utc(), self._approved())

    def _approved(self) -> Sequence[Change]:
        return approved_changes(self._settings.file, officers_keys(self._settings.keys))

    def _overview(self) -> Overview:
        file, keys = self._settings.file, officers_keys(self._settings.keys)
        content = toml_of(file, read_settings_file(file))
        version = content.get("version")
        seen = []
        for each in filed_changes(file):
            filed, signatures = read_change(each), read_signatures(each)
            officers = signers(filed.content, signatures, keys)
            seen.append(
                SeenChange(
                    filed.change,
                    value_at(content, filed.change.key),
                    officers,
                    state_of(filed.change, officers, version, self._now()),
                    SignedChange(filed.content, [(s.officer, s.value) for s in signatures]),
                )
            )
        seen.sort(key=lambda one: one.change.number, reverse=True)
        changes = approved_changes(file, keys)
        profiles = {
            name: thresholds_of(parse_changed_policy(content, name, changes), self._now())
            for name in content.get("profiles", {})
        }
        return Overview(str(version), profiles, seen)

    async def _done(self, work: Callable[[], Result]) -> Result:
        """Do ``work``, which reads and writes files, in a thread."""
        try:
            return await asyncio.to_thread(work)
        except PasswordWrong as error:
            raise SigningPasswordWrong(str(error)) from error
        except _FAULTS as error:
            raise ThresholdRefused(str(error)) from error
        except OSError as error:
            raise ThresholdRefused(f"{error.filename}: {error.strerror}") from error

    def _utc(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._now(), dt.UTC).replace(microsecond=0)
