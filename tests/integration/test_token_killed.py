"""A kiosk killed at any moment of a redemption gives nothing out twice."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from egate.gate.token_book import TokenBook
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from egate.ports.tokens import TokenRefusal
from tests.gate_lane import CLOCKS
from tests.gate_samples import ROOT
from tests.unit.test_token_book import CLAIM

# The process kills itself at the point that its first argument names.
KIOSK = """
import os, signal, sys
from pathlib import Path
from egate.gate.token_book import TokenBook
from egate.outbox.database import open_database
from egate.outbox.sealing import Seal
from egate.ports.tokens import Prepared
from tests.gate_lane import CLOCKS
from tests.unit.test_token_book import CLAIM, KIOSK, PORTRAIT

point, folder = sys.argv[1], Path(sys.argv[2])

def die_at(here):
    if here == point:
        os.kill(os.getpid(), signal.SIGKILL)

class Killed(TokenBook):
    writes = 0
    def _write(self, *statements):
        Killed.writes += 1
        die_at(f"before write {Killed.writes}")
        super()._write(*statements)
        die_at(f"after write {Killed.writes}")

with open_database(folder / "journal.sqlite") as database:
    book = Killed(database, Seal.from_file(folder / "journal.key"), CLOCKS)
    book.issue(KIOSK, PORTRAIT, 300.0)
    answer = book.redeem(CLAIM)
    print("given out" if isinstance(answer, Prepared) else answer, flush=True)
    die_at("after answer")
"""


@pytest.mark.parametrize(
    ("point", "given_out", "then"),
    [
        ("before write 1", False, TokenRefusal.UNKNOWN),
        ("after write 1", False, TokenRefusal.LOST),
        ("before write 2", False, TokenRefusal.LOST),
        ("after write 2", False, TokenRefusal.USED),
        ("after answer", True, TokenRefusal.USED),
    ],
)
def test_a_kiosk_that_is_killed_gives_nothing_out_twice(
    tmp_path: Path, point: str, *, given_out: bool, then: TokenRefusal
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KIOSK, point, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert ("given out" in ended.stdout) is given_out
    with open_database(tmp_path / "journal.sqlite") as database:
        book = TokenBook(database, Seal.from_file(tmp_path / "journal.key"), CLOCKS)
        assert book.redeem(CLAIM) is then
        assert book.redeem(CLAIM) is then
