"""What the settings of a gate say about chips and about trust."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from egate.domain.conditions import ConditionLimits
from egate.emrtd.inspection_policy import USUAL, AccessChoice, InspectionPolicy
from egate.gate.service import inspection_policy_of, surroundings_of, trust_plan_of
from egate.gate.trust_keeping import TrustPlan
from egate.settings import OWN_CUES, GateSettings, Pad, SettingsError, load
from egate.trust.ages import AgeLimits
from egate.trust.source import HttpsSource

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "gate.toml"


def settings(folder: Path, further: str) -> GateSettings:
    (folder / "gate.toml").write_text(SHIPPED.read_text("utf-8") + further, "utf-8")
    return load(GateSettings, folder / "gate.toml")


def test_what_is_left_out_is_as_usual(tmp_path: Path) -> None:
    assert inspection_policy_of(settings(tmp_path, "").inspection) == USUAL


def test_the_keys_that_the_shipped_file_shows_are_the_usual_ones(tmp_path: Path) -> None:
    shown = SHIPPED.read_text("utf-8").split("# [inspection]")[1].split("# [trust]")[0]
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


def test_the_conditions_that_the_shipped_file_shows_are_the_usual_ones(tmp_path: Path) -> None:
    shown = SHIPPED.read_text("utf-8").split("# [conditions]")[1].split("[display]")[0]
    keys = [line.removeprefix("# ") for line in shown.splitlines()[1:] if " = " in line]
    chosen = settings(tmp_path, "[conditions]\n" + "\n".join(keys))
    assert chosen.conditions.model_fields_set == set(type(chosen.conditions).model_fields)
    assert surroundings_of(chosen).limits == ConditionLimits()
    assert not chosen.service.officer_required


def without_mrz_reader(folder: Path, further: str = "") -> GateSettings:
    table = re.compile(r"^\[devices\.mrz_reader\].*\n(.+\n)+", re.MULTILINE)
    (folder / "gate.toml").write_text(table.sub("", SHIPPED.read_text("utf-8")) + further, "utf-8")
    return load(GateSettings, folder / "gate.toml")


def test_a_page_scanner_may_be_the_only_thing_that_reads_the_mrz(tmp_path: Path) -> None:
    scanner = '[devices.page_scanner]\ndriver = "folder"\naddress = "/run/egate/pages"\n'
    assert without_mrz_reader(tmp_path, scanner).devices.mrz_reader is None
    with pytest.raises(SettingsError, match="devices: mrz_reader is missing, and there is no page"):
        without_mrz_reader(tmp_path)


@pytest.mark.parametrize("key", ['access = "none"', "downgrade = true"])
def test_a_mistake_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError, match=rf"inspection.{key.split(maxsplit=1)[0]}: "):
        settings(tmp_path, f"[inspection]\n{key}")


def test_the_own_state_is_that_of_the_border_crossing_point(tmp_path: Path) -> None:
    assert trust_plan_of(settings(tmp_path, "")) == TrustPlan(
        Path("/var/lib/egate/gate/trust"), "BD"
    )


def test_the_keys_of_trust_that_the_shipped_file_shows_are_the_usual_ones(tmp_path: Path) -> None:
    shown = SHIPPED.read_text("utf-8").split("# [trust]")[1].split("[centre]")[0]
    keys = "\n".join(line.removeprefix("# ") for line in shown.splitlines()[1:])
    chosen = settings(tmp_path, f"[trust]\n{keys}")
    assert chosen.trust.model_fields_set == set(type(chosen.trust).model_fields)
    usual = trust_plan_of(settings(tmp_path, ""))
    assert replace(trust_plan_of(chosen), source=None) == usual


def test_every_key_of_trust_counts(tmp_path: Path) -> None:
    chosen = """
        [trust]
        source = "lists"
        every_seconds = 60
        own_state = "IND"
        list_stale_days = 4
        list_warn_days = 3
        crl_warn_days = 2
        csca_warn_days = 1
    """
    plan = trust_plan_of(settings(tmp_path, chosen))
    assert plan.source
    assert plan.source.address == str(tmp_path / "lists")
    assert (plan.own_state, plan.every_seconds) == ("IN", 60.0)
    assert plan.limits == AgeLimits(*(timedelta(days=days) for days in (4, 3, 2, 1)))
    served = '[trust]\nsource = "https://lists.example/bd/"\nca = "ca.pem"'
    source = trust_plan_of(settings(tmp_path, served)).source
    assert isinstance(source, HttpsSource)
    assert source.address == "https://lists.example/bd/"


@pytest.mark.parametrize(
    "key",
    [
        'source = "http://lists.example/"',
        'source = "file:///etc"',
        'source = "https://user:secret@lists.example/"',
        "every_seconds = 0",
        'own_state = "bd"',
        "crl_warn_days = 0",
    ],
)
def test_a_mistake_about_trust_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError, match=rf"trust.{key.split(maxsplit=1)[0]}: ") as caught:
        settings(tmp_path, f"[trust]\n{key}")
    assert "secret" not in str(caught.value)


def test_the_gates_own_cues_detect_attacks_unless_a_driver_is_named(tmp_path: Path) -> None:
    assert settings(tmp_path, "").pad == Pad(driver=OWN_CUES)
    chosen = """
        [pad]
        driver = "process"
        address = "/opt/product/detect --quiet"
        options = { answer_seconds = 2.0 }
    """
    pad = settings(tmp_path, chosen).pad
    assert (pad.driver, pad.options) == ("process", {"answer_seconds": 2.0})
    with pytest.raises(SettingsError, match=r"pad.device: unknown key"):
        settings(tmp_path, '[pad]\ndevice = "x"')


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ("disk_filling_percent = 95\n", "disk_filling_percent is not less than disk_full_percent"),
        ("disk_full_percent = 70\n", "disk_filling_percent is not less than disk_full_percent"),
        (
            "clock_wrong_seconds = 2\n",
            "clock_drifting_seconds is not less than clock_wrong_seconds",
        ),
    ],
)
def test_a_warning_comes_before_the_lane_closes(tmp_path: Path, keys: str, fault: str) -> None:
    with pytest.raises(SettingsError, match=rf"gate\.toml: conditions: {fault}$"):
        settings(tmp_path, f"[conditions]\n{keys}")


IS_ASKED = """
[segregated]
gates = ["BDDAC-A-02"]
"""
RELIES_ON_KIOSKS = """
[segregated]
kiosks = ["192.0.2.1:50052"]
"""


def segregated(folder: Path, flow: str, without: str, further: str) -> GateSettings:
    text = SHIPPED.read_text("utf-8").replace("[gate]\n", f'[gate]\nflow = "{flow}"\n', 1)
    begin, _, rest = text.partition(f"[devices.{without}]\n")
    text = begin + rest[rest.index("[") :] if without else text
    (folder / "gate.toml").write_text(text + further, "utf-8")
    return load(GateSettings, folder / "gate.toml")


def test_the_halves_of_a_segregated_lane_have_what_they_need(tmp_path: Path) -> None:
    kiosk = segregated(tmp_path, "kiosk", "camera", IS_ASKED)
    assert (kiosk.devices.camera, kiosk.segregated.gates) == (None, ("BDDAC-A-02",))
    gate = segregated(tmp_path, "token_gate", "chip_reader", RELIES_ON_KIOSKS)
    assert (gate.devices.chip_reader, gate.segregated.kiosks) == (None, ("192.0.2.1:50052",))


@pytest.mark.parametrize(
    ("flow", "without", "further", "fault"),
    [
        ("kiosk", "", IS_ASKED, "devices.camera is not for it"),
        ("kiosk", "camera", "", "segregated.gates is missing"),
        ("kiosk", "camera", IS_ASKED + 'kiosks = ["a:1"]\n', "segregated.kiosks is not for it"),
        ("token_gate", "", RELIES_ON_KIOSKS, "devices.chip_reader is not for it"),
        ("token_gate", "chip_reader", "", "segregated.kiosks is missing"),
        ("one_step", "", IS_ASKED, "segregated.gates is not for it"),
        ("two_step", "camera", "", "devices.camera is missing"),
    ],
)
def test_half_a_segregated_lane_is_refused_in_one_line(
    tmp_path: Path, flow: str, without: str, further: str, fault: str
) -> None:
    with pytest.raises(SettingsError, match=rf"gate\.toml: gate\.flow is {flow}: {fault}$"):
        segregated(tmp_path, flow, without, further)
