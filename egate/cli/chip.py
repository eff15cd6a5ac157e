"""``egate chip read``: open a chip, read it, verify it, keep its files."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.catalogue import CHIP_READERS, find
from egate.cli.chip_output import MeasuredRead, as_json, print_table
from egate.cli.json_output import print_json
from egate.cli.mrz import parse_lines, read_lines, today_utc
from egate.cli.outcome import BadInput, Unavailable
from egate.emrtd.access.password import CardAccessNumber, CardAccessNumberInvalid, Password
from egate.emrtd.checks import CheckId, Outcome
from egate.emrtd.chip_reading import ChipReading, Progress
from egate.emrtd.errors import EmrtdError, MrzInvalid, RetryableReadError
from egate.emrtd.evaluation import DocumentEvaluation, evaluate
from egate.emrtd.inspection import inspect
from egate.emrtd.inspection_memory import InspectionMemory
from egate.emrtd.inspection_policy import AccessChoice, InspectionPolicy
from egate.emrtd.lds.files import LdsFile
from egate.emrtd.mrz.mrz_key import MrzKey
from egate.emrtd.mrz.parse import Mrz
from egate.ports.devices import ChipReader, DeviceError, DriverOptionError
from egate.trust.collection import Collection
from egate.trust.store import TrustStore, TrustStoreError

_VPCD: Final = "vpcd://"
_MAX_ATTEMPTS: Final = 100
_MAX_WAIT_SECONDS: Final = 86_400
_GOOD: Final = frozenset((Outcome.SUCCESSFUL, Outcome.NOT_SUPPORTED))
# What nobody can tell without a trust store, and so does not fail a read without one.
_OF_THE_STORE: Final = frozenset(
    (CheckId.CERTIFICATE_PATH, CheckId.DS_VALIDITY, CheckId.DS_REVOCATION)
)


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="chip_command", required=True, metavar="COMMAND")
    reading = commands.add_parser(
        "read",
        help="read a chip and verify it",
        description="Read the chip of a travel document, verify it, and keep its files.",
    )
    reading.add_argument(
        "--reader", required=True, metavar="NAME", help="PC/SC reader, or vpcd://HOST:PORT"
    )
    key = reading.add_mutually_exclusive_group(required=True)
    key.add_argument("--mrz-file", type=Path, metavar="FILE", help="the lines of the MRZ")
    key.add_argument("--can", metavar="DIGITS", help="card access number; needs PACE")
    reading.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where its files are written"
    )
    reading.add_argument(
        "--store", type=Path, metavar="DIR", help="trust store; without it no chain is checked"
    )
    reading.add_argument(
        "--access",
        choices=[choice.value for choice in AccessChoice],
        default=AccessChoice.AUTO.value,
        help="how the chip is opened (default: %(default)s)",
    )
    reading.add_argument(
        "--no-extended-length", action="store_true", help="for readers without extended APDUs"
    )
    reading.add_argument(
        "--attempts", type=_attempts, default=1, metavar="N", help="times the chip may be presented"
    )
    reading.add_argument(
        "--wait",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="to wait for a chip (default: %(default)g)",
    )
    reading.add_argument("--json", action="store_true", help="print one JSON document")
    reading.set_defaults(run=_run)


def _attempts(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MAX_ATTEMPTS:
        raise argparse.ArgumentTypeError(f"{text}: a number from 1 to {_MAX_ATTEMPTS}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds <= _MAX_WAIT_SECONDS:
        raise argparse.ArgumentTypeError(f"{text}: seconds from 0 to {_MAX_WAIT_SECONDS}")
    return seconds


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one read needs."""

    arguments: argparse.Namespace
    reader: ChipReader
    password: Password
    memory: InspectionMemory


def _run(arguments: argparse.Namespace) -> int:
    mrz, password = _document(arguments)
    anchors = _anchors(arguments.store)
    try:
        reader = _reader(arguments.reader)
    except DriverOptionError as error:
        raise BadInput(f"--reader: {error}") from error
    _make_folder(arguments.out)
    memory = InspectionMemory()
    reading = _Reading(arguments, reader, password, memory)
    try:
        measured = asyncio.run(_read_and_verify(reading, mrz, anchors))
    except DeviceError as error:
        raise Unavailable(str(error)) from error
    except EmrtdError as error:
        return _failed(arguments, error)
    finally:
        _keep(arguments.out, memory.files)
    document = as_json(measured)
    if arguments.json:
        print_json(document)
    else:
        print_table(document)
    return 0 if _is_good(measured.evaluation, with_store=arguments.store is not None) else 1


def _document(arguments: argparse.Namespace) -> tuple[Mrz | None, Password]:
    """Return the MRZ if it was given, and the password."""
    if arguments.can is not None:
        if arguments.access == AccessChoice.BAC:
            raise BadInput("--can opens chips with PACE only: no --access bac")
        try:
            return None, CardAccessNumber(arguments.can)
        except CardAccessNumberInvalid as error:
            raise BadInput(f"--can: {error}") from error
    mrz = parse_lines(read_lines(arguments.mrz_file), str(arguments.mrz_file))
    try:
        return mrz, MrzKey.from_mrz(mrz)
    except MrzInvalid as error:
        raise BadInput(f"{arguments.mrz_file}: {error}") from error


def _reader(name: str) -> ChipReader:
    driver = "vpcd" if name.startswith(_VPCD) else "pcsc"
    return find(CHIP_READERS, driver)(name.removeprefix(_VPCD), {})


def _anchors(folder: Path | None) -> Collection:
    if folder is None:
        return Collection(())
    try:
        return TrustStore.open(folder)
    except TrustStoreError as error:
        raise BadInput(str(error)) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder}: {error.strerror}") from error


def _keep(folder: Path, files: Mapping[LdsFile, bytes]) -> None:
    try:
        for file, content in files.items():
            (folder / f"{file}.bin").write_bytes(content)
    except OSError as error:
        raise BadInput(f"{folder}: {error.strerror}") from error


async def _read_and_verify(reading: _Reading, mrz: Mrz | None, anchors: Collection) -> MeasuredRead:
    began = time.process_time()
    async with aclosing(reading.reader):
        read = await _read_patiently(reading)
    evaluation = evaluate(mrz, read, anchors, today_utc(), time.perf_counter)
    return MeasuredRead(read, evaluation, time.process_time() - began)


async def _read_patiently(reading: _Reading) -> ChipReading:
    for _ in range(1, reading.arguments.attempts):
        with suppress(RetryableReadError):
            return await _read(reading)
    return await _read(reading)


async def _read(reading: _Reading) -> ChipReading:
    arguments = reading.arguments
    policy = InspectionPolicy(
        access=AccessChoice(arguments.access),
        extended_length=not arguments.no_extended_length,
    )
    inspection = inspect(
        reading.password,
        os.urandom,
        time.perf_counter,
        policy=policy,
        memory=reading.memory,
        progress=_show_progress if sys.stderr.isatty() else lambda _: None,
    )
    try:
        async with asyncio.timeout(arguments.wait) as patience, reading.reader.chip() as carry:
            patience.reschedule(None)
            return await carry(inspection)
    except TimeoutError:
        raise Unavailable(f"no chip came within {arguments.wait:g} s") from None


def _show_progress(progress: Progress) -> None:
    share = progress.bytes_read / progress.bytes_total
    print(f"\r{progress.file} {share:4.0%} ", end="", file=sys.stderr, flush=True)


def _failed(arguments: argparse.Namespace, error: EmrtdError) -> int:
    if arguments.json:
        print_json({"ok": False, "error": f"{type(error).__name__}: {error}"})
    else:
        print(f"egate: the chip was not read: {error}", file=sys.stderr)
    return 1


def _is_good(evaluation: DocumentEvaluation, *, with_store: bool) -> bool:
    return all(
        check.outcome in _GOOD
        or (
            not with_store
            and check.check_id in _OF_THE_STORE
            and check.outcome is Outcome.UNDETERMINED
        )
        for check in evaluation.checks
    )
