"""How the reader copes with each odd chip: the chip misbehaved, and was read all the same."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from egate.emrtd.access.protocol import AccessProtocol
from egate.emrtd.checks import CheckId, CheckResult, Outcome
from egate.emrtd.chip_authentication.ca import ChipAuthentication
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.errors import ChipLost, EmrtdError, SecureMessagingBroken
from egate.emrtd.evaluation import evaluate
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import AccessChoice, InspectionPolicy
from hardware_mocks.chip.apdu import CHAINED, Command, Reply
from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.profiles import PROFILES, with_quirks
from hardware_mocks.chip.quirks.behaviour import Answer, Behaviour, Transmit
from hardware_mocks.chip.quirks.catalogue import SWITCHES
from hardware_mocks.chip.quirks.transport import ReaderWithoutExtended
from hardware_mocks.chip.session import Session
from hardware_mocks.chip.settings import changed
from tests.emrtd_passport import TODAY, anchors, page_of, passport, read

EXTENDED = InspectionPolicy(extended_length=True)
SHORT = InspectionPolicy(extended_length=False)


@dataclass
class Witness(Behaviour):
    """Sits before the quirk and sees what was asked and what came of it."""

    commands: list[tuple[Command, Reply]] = field(default_factory=list)
    naked: list[bytes] = field(default_factory=list)

    def transmit(self, apdu: bytes, session: Session, onward: Transmit) -> bytes | None:
        answer = onward(apdu)
        if answer is not None and apdu[0] & 0x0C and len(answer) == 2:
            self.naked.append(answer)
        return answer

    def answer(self, command: Command, session: Session, onward: Answer) -> Reply:
        reply = onward(command)
        self.commands.append((command, reply))
        return reply

    def openings(self) -> int:
        return sum(command.ins == 0x82 for command, _ in self.commands)

    def said(self, ins: int) -> list[Reply]:
        return [reply for command, reply in self.commands if command.ins == ins]


Seen = Callable[[Witness], bool]


def observed(
    *names: str, profile: str = "bac", policy: InspectionPolicy = EXTENDED
) -> tuple[Document, ChipReading, Witness]:
    """Read a chip with the quirks of ``names`` and say what there was to see."""
    document = passport(profile, quirk=",".join(names))
    witness = Witness()
    made = [SWITCHES[name].make for name in names]
    quirks = [witness, *(make(document) for make in made if make is not None)]
    interface = with_quirks(changed(PROFILES[profile], {"quirk": ",".join(names)})).interface
    reading = read(document, Chip(document, interface, quirks=quirks), policy=policy)
    return document, reading, witness


def whole(document: Document, reading: ChipReading) -> bool:
    return {file.file_id: raw for file, raw in reading.files.items()} == dict(document.files)


def refused_a_read(sw: int) -> Seen:
    return lambda seen: any(reply.sw == sw for reply in seen.said(0xB0))


def refused_nakedly(sw: int) -> Seen:
    return lambda seen: sw.to_bytes(2, "big") in seen.naked and seen.openings() == 2


def asked_twice_to_sign(seen: Witness) -> bool:
    silent, *signed = seen.said(0x88)
    return silent == Reply(0x9000) and bool(signed) and signed[-1].data != b""


def fetched_the_rest(seen: Witness) -> bool:
    return seen.said(0x88)[0].sw == 0x6119 and len(seen.said(0xC0)) == 1


@pytest.mark.parametrize(
    ("name", "policy", "happened"),
    [
        ("naked-6700", EXTENDED, refused_nakedly(0x6700)),
        ("naked-6700-command-counted", EXTENDED, refused_nakedly(0x6700)),
        ("naked-6700-counted", EXTENDED, refused_nakedly(0x6700)),
        ("reader-short-only", EXTENDED, refused_nakedly(0x6700)),
        ("le-at-most-192", EXTENDED, refused_a_read(0x6700)),
        ("le-at-most-192", SHORT, refused_a_read(0x6700)),
        ("le-256-ends-session", EXTENDED, refused_a_read(0x6B00)),
        ("le-256-6282", EXTENDED, refused_a_read(0x6282)),
        ("le-256-6282", SHORT, refused_a_read(0x6282)),
        ("sod-last-mac-wrong", EXTENDED, lambda seen: seen.openings() > 1),
        ("aa-extended-silent-parts", EXTENDED, asked_twice_to_sign),
        ("aa-61xx", SHORT, fetched_the_rest),
    ],
)
def test_it_is_read_although_the_chip_did_that(
    name: str, policy: InspectionPolicy, happened: Seen
) -> None:
    document, reading, seen = observed(name, policy=policy)
    assert whole(document, reading)
    assert happened(seen)


def outcomes(
    name: str, policy: InspectionPolicy = EXTENDED, profile: str = "bac"
) -> dict[CheckId, CheckResult]:
    document, reading, _ = observed(name, policy=policy, profile=profile)
    assert whole(document, reading)
    checks = evaluate(page_of(document), reading, anchors(), TODAY, time.perf_counter).checks
    return {check.check_id: check for check in checks}


@pytest.mark.parametrize(
    "name",
    [
        "sod-pss",
        "sod-pss-defaults",
        "sod-pkcs1",
        "sod-rsa-hash-unnamed",
        "sod-ecdsa-hash-unnamed",
        "dsc-issuer-respelled",
        "dsc-explicit-curve",
        "dsc-named-curve",
        "dg14-order",
    ],
)
def test_the_signature_of_an_odd_sod_is_right(name: str) -> None:
    checks = outcomes(name)
    for check_id in (CheckId.SOD_SIGNATURE, CheckId.CERTIFICATE_PATH, CheckId.DG_HASHES):
        assert checks[check_id].outcome is Outcome.SUCCESSFUL


def test_a_signer_that_names_another_curve_is_refused() -> None:
    assert outcomes("dsc-misnamed-curve")[CheckId.SOD_SIGNATURE].outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("aa-cut", EXTENDED),
        ("aa-extended-silent", EXTENDED),
        ("aa-extended-silent-parts", EXTENDED),
        ("aa-61xx", EXTENDED),
        ("aa-61xx", SHORT),
        ("aa-ecdsa-plain", SHORT),
        ("aa-ecdsa-der", SHORT),
        ("aa-rsa-zeros-left-out", SHORT),
        ("aa-rsa-zero-put-before", SHORT),
    ],
)
def test_an_odd_signature_is_right(name: str, policy: InspectionPolicy) -> None:
    check = outcomes(name, policy)[CheckId.ACTIVE_AUTHENTICATION]
    assert check.outcome is Outcome.SUCCESSFUL, check.detail


@pytest.mark.parametrize(("name", "policy"), [("aa-cut", SHORT), ("aa-cut-short-only", EXTENDED)])
def test_a_cut_signature_accuses_nobody(name: str, policy: InspectionPolicy) -> None:
    check = outcomes(name, policy)[CheckId.ACTIVE_AUTHENTICATION]
    assert check.outcome is Outcome.UNDETERMINED
    assert "231" in check.detail


def test_a_wrong_mac_is_never_believed() -> None:
    with pytest.raises(SecureMessagingBroken, match="MAC"):
        observed("sod-last-mac-always-wrong")


def sent(seen: Witness, ins: int, p1p2: int) -> list[int]:
    """The status words that a command met, in their order."""
    return [reply.sw for each, reply in seen.commands if (each.ins, each.p1p2) == (ins, p1p2)]


@pytest.mark.parametrize(
    ("name", "profile", "command", "met"),
    [
        ("mse-needs-84", "pace-gm", (0x22, 0xC1A4), [0x6A80, 0x9000]),
        ("ca-key-id-bare", "bac", (0x22, 0x41A4), [0x9000]),
        ("ca-key-id-signed", "bac", (0x22, 0x41A4), [0x6A80, 0x9000]),
        ("ca-key-id-refused", "bac", (0x22, 0x41A4), [0x6A80, 0x6A80, 0x9000]),
    ],
)
def test_the_other_form_is_tried(
    name: str, profile: str, command: tuple[int, int], met: list[int]
) -> None:
    document, reading, seen = observed(name, profile=profile)
    assert whole(document, reading)
    assert sent(seen, *command) == met


@pytest.mark.parametrize("name", ["pace-refused", "pace-step-4-6300", "pace-step-4-6a80"])
def test_bac_after_pace_is_a_policy_and_recorded(name: str) -> None:
    document, reading, seen = observed(name, profile="pace-gm")
    assert whole(document, reading)
    assert seen.openings() == 1
    assert reading.access.protocol is AccessProtocol.BAC
    assert "PACE-GM" in reading.access.downgrade
    with pytest.raises(EmrtdError, match=r"PACE|MSE"):
        observed(name, profile="pace-gm", policy=replace(EXTENDED, bac_after_failed_pace=False))


def test_a_hidden_offer_of_pace_is_found_out() -> None:
    check = outcomes("card-access-hidden", profile="pace-gm")[CheckId.ACCESS]
    assert check.outcome is Outcome.FAILED


def test_a_chip_without_bac_is_opened_by_pace_or_refused() -> None:
    document, reading, _ = observed("bac-refused", profile="pace-gm")
    assert whole(document, reading)
    assert reading.access.protocol is AccessProtocol.PACE_GM
    with pytest.raises(EmrtdError, match="6A88"):
        observed(
            "bac-refused", profile="pace-gm", policy=replace(EXTENDED, access=AccessChoice.BAC)
        )


@pytest.mark.parametrize(
    "name",
    [
        "select-mf-6982",
        "select-mf-6a81",
        "select-mf-6a86",
        "select-mf-6a87",
        "select-mf-needs-3f00",
        "select-mf-refuses-3f00",
        "no-select-mf",
    ],
)
def test_the_master_file_is_never_needed(name: str) -> None:
    _, reading, seen = observed(name, profile="pace-gm")
    assert reading.access.protocol is AccessProtocol.PACE_GM
    assert not [each for each, reply in seen.commands if each.ins == 0xA4 and reply.sw != 0x9000]


def test_a_long_key_goes_in_parts() -> None:
    profile = "bac-ca-dh-aes128-modp2048-256"
    document, reading, seen = observed("chaining-required", profile=profile, policy=SHORT)
    assert whole(document, reading)
    assert isinstance(reading.chip_authentication, ChipAuthentication)
    assert [each.cla for each, _ in seen.commands if each.ins == 0x86] == [CHAINED, 0]


def test_the_parts_of_answers_are_put_together() -> None:
    document, reading, seen = observed("answers-in-small-parts", policy=SHORT)
    assert whole(document, reading)
    assert seen.openings() == 1


def test_a_reader_that_loses_chips_is_used_in_short_form() -> None:
    document = passport("bac")
    chip = Chip(document, quirks=[ReaderWithoutExtended(drops=True)])
    memory = InspectionMemory()
    for _ in range(2):
        with pytest.raises(ChipLost):
            read(document, chip, policy=EXTENDED, memory=memory)
        chip.enter_field()
    assert whole(document, read(document, chip, policy=EXTENDED, memory=memory))
