"""One chip from selection to DG2, over simulated chips of another hand."""

import os
import time

import pytest

from egate.emrtd.access.protocol import Access, AccessProtocol
from egate.emrtd.chip_reading import ChipReading, Progress, listed_in_com, listed_in_sod
from egate.emrtd.errors import (
    AccessDenied,
    ChipLost,
    DocumentRejected,
    SecureMessagingBroken,
    UnexpectedStatus,
)
from egate.emrtd.inspection import inspect
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.iso7816.status import StatusWord
from egate.emrtd.lds.dg2 import face_images
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.image import ImageKind
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.tlv import encode
from hardware_mocks.chip.apdu import Command, Reply
from hardware_mocks.chip.chip import Chip, Interface
from hardware_mocks.chip.quirks.behaviour import Answer, Behaviour
from hardware_mocks.chip.quirks.behaviour import Transmit as Onward
from hardware_mocks.chip.session import Session
from tests.emrtd_passport import (
    Transmit,
    carry,
    chip_of,
    page_of,
    passport,
    read,
    sent_to,
    with_files,
)

SHORT = InspectionPolicy(extended_length=False)
SHORT_CHIP = Interface(extended_length=False, max_le=256)


@pytest.mark.parametrize("profile", ["bac", "bac-aa-rsa", "bac-aa-ecdsa"])
@pytest.mark.parametrize("policy", [InspectionPolicy(), SHORT])
def test_every_file_is_read_as_it_was_stored(profile: str, policy: InspectionPolicy) -> None:
    document = passport(profile)
    reading = read(document, policy=policy)
    assert {file.file_id: raw for file, raw in reading.files.items()} == dict(document.files)
    assert reading.access == Access(AccessProtocol.BAC, "3DES", None)
    assert reading.absent == frozenset()
    assert (reading.challenge_response is None) is (profile == "bac")
    assert face_images(reading.files[LdsFile.EF_DG2])[0].kind is ImageKind.JPEG


def test_the_number_of_commands_stays_what_it_is() -> None:
    """DG2 has about 15 kB and the SOD about 1.5: at most 88 short commands, 25 extended."""
    document = passport("bac")
    size = sum(len(raw) for raw in document.files.values())
    files = len(document.files)
    short = read(document, Chip(document, SHORT_CHIP))
    assert short.apdu_count <= 7 + files + size // 231
    assert short.apdu_count <= 88
    extended = read(document)
    assert extended.apdu_count <= 8 + files + size // 4096
    assert extended.apdu_count <= 25
    assert short.received_bytes > size


def test_no_answer_is_longer_than_the_chip_says_it_can_be() -> None:
    document = passport("bac")
    chip = Chip(document, Interface(max_le=936))  # EF.ATR/INFO says 1000
    log: list[CommandApdu] = []
    answers: list[int] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        response = sent_to(chip, log)(command)
        answers.append(len(response.data) + 2)
        return response

    reading = inspect_with(transmit, InspectionPolicy())
    assert len(reading.files) == len(document.files)
    assert 900 < max(answers) <= 1000
    assert max(command.le or 0 for command in log) == 998


def test_progress_and_order() -> None:
    seen: list[Progress] = []
    read(passport("bac-aa-ecdsa"), progress=seen.append)
    order = list(dict.fromkeys(str(step.file) for step in seen))
    assert order == ["EF.COM", "EF.SOD", "EF.DG1", "EF.DG14", "EF.DG15", "EF.DG2"]
    assert seen[-1].bytes_read == seen[-1].bytes_total


def test_a_portrait_comes_in_pieces_without_gaps() -> None:
    pieces = bytearray()
    ends = []

    def take(progress: Progress) -> None:
        if progress.file is LdsFile.EF_DG2:
            pieces.extend(progress.piece)
            ends.append((progress.bytes_read, len(pieces)))

    reading = read(passport("bac"), progress=take, policy=SHORT)
    assert pieces == reading.files[LdsFile.EF_DG2]
    assert len(ends) > 50
    assert all(told == there for told, there in ends)


def test_a_chip_without_extended_length_is_read_in_short_ones() -> None:
    document = passport("bac")
    reading = read(document, Chip(document, SHORT_CHIP), policy=InspectionPolicy())
    assert len(reading.files) == len(document.files)


def test_a_chip_that_drops_the_channel_is_opened_again() -> None:
    document = passport("bac")
    chip = Chip(document)
    dropped: list[CommandApdu] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        if command.is_extended:
            dropped.append(command)
            chip.reset()
            return ResponseApdu(b"", StatusWord(0x6700))
        return sent_to(chip)(command)

    reading = inspect_with(transmit, InspectionPolicy())
    assert len(dropped) == 1
    assert len(reading.files) == len(document.files)


def test_without_extended_length_a_lost_channel_stays_lost() -> None:
    chip = chip_of(passport("bac"))

    def transmit(command: CommandApdu) -> ResponseApdu:
        lost = command.ins == 0xB0
        return ResponseApdu(b"", StatusWord(0x6988)) if lost else sent_to(chip)(command)

    with pytest.raises(SecureMessagingBroken, match="status 6988"):
        inspect_with(transmit, InspectionPolicy())


@pytest.mark.parametrize("answer", [b"", b"\x01\x02"])
def test_a_chip_that_cannot_sign_at_length_is_asked_in_short(answer: bytes) -> None:
    document = passport("bac-aa-rsa")
    chip = Chip(document)

    def transmit(command: CommandApdu) -> ResponseApdu:
        if command.ins == 0x88 and command.is_extended:
            chip.reset()
            return ResponseApdu(answer, StatusWord(0x6700))
        return sent_to(chip)(command)

    key = MrzKey.from_mrz(page_of(document))
    reading = carry(inspect(key, os.urandom, time.perf_counter), transmit)
    assert len(reading.files) == len(document.files)
    assert reading.challenge_response is not None


def test_a_lost_channel_after_the_signature_stays_lost() -> None:
    document = passport("bac-aa-rsa")
    chip = Chip(document)
    signed: list[CommandApdu] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        if signed and command.ins == 0xB0:
            return ResponseApdu(b"", StatusWord(0x6988))
        signed.extend([command] if command.ins == 0x88 else [])
        return sent_to(chip)(command)

    key = MrzKey.from_mrz(page_of(document))
    with pytest.raises(SecureMessagingBroken):
        carry(inspect(key, os.urandom, time.perf_counter), transmit)


def test_after_a_lost_chip_only_the_missing_files_are_read() -> None:
    document = passport("bac-aa-rsa")
    memory = InspectionMemory()
    with pytest.raises(ChipLost):
        read(document, Chip(document, SHORT_CHIP, leaves_after=40), memory=memory)
    assert LdsFile.EF_SOD in memory.files
    assert LdsFile.EF_DG2 not in memory.files
    before = dict(memory.files)
    reading = read(document, Chip(document, SHORT_CHIP), memory=memory)
    assert reading.files.items() >= before.items()
    assert {file.file_id: raw for file, raw in reading.files.items()} == dict(document.files)
    assert reading.challenge_response is not None
    assert reading.apdu_count < read(document, Chip(document, SHORT_CHIP)).apdu_count - 20


def test_another_mrz_opens_nothing() -> None:
    document = passport("bac")
    other = passport("bac", document_number="X01234568")
    with pytest.raises(AccessDenied):
        read(other, Chip(document))


def test_no_application() -> None:
    with pytest.raises(UnexpectedStatus, match="eMRTD application"):
        inspect_with(lambda _: ResponseApdu(b"", StatusWord(0x6A82)), InspectionPolicy())


@pytest.mark.parametrize("file", [LdsFile.EF_SOD, LdsFile.EF_DG1, LdsFile.EF_DG2])
def test_required_files_are_required(file: LdsFile) -> None:
    document = with_files(passport("bac"), {file: None})
    with pytest.raises(UnexpectedStatus, match=f"SELECT {file.file_id:04X}"):
        read(document)
    with pytest.raises(UnexpectedStatus, match=f"SELECT {file.file_id:04X}"):
        read(document, policy=InspectionPolicy())


@pytest.mark.parametrize("file", [LdsFile.EF_COM, LdsFile.EF_DG14, LdsFile.EF_DG15])
def test_other_files_may_be_absent_and_that_is_noted(file: LdsFile) -> None:
    reading = read(with_files(passport("bac-aa-ecdsa"), {file: None}))
    assert reading.absent == {file}
    assert file not in reading.files


def test_what_the_sod_lists_is_read_though_com_leaves_it_out() -> None:
    com = bytes.fromhex("60165F0104303130375F36063034303030305C0461750000")
    reading = read(with_files(passport("bac-aa-rsa"), {LdsFile.EF_COM: com}))
    assert LdsFile.EF_DG15 in reading.files


@pytest.mark.parametrize("spoilt", [b"\x60\x00", b"\x77\x00"])
def test_unreadable_lists_do_not_stop_the_reading(spoilt: bytes) -> None:
    file = LdsFile.EF_COM if spoilt[0] == 0x60 else LdsFile.EF_SOD
    reading = read(with_files(passport("bac-aa-rsa"), {file: spoilt}))
    assert LdsFile.EF_DG15 in reading.files


def test_a_portrait_beyond_the_limit_is_refused() -> None:
    document = with_files(passport("bac"), {LdsFile.EF_DG2: encode(0x75, bytes(600_000))})
    with pytest.raises(DocumentRejected, match="claims more"):
        read(document)


def test_a_key_of_no_use_is_not_challenged() -> None:
    reading = read(with_files(passport("bac-aa-rsa"), {LdsFile.EF_DG15: encode(0x6F, b"?")}))
    assert reading.challenge_response is None


def test_active_authentication_may_be_left_out() -> None:
    policy = InspectionPolicy(active_authentication=False)
    assert read(passport("bac-aa-rsa"), policy=policy).challenge_response is None


def test_files_know_their_place_in_com_and_sod() -> None:
    assert listed_in_com(None) is None
    assert listed_in_sod(None) is None


def test_nothing_personal_is_shown() -> None:
    assert "SPECIMEN" not in repr(read(passport("bac")))


def inspect_with(transmit: Transmit, policy: InspectionPolicy) -> ChipReading:
    key = MrzKey.from_mrz(page_of(passport("bac")))
    return carry(inspect(key, os.urandom, time.perf_counter, policy=policy), transmit)


def test_a_chip_that_is_never_done_is_given_up() -> None:
    with pytest.raises(DocumentRejected, match="not read with 20 commands"):
        read(
            passport("bac"),
            Chip(passport("bac"), SHORT_CHIP),
            policy=InspectionPolicy(max_commands=20),
        )


class EndsChannelBeyond96(Behaviour):
    """Ends the channel at every Le beyond 96, and at every extended one."""

    def transmit(self, apdu: bytes, session: Session, onward: Onward) -> bytes | None:
        return b"\x67\x00" if len(apdu) > 5 and apdu[4] == 0 else onward(apdu)

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        if command.ins in {0xB0, 0xB1} and command.ne > 96 and session.channel is not None:
            session.abort()
            return Reply(0x6700)
        return onward(command)


@pytest.mark.parametrize("profile", ["bac-aa-rsa", "bac-ca-aa"])
def test_the_bounds_are_wide_enough_for_the_worst_chip(profile: str) -> None:
    """64 kB at 96 bytes, and a channel that ends with every form that is tried in vain."""
    portrait = encode(0x75, bytes(64 * 1024 - 5))
    document = with_files(passport(profile), {LdsFile.EF_DG2: portrait})
    reading = read(document, Chip(document, quirks=[EndsChannelBeyond96()]))
    assert reading.files[LdsFile.EF_DG2] == portrait
    assert 700 < reading.apdu_count < InspectionPolicy().max_commands / 2


def test_a_chip_that_gives_a_long_file_in_crumbs_is_given_up() -> None:
    """Each byte is a command, and the chip claims the longest portrait that is taken."""
    portrait = encode(0x75, bytes(512 * 1024 - 5))
    document = with_files(passport("bac"), {LdsFile.EF_DG2: portrait})
    with pytest.raises(DocumentRejected, match="not read with 2600 commands"):
        read(document, Chip(document, Interface(extended_length=False, max_le=16)))


def test_a_chip_that_loses_every_channel_is_given_up() -> None:
    chip = chip_of(passport("bac"))
    log: list[CommandApdu] = []

    def transmit(command: CommandApdu) -> ResponseApdu:
        log.append(command)
        lost = command.cla == 0x0C
        return ResponseApdu(b"", StatusWord(0x6988)) if lost else sent_to(chip)(command)

    with pytest.raises(SecureMessagingBroken, match=r"status 6988 \(opened 3 times\)"):
        inspect_with(transmit, InspectionPolicy(max_openings=3))
    assert len([command for command in log if command.ins == 0x84]) == 3


def test_a_signature_refused_at_length_is_asked_for_in_short() -> None:
    document = passport("bac-aa-rsa")
    log: list[CommandApdu] = []
    key = MrzKey.from_mrz(page_of(document))
    transmit = sent_to(Chip(document, SHORT_CHIP), log)
    reading = carry(inspect(key, os.urandom, time.perf_counter), transmit)
    assert reading.challenge_response is not None
    assert [c.is_extended for c in log if c.ins == 0x88] == [True, False]


def test_listed_files_are_read_if_the_policy_asks() -> None:
    document = passport("bac-aa-rsa", groups="11,12")
    asked = InspectionPolicy(further_files=frozenset((LdsFile.EF_DG7, LdsFile.EF_DG11)))
    further = set(read(document, policy=asked).files) - set(read(document).files)
    assert further == {LdsFile.EF_DG11}
