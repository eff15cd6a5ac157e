"""Odd chips of the field, read to the end or refused with a reason."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from egate.emrtd.access.protocol import AccessProtocol
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_authentication.genuineness import Disproven, NotCopied, NotShown
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.errors import ChipLost, SecureMessagingBroken
from egate.emrtd.evaluation import DocumentEvaluation, evaluate
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import AccessChoice, InspectionPolicy
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.lds.files import LdsFile
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.profiles import PROFILES, make_chip, make_document, with_quirks
from tests.emrtd_passport import (
    NOW,
    TODAY,
    anchors,
    page_of,
    passport,
    pki,
    read,
    read_over,
    sent_to,
    with_files,
)


@cache
def odd_document(profile: str, quirk: str) -> Document:
    return make_document(odd(profile, quirk), pki(), NOW)


def odd(profile: str, quirk: str) -> Any:  # noqa: ANN401 - a profile of the simulated chips
    return with_quirks(replace(PROFILES[profile], quirks=(quirk,)))


def odd_chip(profile: str, quirk: str) -> tuple[Document, Chip]:
    document = odd_document(profile, quirk)
    return document, make_chip(odd(profile, quirk), document)


def evaluated(document: Document, reading: ChipReading) -> DocumentEvaluation:
    return evaluate(page_of(document), reading, anchors(), TODAY, lambda: 0.0)


def results(evaluation: DocumentEvaluation) -> Mapping[CheckId, CheckResult]:
    return {check.check_id: check for check in evaluation.checks}


@pytest.mark.parametrize("profile", ["bac-aa-rsa", "ca-ecdh-aes128-p256"])
@pytest.mark.parametrize(
    "quirk",
    [
        "naked-6700",
        "naked-6700-command-counted",
        "naked-6700-counted",
        "le-at-most-192",
        "le-256-ends-session",
        "le-256-6282",
        "exact-le-6cxx",
        "select-mf-6982",
        "select-mf-6a81",
        "select-mf-6a86",
        "select-mf-6a87",
        "select-mf-needs-3f00",
        "select-mf-refuses-3f00",
        "no-select-mf",
        "ef-dir-6982",
        "sod-last-mac-wrong",
        "lost-on-reselect",
        "mse-needs-84",
        "answers-in-parts",
        "reader-short-only",
    ],
)
def test_odd_chips_are_read_to_the_end(profile: str, quirk: str) -> None:
    document, chip = odd_chip(profile, quirk)
    reading = read(document, chip)
    assert {file.file_id: raw for file, raw in reading.files.items()} == dict(document.files)
    assert reading.apdu_count <= 140


def test_a_file_that_cannot_be_read_is_named_and_the_openings_are_counted() -> None:
    document, chip = odd_chip("bac", "sod-last-mac-always-wrong")
    with pytest.raises(SecureMessagingBroken, match=r"EF.SOD: response MAC \(opened 12 times\)"):
        read(document, chip)


def test_a_reader_that_loses_the_chip_on_long_commands_is_spared_them_next_time() -> None:
    document, chip = odd_chip("pace-gm", "reader-drops-extended")
    memory = InspectionMemory()
    for _ in range(2):  # once proves nothing: chips leave the field at any command
        with pytest.raises(ChipLost):
            read(document, chip, memory=memory)
        chip.enter_field()
    assert LdsFile.EF_DG2 in read(document, chip, memory=memory).files


@pytest.mark.parametrize("quirk", ["pace-refused", "pace-step-4-6300", "pace-step-4-6a80"])
def test_a_downgrade_is_in_the_record(quirk: str) -> None:
    document, chip = odd_chip("pace-gm", quirk)
    reading = read(document, chip)
    assert reading.access.protocol is AccessProtocol.BAC
    found = results(evaluated(document, reading))[CheckId.ACCESS]
    assert found.outcome is Outcome.SUCCESSFUL
    assert "downgrade: PACE-GM with AES-128 on P-256" in found.detail


def test_the_standard_document_takes_few_commands() -> None:
    """COM, SOD, DG1, DG14 and a DG2 of 15 kB behind PACE, with all that comes before."""
    for profile, most in (("standard-short", 88), ("standard-ext-max", 25)):
        document = passport(profile)
        reading = read(document, make_chip(PROFILES[profile], document))
        assert len(reading.files[LdsFile.EF_DG2]) > 14_000
        assert reading.access.protocol is AccessProtocol.PACE_GM
        assert reading.apdu_count <= most


@pytest.mark.parametrize(
    ("profile", "check"),
    [
        ("ca-ecdh-aes128-p256", CheckId.CHIP_AUTHENTICATION),
        ("bac-ca-ecdh-3des-bp256", CheckId.CHIP_AUTHENTICATION),
        ("pace-cam-ecdh-aes128-p256", CheckId.CHIP_AUTHENTICATION),
        ("bac-aa-rsa", CheckId.ACTIVE_AUTHENTICATION),
    ],
)
def test_a_genuine_chip_is_not_copied(profile: str, check: CheckId) -> None:
    document = passport(profile)
    reading = read(document, make_chip(PROFILES[profile], document))
    evaluation = evaluated(document, reading)
    assert isinstance(evaluation.genuineness, NotCopied)
    assert results(evaluation)[check].outcome is Outcome.SUCCESSFUL
    assert results(evaluation)[CheckId.ACCESS].outcome is Outcome.SUCCESSFUL


def test_a_key_that_another_state_signed_does_not_count() -> None:
    document = passport("pace-cam-ecdh-aes128-p256")
    reading = read(document, make_chip(PROFILES["pace-cam-ecdh-aes128-p256"], document))
    page = replace(page_of(document), issuing_state="UTO")
    evaluation = evaluate(page, reading, anchors(), TODAY, lambda: 0.0)
    assert results(evaluation)[CheckId.CHIP_AUTHENTICATION].outcome is Outcome.FAILED


@pytest.mark.parametrize("profile", ["cloned", "cloned-ca", "cloned-cam", "cloned-aa-ecdsa"])
def test_a_copy_is_disproven_and_read_to_the_end(profile: str) -> None:
    document = passport(profile)
    reading = read(document, make_chip(PROFILES[profile], document))
    assert LdsFile.EF_DG2 in reading.files
    assert isinstance(evaluated(document, reading).genuineness, Disproven)


def test_chip_authentication_may_be_left_out() -> None:
    document = passport("ca-ecdh-aes128-p256")
    reading = read(document, policy=InspectionPolicy(chip_authentication=False))
    assert reading.chip_authentication is None
    found = results(evaluated(document, reading))[CheckId.CHIP_AUTHENTICATION]
    assert (found.outcome, found.detail) == (Outcome.UNDETERMINED, "not performed")


def test_a_channel_that_dies_in_chip_authentication_is_no_verdict() -> None:
    document = passport("bac-ca-ecdh-aes128-bp256")
    chip = Chip(document)
    asked: list[CommandApdu] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        if command.ins == 0x22:
            asked.append(command)
            chip.reset()
            return ResponseApdu(b"", StatusWord(0x6988))
        return sent_to(chip)(command)

    reading = read_over(document, transmit)
    assert reading.chip_authentication is None
    assert len(asked) == 2


def test_a_key_refused_in_every_form_fails() -> None:
    document = passport("bac-ca-ecdh-aes128-bp256")
    chip = Chip(document)

    def transmit(command: CommandApdu) -> ResponseApdu:
        if command.ins == 0x22:
            chip.reset()
            return ResponseApdu(b"", StatusWord(0x6A80))
        return sent_to(chip)(command)

    reading = read_over(document, transmit)
    found = results(evaluated(document, reading))[CheckId.CHIP_AUTHENTICATION]
    assert found.outcome is Outcome.FAILED


def test_a_signature_that_does_not_get_through_is_no_verdict() -> None:
    document, chip = odd_chip("bac-aa-rsa", "reader-short-only")
    found = results(evaluated(document, read(document, chip)))[CheckId.ACTIVE_AUTHENTICATION]
    assert found.outcome is Outcome.UNDETERMINED
    assert "too long" in found.detail


CAM = "pace-cam-ecdh-aes128-p256"


@pytest.mark.parametrize("quirk", ["pace-refused", "pace-step-4-6300", "pace-step-4-6a80"])
def test_a_chip_that_refuses_pace_cam_is_not_one_without_a_proof(quirk: str) -> None:
    """Else a copy would refuse it, be opened by BAC, and pass as one that offers nothing."""
    document, chip = odd_chip(CAM, quirk)
    reading = read(document, chip)
    assert reading.access.protocol is AccessProtocol.BAC
    evaluation = evaluated(document, reading)
    found = results(evaluation)[CheckId.CHIP_AUTHENTICATION]
    assert found.outcome is Outcome.UNDETERMINED
    assert found.detail == "offered by PACE-CAM only; opened by BAC, 3DES"
    assert isinstance(evaluation.genuineness, NotShown)


def test_our_own_choice_of_bac_leaves_pace_cam_undetermined() -> None:
    document = passport(CAM)
    chip = make_chip(PROFILES[CAM], document)
    reading = read(document, chip, policy=InspectionPolicy(access=AccessChoice.BAC))
    found = results(evaluated(document, reading))[CheckId.CHIP_AUTHENTICATION]
    assert found.outcome is Outcome.UNDETERMINED


def test_ef_card_security_is_read_once_however_often_the_chip_is_presented() -> None:
    document = passport(CAM)
    memory = InspectionMemory()
    for leaves_after in range(10, 60):
        with pytest.raises(ChipLost):
            read(document, Chip(document, leaves_after=leaves_after), memory=memory)
        if LdsFile.EF_SOD in memory.files:
            break
    card_security = document.master_files[0x011D]
    files = {i: raw for i, raw in document.master_files.items() if i != 0x011D}
    reading = read(document, Chip(replace(document, master_files=files)), memory=memory)
    assert reading.pace_cam is not None
    assert reading.pace_cam.card_security == card_security
    assert card_security.hex() not in repr(memory)


def test_ef_card_security_may_be_missing() -> None:
    document = passport("pace-cam-ecdh-aes128-p256")
    hidden = replace(
        document,
        master_files={i: raw for i, raw in document.master_files.items() if i != 0x011D},
    )
    reading = read(hidden, make_chip(PROFILES["pace-cam-ecdh-aes128-p256"], hidden))
    assert reading.pace_cam is not None
    assert reading.pace_cam.card_security is None


def test_without_ef_dg14_ef_card_security_confirms_the_offer() -> None:
    document = passport("pace-cam-ecdh-aes128-p256")
    without = with_files(document, {LdsFile.EF_DG14: None})
    reading = read(without, make_chip(PROFILES["pace-cam-ecdh-aes128-p256"], without))
    assert results(evaluated(document, reading))[CheckId.ACCESS].outcome is Outcome.SUCCESSFUL


def test_a_key_that_does_not_get_through_is_no_verdict() -> None:
    document, chip = odd_chip("ca-dh-aes128-modp2048-256", "naked-6700")
    found = results(evaluated(document, read(document, chip)))[CheckId.CHIP_AUTHENTICATION]
    assert found.outcome is Outcome.UNDETERMINED
    assert found.detail.startswith("no long command got through: ")
    assert found.detail.endswith("AES-128, status 6A80")
