"""What a backup says of itself: until when, of whose records, and which keys open it."""

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from egate import __version__
from egate.central.backup.sums import BackupDamaged
from egate.central.database import Pool
from egate.central.evidence.trees import closed_trees
from egate.central.key_ring import KeyRing
from egate.central.status.figures import verdicts
from egate.outbox.sealing import Seal

CONTENTS: Final = "backup.json"
DATABASE: Final = "database"
IMAGES: Final = "images"
_FORMAT: Final = 1
_MOST_BYTES: Final = 64 << 20
_IMAGE_KEY: Final = b"egate image key 1"
_STATIONS: Final = """
SELECT gate_id, coalesce(max(upper(numbers)) FILTER (WHERE lower(numbers) = 0), 0)
FROM gate_sequence, unnest(received) AS numbers GROUP BY gate_id ORDER BY gate_id
"""
_KEYS: Final = "SELECT key_id::text, encode(fingerprint, 'hex') FROM seal_key ORDER BY key_id"


@dataclass(frozen=True, slots=True)
class Contents:
    """Nothing personal. The database of the backup has at least this.

    Args:
        begun_at: in ISO 8601; what was accepted until then is in it.
        software: version of the centre.
        records: how many.
        stations: the highest number of each up to which none is missing.
        head: of the newest tree, as a file of its own has it; None before the first.
        keys: fingerprint of each key that its rows are sealed with, by number.
        image_key: fingerprint of the key of its pictures; "" without pictures.
        folders: of the database; some are empty, and it does not start without them.
        format: of this file.

    """

    begun_at: str
    software: str
    records: int
    stations: dict[str, int]
    head: dict[str, object] | None
    keys: dict[str, str]
    image_key: str
    folders: list[str]
    format: int = _FORMAT

    def as_json(self) -> bytes:
        """Return it as its file has it."""
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def from_file(cls, backup: Path) -> Self:
        """Return what is in a backup; `check_sums` tells whether it is what was written.

        Raises:
            BackupDamaged: it is malformed, or of a newer version.
            OSError: it cannot be read.

        """
        try:
            with (backup / CONTENTS).open("rb") as stream:
                found = json.loads(stream.read(_MOST_BYTES))
        except FileNotFoundError:
            raise BackupDamaged(f"{CONTENTS}: missing; this is no backup") from None
        except (ValueError, RecursionError):
            raise BackupDamaged(f"{CONTENTS}: not JSON") from None
        if not isinstance(found, dict) or found.get("format") != _FORMAT:
            raise BackupDamaged(f"{CONTENTS}: not of the format {_FORMAT}")
        if found.keys() != {each.name for each in fields(cls)}:
            raise BackupDamaged(f"{CONTENTS}: malformed")
        return cls(**found)


async def contents_of(pool: Pool, begun_at: datetime, image_key: str) -> Contents:
    """Return what a backup that begins now will have at least.

    Args:
        pool: of the centre's database.
        begun_at: now, by the database.
        image_key: fingerprint of the key of the pictures.

    """
    closed = await closed_trees(pool)
    return Contents(
        begun_at=begun_at.isoformat(timespec="seconds"),
        software=__version__,
        records=sum((await verdicts(pool)).values()),
        stations=dict(await pool.fetch(_STATIONS)),
        head=closed[-1].signed.as_json() if closed else None,
        keys=dict(await pool.fetch(_KEYS)),
        image_key=image_key,
        folders=[],
    )


def image_key_of(images: Path | None) -> str:
    """Return the fingerprint of the key of the pictures in ``images``; "" when there is none.

    Raises:
        KeyFileUnusable: it cannot be read, or holds no key.

    """
    if images is None:
        return ""
    file = images.with_name(f"{images.name}.key")
    if not file.exists():
        return ""
    return Seal.from_file(file).fingerprint(_IMAGE_KEY, "").hex()


def missing_key(contents: Contents, keys: Path, images: Path | None) -> str:
    """Return which key of a backup is not here, "" when all are.

    Args:
        contents: of the backup.
        keys: folder of the database's keys.
        images: folder of the pictures.

    Raises:
        KeysUnusable: one cannot be read, or holds no key.
        KeyFileUnusable: likewise.

    """
    here = KeyRing(keys).fingerprints()
    for number, fingerprint in contents.keys.items():
        if here.get(int(number)) != fingerprint:
            return f"{keys}: key {number} of the backup is not here: bring it from its safe place"
    if contents.image_key and image_key_of(images) != contents.image_key:
        return f"{images}.key: the key of its pictures is not here: bring it from its safe place"
    return ""
