"""Where the journal says that the gate stood last."""

import sqlite3
from typing import Final

from egate.domain.session import model as m
from egate.gate.state_codec import decode_state
from egate.outbox.sealing import Seal

ABOUT_STATE: Final = "state"


def read_last_state(database: sqlite3.Connection, seal: Seal) -> m.State:
    """Return the state of the last step.

    Raises:
        sqlite3.Error: the database cannot be read.
        SealBroken: the state was changed, or sealed with another key.
        StateMalformed: it is of another version.

    """
    name, sealed = database.execute("SELECT state, sealed FROM gate").fetchone()
    return decode_state(name, seal.unseal(sealed, ABOUT_STATE))
