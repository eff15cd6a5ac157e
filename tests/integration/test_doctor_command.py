"""``egate doctor`` at a whole lane of simulated devices, healthy and broken in each part."""

import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from egate.cli.clock import now_utc
from egate.cli.main import main
from egate.cli.service_identity import create_authority, issue
from egate.domain.time import UtcSeconds
from egate.gate.memory import Memory
from egate.lists.kinds import ListKind
from egate.outbox.database import open_database, owning
from egate.outbox.sealing import Seal
from egate.outbox.station_evidence import EvidencePart
from egate.reporting.authority import Authority, key_as_pem
from egate.reporting.identity import parse_urn
from tests.conftest import ROOT
from tests.device_faults.centre import centre_process
from tests.lists_on_disk import lists_table
from tests.policy_officers import key_folder, signed_by
from tests.station_keys import KeyOfTests

CHECKS = [
    *("settings", "mrz_reader", "chip_reader", "camera", "barrier", "centre"),
    *("certificate", "certificate_key", "certificate_authority"),
    *(
        "clock",
        "disk",
        "records",
        "evidence",
        "trust_store",
        "master_list",
        "crls",
        "own_csca",
        "lists",
    ),
    *("policy", "authorisation_rules"),
    "display",
]


@pytest.fixture(scope="module")
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of a lane's devices, each on its wire."""
    pki = tmp_path_factory.mktemp("lane") / "pki"
    command = ["-m", "hardware_mocks", "up", "--devices-only", "--pki", str(pki)]
    process = subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=10)


@dataclass(frozen=True)
class RunningCentre:
    address: str
    authority: Path


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentre]:
    authority = tmp_path_factory.mktemp("tls")
    create_authority(authority)
    with centre_process(issue(authority, "centre", "dhaka")) as port:
        yield RunningCentre(f"127.0.0.1:{port}", authority)


@dataclass
class Gate:
    """A gate that is well; a test breaks one part."""

    folder: Path
    values: dict[str, str]

    def config(self, **changes: str) -> Path:
        text = _CONFIG
        for name, value in (self.values | changes).items():
            text = text.replace(f"<{name}>", value)
        file = self.folder / "gate.toml"
        file.write_text(text)
        return file


_CONFIG = """
[gate]
id = "BDDAC-A-01"
border_crossing_point = "<point>"
direction = "entry"
journal = "<journal>"
trust_store = "trust"
authorisation_rules = "<authorisation_rules>"
policy = "<policy>"
[devices.mrz_reader]
driver = "elyctis"
address = "<mrz_reader>"
[devices.chip_reader]
driver = "vpcd"
address = "<vpcd>"
[devices.camera]
driver = "opencv"
address = "<camera>"
[devices.barrier]
driver = "modbus"
address = "<barrier>"
options = { unit = <unit> }
[centre]
address = "<centre>"
[tls]
ca = "<ca>"
certificate = "<certificate>"
key = "<key>"
[service]
listen = "127.0.0.1:0"
[display]
listen = "127.0.0.1:0"
<lists>
"""


@pytest.fixture
def gate(
    lane: dict[str, str], centre: RunningCentre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Gate:
    pki = Path(lane["pki"])
    store = ["--store", str(tmp_path / "trust"), "--anchor", str(pki / "anchor.cer")]
    assert main(["trust", "import", *store, "--json", str(pki / "masterlist.ml")]) == 0
    capsys.readouterr()
    tls = issue(centre.authority, "gate", "BDDAC-A-01")
    values = {name: lane[name] for name in ("mrz_reader", "camera", "barrier")}
    values |= {"ca": str(tls.ca), "certificate": str(tls.certificate), "key": str(tls.key)}
    values |= {"point": "BDDAC", "journal": "journal.sqlite", "unit": "1"}
    values |= {"vpcd": "127.0.0.1:0", "policy": str(ROOT / "config" / "policy.toml")}
    values |= {"lists": lists_table(tmp_path / "lists")}
    values |= {"authorisation_rules": str(ROOT / "config" / "authorisation_rules.toml")}
    return Gate(tmp_path, values | {"centre": centre.address})


def doctor(config: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    """Return the exit code and the details of what failed, by name."""
    code = main(["doctor", "--config", str(config), "--json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert [check["name"] for check in checks] == CHECKS
    return code, {check["name"]: check["detail"] for check in checks if not check["ok"]}


def test_a_gate_that_is_well(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(gate.config(), capsys) == (0, {})
    assert main(["doctor", "--config", str(gate.config())]) == 0
    said = capsys.readouterr().out
    assert "all is well" in said
    assert "signatures not looked at: name gate.policy_keys before service" in said


def test_a_policy_that_two_officers_did_not_sign_is_amiss(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = Path(shutil.copy(ROOT / "config" / "policy.toml", gate.folder))
    keys = key_folder(gate.folder)
    config = gate.config(policy=f'{policy}"\npolicy_keys = "{keys}')
    code, failed = doctor(config, capsys)
    assert (code, list(failed)) == (1, ["policy"])
    assert "signed by 0 known officers, not 2" in failed["policy"]
    signed_by(policy, "a.rahman", "s.begum")
    assert doctor(config, capsys) == (0, {})


@pytest.mark.parametrize(
    ("changes", "check", "says"),
    [
        ({"mrz_reader": "/dev/serial/by-id/none"}, "mrz_reader", "no such device"),
        ({"camera": "http://127.0.0.1:9/lane.mjpg"}, "camera", "cannot be opened"),
        ({"unit": "9"}, "barrier", "(unit 9) does not answer"),
        ({"centre": "127.0.0.1:9"}, "centre", "see that the centre runs, and the network"),
        ({"journal": "/nowhere/journal.sqlite"}, "disk", "No such file"),
        ({"policy": "none.toml"}, "policy", "No such file"),
        ({"point": "FRCDG"}, "own_csca", "no CSCA of FR"),
    ],
)
def test_what_is_amiss_is_named(
    gate: Gate,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    check: str,
    says: str,
) -> None:
    code, failed = doctor(gate.config(**changes), capsys)
    assert (code, list(failed)) == (1, [check])
    assert says in failed[check]


def test_a_camera_behind_its_cover_is_named(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(2):
        cv2.imwrite(str(gate.folder / f"{number:03}.png"), np.zeros((48, 64, 3), np.uint8))
    file = gate.config(camera=str(gate.folder / "%03d.png"))
    table = "[devices.camera.options]\nrepeat = true\nframes_per_second = 20\n"
    file.write_text(file.read_text() + table)
    code, failed = doctor(file, capsys)
    assert (code, list(failed)) == (1, ["camera"])
    assert "is dark: take the cover off" in failed["camera"]


def test_a_page_scanner_is_looked_at_where_there_is_one(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = gate.folder / "pages"
    file = gate.config()
    table = f'[devices.page_scanner]\ndriver = "folder"\naddress = "{pages}"\n'
    file.write_text(file.read_text() + table)
    main(["doctor", "--config", str(file), "--json"])
    lost = {each["name"]: each for each in json.loads(capsys.readouterr().out)["checks"]}
    assert not lost["page_scanner"]["ok"]
    assert f"{pages}: No such file" in lost["page_scanner"]["detail"]
    pages.mkdir()
    assert main(["doctor", "--config", str(file)]) == 0
    reader = file.read_text().partition("[devices.mrz_reader]")[2].partition("[devices.chip")[0]
    file.write_text(file.read_text().replace(f"[devices.mrz_reader]{reader}", ""))
    assert main(["doctor", "--config", str(file)]) == 0  # the scanner reads the MRZ
    file.write_text(file.read_text().replace(table, ""))
    assert main(["doctor", "--config", str(file)]) == 2
    assert "mrz_reader is missing, and there is no page_scanner" in capsys.readouterr().err


def test_records_that_never_reached_the_centre_are_named(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_database(gate.folder / "journal.sqlite") as database:
        outbox = Memory(database, Seal(bytes(32)), KeyOfTests()).outbox("BDDAC-A-01")
        with database:
            outbox.add("a", 1, b"waits", UtcSeconds(0.0))
        assert doctor(gate.config(), capsys) == (0, {})
        with database:
            outbox.keep_aside("b", b"record", "conflict", UtcSeconds(0.0))
    code, failed = doctor(gate.config(), capsys)
    assert (code, list(failed)) == (1, ["records"])
    assert "1 set aside (conflict)" in failed["records"]

    (gate.folder / "journal.sqlite").write_bytes(b"no database" * 100)
    _, failed = doctor(gate.config(), capsys)
    assert "cannot be read" in failed["records"]


def test_a_break_of_evidence_that_the_gate_has_found_is_told(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_database(gate.folder / "journal.sqlite") as database:
        memory = Memory(database, Seal(bytes(32)), KeyOfTests())
        memory.outbox("BDDAC-A-01")
        evidence = memory.evidence("BDDAC-A-01")
        assert doctor(gate.config(), capsys) == (0, {})
        evidence.note(EvidencePart.PROOF, "record 7 is in no tree, and later ones are")
        code, failed = doctor(gate.config(), capsys)
        assert (code, list(failed)) == (1, ["evidence"])
        assert "proof: record 7 is in no tree" in failed["evidence"]
        evidence.note(EvidencePart.PROOF, "")
        assert doctor(gate.config(), capsys) == (0, {})


def test_the_devices_of_a_gate_that_runs_are_left_alone(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    config = gate.config(barrier="/dev/none")
    with owning(gate.folder / "journal.sqlite"):
        assert doctor(config, capsys) == (0, {})
    assert list(doctor(config, capsys)[1]) == ["barrier"]


def test_a_busy_port_is_named(
    gate: Gate, lane: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    port = lane["camera"].split(":")[2].split("/")[0]  # somebody listens there for sure
    code, failed = doctor(gate.config(vpcd=f"127.0.0.1:{port}"), capsys)
    assert (code, list(failed)) == (1, ["chip_reader"])
    assert "in use by another program; is the gate running?" in failed["chip_reader"]


def test_a_camera_that_never_shows_a_picture_is_named_with_its_mend(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as dead:
        file = gate.config(camera=f"http://127.0.0.1:{dead.getsockname()[1]}/lane.mjpg")
        table = "[devices.camera.options]\nopen_seconds = 0.5\n"
        file.write_text(file.read_text() + table)
        code, failed = doctor(file, capsys)
    assert (code, list(failed)) == (1, ["camera"])
    # A busy machine may give up before the camera's own time is over, and says what else it can be.
    mends = ("see that the camera runs", "correct its address")
    assert any(mend in failed["camera"] for mend in mends)


def test_a_light_that_is_not_wired_is_named(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    text = gate.config().read_text().replace("unit = 1", "unit = 1, coil_face_light = 90")
    (gate.folder / "gate.toml").write_text(text)
    code, failed = doctor(gate.folder / "gate.toml", capsys)
    assert (code, list(failed)) == (1, ["barrier"])
    assert failed["barrier"].startswith("the light on the face: ")
    assert "refused coil 90; compare the addresses" in failed["barrier"]


def test_a_key_that_cannot_sign_records_is_named(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(gate.values["key"]).parent
    authority = Authority.from_files(folder / "authority.pem", folder / "authority.key")
    other = ec.generate_private_key(ec.SECP384R1())
    validity = authority.from_now(now_utc(), dt.timedelta(days=90))
    certificate = authority.certify(
        other.public_key(), parse_urn("urn:egate:gate:BDDAC-A-01"), validity
    )
    Path(gate.values["certificate"]).write_bytes(certificate)
    Path(gate.values["key"]).write_bytes(key_as_pem(other))
    _, failed = doctor(gate.config(), capsys)
    assert "not on P-256, and records are signed with it" in failed["certificate_key"]


@pytest.mark.parametrize(("days_ago", "is_due"), [(0, False), (21, False), (24, True)])
def test_a_certificate_of_thirty_days_is_due_when_its_renewal_has_failed(
    gate: Gate, capsys: pytest.CaptureFixture[str], *, days_ago: int, is_due: bool
) -> None:
    """A lane renews its own when two thirds are over; a new one needs nobody."""
    begun = now_utc() - dt.timedelta(days=days_ago, minutes=1)
    issue(
        Path(gate.values["key"]).parent,
        "gate",
        "BDDAC-A-01",
        validity=(begun, begun + dt.timedelta(days=30)),
    )
    assert main(["doctor", "--config", str(gate.config())]) == 0
    assert (f"{29 - days_ago} days left; renew it soon" in capsys.readouterr().out) is is_due


def test_certificates_that_do_not_fit_are_named(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    create_authority(gate.folder / "other")
    foreign = issue(gate.folder / "other", "gate", "BDDAC-A-02")
    _, failed = doctor(gate.config(certificate=str(foreign.certificate)), capsys)
    of_certificates = ["certificate", "certificate_key", "certificate_authority"]
    assert list(failed) == ["centre", *of_certificates]  # which cannot be asked with them
    assert "is of urn:egate:gate:BDDAC-A-02, not of gate" in failed["certificate"]
    assert "does not belong to" in failed["certificate_key"]
    assert "was not issued by" in failed["certificate_authority"]

    Path(gate.values["key"]).chmod(0o644)
    _, failed = doctor(gate.config(), capsys)
    assert "others may read it" in failed["certificate_key"]

    (gate.folder / "empty.pem").write_text("")
    _, failed = doctor(gate.config(ca=str(gate.folder / "empty.pem")), capsys)
    assert "not PEM" in failed["certificate_authority"]


def test_a_bad_config_is_exit_code_2(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    file = gate.config()
    for before, after, says in (
        ("[gate]", "[gate]\ncolour = 1", "unknown key"),
        ('driver = "elyctis"', 'driver = "telepathy"', "driver telepathy: unknown (known: ely"),
        ("unit = 1", "units = 1", "option units: unknown option"),
    ):
        text = gate.config().read_text()
        file.write_text(text.replace(before, after))
        assert main(["doctor", "--config", str(file)]) == 2
        assert says in capsys.readouterr().err
    assert main(["doctor", "--config", os.devnull + "/none"]) == 2


def test_a_list_that_is_absent_spoilt_or_too_old_is_amiss(
    gate: Gate, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = gate.folder / "lists"
    (folder / ListKind.OFFLOAD / f"{1:016}" / "entries").write_bytes(b"spoilt")
    code, failed = doctor(gate.config(), capsys)
    assert (code, list(failed)) == (1, ["lists"])
    assert failed["lists"].startswith("OFFLOAD: version 1: entries: not the one that was signed")
    assert "see that the centre makes them" in failed["lists"]
    shutil.rmtree(folder / ListKind.OFFLOAD)
    assert doctor(gate.config(), capsys)[1]["lists"].startswith("OFFLOAD: no version of this list")
    later = now_utc() + dt.timedelta(hours=25)
    monkeypatch.setattr("egate.cli.doctor.now_utc", lambda: later)
    failed = doctor(gate.config(), capsys)[1]
    assert "; SLTD: too old" in failed["lists"]


def test_a_key_of_the_lists_that_others_may_read_is_amiss(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    (gate.folder / "lists" / "list.key").chmod(0o644)
    assert "others may read it" in doctor(gate.config(), capsys)[1]["lists"]


def test_a_gate_without_lists_is_told_to_name_them(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(gate.config(lists=""), capsys) == (1, {"lists": "not asked here: name [lists]"})


def test_rules_of_entry_that_cannot_be_read_are_amiss(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = gate.folder / "rules.toml"
    rules.write_text('version = "1"\n')
    code, failed = doctor(gate.config(authorisation_rules=str(rules)), capsys)
    assert (code, list(failed)) == (1, ["authorisation_rules"])
    assert failed["authorisation_rules"].startswith(f"{rules}: ")
