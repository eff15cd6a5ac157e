"""Files that technicians and officers write: settings, policies, rules, languages, signatures."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from egate.biometrics.evaluation.pair_list import PairsInvalid, parse_images, parse_pairs
from egate.console.cases.reason_codes import ReasonTable
from egate.domain.policy.changes import parse_change, parse_changed_policy
from egate.domain.policy.entries import PolicyInvalid
from egate.domain.policy.parse import parse_policy
from egate.policy_files.changes import as_toml
from egate.policy_files.keys import KeyUnusable
from egate.policy_files.sealed_keys import SealedKeys
from egate.policy_files.signatures import SignaturesRefused, as_text, read_signatures, sign
from egate.settings import (
    CentralSettings,
    ConsoleSettings,
    GateSettings,
    SettingsError,
    load,
    read_authorisation_rules,
    toml_of,
)
from egate.settings.agreement import Agreement
from egate.trust.https import Limits, SourceUnavailable
from egate.trust.source import _manifest as manifest_of_source
from egate.web.traveller_language import LanguageUnusable, language_of
from tests.conftest import ROOT
from tests.fuzz.objects import json_damaged
from tests.fuzz.scratch import file_with, scratch
from tests.fuzz.target import Damage, Target
from tests.fuzz.text import text_damaged
from tests.policy_officers import OFFICERS

_CONFIG: Final = ROOT / "config"
_LANGUAGES: Final = ROOT / "egate" / "web" / "languages"
_PATH: Final = Path("policy.toml")
_CHANGE: Final = """\
number = 7
policy_version = "VERSION"
key = "profiles.standard.min_similarity"
value = 0.42
from = 2026-11-22T10:00:00+06:00
until = 2026-11-23T10:00:00+06:00
reason = "fog"
proposed_by = "a.rahman"
"""


def _config(name: str) -> Sequence[bytes]:
    return ((_CONFIG / name).read_bytes(),)


def _settings(kind: type[BaseModel], raw: bytes) -> None:
    load(kind, file_with("settings.toml", raw))


def _policy(raw: bytes) -> None:
    content = toml_of(_PATH, raw)
    parse_policy(content, "standard")


def _rules(raw: bytes) -> None:
    read_authorisation_rules(file_with("rules.toml", raw))


def _changes() -> Sequence[bytes]:
    version = toml_of(_PATH, _config("policy.toml")[0])["version"]
    return (_CHANGE.replace("VERSION", version).encode(),)


def _change(raw: bytes) -> None:
    """Read a change, and let it hold in the policy that is shipped."""
    change = parse_change(toml_of(_PATH, raw))
    as_toml(change, "2026-11-22T10:00:00+06:00", "2026-11-23T10:00:00+06:00")
    parse_changed_policy(toml_of(_PATH, _config("policy.toml")[0]), "standard", [change])


def _signatures() -> Sequence[bytes]:
    return (as_text(sign(b"policy", key, name) for name, key in OFFICERS.items()).encode(),)


def _signature_file(raw: bytes) -> None:
    file_with("policy.toml.sig", raw)
    read_signatures(scratch() / "policy.toml")


def _language(raw: bytes) -> None:
    file_with("en.toml", raw)
    language_of.__wrapped__("en", scratch())


def _languages() -> Sequence[bytes]:
    return tuple(file.read_bytes() for file in sorted(_LANGUAGES.glob("*.toml")))


def _pairs(raw: bytes) -> None:
    text = raw.decode("utf-8", "replace")
    parse_pairs(text)
    parse_images(text)


def _pair_lists() -> Sequence[bytes]:
    return (
        b"1\t2\nA_B\t1\t2\nC D\t3\t4\nA_B\t1\tC\t2\nE\t1\tF\t2\n",
        b"reference,probe,label\na/1.jpg,a/2.jpg,genuine\na/1.jpg;b/1.jpg;impostor\n",
        b"reference\tprobe\tlabel\treference_person\tprobe_person\nx.jpg\ty.jpg\t1\tp\tp\n",
        b"image,person\na/1.jpg,a\nb/1.jpg,b\n",
    )


def _sealed_key(raw: bytes) -> None:
    file_with("a.rahman.key", raw)
    SealedKeys(scratch()).public_half("a.rahman")


def _sealed_keys() -> Sequence[bytes]:
    part = "AAECAwQFBgcICQoLDA0ODw=="
    return (json.dumps(dict.fromkeys(("salt", "nonce", "sealed", "public"), part)).encode(),)


def _sources() -> Sequence[bytes]:
    files = [{"name": f"{n}.ml", "sha256": f"{n:064x}"} for n in range(3)]
    return (json.dumps({"files": files}).encode(),)


def targets() -> Mapping[str, Target]:
    """Return the targets by name."""

    def of(
        take: Callable[[bytes], object],
        made: Callable[[], Sequence[bytes]],
        *refusals: type[Exception],
        damage: Damage = text_damaged,
        share: int = 4,
    ) -> Target:
        return Target(take, made, refusals, damage, share)

    kinds: Mapping[str, type[BaseModel]] = {
        "gate": GateSettings,
        "central": CentralSettings,
        "console": ConsoleSettings,
        "agreement": Agreement,
        "reason_codes": ReasonTable,
    }
    found = {
        name: of(partial(_settings, kind), partial(_config, f"{name}.toml"), SettingsError)
        for name, kind in kinds.items()
    }
    policy = partial(_config, "policy.toml")
    found |= {
        "policy": of(_policy, policy, SettingsError, PolicyInvalid, share=3),
        "authorisation rules": of(
            _rules, partial(_config, "authorisation_rules.toml"), SettingsError, share=3
        ),
        "change of a policy": of(_change, _changes, SettingsError, PolicyInvalid),
        "signatures": of(_signature_file, _signatures, SignaturesRefused, damage=json_damaged),
        "sealed key": of(_sealed_key, _sealed_keys, KeyUnusable, damage=json_damaged),
        "language": of(_language, _languages, LanguageUnusable),
        "pairs of images": of(_pairs, _pair_lists, PairsInvalid),
        "offer of a source": of(
            lambda raw: manifest_of_source(raw, Limits()),
            _sources,
            SourceUnavailable,
            damage=json_damaged,
        ),
    }
    return {f"file/{name}": target for name, target in found.items()}
