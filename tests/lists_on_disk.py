"""Lists of a gate in a folder, as a gate left them that fetched them a moment ago."""

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization

from egate.lists.keeper import ListKeeper, Pinned
from egate.lists.kinds import ListKind
from egate.lists.source import SourceRow
from tests.list_samples import KEY, SIGNER, Versions, take

_KEY_BYTES: Final = bytes(range(32))  # those of KEY
_HOUR: Final = dt.timedelta(hours=1)


def lists_table(folder: Path, listed: Mapping[ListKind, Sequence[SourceRow]] | None = None) -> str:
    """Make every list in ``folder``, and return the settings that name them.

    Args:
        folder: is made.
        listed: rows; a list that is not in it is empty.

    """
    folder.mkdir(parents=True)
    pem = SIGNER.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / "signer.pem").write_bytes(pem)
    (folder / "list.key").write_bytes(_KEY_BYTES)
    (folder / "list.key").chmod(0o600)
    now = dt.datetime.fromtimestamp(int(time.time_ns() // 10**9), dt.UTC)
    for kind in ListKind:
        rows = (listed or {}).get(kind, ())
        made = Versions(folder / "made", kind).publish(rows, now, 72 * _HOUR) / "snapshot"
        take(ListKeeper(folder / kind, kind, Pinned(SIGNER.public_key(), KEY)), made, now)
    return (
        f'[lists]\nfolder = "{folder}"\nsigner = "{folder / "signer.pem"}"\n'
        f'key = "{folder / "list.key"}"\n'
    )
