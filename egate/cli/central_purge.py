"""``egate central purge``: let go now of what is over; a running centre does it once a day."""

import argparse
from typing import TYPE_CHECKING

from egate.central.database import Pool
from egate.central.image_store import ImageStore
from egate.central.retention.running import purge_all
from egate.cli.central_database import add_config, asked, settings_of
from egate.cli.json_output import print_json
from egate.cli.outcome import BadInput, Unavailable
from egate.outbox.sealing import KeyFileUnusable

if TYPE_CHECKING:
    from egate.cli.central_database import Commands


def configure(commands: "Commands") -> None:
    purge = commands.add_parser(
        "purge",
        help="let go of what is over",
        description="Let go of all that is older than [retention] of the settings says, for ever."
        " The centre may run meanwhile, and does the same once a day.",
    )
    add_config(purge)
    purge.add_argument("--json", action="store_true", help="as one JSON document")
    purge.set_defaults(run=_purge)


def _purge(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)

    async def let_go(pool: Pool) -> dict[str, int]:
        images = ImageStore(settings.images.folder) if settings.images else None
        return await purge_all(pool, settings.retention, images)

    try:
        gone = asked(settings, let_go)
    except KeyFileUnusable as error:
        raise BadInput(f"images.folder: {error}") from error
    except OSError as error:
        raise Unavailable(f"images.folder: {error.strerror}") from error
    if arguments.json:
        print_json({"purged": gone})
        return 0
    for kind, rows in gone.items():
        print(f"{kind}: {rows}")
    return 0
