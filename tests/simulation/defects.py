"""Faults put into the product on purpose, each of which the simulation has to find."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pytest

from egate.central import gate_sequence, intake, stay_table
from egate.central.acceptance import CrossingRow
from egate.central.admission import Admission
from egate.central.group_commit import GroupCommit, Stored
from egate.central.ingest import CrossingService
from egate.central.registry import Registered
from egate.central.store import Store
from egate.domain.session import model as m
from egate.gate import runner
from egate.lists import keeper
from egate.outbox.forwarder import Forwarder
from egate.ports.reporting import PendingRecord, Receipt

Patch = pytest.MonkeyPatch


def acknowledged_before_commit(patch: Patch) -> None:
    commit = GroupCommit._commit

    async def hasty(self: GroupCommit, group: Sequence[Any]) -> None:
        for batch in group:
            if not batch.answer.done():
                batch.answer.set_result(Stored([None] * len(batch.rows), 0))
        await commit(self, group)

    patch.setattr(GroupCommit, "_commit", hasty)


def forgotten_before_acknowledged(patch: Patch) -> None:
    send = Forwarder._send

    async def hasty(self: Forwarder, batch: Sequence[PendingRecord]) -> int | None:
        self._outbox.settle(batch, Receipt(frozenset(each.record_id for each in batch), {}))
        return await send(self, batch)

    patch.setattr(Forwarder, "_send", hasty)


def watermark_over_a_gap(patch: Patch) -> None:
    async def highest(self: Store, gate_ids: Collection[str]) -> dict[str, int]:
        return {each: (await self.standing(each)).gate_seq for each in sorted(gate_ids)}

    patch.setattr(Store, "watermarks", highest)


def inserted_again_on_a_retry(patch: Patch) -> None:
    async def all_new(_: object, rows: Sequence[CrossingRow]) -> Registered:
        known = {row.crossing_id: row.content_hash for row in rows}
        return Registered(frozenset(known), frozenset(), known)

    patch.setattr(intake, "register", all_new)


def stays_by_order_of_arrival(patch: Patch) -> None:
    async def nothing_before(*_: object) -> Mapping[object, set[object]]:
        return defaultdict(set)

    patch.setattr(stay_table, "_around", nothing_before)


def fork_unnoticed(patch: Patch) -> None:
    async def silent(*_: object) -> None:
        return None

    patch.setattr(gate_sequence, "_alarm", silent)


def conflict_unnoticed(patch: Patch) -> None:
    async def silent(*_: object) -> None:
        return None

    patch.setattr(CrossingService, "_alarm", silent)


def revoked_and_admitted(patch: Patch) -> None:
    patch.setattr(Admission, "_is_revoked", lambda *_: False)


def session_lost_in_a_crash(patch: Patch) -> None:
    patch.setattr(runner, "recover", lambda *_: m.Step(m.Idle()))


def older_list_taken(patch: Patch) -> None:
    patch.setattr(keeper, "check_follows", lambda *_: None)


def record_without_its_step(patch: Patch) -> None:
    """The record is queued by a commit of its own, after that of the step."""
    add = runner.Journal.append

    def in_two(self: runner.Journal, event: str, state: m.State, reports: Any, at: Any) -> None:  # noqa: ANN401
        add(self, event, state, (), at)
        if reports:
            add(self, event, state, reports, at)

    patch.setattr(runner.Journal, "append", in_two)


DEFECTS: tuple[Callable[[Patch], None], ...] = (
    acknowledged_before_commit,
    forgotten_before_acknowledged,
    watermark_over_a_gap,
    inserted_again_on_a_retry,
    stays_by_order_of_arrival,
    fork_unnoticed,
    conflict_unnoticed,
    revoked_and_admitted,
    session_lost_in_a_crash,
    older_list_taken,
    record_without_its_step,
)
