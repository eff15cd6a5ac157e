"""A gate's lists in a process that kills itself (SIGKILL) at one of its acts on the disk."""

import asyncio
import datetime as dt
import os
import signal
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from egate.lists.keeper import Pinned
from egate.lists.kinds import ListKind
from tests import gate_lists
from tests.gate_lists import Offers, Times, gate_of
from tests.list_samples import KEY

_ACTS = frozenset({"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"})
OFFLOAD = ListKind.OFFLOAD


def take_and_die(gate: Path, made: Path, at: dt.datetime, act: int, signer: bytes) -> None:
    """Take in what is published in ``made``, and die just before act number ``act`` in ``gate``.

    The process ends with 0 if there were fewer acts. ``signer`` is the key, in PEM, of who
    published it: another process has another one of its own.
    """
    key = load_pem_private_key(signer, None)
    gate_lists.SIGNER = key
    gate_lists.PINNED = Pinned(key.public_key(), KEY)
    left = act

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in _ACTS and str(arguments[0]).startswith(str(gate)):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    async def taken() -> None:
        offers = Offers(made, Times(at))
        async with gate_of(gate, offers, required=frozenset({OFFLOAD})):
            pass

    sys.addaudithook(count)
    asyncio.run(taken())
