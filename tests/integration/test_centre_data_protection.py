"""The data-protection record says of every column of the centre what it is."""

import re

import pytest

from tests.centre_harness import Centre
from tests.conftest import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="session")
COLUMNS = """
SELECT relname, array(SELECT attname::text FROM pg_attribute
    WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped) AS columns
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND NOT relispartition
"""
ROW = re.compile(r"\| `(?P<table>\w+)` \|(?P<cells>(?:[^|\n]*\|){5})")


def recorded() -> dict[str, list[str]]:
    """Return the columns that the record has, by their tables."""
    text = (ROOT / "docs" / "data-protection.md").read_text("utf-8")
    return {row["table"]: re.findall(r"`(\w+)`", row["cells"]) for row in ROW.finditer(text)}


async def test_every_column_is_in_the_record_once(centre: Centre) -> None:
    found = {row["relname"]: row["columns"] for row in await centre.database.fetch(COLUMNS)}
    said = recorded()
    assert said.keys() == found.keys()
    for table, columns in found.items():
        assert sorted(said[table]) == sorted(columns), table


async def test_bytes_that_are_called_sealed_are_the_ones_with_a_key_beside_them(
    centre: Centre,
) -> None:
    rows = await centre.database.fetch(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'key_id'"
        " AND data_type = 'smallint' AND table_name NOT LIKE 'crossing\\_2%'"
    )
    with_key = {name for (name,) in rows if "_earlier" not in name and "_later" not in name}
    text = (ROOT / "docs" / "data-protection.md").read_text("utf-8")
    sealed = {row["table"] for row in ROW.finditer(text) if row["cells"].split("|")[0].strip()}
    assert sealed == with_key - {"seal_key"}
