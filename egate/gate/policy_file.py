"""The policy from its file; where the gate has officers' keys, two signed it and its changes."""

from pathlib import Path

from egate.domain.policy.changes import parse_changed_policy
from egate.domain.policy.parse import PolicyInvalid, parse_policy
from egate.domain.policy.policy import Policy
from egate.policy_files.changes import approved_changes
from egate.policy_files.keys import KeyUnusable, officers_keys
from egate.policy_files.signatures import SignaturesRefused, demand_two
from egate.settings import SettingsError, read_settings_file, toml_of


def load_policy(file: Path, profile: str, keys: Path | None = None) -> Policy:
    """Read ``file``, of which a lane uses ``profile``.

    Args:
        file: the policy.
        profile: of its profiles.
        keys: the folder of officers' public keys; None where no signatures are demanded,
            and no temporary change is made.

    Raises:
        PolicyInvalid: it is missing, not signed by two officers, no TOML, or not a policy;
            names the file, the key and the fault in one line.

    """
    try:
        content = read_settings_file(file)
        if keys is None:
            return parse_policy(toml_of(file, content), profile)
        known = officers_keys(keys)
        demand_two(file, content, known)
        changes = approved_changes(file, known)
        return parse_changed_policy(toml_of(file, content), profile, changes)
    except (SettingsError, KeyUnusable, SignaturesRefused) as error:
        raise PolicyInvalid(str(error)) from error
    except PolicyInvalid as error:
        raise PolicyInvalid(f"{file}: {error}") from error
