"""``egate trust`` and ``egate pa`` on real lists and on a throw-away PKI."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from egate.cli.main import main
from egate.trust.store import TrustStore, TrustStoreError, update
from hardware_mocks.chip.profiles import PROFILES, make_document
from hardware_mocks.pki.pki import Pki

MADE = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def trust(shared_data: Path) -> Path:
    return shared_data / "trust"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pki, Path]:
    folder = tmp_path_factory.mktemp("pki")
    made = Pki.make(MADE)
    made.save(folder)
    return made, folder


class Command:
    """Runs commands in this process against one store."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.store = store
        self._capsys = capsys

    def run(self, *words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def take(self, *words: object) -> tuple[int, dict[str, Any]]:
        code, out, _ = self.run("trust", "import", "--json", "--store", self.store, *words)
        return code, json.loads(out)

    def verify(self, *words: object) -> tuple[int, dict[str, Any]]:
        code, out, _ = self.run("pa", "verify", "--json", "--store", self.store, *words)
        return code, json.loads(out)


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path / "store", capsys)


def counts(**kinds: int) -> dict[str, int]:
    return dict.fromkeys(("csca", "link", "dsc", "crl", "deviation"), 0) | kinds


def test_a_list_needs_an_anchor(command: Command, trust: Path) -> None:
    german = trust / "masterlists/DE_ML_2025-03-05.ml"
    code, answer = command.take(german)
    assert code == 1
    assert answer["imported"] == counts()
    assert [each["index"] for each in answer["rejected"]] == [None]
    code, answer = command.take("--anchor", trust / "certs/NL_ROOT_CA.cer", german)
    assert code == 1

    code, answer = command.take("--anchor", trust / "certs/DE_ROOT_CA_CSCA07.cer", german)
    assert code == 0
    assert answer["imported"] == counts(csca=363, link=194)
    assert answer["rejected"] == []
    assert "BD" in answer["countries"]
    version = TrustStore.open(command.store).version

    # Now its own CSCA is in the store, and nothing changes.
    code, answer = command.take(german)
    assert (code, answer["imported"], answer["unchanged"]) == (0, counts(), 557)
    assert TrustStore.open(command.store).version == version


def test_lists_signed_by_a_kept_csca(command: Command, trust: Path) -> None:
    lists = trust / "masterlists"
    code, answer = command.take(
        lists / "IT_MasterListCSCA_2023.ml",  # believed by what the next ones bring
        lists / "ICAO_ml_March2023.ml",
        lists / "DE_ML_2025-03-05.ml",
        "--anchor",
        trust / "certs/DE_ROOT_CA_CSCA07.cer",
    )
    assert code == 0
    assert sum(answer["imported"].values()) == 753
    assert answer["imported"]["dsc"] == 1  # Italy's list has a document signer of Ukraine
    code, answer = command.take(*sorted((trust / "crls").iterdir()))
    assert (code, answer["imported"]) == (0, counts(crl=3))


def test_a_bare_list_is_taken_only_on_the_operators_word(command: Command, trust: Path) -> None:
    bare = trust / "masterlists/tananaev_DE_2021-12_bare.ml"
    assert command.take(bare)[0] == 1
    code, answer = command.take("--accept-unanchored", bare)
    assert code == 0
    assert answer["imported"]["csca"] + answer["imported"]["link"] == 444
    store = TrustStore.open(command.store)
    assert all(entry.provenance.is_unanchored for entry in store)
    assert {entry.provenance.source for entry in store} == {bare.name}
    # The real anchor makes them believed, and then the word no longer lowers them.
    german = trust / "masterlists/DE_ML_2025-03-05.ml"
    command.take("--anchor", trust / "certs/DE_ROOT_CA_CSCA07.cer", german)
    believed = [e for e in TrustStore.open(command.store) if not e.provenance.is_unanchored]
    assert len(believed) == 557
    command.take("--accept-unanchored", bare)
    still = [e for e in TrustStore.open(command.store) if not e.provenance.is_unanchored]
    assert len(still) == 557


def test_what_chains_to_the_operators_word_rests_on_it_too(
    command: Command, pki: tuple[Pki, Path]
) -> None:
    folder = pki[1]
    command.take("--accept-unanchored", folder / "anchor.cer")
    code, _ = command.take(folder / "masterlist.ml", folder / "BGD/revoked.crl")
    assert code == 0
    store = TrustStore.open(command.store)
    assert len(store) == 7
    assert all(entry.provenance.is_unanchored for entry in store)
    command.take("--anchor", folder / "anchor.cer", folder / "masterlist.ml")
    assert TrustStore.open(command.store).version != store.version


def test_links_of_bangladesh_establish_the_new_key(command: Command, trust: Path) -> None:
    certs = trust / "certs"
    old = certs / "csca_bd_2022_self_1ef07fb289.der"
    link = certs / "csca_bd_2025_link_b032493d8f.der"
    new = certs / "csca_bd_2025_self_1de6eea75a.der"
    assert command.take(old)[0] == 1  # by itself it proves nothing
    code, answer = command.take("--anchor", old, new, link, old)
    assert (code, answer["imported"]) == (0, counts(csca=2, link=1))
    code, out, _ = command.run("trust", "list", "--json", "--store", command.store)
    listed = json.loads(out)
    assert code == 0
    assert {each["country"] for each in listed} == {"BD"}
    assert {each["key"] for each in listed} == {"EC brainpoolP384r1"}
    assert all(each["source"].endswith(".der") for each in listed)
    code, out, _ = command.run("trust", "list", "--store", command.store)
    assert out.count("BD") >= 3


def test_ldif_of_both_schemas(command: Command, trust: Path) -> None:
    code, answer = command.take("--accept-unanchored", *sorted((trust / "ldif").iterdir()))
    assert code == 0
    assert answer["imported"]["dsc"] == 40
    assert answer["imported"]["csca"] > 5
    code, again = command.take("--accept-unanchored", *sorted((trust / "ldif").iterdir()))
    assert sum(again["imported"].values()) == 0


def test_every_odd_certificate_is_taken(command: Command, trust: Path) -> None:
    files = sorted((trust / "certs").iterdir())
    code, answer = command.take("--accept-unanchored", *files)
    assert code == 0
    assert answer["rejected"] == []
    assert sum(answer["imported"].values()) + answer["unchanged"] == len(files)
    assert answer["imported"]["dsc"] == 0


def test_genuine_sods_by_the_command(command: Command, trust: Path) -> None:
    command.take(
        "--anchor",
        trust / "certs/DE_ROOT_CA_CSCA07.cer",
        trust / "masterlists/DE_ML_2025-03-05.ml",
        trust / "crls/crl_de_fp_e421c6cf21.crl",
    )
    code, answer = command.verify(
        "--sod", trust / "sods/us_sod_02ca3a6965.bin", "--at", "2024-01-01"
    )
    assert code == 1
    assert answer["result"] == "undetermined"
    assert answer["signer"] == {"country": "US", "serial": "5dcdfde3"}
    assert answer["csca"]["country"] == "US"
    assert len(answer["checks"]) == 6
    code, answer = command.verify("--sod", trust / "sods/gb_sod_12277a62f2.bin")
    assert (code, answer["result"]) == (1, "failed")


PROFILE_CHECKS = {
    "bac": ("successful", {}),
    "rsa-pss": ("successful", {}),
    "tampered-dg2": ("failed", {"DG_HASHES": "failed"}),
    "unknown-signer": (
        "undetermined",
        {
            "CERTIFICATE_PATH": "undetermined",
            "DS_VALIDITY": "undetermined",
            "DS_REVOCATION": "undetermined",
        },
    ),
    "revoked-signer": ("failed", {"DS_REVOCATION": "failed"}),
    "expired-signer": ("failed", {"DS_VALIDITY": "failed"}),
}


@pytest.mark.parametrize("profile", PROFILE_CHECKS)
def test_documents_of_the_throw_away_pki(
    command: Command, pki: tuple[Pki, Path], tmp_path: Path, profile: str
) -> None:
    """Explicit brainpool parameters, a link, a CRL, a master list: made by other code."""
    made, folder = pki
    crls = sorted(folder.glob("*/revoked.crl"))
    code, _ = command.take("--anchor", folder / "anchor.cer", folder / "masterlist.ml", *crls)
    assert code == 0
    files = make_document(PROFILES[profile], made, MADE).files
    words: list[object] = []
    for file_id, content in files.items():
        file = tmp_path / f"{file_id:04X}"
        file.write_bytes(content)
        number = file_id & 0xFF
        if file_id == 0x011D:
            words += ["--sod", file]
        elif number <= 16:
            words += ["--dg", f"{number}={file}"]
    result, differing = PROFILE_CHECKS[profile]
    code, answer = command.verify(*words, "--at", "2026-06-01")
    checks = {check["check_id"].rpartition(".")[2]: check["result"] for check in answer["checks"]}
    assert {name: each for name, each in checks.items() if each != "successful"} == differing
    assert (code, answer["result"]) == (0 if result == "successful" else 1, result)
    assert main(["pa", "verify", "--store", str(command.store), *map(str, words)]) in (0, 1)


def test_requests_by_line(command: Command, trust: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command.take("--accept-unanchored", trust / "certs/csca_bd_2022_self_1ef07fb289.der")
    sod = str(trust / "sods/us_sod_02ca3a6965.bin")
    requests: Sequence[object] = (
        {"sod": sod, "at": "2024-01-01"},
        {"sod": sod, "dg": {"1": sod}},
        {"sod": "/nowhere"},
        {"sod": 5},
        {"sod": "\0"},
        {"sod": sod, "dg": {"17": sod}},
        {"sod": sod, "dg": {"one": sod}},
        {"sod": sod, "dg": {"1": 5}},
        {"sod": sod, "at": "yesterday"},
        [],
    )
    lines = "\n".join([*map(json.dumps, requests), "{", ""])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    code, out, _ = command.run("pa", "verify", "--jsonl", "--store", command.store)
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [answer["ok"] for answer in answers] == [True, True] + [False] * 9
    assert answers[0]["result"] == "undetermined"
    assert answers[1]["result"] == "failed"


def test_faults_end_in_one_line(command: Command, trust: Path, tmp_path: Path) -> None:
    noise = tmp_path / "noise"
    noise.write_bytes(b"\x30\x03\x02\x01\x00")
    text = tmp_path / "text"
    text.write_bytes(b"hello")
    folder = tmp_path / "file"
    folder.write_bytes(b"")
    store = ("--store", str(command.store))
    two = tmp_path / "two.pem"
    two.write_text((trust / "certs/UN_CSCA_2.pem").read_text() * 2)
    bad: list[Sequence[object]] = [
        ("trust", "import", *store, tmp_path / "absent"),
        ("trust", "import", *store, text),
        ("trust", "import", *store, "--anchor", text, text),
        ("trust", "import", *store, "--anchor", two, two),
        ("trust", "import", "--store", folder, two),
        ("trust", "list", *store),
        ("pa", "verify", *store, "--sod", text),
    ]
    for words in bad:
        code, out, error = command.run(*words)
        assert (code, out) == (2, "")
        assert error.startswith("egate: ")
        assert error.count("\n") == 1
    command.take("--accept-unanchored", two)
    for more in (("--sod", tmp_path / "absent"), ("--sod", text, "--dg", "1"), ()):
        code, out, error = command.run("pa", "verify", *store, *more)
        assert (code, out, error.count("\n")) == (2, "", 1)
    code, out, error = command.run("trust", "import", *store, noise)
    assert code == 1
    assert "refused" in error


def test_a_store_is_replaced_as_a_whole(command: Command, trust: Path) -> None:
    file = trust / "certs/csca_bd_2022_self_1ef07fb289.der"
    command.take("--accept-unanchored", file)
    version = TrustStore.open(command.store).version
    with update(command.store) as store:
        store.remove(next(iter(store.trusted)))
        # Not committed: nobody sees it. And only one may change it.
        assert len(TrustStore.open(command.store)) == 1
        with pytest.raises(TrustStoreError, match="another import"), update(command.store):
            pass
    assert TrustStore.open(command.store).version == version
    # What a power cut leaves behind is neither read nor in the way.
    (command.store / "trust.sqlite3.new").write_bytes(b"half")
    assert TrustStore.open(command.store).version == version
    code, _ = command.take("--accept-unanchored", trust / "certs/NL_ROOT_CA.cer")
    assert code == 0
    assert len(TrustStore.open(command.store)) == 2


def test_a_damaged_store_is_refused(command: Command, trust: Path) -> None:
    command.take("--accept-unanchored", trust / "certs/csca_bd_2022_self_1ef07fb289.der")
    file = command.store / "trust.sqlite3"
    content = bytearray(file.read_bytes())
    at = content.index(b"CSCA-BGD")
    content[at] ^= 1
    file.write_bytes(content)
    with pytest.raises(TrustStoreError, match="damaged"):
        TrustStore.open(command.store)
    file.write_bytes(b"not a database" * 100)
    with pytest.raises(TrustStoreError, match="cannot be read"):
        TrustStore.open(command.store)
