"""What the settings of a gate say about chips."""

from pathlib import Path

import pytest

from egate.emrtd.inspection_policy import USUAL, AccessChoice, InspectionPolicy
from egate.gate.service import inspection_policy_of
from egate.settings import GateSettings, SettingsError, load

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "gate.toml"


def settings(folder: Path, further: str) -> GateSettings:
    (folder / "gate.toml").write_text(SHIPPED.read_text("utf-8") + further, "utf-8")
    return load(GateSettings, folder / "gate.toml")


def test_what_is_left_out_is_as_usual(tmp_path: Path) -> None:
    assert inspection_policy_of(settings(tmp_path, "").inspection) == USUAL


def test_the_keys_that_the_shipped_file_shows_are_the_usual_ones(tmp_path: Path) -> None:
    shown = SHIPPED.read_text("utf-8").split("# [inspection]")[1].split("[centre]")[0]
    keys = "\n".join(line.removeprefix("# ") for line in shown.splitlines()[1:])
    chosen = settings(tmp_path, f"[inspection]\n{keys}").inspection
    assert chosen.model_fields_set == set(type(chosen).model_fields)
    assert inspection_policy_of(chosen) == USUAL


def test_every_key_counts(tmp_path: Path) -> None:
    chosen = """
        [inspection]
        access = "pace"
        bac_after_failed_pace = false
        extended_length = false
        chip_authentication = false
        active_authentication = false
    """
    assert inspection_policy_of(settings(tmp_path, chosen).inspection) == InspectionPolicy(
        access=AccessChoice.PACE,
        bac_after_failed_pace=False,
        extended_length=False,
        chip_authentication=False,
        active_authentication=False,
    )


@pytest.mark.parametrize("key", ['access = "none"', "downgrade = true"])
def test_a_mistake_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError, match=rf"inspection.{key.split(maxsplit=1)[0]}: "):
        settings(tmp_path, f"[inspection]\n{key}")
