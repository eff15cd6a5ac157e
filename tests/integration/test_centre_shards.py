"""The schema and the queries keep to what Citus needs, so that sharding is no rewriting.

Citus itself is not run here: these are its documented rules for distributed tables. What has
a document's key is distributed by it, so a document's rows and their joins lie in one shard.
Exceptions, each with its own column: the ids that are taken and what is kept of conflicts (an
id must be unique whatever document its record names), and what is about a gate. Partitions are
made by a function of ours on one machine, and by Citus's own on several. The links of stations'
chains have one order of acceptance for all of them, which is what the trees prove, so they stay
with the coordinator, large as they are. Every other table is small and stays there too.
"""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from tests.centre_harness import Centre

pytestmark = pytest.mark.asyncio(loop_scope="session")
BY_DOCUMENT = ("crossing", "stay", "authorisation_entry", "document_holder")
OTHERS = {
    "crossing_registry": "crossing_id",
    "crossing_conflict": "crossing_id",
    "gate_sequence": "gate_id",
    "gate_fork": "gate_id",
}
TABLES = """
SELECT relname, array(SELECT attname::text FROM pg_attribute
    WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped) AS columns
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND NOT relispartition
"""
UNIQUE = """
SELECT indrelid::regclass::text AS relname, array(SELECT attname::text FROM pg_attribute
    WHERE attrelid = indrelid AND attnum = ANY(indkey)) AS columns
FROM pg_index WHERE indisunique AND indrelid::regclass::text = ANY($1)
"""
REFERENCES = """
SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'
"""
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
WRITES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:crossing|stay)\b")


async def distribution(centre: Centre) -> dict[str, str]:
    found = {row["relname"]: row["columns"] for row in await centre.database.fetch(TABLES)}
    assert found.keys() >= {*BY_DOCUMENT, *OTHERS}
    return OTHERS | {name: "doc_key" for name, columns in found.items() if "doc_key" in columns}


async def test_every_unique_key_holds_the_column_that_chooses_the_shard(centre: Centre) -> None:
    column_of = await distribution(centre)
    assert set(BY_DOCUMENT) <= column_of.keys()
    keys = await centre.database.fetch(UNIQUE, list(column_of))
    assert {row["relname"] for row in keys} == column_of.keys()
    for row in keys:
        assert column_of[row["relname"]] in row["columns"], row["relname"]


async def test_no_foreign_key_and_no_trigger_reaches_over_shards(centre: Centre) -> None:
    column_of = await distribution(centre)
    for of, to in await centre.database.fetch(REFERENCES):
        assert column_of.get(of) == column_of.get(to), f"{of} refers to {to}"
    triggers = await centre.database.fetch(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    )
    assert not {row[0] for row in triggers} & column_of.keys()


def queries() -> Iterator[str]:
    """Every text of the centre's own code that is SQL."""
    for file in sorted(Path(str(files("egate.central"))).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and SQL.match(value):
                yield value


def tables(query: str) -> set[str]:
    return set(re.findall(r"\b(?:FROM|JOIN|INTO|UPDATE|USING)\s+(\w+)", query))


async def test_queries_about_a_document_carry_its_key() -> None:
    found = list(queries())
    assert len(found) > 10
    for query in found:
        writes = WRITES.search(query)
        by_number = re.search(r"\b(?:document_number|issuing_state)\s*(?:=|IN\b)", query)
        if writes or (by_number and tables(query) & set(BY_DOCUMENT)):
            assert "doc_key" in query, query


async def test_no_query_joins_what_lies_in_different_shards() -> None:
    for query in queries():
        if not query.lstrip().startswith("INSERT"):  # which Citus carries out in two steps
            assert not (tables(query) & set(BY_DOCUMENT) and tables(query) & OTHERS.keys()), query
