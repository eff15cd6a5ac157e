"""Temporary changes that the hall's console brings: verified by the lane's own keys before use."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from egate.domain.policy.changes import Change
from egate.domain.policy.entries import PolicyInvalid
from egate.domain.time import UtcSeconds
from egate.durable_files import put_file
from egate.gate.policy_renewal import PolicyRenewal
from egate.gate.runner import Runner
from egate.observability.logging import logger
from egate.policy_files.changes import (
    approved_changes,
    change_file,
    changes_folder,
    received_change,
)
from egate.policy_files.changing import see_that_it_holds
from egate.policy_files.keys import KeyUnusable, officers_keys
from egate.policy_files.signatures import (
    Signature,
    SignaturesRefused,
    as_text,
    signature_file,
)
from egate.ports.policy_changes import SignedChange
from egate.settings import Gate, SettingsError


class PolicyIntake:
    """Takes changes in beside the lane's policy, and lets them hold.

    Args:
        settings: of the lane: its policy, and whose signatures count.
        runner: takes the policy with the change.
        now: UTC.

    """

    def __init__(self, settings: Gate, runner: Runner, now: Callable[[], UtcSeconds]) -> None:
        self._settings = settings
        self._runner = runner
        self._renewal = PolicyRenewal(settings, runner)
        self._now = now
        self._one_at_a_time = asyncio.Lock()

    async def take(self, change: SignedChange) -> str:
        """Take a change in, unless it is there; return why not in one line, "" when it is.

        It is on the disk before it holds, so that a gate that starts again has it too.
        """
        if (keys := self._settings.policy_keys) is None:
            return "this lane looks at no signatures (policy_keys), and takes no change"
        async with self._one_at_a_time:
            try:
                filed = await asyncio.to_thread(self._file, change, keys)
            except (PolicyInvalid, KeyUnusable, SignaturesRefused, SettingsError) as error:
                return str(error)
            except OSError as error:
                return f"{changes_folder(self._settings.policy)}: {error.strerror}"
            if self._knows(filed):
                return ""
            policy = await asyncio.to_thread(self._renewal.read, self._runner.newest_policy)
            if policy is None:
                return "the policy with this change was refused; the gate's log says why"
            self._runner.renew(policy)
        return ""

    def _knows(self, change: Change) -> bool:
        """Say whether the lane's policy has it; of another profile it need not."""
        if not change.concerns(self._settings.profile):
            return True
        variants = self._runner.newest_policy.variants
        named = {part for _, each in variants for part in each.version.split("+")}
        return f"change-{change.number}" in named

    def _file(self, change: SignedChange, keys: Path) -> Change:
        """Put a change beside the policy, unless it is there; return what it says."""
        file, known = self._settings.policy, officers_keys(keys)
        signatures = [Signature(*each) for each in change.signatures]
        received = received_change(changes_folder(file), change.content, signatures, known)
        target = change_file(changes_folder(file), received.number)
        if target.exists():
            if target.read_bytes() == change.content:
                return received
            raise PolicyInvalid(f"change {received.number}: another one has this number here")
        if received.period.ends <= self._now():
            raise PolicyInvalid(f"change {received.number}: is over")
        see_that_it_holds(received, file, approved_changes(file, known))
        target.parent.mkdir(exist_ok=True)
        put_file(signature_file(target), as_text(signatures).encode())
        put_file(target, change.content)
        logger().warning("policy change taken", order=str(received.number), policy=str(file))
        return received
