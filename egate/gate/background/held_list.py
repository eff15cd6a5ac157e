"""One list in use: asked by threads, and exchanged under them without a pause for travellers."""

import datetime as dt
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from egate.domain.conditions import ListReading
from egate.domain.evidence import ListUsed
from egate.domain.list_age import ListProof
from egate.domain.time import UtcSeconds
from egate.gate.clocks import Clocks
from egate.lists.errors import ListRefused
from egate.lists.keeper import Kept, ListKeeper
from egate.lists.kinds import ListKind
from egate.lists.list_version import Layer


@dataclass(frozen=True, slots=True)
class InUse:
    """What there is of a list at one moment.

    Args:
        kept: what the keeper has.
        used: its version, as records name it; None if there is none.
        proof: as of when nothing newer existed; None likewise.

    """

    kept: Kept
    used: ListUsed | None
    proof: ListProof | None

    @classmethod
    def of(cls, kept: Kept, clocks: Clocks) -> Self:
        """Return ``kept``, which was learnt of now."""
        as_of = kept.newest_as_of
        if kept.version is None or as_of is None:
            return cls(kept, None, None)
        manifest, proven_at = kept.version.manifest, UtcSeconds(as_of.timestamp())
        sha256 = hashlib.sha256(manifest.to_json()).hexdigest()
        used = ListUsed(manifest.kind.value, manifest.version, proven_at, sha256)
        return cls(kept, used, ListProof.learnt(proven_at, clocks.now(), clocks.utc_now()))


class HeldList:
    """What is there of one list. A version that was replaced is closed when nobody asks it.

    Args:
        keeper: of its folder.
        kept: what the keeper found; belongs to this object from now on.
        clocks: for its age.

    """

    def __init__(self, keeper: ListKeeper, kept: Kept, clocks: Clocks) -> None:
        self.keeper = keeper
        self.refused = ""
        """Why what the centre offered last is not in force; "" if it is."""
        self._clocks = clocks
        self._lock = threading.Lock()
        self._users = 0
        self._replaced: list[Kept] = []
        self._now = InUse.of(kept, clocks)

    @classmethod
    def opened(cls, keeper: ListKeeper, clocks: Clocks) -> Self:
        """Verify and open what is there; every byte is read, so this is for a thread."""
        try:
            kept = keeper.open()
        except (ListRefused, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            kept = Kept(None, 0, (f"{keeper.folder}: {reason}",))
        return cls(keeper, kept, clocks)

    @property
    def kind(self) -> ListKind:
        return self.keeper.kind

    @property
    def kept(self) -> Kept:
        """What is there now, to be looked at and not to be asked; see ``asked``."""
        return self._now.kept

    @property
    def version(self) -> int:
        """The version in use, 0 for none."""
        used = self._now.used
        return used.version if used else 0

    @contextmanager
    def asked(self) -> Iterator[InUse]:
        """Give what is there, which stays open until the block ends. In any thread."""
        with self._lock:
            self._users += 1
            now = self._now
        try:
            yield now
        finally:
            with self._lock:
                self._users -= 1
            self._close_replaced()

    def take(self, layer: Layer) -> None:
        """Put a version in force that the keeper has in its place; computes, so for a thread."""
        before = self._now.kept
        self._now = InUse.of(before.followed_by(layer), self._clocks)
        if not layer.manifest.is_delta:  # a delta lies over files that stay open
            with self._lock:
                self._replaced.append(before)
            self._close_replaced()

    def prove(self, raw: bytes) -> None:
        """Keep a statement that nothing newer exists; it is written, so this is for a thread.

        Raises:
            ListRefused: it is not believed, or the disk refuses.

        """
        before = self._now.kept
        kept = self.keeper.prove(raw, before, self.now())
        if kept is not before:
            self._now = InUse.of(kept, self._clocks)

    def reading(self) -> ListReading:
        """Return how far this list can be relied on now."""
        try:
            self.kept.usable(self.now())
        except ListRefused:
            return ListReading(None)
        return ListReading(self.age_seconds(), self.kept.is_behind)

    def age_seconds(self) -> float | None:
        """Return how long ago nothing newer existed; None if nobody can tell."""
        proof = self._now.proof
        return proof.age(self._clocks.now(), self._clocks.utc_now()) if proof else None

    def trouble(self) -> str:
        """Return what is wrong with it, in one line; "" if nothing is."""
        if self.refused:
            return self.refused
        try:
            self.kept.usable(self.now())
        except ListRefused as fault:
            return str(fault)
        return "; ".join(self.kept.faults) if self.kept.is_behind else ""

    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._clocks.utc(), dt.UTC)

    def close(self) -> None:
        """Let go of the files; nobody asks any more."""
        for each in (*self._replaced, self.kept):
            each.close()

    def _close_replaced(self) -> None:
        with self._lock:
            unused, self._replaced = ([], self._replaced) if self._users else (self._replaced, [])
        for each in unused:
            each.close()
