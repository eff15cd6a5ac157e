"""The centre's lists as they run: the services, whom one may ask for by name, publications."""

import datetime as dt
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from grpc import aio

from egate.central.database import Pool
from egate.central.lists.entry_service import ListEntryService
from egate.central.lists.list_service import ListService
from egate.central.lists.persons import ListedPersons
from egate.central.lists.publication import Publication
from egate.central.lists.shelf import Shelf
from egate.lists.errors import ListRefused
from egate.lists.keys import ListKey, read_signing_key
from egate.lists.kinds import ListKind
from egate.lists.publishing import Publisher
from egate.observability.logging import Logger
from egate.settings import ListPublishing, SettingsError
from egate.wire.v1 import list_entry_pb2_grpc as entry_grpc
from egate.wire.v1 import list_pb2_grpc as wire_grpc


def add_list_services(
    settings: ListPublishing | None, pool: Pool, server: aio.Server, log: Logger
) -> Sequence[Callable[[], Coroutine[Any, Any, None]]]:
    """Let ``server`` take officers' acts and hand out lists, and return the work behind that.

    Each list is published by itself: an offload does not wait for a set of millions.

    Args:
        settings: where lists are made; None for a centre that makes none.
        pool: of connections to the centre's database.
        server: not started yet.
        log: for what goes wrong.

    Raises:
        SettingsError: a key cannot be used.

    """
    persons = ListedPersons(pool, log)
    entries = ListEntryService(pool, persons, log)
    entry_grpc.add_ListEntryServiceServicer_to_server(entries, server)
    if settings is None:
        return [persons.keep_ready]
    try:
        signing_key = read_signing_key(settings.signing_key)
        key = ListKey.from_file(settings.list_key)
    except ListRefused as error:
        raise SettingsError(f"lists: {error}") from error
    shelf = Shelf(settings.folder, signing_key.public_key())
    wire_grpc.add_ListServiceServicer_to_server(ListService(shelf, log), server)
    valid_for = dt.timedelta(hours=settings.valid_hours)
    publishers = [Publisher(settings.folder, kind, key, signing_key) for kind in ListKind]
    publications = [Publication(pool, each, shelf, valid_for, log) for each in publishers]
    return [persons.keep_ready, *(each.keep_publishing for each in publications)]
