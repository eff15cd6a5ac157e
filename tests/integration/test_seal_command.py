"""``egate seal verify`` on made-up seals, a throw-away authority and published specimens."""

import base64
import json
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from egate.cli.main import main
from egate.emrtd.visible_digital_seal.seal import MAX_SEAL_BYTES
from egate.trust.store import TrustStoreError, signers_of
from tests.seal_forge import VISA_FEATURES, VISA_MRZ, SealForm, SealSigner, c40
from tests.seal_pages import drawn_by_others, page, png, qr_code
from tests.sealed_documents import SealingState
from tests.trust_forge import TODAY, Forge
from tests.vectors.test_seal_examples import VISA

BD = Forge()
SIGNER = SealSigner()
AT = ("--at", TODAY.isoformat())


class Seals:
    """Runs the command in this process, in a folder with a store and a certificate."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.store = folder / "store"
        self._capsys = capsys
        self.csca = self.write("csca.der", BD.csca().raw)
        self.certificate = self.write("signer.der", SIGNER.certificate().raw)

    def write(self, name: str, content: bytes) -> Path:
        file = self.folder / name
        file.write_bytes(content)
        return file

    def run(self, *words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def fill_store(self, *files: Path) -> None:
        crl = self.write("crl.der", BD.crl().raw)
        words = ("--store", self.store, "--anchor", self.csca, self.csca, crl, *files)
        code, _, err = self.run("trust", "import", *words)
        assert code == 0, err

    def verify(self, *words: object) -> tuple[int, dict[str, Any]]:
        code, out, err = self.run("seal", "verify", "--json", *AT, *words)
        assert err == ""
        return code, json.loads(out)

    def refused(self, *words: object) -> str:
        code, out, err = self.run("seal", "verify", *words)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
        return err


@pytest.fixture
def seals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Seals:
    return Seals(tmp_path, capsys)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> SealingState:
    return SealingState(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def visa(seals: Seals) -> Path:
    return seals.write("visa.bin", SealForm().signed_by())


def test_a_visa_whose_signer_is_in_the_store(seals: Seals, visa: Path) -> None:
    seals.fill_store(seals.certificate)
    code, answer = seals.verify("--store", seals.store, visa)
    assert (code, answer["result"]) == (0, "successful")
    assert answer["signer"] == {"country": "BD", "serial": "1a2b"}
    assert answer["csca"]["country"] == "BD"
    assert len(answer["store_version"]) == 64
    assert answer["seal"]["document_type"] == "visa"
    assert answer["seal"]["issued_on"] == "2026-05-20"
    features = {each["name"]: each["value"] for each in answer["seal"]["features"]}
    assert features == {
        "mrz": [VISA_MRZ[0], VISA_MRZ[1][:28]],
        "number_of_entries": 2,
        "duration_of_stay": {"rule": "duration", "days": 30, "months": 0, "years": 0},
        "passport_number": "K1234567",
    }


def test_bytes_without_a_meaning(seals: Seals) -> None:
    features = VISA_FEATURES | {6: b"\xaa", 5: b"?"}
    file = seals.write("seal.bin", SealForm(features=features).signed_by())
    shown = {each["name"]: each for each in seals.verify(file)[1]["seal"]["features"]}
    visa_type = {"name": "visa_type", "tag": 6, "value": None, "raw": "aa", "fault": ""}
    assert shown["visa_type"] == visa_type
    assert shown["passport_number"]["value"] is None
    assert shown["passport_number"]["fault"] == "of a length that cannot be"


def test_a_certificate_beside_the_store(seals: Seals, visa: Path) -> None:
    seals.fill_store()
    assert seals.verify("--store", seals.store, visa)[1]["result"] == "undetermined"
    code, answer = seals.verify("--store", seals.store, "--certificate", seals.certificate, visa)
    assert (code, answer["result"]) == (0, "successful")


def test_a_certificate_alone_proves_nothing(seals: Seals, visa: Path) -> None:
    code, answer = seals.verify("--certificate", seals.certificate, visa)
    assert (code, answer["result"]) == (1, "undetermined")
    assert answer["store_version"] is None
    assert answer["csca"] is None


def test_the_paper_is_compared(seals: Seals, visa: Path) -> None:
    seals.fill_store(seals.certificate)
    own = seals.write("own.txt", "\n".join(VISA_MRZ).encode())
    code, answer = seals.verify("--store", seals.store, "--mrz-file", own, visa)
    assert (code, answer["checks"][-1]["check_id"]) == (0, "SEAL.MRZ")
    name = VISA_MRZ[0].replace("RAHIMA", "RAHIMI")
    other = seals.write("other.txt", f"{name}\n{VISA_MRZ[1]}".encode())
    code, answer = seals.verify("--store", seals.store, "--mrz-file", other, visa)
    assert (code, answer["result"]) == (1, "failed")


@pytest.mark.parametrize("form", ["hex", "HEX", "base64", "spaced"])
def test_seals_as_text(seals: Seals, form: str) -> None:
    raw = SealForm().signed_by()
    text = {
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
        "base64": base64.encodebytes(raw).decode(),
        "spaced": raw.hex(" ", 16).replace(" ", "\r\n  "),
    }[form]
    file = seals.write("seal.txt", f"\n{text}\n".encode())
    code, answer = seals.verify(file)
    assert (code, answer["seal"]["issuing_country"]) == (1, "BGD")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "a seal begins with DC"),
        (b"\xdc", "unknown version"),
        (SealForm().signed_by()[:-1], "ends early"),
        (b"DC0", "neither its bytes"),
        (b"!", "neither its bytes"),
        (b"\xdc" * (MAX_SEAL_BYTES + 1), "at most"),
        (b"\xdc" * (5 * MAX_SEAL_BYTES), "more than"),
    ],
)
def test_what_is_no_seal_is_one_line(seals: Seals, content: bytes, reason: str) -> None:
    file = seals.write("seal.bin", content)
    error = seals.refused(file)
    assert str(file) in error
    assert reason in error


def test_a_seal_on_an_image_of_the_page(seals: Seals) -> None:
    seals.fill_store(seals.certificate)
    file = seals.write("page.png", png(page(qr_code(SealForm().signed_by()), turned=3.0)))
    mrz = seals.write("mrz.txt", "\n".join(VISA_MRZ).encode())
    code, answer = seals.verify("--store", seals.store, "--mrz-file", mrz, file)
    assert (code, answer["result"]) == (0, "successful")
    assert answer["seal"]["document_type"] == "visa"
    code, answer = seals.verify("--store", seals.store, file)
    assert (code, answer["result"]) == (1, "undetermined")
    assert answer["checks"][-1]["check_id"] == "SEAL.MRZ"
    assert "--mrz-file" in answer["checks"][-1]["detail"]


@pytest.mark.parametrize(
    ("document", "forgery", "decisive"),
    [
        ("bd_visa", "", ""),
        ("bd_travel_permit", "", ""),
        ("bd_visa", "seal_of_another", "SEAL.MRZ"),
        ("bd_travel_permit", "seal_altered", "SEAL.SIGNATURE"),
    ],
)
def test_a_page_of_the_simulator(
    seals: Seals, state: SealingState, document: str, forgery: str, decisive: str
) -> None:
    store = state.store
    page = state.page(document, forgery).white(seals.folder / "page.png")
    seals.run("trust", "list", "--store", store)  # what making the store has printed is away
    code, out, err = seals.run("seal", "verify", "--json", "--store", store, page)
    answer = json.loads(out)
    assert err == ""
    failed = {each["check_id"] for each in answer["checks"] if each["result"] == "failed"}
    assert failed == ({decisive} if decisive else set())
    assert (code, answer["result"]) == ((1, "failed") if decisive else (0, "successful"))


def test_an_image_without_one_seal_is_one_line(seals: Seals) -> None:
    codes = drawn_by_others("visa.aztec"), drawn_by_others("emergency.aztec")
    for content, reason in (
        (png(page()), "no bar code that can be read"),
        (png(page(qr_code(b"hello"))), "its bar code is no visible digital seal"),
        (png(page(*codes)), "2 visible digital seals; give an image of one"),
        (png(page())[:200], "cut off"),
    ):
        file = seals.write("page.png", content)
        error = seals.refused(file)
        assert str(file) in error
        assert reason in error


def test_bad_usage_is_one_line(seals: Seals, visa: Path) -> None:
    assert "No such file" in seals.refused(seals.folder / "none")
    assert "no trust store" in seals.refused("--store", seals.folder, visa)
    for day in ("tomorrow", "2026-02-30"):
        assert "not a date" in seals.refused("--at", day, visa)
    assert "--certificate" not in seals.refused("--certificate", visa, visa)
    crl = seals.write("crl.der", BD.crl().raw)
    assert "other things" in seals.refused("--certificate", crl, visa)
    nonsense = seals.write("lines.txt", b"HELLO")
    assert str(nonsense) in seals.refused("--mrz-file", nonsense, visa)


def test_what_people_read(seals: Seals) -> None:
    seals.fill_store(seals.certificate)
    features = VISA_FEATURES | {6: b"\xaa", 0x60: b"\xbb\xcc"}
    file = seals.write("seal.bin", SealForm(features=features).signed_by())
    code, out, err = seals.run("seal", "verify", *AT, "--store", seals.store, file)
    assert (code, err) == (0, "")
    for shown in (
        "visa of BGD",
        "30 days",
        "K1234567",
        "bbcc",
        "BDVS 1A2B",
        "CSCA BD",
        VISA_MRZ[0],
    ):
        assert shown in out
    assert out.endswith("visible digital seal: successful\n")
    rule = VISA_FEATURES | {4: bytes(3)}
    file = seals.write("seal.bin", SealForm(features=rule, kind=(0x5D, 1)).signed_by())
    assert "until the visa expires" in seals.run("seal", "verify", *AT, file)[1]


def test_a_strangers_text_has_no_power_over_the_terminal(seals: Seals) -> None:
    features = {1: c40("65170839J003"), 2: b"[red]\x1b[2J", 3: "Zoë".encode()}
    card = SealForm(country="D<<", signer="DEVS", kind=(0xFC, 0x04), features=features)
    _, out, _ = seals.run("seal", "verify", seals.write("card.bin", card.signed_by()))
    assert "[red]?[2J" in out
    assert "Zoë" in out
    assert "\x1b" not in out
    unknown = SealForm(kind=(0x77, 0x77), features={1: b"\x01"})
    _, out, _ = seals.run("seal", "verify", seals.write("unknown.bin", unknown.signed_by()))
    assert "unknown kind of document of BGD" in out


def test_icaos_example_with_the_certificate_of_its_key(seals: Seals, shared_data: Path) -> None:
    signer = shared_data / "trust/vds/tsenger_sealgen_UTTS5B.crt"
    code, answer = seals.verify("--certificate", signer, seals.write("visa.bin", VISA))
    found = {check["check_id"]: check["result"] for check in answer["checks"]}
    assert (code, found["SEAL.SIGNATURE"]) == (1, "successful")
    assert found["SEAL.CERTIFICATE_PATH"] == "undetermined"
    assert answer["result"] == "undetermined"


def test_the_signers_of_one_state_in_the_store(seals: Seals) -> None:
    utopia = seals.write("ut.der", SealSigner(country="UT").certificate().raw)
    seals.fill_store(seals.certificate, utopia)
    (found,) = signers_of(seals.store, "BD")
    assert found.raw == seals.certificate.read_bytes()
    assert signers_of(seals.store, "DE") == []
    with pytest.raises(TrustStoreError, match="no trust store"):
        signers_of(seals.folder, "BD")
    database = sqlite3.connect(seals.store / "trust.sqlite3")
    database.execute("UPDATE entries SET der = x'00' WHERE kind = 'dsc'")
    database.commit()
    database.close()
    with pytest.raises(TrustStoreError, match="damaged"):
        signers_of(seals.store, "BD")


def test_the_day_is_today_unless_given(seals: Seals, visa: Path) -> None:
    code, out, _ = seals.run("seal", "verify", "--json", visa)
    assert code == 1
    assert json.loads(out)["seal"]["signed_on"] == date(2026, 5, 21).isoformat()
