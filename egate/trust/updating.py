"""One round of updates in the field: what a source offers, imported with nobody present.

Only what chains to an anchor is taken; nobody is there to give his word for more. A round
commits once or not at all, and one that fails leaves the store as it was.
"""

import asyncio
import hashlib
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from egate.trust.audit import Occasion
from egate.trust.content import UnknownContent, items_of
from egate.trust.importing import TrustImport
from egate.trust.report import ImportReport, Rejection
from egate.trust.source import WHOLE, Offer, Offered, Source, SourceUnavailable
from egate.trust.store import TrustStore, TrustStoreError, update
from egate.trust.update_memory import Seen, UpdateMemory

__all__ = ["SourceUnavailable", "TrustUpdate", "UpdateFailed", "update_from"]

_MAX_REASON: Final = 200


class UpdateFailed(Exception):
    """Nothing was changed; the message says why."""


class _BrokenOff(Exception):
    """The import ended with an error that nobody foresaw."""


@dataclass(frozen=True, slots=True)
class TrustUpdate:
    """What a round did.

    Args:
        offered: how many files the source has.
        read: names of those that were new or are tried again.
        report: of their import.
        refused: by name, why a file of the source is not taken; of earlier rounds too.
        version: of the store now.

    """

    offered: int
    read: tuple[str, ...]
    report: ImportReport
    refused: dict[str, str]
    version: str


@dataclass(slots=True)
class _Taken:
    """What was done with the files that were read."""

    report: ImportReport = field(default_factory=ImportReport)
    seen: dict[str, Seen] = field(default_factory=dict)


async def update_from(folder: Path, source: Source, now: datetime) -> TrustUpdate:
    """Import what is new at ``source`` into the store in ``folder``.

    Args:
        folder: of a store that is there, with the anchors that its operator gave it.
        source: whose files are new, or were refused by another version of the store.
        now: UTC.

    Raises:
        SourceUnavailable: the source does not answer as it must.
        UpdateFailed: the store cannot be read or written, or is being changed by another.

    """
    memory = await asyncio.to_thread(_recall, folder, source.address)
    offer = await source.look(_known(memory))
    stop = threading.Event()
    try:
        return await asyncio.to_thread(_import, folder, memory, offer, now, stop)
    except asyncio.CancelledError:
        stop.set()
        raise


def _recall(folder: Path, address: str) -> UpdateMemory:
    version = _version_of(folder)
    memory = UpdateMemory.load(folder, address)
    if memory.store_version == version:
        return memory
    # An anchor may have come that vouches for what was refused.
    again = {name: each for name, each in memory.files.items() if not each.refused}
    is_changed = len(again) < len(memory.files)
    return replace(
        memory, store_version=version, files=again, mark="" if is_changed else memory.mark
    )


def _known(memory: UpdateMemory) -> dict[str, str]:
    known = {name: each.mark for name, each in memory.files.items()}
    return known | {WHOLE: memory.mark} if memory.mark else known


def _import(
    folder: Path, memory: UpdateMemory, offer: Offer, now: datetime, stop: threading.Event
) -> TrustUpdate:
    taken = _Taken()
    new = [each for each in offer.files if not _is_same(each, memory)]
    try:
        if new:
            taken = _take(folder, new, now, stop)
        version = _version_of(folder)
        kept = {name: each for name, each in memory.files.items() if name in offer.names}
        marked = {
            each.name: replace(kept[each.name], mark=each.mark)
            for each in offer.files
            if each.name in kept
        }
        files = kept | marked | taken.seen
        UpdateMemory(memory.address, version, offer.mark, files).save(folder)
    except (TrustStoreError, OSError, sqlite3.Error) as error:
        raise UpdateFailed(str(error)) from error
    refused = {name: each.refused for name, each in files.items() if each.is_failure}
    names = tuple(each.name for each in new)
    return TrustUpdate(len(offer.names), names, taken.report, refused, version)


def _is_same(file: Offered, memory: UpdateMemory) -> bool:
    seen = memory.files.get(file.name)
    return seen is not None and seen.sha256 == hashlib.sha256(file.content).hexdigest()


def _take(folder: Path, files: Sequence[Offered], now: datetime, stop: threading.Event) -> _Taken:
    """Import ``files``, each believed or refused for itself.

    Raises:
        TrustStoreError: the store cannot be changed.
        UpdateFailed: nobody waits for it any more.

    """
    readable, unknown = _sorted_out(files)
    try:
        report = _imported(folder, readable, now, stop)
    except _BrokenOff as error:
        if len(files) > 1:  # find the one that did it, and take the others
            return _merged([_take(folder, [each], now, stop) for each in files])
        report = ImportReport(rejected=[Rejection(files[0].name, None, str(error))])
    report.rejected += unknown
    return _Taken(report, {each.name: _seen(each, report) for each in files})


def _imported(
    folder: Path, files: Sequence[Offered], now: datetime, stop: threading.Event
) -> ImportReport:
    def go_on(_: int) -> None:
        if stop.is_set():
            raise UpdateFailed("stopped")

    with update(folder) as store:
        occasion = Occasion(now, is_unattended=True)
        importing = TrustImport(store, occasion=occasion, progress=go_on)
        try:
            report = importing.add_files([(each.name, each.content) for each in files])
        except UpdateFailed:
            raise
        except Exception as error:  # whatever a hostile file found, it must not stop a lane
            raise _BrokenOff(f"the import broke off: {type(error).__name__}") from error
        if report.imported or report.unchanged:
            store.commit()
    return report


def _merged(parts: Sequence[_Taken]) -> _Taken:
    whole = _Taken()
    for part in parts:
        whole.seen |= part.seen
        whole.report.imported += part.report.imported
        whole.report.unchanged += part.report.unchanged
        whole.report.rejected += part.report.rejected
        whole.report.notes += part.report.notes
        whole.report.countries |= part.report.countries
    return whole


def _sorted_out(files: Sequence[Offered]) -> tuple[list[Offered], list[Rejection]]:
    readable, unknown = [], []
    for each in files:
        try:
            items_of(each.content)
            readable.append(each)
        except UnknownContent as error:
            unknown.append(Rejection(each.name, None, str(error)))
        except Exception as error:  # noqa: BLE001 - as above: one file must not stop the others
            unknown.append(Rejection(each.name, None, type(error).__name__))
    return readable, unknown


def _seen(file: Offered, report: ImportReport) -> Seen:
    rejected = [each for each in report.rejected if each.file == file.name]
    whole = [each for each in rejected if each.index is None]
    took_nothing = bool(rejected) and not (report.imported or report.unchanged)
    reason = (whole or rejected)[0].reason[:_MAX_REASON] if rejected else ""
    sha256 = hashlib.sha256(file.content).hexdigest()
    return Seen(file.mark, sha256, reason, is_failure=bool(whole) or took_nothing)


def _version_of(folder: Path) -> str:
    try:
        return TrustStore.open(folder).version
    except TrustStoreError as error:
        raise UpdateFailed(str(error)) from error
