"""Deviation lists through the store: whose word counts, and what ``pa verify`` says of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from egate.cli.main import main
from egate.trust.entry import Kind
from egate.trust.store import TrustStore
from hardware_mocks.pki import der
from hardware_mocks.pki.signed_data import signed_data
from tests.deviation_forge import (
    DEVIATION_LIST,
    description,
    deviation,
    documents,
    list_signer,
    signed,
)
from tests.trust_forge import NOW, TODAY, Forge, key, make_sod
from tests.trust_taking import BD, CSCA, IN, reasons, take

MRZ = "P<BGDSPECIMEN<<".ljust(44, "<") + "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
GENUINE = bytes.fromhex("615B5F1F58") + MRZ.encode("ascii")
CHANGED = GENUINE.replace(b"SPECIMEN", b"IMPOSTOR")
WRONG_HASH_OF_DG1 = deviation(documents(numbers=["L898902C3"]), description("2.2", 1))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    take(folder, CSCA.raw, BD.crl().raw)
    return folder


def verified(
    store: Path, dg1: bytes | None, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, Any], dict[str, str]]:
    sod, file = store.parent / "sod", store.parent / "dg1"
    sod.write_bytes(make_sod(BD.signer(), {1: GENUINE}))
    words = ["pa", "verify", "--json", f"--store={store}", f"--sod={sod}", f"--at={TODAY}"]
    if dg1 is not None:
        file.write_bytes(dg1)
        words.append(f"--dg=1={file}")
    code = main(words)
    answer = json.loads(capsys.readouterr().out)
    return code, answer, {each["check_id"]: each["result"] for each in answer["checks"]}


def test_from_the_list_to_the_answer(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer, checks = verified(store, CHANGED, capsys)
    assert (code, answer["result"]) == (1, "failed")
    assert answer["deviation"]["check_id"] == "COMBINED.DEVIATION"
    assert answer["deviation"]["result"] == "not_supported"

    report = take(store, signed(WRONG_HASH_OF_DG1, signer=list_signer(BD)))
    assert report.imported == {Kind.DEVIATION: 1}
    code, answer, checks = verified(store, CHANGED, capsys)
    assert (code, answer["result"]) == (1, "undetermined")
    assert checks["ELECTRONIC.PA.DG_HASHES"] == "undetermined"
    assert answer["deviation"]["result"] == "undetermined"
    assert "L898902C3" not in json.dumps(answer)

    code, answer, checks = verified(store, GENUINE, capsys)
    assert (code, answer["result"]) == (0, "successful")
    assert answer["deviation"]["result"] == "undetermined"

    code, answer, _ = verified(store, None, capsys)
    assert answer["deviation"]["result"] == "successful"

    sod, file = store.parent / "sod", store.parent / "dg1"
    assert main(["pa", "verify", f"--store={store}", f"--sod={sod}", f"--dg=1={file}"]) == 1
    assert "COMBINED.DEVIATION" in capsys.readouterr().out


def test_nobodys_word_excuses_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    take(store, CSCA.raw, BD.crl().raw)
    stranger = list_signer(Forge(csca_key=key("stranger")))
    file = signed(WRONG_HASH_OF_DG1, signer=stranger)
    assert not take(store, file).is_complete
    assert take(store, file, accept_unanchored=True).imported == {Kind.DEVIATION: 1}
    assert not TrustStore.open(store).deviations_of("BD")
    _, answer, checks = verified(store, CHANGED, capsys)
    assert checks["ELECTRONIC.PA.DG_HASHES"] == "failed"
    assert answer["deviation"]["result"] == "not_supported"


def test_a_csca_may_not_announce_deviations_of_another_state(store: Path) -> None:
    take(store, IN.csca().raw, anchors=[IN.csca()])
    foreign = signed(WRONG_HASH_OF_DG1, signer=list_signer(IN, country="BD"))
    assert reasons(take(store, foreign)) == ["chains to no trusted CSCA"]
    assert reasons(take(store, foreign, anchors=[IN.csca()])) == ["chains to no trusted CSCA"]
    companion = signed_data(
        DEVIATION_LIST,
        der.sequence(der.integer(0), der.set_of([WRONG_HASH_OF_DG1])),
        list_signer(IN, country="BD"),
        NOW,
        others=[list_signer(BD).certificate.parse(IN.csca().raw)],
    )
    assert not take(store, companion, anchors=[IN.csca()]).is_complete
    assert not TrustStore.open(store).deviations_of("BD")
    own = signed(WRONG_HASH_OF_DG1, signer=list_signer(IN))
    assert take(store, own).imported == {Kind.DEVIATION: 1}
    assert len(TrustStore.open(store).deviations_of("IN")) == 1


def test_a_list_that_cannot_be_read_is_refused(store: Path) -> None:
    broken = signed_data(DEVIATION_LIST, der.sequence(der.integer(0)), list_signer(BD), NOW)
    assert reasons(take(store, broken)) == ["deviation list ends early"]


def test_the_newest_list_counts_alone(store: Path) -> None:
    earlier = signed_data(
        DEVIATION_LIST,
        der.sequence(der.integer(0), der.set_of([WRONG_HASH_OF_DG1])),
        list_signer(BD),
        NOW.replace(year=2025),
    )
    assert take(store, earlier).is_complete
    assert take(store, signed(signer=list_signer(BD))).is_complete
    (only,) = TrustStore.open(store).deviations_of("BD")
    assert not only.deviations
