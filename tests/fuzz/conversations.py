"""Every dialogue with a chip, against chips that answer wrongly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Final

from egate.emrtd.access.bac import open_with_bac
from egate.emrtd.access.card_access import CardAccess
from egate.emrtd.access.master_file import read_atr_info, read_card_access
from egate.emrtd.access.pace import open_with_pace
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.chip_authentication.aa import challenge_chip
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.conversation import Conversation
from egate.emrtd.crypto.domain_parameters import standardised
from egate.emrtd.errors import ChipLost
from egate.emrtd.evaluation import DocumentEvaluation, evaluate
from egate.emrtd.inspection import inspect
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.reading import read_file, select_lds1
from egate.emrtd.lds.reading_session import ReadingSession
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.terminal_authentication.authenticate import SessionBinding, authenticate_terminal
from hardware_mocks.chip.apdu import Reply
from hardware_mocks.chip.chip import Chip, Interface
from hardware_mocks.chip.document import Document
from tests.eac_worked_example import ECDH
from tests.emrtd_passport import TODAY, Transmit, anchors, page_of
from tests.fuzz.garbler import Garbler, GarblingQuirk
from tests.fuzz.samples import documents, master_samples, pace_documents, samples

_TOO_MANY_APDUS: Final = 25_000


class TooManyApdus(AssertionError):
    """A conversation went on and on."""


class WronglyProven(AssertionError):
    """Damaged files passed for what the State signed."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One target.

    Args:
        hold: holds one conversation, given a source of choices and the count of APDUs to
            add to.
        weight: how often it is chosen, beside the others.

    """

    hold: Callable[[Random, list[int]], object]
    weight: int = 1


def _carry(conversation: Conversation[Any], transmit: Transmit, count: list[int]) -> object:
    try:
        command = next(conversation)
        while True:
            count[0] += 1
            if count[0] > _TOO_MANY_APDUS:
                raise TooManyApdus(f"more than {_TOO_MANY_APDUS} APDUs")
            command = conversation.send(transmit(command))
    except StopIteration as finished:
        return finished.value
    finally:
        conversation.close()


def _live(chip: Chip) -> Transmit:
    def transmit(command: CommandApdu) -> ResponseApdu:
        raw = chip.transmit(command.encode())
        if raw is None or len(raw) < 2:
            raise ChipLost("the chip left the field")
        return ResponseApdu.decode(raw)

    return transmit


def _policy(random: Random) -> InspectionPolicy:
    further = (LdsFile.EF_DG11, LdsFile.EF_DG16) if random.random() < 0.2 else ()
    return InspectionPolicy(
        extended_length=random.random() < 0.6,
        longest_answer_bytes=random.choice((300, 4096, 65536)),
        further_files=frozenset(further),
    )


def _inspection(document: Document, *, inside: bool) -> Callable[[Random, list[int]], object]:
    """The whole inspection and the evaluation after it."""

    def hold(random: Random, count: list[int]) -> object:
        garbler = Garbler(random, usual=20)
        quirk = GarblingQuirk(wire=None if inside else garbler, inside=garbler if inside else None)
        interface = Interface(extended_length=random.random() < 0.7)
        chip = Chip(document, interface, random=random.randbytes, quirks=(quirk,))
        page = page_of(document)
        conversation = inspect(
            MrzKey.from_mrz(page), random.randbytes, lambda: 0.0, policy=_policy(random)
        )
        reading = _carry(conversation, _live(chip), count)
        evaluation = evaluate(page, reading, anchors(), TODAY, lambda: 0.0)
        _require_honest(evaluation, reading, document)
        return evaluation

    return hold


def _require_honest(
    evaluation: DocumentEvaluation, reading: ChipReading, document: Document
) -> None:
    """Whatever passes for signed is what the State signed."""
    outcomes = {check.check_id: check.outcome for check in evaluation.checks}
    signed = (CheckId.SOD_SIGNATURE, CheckId.CERTIFICATE_PATH, CheckId.DG_HASHES)
    if any(outcomes[check_id] is not Outcome.SUCCESSFUL for check_id in signed):
        return
    for file, content in reading.files.items():
        group = file.data_group
        if group is not None and content != document.files[file.file_id]:
            raise WronglyProven(str(file))


def _scripted(
    start: Callable[[Random], Conversation[Any]],
    answers: Callable[[], tuple[Reply, ...]],
) -> Callable[[Random, list[int]], object]:
    """A conversation with a chip that says its lines whatever it is asked, some of them wrong."""

    def hold(random: Random, count: list[int]) -> object:
        script = answers()
        garbler = Garbler(random, usual=len(script))
        lines = iter(script)

        def transmit(_: CommandApdu) -> ResponseApdu:
            reply = garbler.garble(next(lines, None) or random.choice(script))
            return ResponseApdu.decode(reply.raw())

        return _carry(start(random), transmit, count)

    return hold


def _recorded(
    start: Callable[[Random], Conversation[Any]], document: Document
) -> tuple[Reply, ...]:
    """What a good chip answers to ``start`` under one fixed source of choices."""
    chip = Chip(document, Interface(), random=Random("chip").randbytes)
    replies: list[Reply] = []
    live = _live(chip)

    def transmit(command: CommandApdu) -> ResponseApdu:
        answer = live(command)
        replies.append(Reply(answer.status.value, answer.data))
        return answer

    _carry(start(Random("reader")), transmit, [0])
    return tuple(replies)


def _replayed(
    start: Callable[[Random], Conversation[Any]], document: Document
) -> Callable[[Random, list[int]], object]:
    """A conversation that would succeed: both ends choose as they did when it was recorded."""
    script = cache(lambda: _recorded(start, document))
    return _scripted(lambda _: start(Random("reader")), script)


def _bac(document: Document) -> Callable[[Random], Conversation[Any]]:
    def start(random: Random) -> Conversation[Any]:
        yield from select_lds1()
        return (yield from open_with_bac(MrzKey.from_mrz(page_of(document)), random.randbytes))

    return start


def _file(random: Random) -> Conversation[bytes]:
    session = ReadingSession(random.choice((16, 223, 256, 4096, 65536)))
    return read_file(0x010B, session, limit=random.choice((500, 70_000)))


def _pieces() -> tuple[Reply, ...]:
    raw = samples(0x010B)[0]
    return (
        Reply(0x9000),
        Reply(0x9000, raw[:8]),
        Reply(0x9000, raw[8:80]),
        Reply(0x9000, raw[80:]),
    )


def _atr_info() -> tuple[Reply, ...]:
    raw = master_samples(0x2F01)[0]
    return (Reply(0x9000), Reply(0x9000, raw))


def _active(random: Random) -> Conversation[Any]:
    dg15 = random.choice(samples(0x010F))
    return challenge_chip(dg15, random.randbytes, longest_short_answer=random.choice((None, 231)))


def _pace(document: Document) -> Callable[[Random], Conversation[Any]]:
    """EF.CardAccess, then PACE with what it offers first."""

    def start(random: Random) -> Conversation[Any]:
        raw = yield from read_card_access()
        offers = CardAccess.parse(raw).offers if raw else ()
        if not offers:
            raise ChipLost("it offers no PACE")
        password = MrzKey.from_mrz(page_of(document))
        return (yield from open_with_pace(offers[0], password, random.randbytes))

    return start


def _master_file(_: Random) -> Conversation[Any]:
    return read_atr_info()


class _Terminal:
    """Has the published chain, and signs with nothing."""

    def chain_for(self, trust_point: str) -> tuple[bytes, ...]:
        return (ECDH.document_verifier, ECDH.terminal)

    def sign(self, message: bytes) -> bytes:
        return ECDH.signature


def _terminal(random: Random) -> Conversation[Any]:
    binding = SessionBinding.after_bac(
        MrzKey.from_mrz(page_of(documents()["BAC"])), standardised(13), ECDH.terminal_public
    )
    most = random.choice((223, 65000))
    return authenticate_terminal(_Terminal(), ("DECVCAAT00001",), binding, most_bytes=most)


_ALL_WELL: Final = (Reply(0x9000),) * 5 + (Reply(0x9000, bytes(8)), Reply(0x9000))
_SIGNED: Final = (Reply(0x6110, bytes(240)), Reply(0x9000, bytes(16)))


@cache
def talks() -> Mapping[str, Talk]:
    """Return the targets by name."""
    made = documents()
    found = {
        "BAC": Talk(_replayed(_bac(made["BAC"]), made["BAC"]), 6),
        "reading a file": Talk(_scripted(_file, _pieces), 6),
        "EF.ATR/INFO": Talk(_scripted(_master_file, _atr_info), 2),
        "active authentication": Talk(_scripted(_active, lambda: _SIGNED), 4),
        "terminal authentication": Talk(_scripted(_terminal, lambda: _ALL_WELL), 2),
    }
    for name, document in pace_documents().items():
        found[name] = Talk(_replayed(_pace(document), document), 2)
    for name, document in made.items():
        found[f"inspection of {name}, wire"] = Talk(_inspection(document, inside=False))
        found[f"inspection of {name}, inside"] = Talk(_inspection(document, inside=True), 2)
    return found
