"""Every dialogue with a chip, against chips that answer wrongly."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from random import Random
from typing import Any, Final

from egate.emrtd.access.bac import open_with_bac
from egate.emrtd.access.card_access import CardAccess
from egate.emrtd.access.master_file import read_atr_info, read_card_access
from egate.emrtd.access.pace import open_with_pace
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.chip_authentication.aa import challenge_chip
from egate.emrtd.chip_authentication.ca import authenticate_chip
from egate.emrtd.chip_reading import ChipReading
from egate.emrtd.conversation import Conversation
from egate.emrtd.crypto.domain_parameters import standardised
from egate.emrtd.errors import ChipLost
from egate.emrtd.evaluation import DocumentEvaluation, evaluate
from egate.emrtd.inspection import inspect
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.lds.reading import read_file, select_lds1
from egate.emrtd.lds.reading_session import ReadingSession
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.terminal_authentication.authenticate import SessionBinding, authenticate_terminal
from egate.emrtd.tlv import encode
from hardware_mocks.chip.apdu import Reply
from hardware_mocks.chip.chip import Chip, Interface
from hardware_mocks.chip.document import Document
from tests.eac_worked_example import ECDH
from tests.emrtd_passport import TODAY, anchors, page_of
from tests.fuzz.garbler import Garbler, GarblingQuirk
from tests.fuzz.parsers import REFUSALS
from tests.fuzz.samples import (
    CHIP_KEY_DOCUMENTS,
    DOCUMENTS,
    PACE_DOCUMENTS,
    document_named,
    master_samples,
    samples,
)
from tests.fuzz.talk import (
    Hold,
    Start,
    Talk,
    Trace,
    carry,
    garbled_inside,
    live,
    replayed,
    scripted,
)
from tests.fuzz.target import Target

# The simulated chip takes its time over curves, and that is not the inspection's.
_LONGEST_SECONDS: Final = 5.0


class WronglyProven(AssertionError):
    """Damaged files passed for what the State signed."""


def _policy(random: Random) -> InspectionPolicy:
    further = (LdsFile.EF_DG11, LdsFile.EF_DG16) if random.random() < 0.2 else ()
    return InspectionPolicy(
        extended_length=random.random() < 0.6,
        longest_answer_bytes=random.choice((300, 4096, 65536)),
        further_files=frozenset(further),
    )


def _inspection(document: Document, *, inside: bool) -> Hold:
    """The whole inspection and the evaluation after it."""

    def hold(random: Random, trace: Trace) -> object:
        garbler = Garbler(random, usual=20)
        quirk = GarblingQuirk(wire=None if inside else garbler, inside=garbler if inside else None)
        interface = Interface(extended_length=random.random() < 0.7)
        chip = Chip(document, interface, random=random.randbytes, quirks=(quirk,))
        page = page_of(document)
        conversation = inspect(
            MrzKey.from_mrz(page), random.randbytes, lambda: 0.0, policy=_policy(random)
        )
        reading = carry(conversation, live(chip), trace)
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


def _bac(document: Document) -> Start:
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


def _long_file(_: Random) -> Conversation[bytes]:
    return read_file(0x0102, ReadingSession(65536), limit=70_000)


def _long_pieces() -> tuple[Reply, ...]:
    """A file that goes on beyond what READ BINARY with an even instruction reaches."""
    raw = encode(0x75, bytes(40_000))
    pieces = (raw[:30_000], raw[30_000:32_768], encode(0x53, raw[32_768:36_000]))
    return tuple(Reply(0x9000, each) for each in (*pieces, encode(0x53, raw[36_000:])))


def _atr_info() -> tuple[Reply, ...]:
    raw = master_samples(0x2F01)[0]
    return (Reply(0x9000), Reply(0x9000, raw))


def _active(random: Random) -> Conversation[Any]:
    dg15 = random.choice(samples(0x010F))
    return challenge_chip(dg15, random.randbytes, longest_short_answer=random.choice((None, 231)))


def _pace(document: Document) -> Start:
    """EF.CardAccess, then PACE with what it offers first."""

    def start(random: Random) -> Conversation[Any]:
        raw = yield from read_card_access()
        offers = CardAccess.parse(raw).offers if raw else ()
        if not offers:
            raise ChipLost("it offers no PACE")
        password = MrzKey.from_mrz(page_of(document))
        return (yield from open_with_pace(offers[0], password, random.randbytes))

    return start


def _bac_and_ca(document: Document) -> Start:
    """Chip authentication in a channel of BAC; the file is as the State signed it."""

    def start(random: Random) -> Conversation[Any]:
        channel = yield from _bac(document)(random)
        return (yield from authenticate_chip(channel, document.files[0x010E], random.randbytes))

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
        MrzKey.from_mrz(page_of(document_named("BAC"))), standardised(13), ECDH.terminal_public
    )
    most = random.choice((223, 65000))
    return authenticate_terminal(_Terminal(), ("DECVCAAT00001",), binding, most_bytes=most)


_ALL_WELL: Final = (Reply(0x9000),) * 5 + (Reply(0x9000, bytes(8)), Reply(0x9000))
_SIGNED: Final = (Reply(0x6110, bytes(240)), Reply(0x9000, bytes(16)))


def talks() -> Mapping[str, Talk]:
    """Return the dialogues by name."""
    found = {
        "reading a file": Talk(lambda: scripted(_file, _pieces), 8),
        "reading a long file": Talk(lambda: scripted(_long_file, _long_pieces), 2),
        "EF.ATR-INFO": Talk(lambda: scripted(_master_file, _atr_info), 2),
        "active authentication": Talk(lambda: scripted(_active, lambda: _SIGNED), 4),
        "terminal authentication": Talk(lambda: scripted(_terminal, lambda: _ALL_WELL), 2),
        "BAC": Talk(partial(_replayed, _bac, "BAC"), 8),
    }
    for name in PACE_DOCUMENTS:
        found[name] = Talk(partial(_replayed, _pace, name), 2)
    for name in CHIP_KEY_DOCUMENTS:
        found[f"{name}, wire"] = Talk(partial(_replayed, _bac_and_ca, name), 2)
        found[f"{name}, inside"] = Talk(partial(_damaged_inside, name))
    for name in DOCUMENTS:
        found[f"inspection of {name}, wire"] = Talk(partial(_inspected, name, inside=False), 2)
        found[f"inspection of {name}, inside"] = Talk(partial(_inspected, name, inside=True), 3)
    for name in (*PACE_DOCUMENTS, *CHIP_KEY_DOCUMENTS):
        if "DH" not in name.replace("ECDH", ""):
            found[f"inspection of {name}"] = Talk(partial(_inspected, name, inside=True))
    return found


@cache
def hold_of(name: str) -> Hold:
    """Return what holds the dialogue of that name."""
    return talks()[name].make()


def targets() -> Mapping[str, Target]:
    """Return the targets by name: the bytes of a case are where all its choices come from."""
    return {
        f"chip/{name}": Target(
            partial(_held, name),
            tuple,
            REFUSALS,
            damage=lambda random, _: random.randbytes(8),
            share=talk.share,
            longest_seconds=_LONGEST_SECONDS,
            prepare=partial(hold_of, name),
        )
        for name, talk in talks().items()
    }


def _held(name: str, choices: bytes) -> object:
    return hold_of(name)(Random(choices), Trace())


def _replayed(start: Callable[[Document], Start], name: str) -> Hold:
    document = document_named(name)
    return replayed(start(document), document)


def _damaged_inside(name: str) -> Hold:
    document = document_named(name)
    return garbled_inside(_bac_and_ca(document), document, 6)


def _inspected(name: str, *, inside: bool) -> Hold:
    return _inspection(document_named(name), inside=inside)
