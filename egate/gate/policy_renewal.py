"""Another policy while the gate runs: read and verified as at the start, or refused whole."""

import asyncio

from egate.domain.policy.parse import PolicyInvalid
from egate.domain.policy.policy import Policy
from egate.gate.policy_file import load_policy
from egate.gate.runner import Runner
from egate.observability.logging import logger
from egate.settings import Gate


class PolicyRenewal:
    """The policy's file, to be read again.

    Args:
        settings: of the lane: the file, its profile, and who must have signed it.
        runner: takes another policy.

    """

    def __init__(self, settings: Gate, runner: Runner) -> None:
        self._settings = settings
        self._runner = runner

    async def run(self, asked: asyncio.Event) -> None:
        """Read the file whenever ``asked`` is set, until cancelled."""
        while True:
            await asked.wait()
            asked.clear()
            policy = await asyncio.to_thread(self.read, self._runner.newest_policy)
            if policy is not None:
                self._runner.renew(policy)

    def read(self, present: Policy) -> Policy | None:
        """Return the file's policy; None, with the reason in the log, if ``present`` stays.

        A version names one content: the same version with another is a slip that no record
        could tell.
        """
        chosen = self._settings
        try:
            policy = load_policy(chosen.policy, chosen.profile, chosen.policy_keys)
        except PolicyInvalid as error:
            logger().error("policy refused", reason=str(error), policy_version=present.version)
            return None
        if policy == present:
            logger().info("policy unchanged", policy_version=present.version)
            return None
        if policy.version == present.version and not _differs_in_changes_alone(policy, present):
            reason = f"{chosen.policy}: version: is in force already, with another content"
            logger().error("policy refused", reason=reason, policy_version=present.version)
            return None
        return policy


def _differs_in_changes_alone(policy: Policy, present: Policy) -> bool:
    """Say whether the two differ by temporary changes, which have names of their own."""
    return policy.without_changes() == present.without_changes()
