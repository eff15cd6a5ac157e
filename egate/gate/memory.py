"""What a lane remembers over a restart, and with what it is sealed and signed."""

import sqlite3
from dataclasses import dataclass
from functools import partial

from egate.outbox.chain import Chain
from egate.outbox.chain_proof import set_aside_of
from egate.outbox.sealing import Seal
from egate.outbox.station_evidence import StationEvidence
from egate.outbox.store import Outbox
from egate.ports.signing import Signer


@dataclass(frozen=True, slots=True)
class Memory:
    """The database of this process alone, the key of what is personal in it, and what signs."""

    database: sqlite3.Connection
    seal: Seal
    signer: Signer

    def outbox(self, station_id: str) -> Outbox:
        """Return the outbox of the station, whose records are chained as they are queued."""
        return Outbox(self.database, self.seal, Chain(self.database, station_id, self.signer))

    def evidence(self, station_id: str) -> StationEvidence:
        """Return what the station knows of its own chain, and of what the centre has of it."""
        refused = partial(set_aside_of, self.database, self.seal)
        return StationEvidence(self.database, station_id, refused)
