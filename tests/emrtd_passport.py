"""Simulated passports in this process, read through the conversation: for tests of whole reads."""

import datetime as dt
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

from egate.emrtd.chip_reading import ChipReading, Progress
from egate.emrtd.conversation import Transmit, converse
from egate.emrtd.errors import ChipLost
from egate.emrtd.inspection import inspect
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import InspectionPolicy
from egate.emrtd.iso7816.apdu import CommandApdu, ResponseApdu
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.mrz.parse import Mrz, parse
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.revocation import RevocationList
from hardware_mocks.chip.chip import Chip, Interface
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.profiles import PROFILES, make_chip, make_document
from hardware_mocks.chip.settings import changed
from hardware_mocks.pki.pki import Pki
from hardware_mocks.pki.terminals import CV_KINDS
from tests.trust_data import Anchors

NOW = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
TODAY = NOW.date()

USUAL = InspectionPolicy()

carry = converse


@cache
def pki() -> Pki:
    """One throw-away PKI for all tests of this process."""
    return Pki.make(NOW, CV_KINDS)


@cache
def anchors() -> Anchors:
    home = pki().authorities["BGD"]
    return Anchors([Certificate.parse(home.csca.certificate.raw)], [RevocationList.parse(home.crl)])


@cache
def passport(profile: str, **settings: str) -> Document:
    return make_document(changed(PROFILES[profile], settings), pki(), NOW)


def chip_of(document: Document, *, profile: str = "bac", **settings: str) -> Chip:
    return make_chip(changed(PROFILES[profile], settings), document)


def page_of(document: Document) -> Mrz:
    return parse(document.mrz, TODAY)


def with_files(document: Document, changes: Mapping[LdsFile, bytes | None]) -> Document:
    """The document with files exchanged or, where None, taken away."""
    by_id = {file.file_id: content for file, content in changes.items()}
    files = {**document.files, **by_id}
    return replace(document, files={i: raw for i, raw in files.items() if raw is not None})


def sent_to(chip: Chip, log: list[CommandApdu] | None = None) -> Transmit:
    """A transmit function as a reader's; ``log`` collects the commands."""

    def transmit(command: CommandApdu) -> ResponseApdu:
        if log is not None:
            log.append(command)
        raw = chip.transmit(command.encode())
        if raw is None:
            raise ChipLost("the chip left the field")
        return ResponseApdu.decode(raw)

    return transmit


def read(
    document: Document,
    chip: Chip | None = None,
    *,
    policy: InspectionPolicy = USUAL,
    memory: InspectionMemory | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> ChipReading:
    """Read the document through its chip, as the gate does."""
    transmit = sent_to(chip or Chip(document, Interface()))
    return read_over(document, transmit, policy=policy, memory=memory, progress=progress)


def read_over(
    document: Document,
    transmit: Transmit,
    *,
    policy: InspectionPolicy = USUAL,
    memory: InspectionMemory | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> ChipReading:
    """Read the document over anything that answers commands."""
    conversation = inspect(
        MrzKey.from_mrz(page_of(document)),
        os.urandom,
        time.perf_counter,
        policy=policy,
        memory=memory,
        progress=progress,
    )
    return carry(conversation, transmit)
