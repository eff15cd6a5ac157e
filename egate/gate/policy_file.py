"""The policy from its file."""

import tomllib
from pathlib import Path

from egate.domain.policy.parse import PolicyInvalid, parse_policy
from egate.domain.policy.policy import Policy


def load_policy(file: Path) -> Policy:
    """Read ``file``.

    Raises:
        PolicyInvalid: it is missing, no TOML, or not a policy; names the file, the key
            and the fault in one line.

    """
    try:
        return parse_policy(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        raise PolicyInvalid(f"{file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyInvalid(f"{file}: not TOML: {error}") from error
    except PolicyInvalid as error:
        raise PolicyInvalid(f"{file}: {error}") from error
