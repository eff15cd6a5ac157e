"""Settings from config/*.toml: typed, frozen; an unknown key is an error.

Relative paths are relative to the file that names them.
"""

from egate.settings.authorisation_rules import read_authorisation_rules
from egate.settings.display import Display
from egate.settings.files import SettingsError, load, read_settings_file, toml_of
from egate.settings.gate import (
    OWN_CUES,
    Conditions,
    Gate,
    GateSettings,
    Inspection,
    Lists,
    Pad,
)
from egate.settings.keeping import Database, ImageKeeping, Retention
from egate.settings.key_token import GateTls, KeyTokenTable
from egate.settings.services import (
    CentralSettings,
    ConsoleCentre,
    ConsoleDesk,
    ConsoleGate,
    ConsolePolicy,
    ConsoleSettings,
    Enrolment,
    ListPublishing,
    PageTls,
    SpecialBranch,
    SpecialBranchFiles,
    SpecialBranchRemote,
)
from egate.settings.values import Device, Listen, Tls

__all__ = [
    "OWN_CUES",
    "CentralSettings",
    "Conditions",
    "ConsoleCentre",
    "ConsoleDesk",
    "ConsoleGate",
    "ConsolePolicy",
    "ConsoleSettings",
    "Database",
    "Device",
    "Display",
    "Enrolment",
    "Gate",
    "GateSettings",
    "GateTls",
    "ImageKeeping",
    "Inspection",
    "KeyTokenTable",
    "ListPublishing",
    "Listen",
    "Lists",
    "Pad",
    "PageTls",
    "Retention",
    "SettingsError",
    "SpecialBranch",
    "SpecialBranchFiles",
    "SpecialBranchRemote",
    "Tls",
    "load",
    "read_authorisation_rules",
    "read_settings_file",
    "toml_of",
]
