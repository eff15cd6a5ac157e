"""The last allowed day of every open stay of a foreigner, kept equal to what the rules say."""

import asyncio
import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from egate.central.authorisations.first_records import FirstRecord, first_records
from egate.central.authorisations.rows import ExtensionRow
from egate.central.database import CONNECTION_FAULTS, Connection, Pool
from egate.central.holders import holders_of
from egate.central.stay_table import hold_up_everybody
from egate.domain.authorisation.extension import extend
from egate.domain.authorisation.rules import AuthorisationRules
from egate.domain.authorisation.staying import stay_of
from egate.domain.authorisation.traveller import Extension
from egate.observability.logging import Logger
from egate.settings import read_authorisation_rules, read_settings_file

_AT_ONCE: Final = 1000
_PAUSE_SECONDS: Final = 1.0
"""Between batches: more foreigners than come to a country in a second, and no gate waits."""
_SECONDS: Final = 30.0
UNLIMITED: Final = dt.date.max
"""As asyncpg gives and takes PostgreSQL's infinity."""
# Whoever changes one of these stays meanwhile waits, and it is judged again after.
_TO_JUDGE: Final = """
SELECT doc_key, since, first_id FROM stay
WHERE kind = 1 AND NOT absence AND (judged_by IS NULL OR judged_by < $1 OR judged_by > $1)
LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_EXTENSIONS: Final = """
SELECT doc_key, content FROM authorisation_entry
WHERE doc_key = ANY($1) AND subject = 'extensions' AND retired_by IS NULL
"""
_JUDGE: Final = """
UPDATE stay SET allowed_until = judged.until, entry_port = judged.port, judged_by = $6
FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::date[], $5::text[])
    AS judged (doc_key, since, first_id, until, port)
WHERE stay.doc_key = judged.doc_key AND stay.since = judged.since
    AND stay.first_id = judged.first_id
"""
_ANEW: Final = """
UPDATE stay SET judged_by = NULL
WHERE doc_key = ANY($1) AND kind = 1 AND NOT absence AND judged_by IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The dated rules, and by which content of their file stays were judged.

    Args:
        rules: as parsed.
        digest: SHA-256 of the file, hexadecimal.

    """

    rules: AuthorisationRules
    digest: str

    @classmethod
    def from_file(cls, file: Path) -> "RulesInForce":
        """Return those in ``file``.

        Raises:
            SettingsError: it is missing, or not sound.

        """
        rules = read_authorisation_rules(file)
        return cls(rules, hashlib.sha256(read_settings_file(file)).hexdigest())


async def keep_judging(pool: Pool, rules: RulesInForce, log: Logger) -> None:
    """Judge stays until cancelled: those that began or changed, and all when rules are new."""
    while True:
        try:
            await judge_some(pool, rules)
        except CONNECTION_FAULTS as error:
            log.warning("stays not judged", error=type(error).__name__)
        await asyncio.sleep(_PAUSE_SECONDS)


async def judge_some(pool: Pool, rules: RulesInForce) -> int:
    """Judge the next stays and return of how many; 0: all are judged."""
    async with pool.acquire() as connection, connection.transaction():
        stays = await connection.fetch(_TO_JUDGE, rules.digest, _AT_ONCE, timeout=_SECONDS)
        if stays:
            judged = await _judged(connection, stays, rules.rules)
            columns = map(list, zip(*judged, strict=True))
            await connection.execute(_JUDGE, *columns, rules.digest, timeout=_SECONDS)
    return len(stays)


async def judge_anew(connection: Connection, documents: Collection[UUID]) -> None:
    """Have the open stays of the holders of ``documents`` judged again.

    Nobody pairs stays meanwhile, so that of two who change several none waits for the other.
    """
    await hold_up_everybody(connection)
    holders = await holders_of(connection, documents)
    keys = {holders[key].key if key in holders else key for key in documents}
    await connection.execute(_ANEW, list(keys))


async def _judged(
    connection: Connection, stays: Sequence[Any], rules: AuthorisationRules
) -> list[tuple[object, ...]]:
    begun = await first_records(connection, stays)
    documents = {key for each in begun if each for key in each.members}
    extensions = await _extensions(connection, documents)
    return [
        (
            *(stay["doc_key"], stay["since"], stay["first_id"]),
            *(_limit(each, extensions, rules) if each else (None, "")),
        )
        for stay, each in zip(stays, begun, strict=True)
    ]


async def _extensions(
    connection: Connection, documents: Collection[UUID]
) -> dict[UUID, list[Extension]]:
    found: dict[UUID, list[Extension]] = defaultdict(list)
    for key, content in await connection.fetch(_EXTENSIONS, list(documents), timeout=_SECONDS):
        if extension := ExtensionRow.of(json.loads(content)).value():
            found[key].append(extension)
    return found


def _limit(
    begun: FirstRecord, extensions: Mapping[UUID, Sequence[Extension]], rules: AuthorisationRules
) -> tuple[dt.date | None, str]:
    own = [extension for key in begun.members for extension in extensions.get(key, ())]
    (entry,) = extend([begun.crossing], own, rules)
    nationality = begun.record.document.nationality
    if nationality == rules.own_state:
        return UNLIMITED, entry.port
    stay = stay_of(entry, nationality, entry.at, rules)
    if stay is None:
        return None, entry.port
    return stay.allowed_until or UNLIMITED, entry.port
