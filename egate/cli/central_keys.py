"""``egate central keys``: the keys that seal the centre's rows, new ones and old ones."""

import argparse
from typing import TYPE_CHECKING

from egate.central.bodies import keys_of
from egate.central.database import Pool
from egate.central.key_ring import KeysUnusable
from egate.central.resealing import KeyInUse, keys_in_use, seal_all
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput

if TYPE_CHECKING:
    from egate.cli.central_database import Commands


def configure(commands: "Commands") -> None:
    keys = commands.add_parser(
        "keys",
        help="the keys that seal what is personal in the database",
        description="The keys that seal what is personal in the centre's database; the centre may"
        " run meanwhile.",
    )
    actions = keys.add_subparsers(dest="keys_action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="how many rows each key holds; reads them all")
    add_config(show)
    show.add_argument("--json", action="store_true", help="as one JSON document")
    show.set_defaults(run=_show)
    new = actions.add_parser(
        "new", help="make a new key; a centre takes it within a minute, and seals all anew"
    )
    add_config(new)
    new.set_defaults(run=_new)
    seal = actions.add_parser("seal", help="seal now what the newest key does not hold yet")
    add_config(seal)
    seal.set_defaults(run=_seal)
    drop = actions.add_parser(
        "drop", help="destroy a key that holds no row: nobody ever reads what it sealed elsewhere"
    )
    add_config(drop)
    drop.add_argument("number", type=int, metavar="NUMBER", help="as printed by show")
    drop.set_defaults(run=_drop)


def _show(arguments: argparse.Namespace) -> int:
    async def look(pool: Pool) -> list[KeyInUse]:
        async with pool.acquire() as connection:
            return await keys_in_use(connection)

    found = asked(settings_of(arguments), look)
    if arguments.json:
        print_json({"keys": [{"number": each.number, "rows": each.rows} for each in found]})
        return 0
    for each in found:
        name = "not sealed yet" if each.number is None else f"key {each.number}"
        print(f"{name}: {each.rows} rows")
    return 0


def _new(arguments: argparse.Namespace) -> int:
    async def make(pool: Pool) -> int:
        async with pool.acquire() as connection:
            return await keys_of(connection).make_next(connection)

    print(f"key {asked(settings_of(arguments), make)}")
    return 0


def _seal(arguments: argparse.Namespace) -> int:
    print(f"{asked(settings_of(arguments), seal_all)} rows sealed")
    return 0


def _drop(arguments: argparse.Namespace) -> int:
    number: int = arguments.number

    async def drop(pool: Pool) -> None:
        async with pool.acquire() as connection:
            rows = {each.number: each.rows for each in await keys_in_use(connection)}
            if rows.get(number, 0):
                raise BadInput(f"key {number}: it holds {rows[number]} rows; seal them anew first")
            try:
                await keys_of(connection).drop(connection, number)
            except KeysUnusable as error:
                raise BadInput(str(error)) from error

    asked(settings_of(arguments), drop)
    return 0
