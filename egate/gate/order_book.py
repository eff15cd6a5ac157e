"""Which orders of the centre this gate has begun, on its disk: none is carried out twice."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from egate.ports.commands import MOST_AT_ONCE, OrderOutcome, OrderResult

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS central_order (
    order_id INTEGER PRIMARY KEY,
    outcome TEXT,
    said INTEGER NOT NULL DEFAULT 0
)
"""
_KEPT: Final = 1000


class OrderBook:
    """Shares the journal's connection.

    Args:
        database: of the gate.

    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        with database:
            database.execute(_SCHEMA)
            # Begun by a process that ended before it knew what came of it.
            database.execute(
                "UPDATE central_order SET outcome = ? WHERE outcome IS NULL",
                (OrderOutcome.INTERRUPTED.value,),
            )

    def begin(self, order_id: int) -> bool:
        """Note on the disk that an order is carried out now; False when it was begun before."""
        with self._database:
            begun = self._database.execute(
                "INSERT INTO central_order (order_id) VALUES (?) ON CONFLICT DO NOTHING",
                (order_id,),
            ).rowcount
            self._database.execute(
                "DELETE FROM central_order WHERE said AND order_id NOT IN"
                " (SELECT order_id FROM central_order ORDER BY order_id DESC LIMIT ?)",
                (_KEPT,),
            )
        return begun == 1

    def end(self, result: OrderResult) -> None:
        """Note what came of an order that was begun."""
        with self._database:
            self._database.execute(
                "UPDATE central_order SET outcome = ? WHERE order_id = ?",
                (result.outcome.value, result.order_id),
            )

    def unsaid(self) -> Sequence[OrderResult]:
        """Return what the centre has not been told yet, the oldest first."""
        rows = self._database.execute(
            "SELECT order_id, outcome FROM central_order WHERE NOT said AND outcome IS NOT NULL"
            " ORDER BY order_id LIMIT ?",
            (MOST_AT_ONCE,),
        ).fetchall()
        return [OrderResult(order_id, OrderOutcome(outcome)) for order_id, outcome in rows]

    def said(self, results: Sequence[OrderResult]) -> None:
        """Note that the centre knows ``results``."""
        if results:
            with self._database:
                self._database.executemany(
                    "UPDATE central_order SET said = 1 WHERE order_id = ?",
                    [(result.order_id,) for result in results],
                )
