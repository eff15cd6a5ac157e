"""The policy from its file."""

from pathlib import Path

from egate.domain.policy.parse import PolicyInvalid, parse_policy
from egate.domain.policy.policy import Policy
from egate.settings import SettingsError, load_toml


def load_policy(file: Path, profile: str) -> Policy:
    """Read ``file``, of which a lane uses ``profile``.

    Raises:
        PolicyInvalid: it is missing, no TOML, or not a policy; names the file, the key
            and the fault in one line.

    """
    try:
        return parse_policy(load_toml(file), profile)
    except SettingsError as error:
        raise PolicyInvalid(str(error)) from error
    except PolicyInvalid as error:
        raise PolicyInvalid(f"{file}: {error}") from error
