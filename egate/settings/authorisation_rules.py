"""The dated rules of entry, exit and stay, from their file."""

from pathlib import Path

from egate.domain.authorisation.parse import parse_authorisation_rules
from egate.domain.authorisation.rules import AuthorisationRules
from egate.domain.policy.entries import PolicyInvalid
from egate.settings.files import SettingsError, read_settings_file, toml_of


def read_authorisation_rules(file: Path) -> AuthorisationRules:
    """Return the rules in ``file``, which is as config/authorisation_rules.toml.

    Raises:
        SettingsError: it is missing, is not TOML, or a rule in it is not sound.

    """
    try:
        return parse_authorisation_rules(toml_of(file, read_settings_file(file)))
    except PolicyInvalid as error:
        raise SettingsError(f"{file}: {error}") from error
