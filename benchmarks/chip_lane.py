"""A simulated chip in this process, and readers in processes of their own that read it.

The chip counts what passes and how long it computes, in the same way for every reader; so
what remains of the wall time is the reader's and the chain's.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from hardware_mocks.chip.chip import Chip
from hardware_mocks.chip.document import Document
from hardware_mocks.chip.profiles import PROFILES, make_chip, make_document, pace_of
from hardware_mocks.chip.settings import changed
from hardware_mocks.pki.command import now_utc
from hardware_mocks.pki.pki import Pki
from hardware_mocks.wire.vpcd import VirtualCard

EGATE = (sys.executable, "-m", "egate.cli")
# Programs of other people, if there are any here: called with the name of the PC/SC reader
# and a file with the lines of the MRZ, they print {"name": ..., "seconds": ...}.
PEERS = tuple(filter(None, os.environ.get("EGATE_PEERS", "").split(os.pathsep)))
READ_SECONDS = 60


@dataclass(frozen=True)
class Exchange:
    """One command and its answer, and how long the chip computed."""

    command: bytes
    answer: bytes
    chip_seconds: float

    @property
    def wire_bytes(self) -> int:
        return len(self.command) + len(self.answer)


@dataclass
class ReplayedChip:
    """A chip that computes nothing: it gives the answers of an earlier read."""

    atr: bytes
    exchanges: Sequence[Exchange]
    given: int = 0

    def enter_field(self) -> None:
        self.given = 0

    def reset(self) -> None:
        self.given = 0

    def transmit(self, apdu: bytes) -> bytes | None:
        one = self.exchanges[self.given]
        if apdu != one.command:
            sys.exit("the replayed chip was asked for something else")
        self.given += 1
        return one.answer


@dataclass
class CountedChip:
    """A chip that counts what passes."""

    chip: Chip
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def atr(self) -> bytes:
        return self.chip.atr

    def enter_field(self) -> None:
        self.chip.enter_field()

    def reset(self) -> None:
        self.chip.reset()

    def transmit(self, apdu: bytes) -> bytes | None:
        began = time.perf_counter()
        answer = self.chip.transmit(apdu)
        seconds = time.perf_counter() - began
        self.exchanges.append(Exchange(apdu, answer or b"", seconds))
        return answer


@dataclass(frozen=True)
class Read:
    """One read of a chip: what the reader said, and what the chip counted."""

    answer: Mapping[str, Any]
    exchanges: Sequence[Exchange]

    @property
    def apdus(self) -> int:
        return len(self.exchanges)

    @property
    def wire_bytes(self) -> int:
        return sum(each.wire_bytes for each in self.exchanges)

    @property
    def chip_seconds(self) -> float:
        return sum(each.chip_seconds for each in self.exchanges)

    @property
    def seconds(self) -> float:
        return float(self.answer["seconds"])

    @property
    def without_chip(self) -> float:
        return self.seconds - self.chip_seconds


@dataclass(frozen=True)
class Lane:
    """A profile of the simulated chip, to be laid on a virtual reader."""

    profile: str
    settings: Mapping[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def laid_on(self, host: str, port: int) -> AsyncIterator["Laid"]:
        profile = changed(PROFILES[self.profile], self.settings)
        now = now_utc()
        document = make_document(profile, _pki(now), now)
        chip = CountedChip(make_chip(profile, document))
        with tempfile.TemporaryDirectory() as folder:
            laid = Laid(chip, document, Path(folder))
            async with VirtualCard(host, port, patience_seconds=READ_SECONDS) as card:
                await card.insert(chip, pace_of(profile))
                yield laid

    async def exchanged_barely(
        self, exchanges: Sequence[Exchange], host: str, port: int, reader: str
    ) -> float:
        """Replay ``exchanges`` by a program that only sends them, and return its seconds."""
        atr = PROFILES[self.profile].interface.atr()
        chip = ReplayedChip(atr, exchanges)
        command = (sys.executable, "-m", "benchmarks.bare_exchange", reader)
        async with VirtualCard(host, port, patience_seconds=READ_SECONDS) as card:
            await card.insert(chip, pace_of(changed(PROFILES[self.profile], self.settings)))
            lines = "\n".join(each.command.hex() for each in exchanges)
            process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
            async with asyncio.timeout(READ_SECONDS):
                printed, _ = await process.communicate(lines.encode("ascii"))
        return float(json.loads(printed)["seconds"])


@dataclass(frozen=True)
class Laid:
    """A chip in the field, and the printed zone that opens it."""

    chip: CountedChip
    document: Document
    folder: Path

    async def read(self, *command: str) -> Read:
        """Run a reader that prints one JSON document with ``seconds``."""
        self.chip.exchanges.clear()
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        async with asyncio.timeout(READ_SECONDS):
            printed, _ = await process.communicate()
        if process.returncode:
            sys.exit(f"{command[0]} ended with {process.returncode}: {printed.decode()}")
        return Read(json.loads(printed), tuple(self.chip.exchanges))

    async def read_by_egate(self, reader: str) -> Read:
        out = ("--mrz-file", self._mrz_file(), "--out", str(self.folder / "files"), "--json")
        return await self.read(*EGATE, "chip", "read", "--reader", reader, *out)

    async def read_by_peer(self, program: str, reader: str) -> Read:
        return await self.read(program, reader, self._mrz_file())

    def _mrz_file(self) -> str:
        file = self.folder / "mrz.txt"
        file.write_text("\n".join(self.document.mrz), "utf-8")
        return str(file)


_MADE: list[Pki] = []


def _pki(now: datetime) -> Pki:
    """One throw-away PKI for the whole run: it takes a second to make."""
    if not _MADE:
        _MADE.append(Pki.make(now))
    return _MADE[0]
